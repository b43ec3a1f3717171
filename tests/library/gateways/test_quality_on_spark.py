"""A large register is judged by many at once, where it lies, and comes out as if one had read it: to the last count."""

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.library.gateways.sources.register import (
    PRODUCT,
    Row,
    field,
    in_csv,
    in_parquet,
    in_postgres,
    in_sqlite,
    resident,
)
from tests.library.gateways.sources.servers import postgres_database
from yiwang.foundation.kernel import time
from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways import sources
from yiwang.library.gateways.bindings import Bindings
from yiwang.library.gateways.contract import QualityRule
from yiwang.library.gateways.gateway import Quality
from yiwang.library.gateways.quality import digest
from yiwang.library.gateways.sources import Sources, quality_on_spark
from yiwang.library.gateways.sources.slices import cut
from yiwang.library.gateways.sources.sqlite import SqliteSource
from yiwang.library.gateways.stopping import Stop

NOON = datetime(2025, 3, 12, 4, 0, tzinfo=UTC)
JUDGED = replace(
    PRODUCT,
    fields=tuple(replace(each, required=each.name == "name") for each in PRODUCT.fields),
    quality=(
        QualityRule("owes_nothing_below_zero", "feel", None, "owes >= 0"),
        QualityRule("born_before_today", "feel", None, "born < today"),
        QualityRule("named_once", "unique", "name"),
        QualityRule("sexes", "one_of", "sex"),
    ),
    fresh_within=timedelta(days=2),
)


def register() -> list[Row]:
    """1,200 people with what goes wrong in registers; those who are there twice are far apart."""
    rows = [resident(number) for number in range(-2, 1_190)]
    rows += [resident(number, name=f"王{number + 700}") for number in range(0, 30, 3)]
    for place in range(0, len(rows), 7):
        rows[place] = replace(rows[place], owes=-place, name=None if place % 2 else "王3")
    for place in range(0, len(rows), 11):
        rows[place] = replace(rows[place], sex_code="9", changed=NOON - timedelta(hours=place))
    return rows


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with ExitStack() as stack:
        yield stack.enter_context(postgres_database())


Place = Callable[[Path, pytest.FixtureRequest], Bindings]
PLACES: dict[str, Place] = {
    "sqlite": lambda folder, _: in_sqlite(folder / "r.sqlite3", register()),
    "postgres": lambda _, request: in_postgres(request.getfixturevalue("postgres"), register()),
    "parquet": lambda folder, _: in_parquet(folder, register()),
    "csv": lambda folder, _: in_csv(folder, register()),
}


def judged(bindings: Bindings) -> Quality:
    found = Sources(bindings)
    with time.frozen(NOON):
        quality = found.quality(JUDGED)
    found.close()
    return quality


@pytest.fixture
def in_small_pieces(cluster: str, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every source counts as large. How many slices each check was given."""
    monkeypatch.setattr(sources, "LARGE", 0)
    monkeypatch.setattr(sources, "PIECE", 16_384)
    given: list[int] = []
    assess = quality_on_spark.assess
    monkeypatch.setattr(
        quality_on_spark,
        "assess",
        lambda product, slices, *more: (given.append(len(slices)), assess(product, slices, *more))[1],
    )
    return given


@pytest.mark.spark
@pytest.mark.parametrize("kind", PLACES)
def test_a_register_in_slices_has_the_scores_of_the_whole(
    kind: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    in_small_pieces: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bindings = PLACES[kind](tmp_path, request)
    there = judged(bindings)
    monkeypatch.setattr(sources, "LARGE", 10**15)
    here = judged(bindings)
    assert there == here
    assert in_small_pieces == [1] if kind == "csv" else in_small_pieces[0] > 2
    counts = {score.rule: score.bad for score in here.scores}
    assert all(counts[rule] for rule in ("key", "named_once", "required.name", "owes_nothing_below_zero", "kind.sex"))
    assert here.rows == len(register())


@pytest.mark.spark
def test_slices_of_postgres_are_all_of_one_moment(
    postgres: str, in_small_pieces: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    bindings = in_postgres(postgres, register())
    assess = quality_on_spark.assess

    def while_it_changes(*arguments: object) -> Quality:
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute("DELETE FROM t WHERE number > 100")
        return assess(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(quality_on_spark, "assess", while_it_changes)
    assert judged(bindings).rows == len(register())


@pytest.mark.spark
@pytest.mark.parametrize("obstacle", ["changed", "broken"])
def test_what_the_cluster_cannot_see_through_is_read_in_the_gateway(
    obstacle: str,
    tmp_path: Path,
    in_small_pieces: list[int],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = tmp_path / "r.sqlite3"
    bindings = in_sqlite(path, register())
    assess = quality_on_spark.assess

    def meanwhile(*arguments: object) -> Quality:
        with sqlite3.connect(path) as connection:
            connection.execute("INSERT INTO t (number) VALUES (77777)")
        connection.close()
        os.utime(path, ns=(1, 1))
        if obstacle == "broken":
            path.rename(tmp_path / "elsewhere")
            try:
                return assess(*arguments)  # type: ignore[arg-type]
            finally:
                (tmp_path / "elsewhere").rename(path)
        return assess(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(quality_on_spark, "assess", meanwhile)
    with caplog.at_level(logging.WARNING):
        assert judged(bindings).rows == len(register()) + 1
    said = caplog.text
    assert ("changed while it was read" in said) if obstacle == "changed" else ("cannot be opened" in said)


def test_a_table_without_row_ids_is_one_slice(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (number INTEGER PRIMARY KEY) WITHOUT ROWID")
        connection.execute("CREATE TABLE named (rowid INTEGER, number INTEGER)")
        connection.execute("CREATE VIEW seen AS SELECT * FROM t")
        connection.executemany("INSERT INTO named VALUES (?, ?)", [(None, 1), (5, 2), (9, 3)])
    connection.close()
    product = replace(PRODUCT, fields=(field("number", ElementKind.INTEGER),), cursor=None)
    source = SqliteSource(path)
    for table in ("t", "named", "seen"):
        bound = in_sqlite(tmp_path / "other.sqlite3", [], table="t").of(product)
        assert bound is not None
        with source.sliced(replace(bound, table=table), 4, Stop()) as slices:
            assert len(slices) == 1
    source.close()


def test_a_range_is_cut_into_parts_that_meet_and_leave_nothing_out() -> None:
    for first, end, pieces in ((0, 10, 3), (-5, 5, 4), (0, 0, 4), (0, 1, 9), (7, 8, 1)):
        parts = list(cut(first, end, pieces))
        assert parts[0][0] is None
        assert parts[-1][1] is None
        assert [one[1] for one in parts[:-1]] == [other[0] for other in parts[1:]]
        assert len(parts) <= max(1, pieces)


def test_minus_one_and_minus_two_are_two_values() -> None:
    assert digest((-1,)) != digest((-2,))
    assert digest((1,), b"one run") != digest((1,), b"another")
