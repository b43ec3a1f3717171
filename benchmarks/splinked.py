"""The peer: Splink 5 on DuckDB, set up as its own guide does for people's records, on the fields of `registers`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.registers import FIELDS
from yiwang.library.linkage.features import Register

THRESHOLDS = (0.5, 0.9, 0.95, 0.99)
RULES = ("resident_id", "name", "birth_date", "phone", "address")


def clusters(registers: Sequence[Register]) -> dict[float, list[list[int]]]:
    """For each threshold the groups of two or more records, numbered through the registers."""
    logging.disable(logging.WARNING)
    try:
        return _clusters(registers)
    finally:
        logging.disable(logging.NOTSET)


def _clusters(registers: Sequence[Register]) -> dict[float, list[list[int]]]:
    connection = duckdb.connect(config={"memory_limit": "4GB"})
    connection.execute("set enable_progress_bar = false")
    connection.register("given", table(registers))
    connection.execute("create table records as select * from given")
    api: Any = DuckDBAPI(connection=connection)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        blocking_rules_to_generate_predictions=[block_on(rule) for rule in RULES],
        comparisons=[
            cl.NameComparison("name").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.ExactMatch("sex"),
            cl.DamerauLevenshteinAtThresholds("resident_id", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("phone", [1, 2]),
            cl.JaccardAtThresholds("address", [0.9, 0.7]),
        ],
    )
    linker = Linker(api.register("records"), settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("resident_id"), block_on("name", "birth_date"), block_on("name", "phone")], recall=0.8
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("name"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("birth_date"))
    predictions = linker.inference.predict(threshold_match_probability=THRESHOLDS[0])
    found = {}
    for threshold in THRESHOLDS:
        clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predictions, threshold_match_probability=threshold
        )
        rows = connection.execute(
            f"select list(unique_id) from {clustered.physical_name} group by cluster_id having count(*) > 1"
        ).fetchall()
        found[threshold] = [sorted(group) for (group,) in rows]
    connection.close()
    return found


def table(registers: Sequence[Register]) -> pa.Table:
    """The registers one below the other; a date as Splink wants it, an empty value as none."""
    columns: dict[str, Any] = {"unique_id": list(range(sum(map(len, registers))))}
    for element in FIELDS:
        name = element.rpartition(".")[2]
        said = [value or None for register in registers for value in register.columns[element]]
        columns[name] = [_iso(value) for value in said] if name == "birth_date" else said
    return pa.table(columns)


def _iso(value: str | None) -> str | None:
    if value is None:
        return None
    digits = value.replace("-", "").replace("/", "")
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
