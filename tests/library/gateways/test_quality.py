"""A contract's promises are checked where the data lies; what cannot be read is counted, never hidden."""

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.library.gateways.sources.register import PRODUCT, bindings, field, in_sqlite, resident
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.identifiers import make_resident_id
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.bindings import SourceKind
from yiwang.library.gateways.contract import QualityRule
from yiwang.library.gateways.sources import Sources, read_all

NOON = datetime(2025, 3, 12, 4, 0, tzinfo=UTC)


def scores(sources: Sources, product: object) -> dict[str, int]:
    with time.frozen(NOON):
        found = sources.quality(product)  # type: ignore[arg-type]
    sources.close()
    return {score.rule: score.bad for score in found.scores}


def test_rules_of_the_contract_and_those_of_every_contract_are_counted(tmp_path: Path) -> None:
    rows = [
        resident(1),
        resident(2, name=None, owes=-5),
        resident(2, changed=NOON - timedelta(days=3)),
        resident(3, sex_code="9", owes=None),
    ]
    product = replace(
        PRODUCT,
        fields=tuple(replace(each, required=each.name == "name") for each in PRODUCT.fields),
        quality=(
            QualityRule("owes_nothing_below_zero", "feel", None, "owes >= 0"),
            QualityRule("named_once", "unique", "name"),
        ),
        fresh_within=timedelta(days=2),
    )
    found = scores(Sources(in_sqlite(tmp_path / "r.sqlite3", rows)), product)
    assert found["required.name"] == 1
    assert found["key"] == 1
    assert found["owes_nothing_below_zero"] == 1
    assert found["named_once"] == 0
    assert found["kind.sex"] == 1
    assert found["fresh"] == 1


def test_a_value_that_means_nothing_is_null_and_counted(tmp_path: Path) -> None:
    sources = Sources(in_sqlite(tmp_path / "r.sqlite3", [resident(1), resident(2)]))
    with sqlite3.connect(tmp_path / "r.sqlite3") as connection:
        connection.execute("UPDATE t SET born = 'unknown', owes = 'much' WHERE number = 1")
    connection.close()
    table = read_all(sources.scan(PRODUCT, ("number", "born", "owes")), PRODUCT, ("number", "born", "owes"))
    assert table.to_pylist() == [
        {"number": 1, "born": None, "owes": None},
        {"number": 2, "born": date(1980, 1, 3), "owes": 200},
    ]
    found = scores(sources, PRODUCT)
    assert (found["kind.born"], found["kind.owes"]) == (1, 1)


def test_identifiers_are_checked_by_their_last_character(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite3"
    good = make_resident_id(1)
    wrong = good[:-1] + ("1" if good[-1] != "1" else "2")
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (resident_id TEXT)")
        connection.executemany("INSERT INTO t VALUES (?)", [(good,), (wrong,), (None,)])
    connection.close()
    product = replace(
        PRODUCT,
        fields=(field("resident_id", ElementKind.RESIDENT_ID),),
        key=(),
        cursor=None,
        title=Words("居民", "Residents"),
    )
    found = scores(Sources(bindings(SourceKind.SQLITE, path=path, table="t")), product)
    assert found == {"identifier.resident_id": 1}
