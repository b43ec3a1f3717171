"""Three departments' registers to measure the library on: SQLite, PostgreSQL, Parquet, the same enterprises in each.

`Registers` holds them behind gateways with signed grants, masks and the log on, and the very same files and tables
attached to a DuckDB of its own: the peer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_postgres_scanner
import duckdb_extension_sqlite_scanner
import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tools import postgres
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import ElementKind as Kind
from yiwang.library.gateways import signing
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.bindings import Bindings, Bound, Connection, SourceKind
from yiwang.library.gateways.contract import Field, Product, Sharing, Subject
from yiwang.library.gateways.gateway import Gateway
from yiwang.library.gateways.grant import CLEAR, Grant, Mask, MaskKind
from yiwang.library.gateways.local import LocalGateway
from yiwang.library.gateways.sources import Sources
from yiwang.library.reading import Granted, Shelf

NOW = datetime(2025, 3, 12, 4, tzinfo=UTC)
ASKER = Asker("officer:1", "陈静", "statistics", "statistics/analysis", "analysis")
EACH_TRADE = 600
"""enterprises of one trade: the keys of the semi-join"""

KINDS = {
    "market.enterprises": {
        "uscc": Kind.USCC,
        "name": Kind.TEXT,
        "trade": Kind.TEXT,
        "district": Kind.TEXT,
        "founded": Kind.DATE,
        "capital": Kind.MONEY,
        "phone": Kind.PHONE,
        "legal_person": Kind.TEXT,
    },
    "tax.filings": {
        "id": Kind.INTEGER,
        "uscc": Kind.USCC,
        "period": Kind.DATE,
        "amount": Kind.MONEY,
        "overdue": Kind.BOOLEAN,
    },
    "health.inspections": {
        "id": Kind.INTEGER,
        "uscc": Kind.USCC,
        "day": Kind.DATE,
        "score": Kind.INTEGER,
        "result": Kind.TEXT,
    },
}
MASKS = {
    "phone": Mask(MaskKind.PARTIAL, keep_first=3, keep_last=2),
    "legal_person": Mask(MaskKind.NULL),
}


def product(code: str) -> Product:
    department, name = code.split(".")
    fields = tuple(Field(each, kind, Words(each, each)) for each, kind in KINDS[code].items())
    words = Words(name, name)
    return Product(
        department,
        name,
        1,
        0,
        words,
        words,
        (),
        Sharing.CONDITIONAL,
        fields,
        (fields[0].name,),
        subject=Subject.ENTERPRISE,
        subject_field="uscc",
    )


PRODUCTS = {code: product(code) for code in KINDS}


def uscc(number: int) -> str:
    return f"91310100MA{number:08d}"


class Registers:
    def __init__(self, folder: Path, url: str, rows: int) -> None:
        self.folder = folder
        self.url = url
        self.rows = rows
        self.key = signing.SigningKey.fresh()

    # --- what lies where

    def fill(self) -> None:
        chance = np.random.default_rng(11)
        self._market(chance)
        self._tax(chance)
        self._health(chance)

    def _market(self, chance: np.random.Generator) -> None:
        trades = max(1, self.rows // EACH_TRADE)
        days = chance.integers(0, 7_000, self.rows)
        trade, district = chance.integers(0, trades, self.rows), chance.integers(0, 12, self.rows)
        capital = chance.integers(1, 10**9, self.rows)
        first = date(2005, 1, 1)
        with sqlite3.connect(self.folder / "market.sqlite3") as file:
            file.execute("pragma journal_mode = wal")
            file.execute(
                "create table ent (uscc text primary key, name text, trade text, district text, founded date,"
                " capital integer, phone text, legal_person text) without rowid"
            )
            file.executemany(
                "insert into ent values (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        uscc(number),
                        f"店铺{number}",
                        f"trade-{trade[number]}",
                        f"district-{district[number]}",
                        (first + timedelta(days=int(days[number]))).isoformat(),
                        int(capital[number]),
                        f"138{number:08d}",
                        f"王{number % 9973}",
                    )
                    for number in range(self.rows)
                ),
            )
            file.execute("create index ent_trade on ent (trade)")
            file.execute("analyze")
        file.close()

    def _tax(self, chance: np.random.Generator) -> None:
        owner, amount = chance.integers(0, self.rows, self.rows), chance.integers(0, 10**8, self.rows)
        month, overdue = chance.integers(1, 13, self.rows), chance.random(self.rows) < 0.1
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "create table filings (id bigint primary key, uscc text, period date, amount bigint, overdue boolean)"
            )
            with connection.cursor().copy("copy filings from stdin") as copy:
                for number in range(self.rows):
                    period = date(2024, int(month[number]), 1)
                    copy.write_row((number, uscc(owner[number]), period, int(amount[number]), bool(overdue[number])))
            connection.execute("create index on filings (uscc)")
            connection.execute("vacuum analyze filings")

    def _health(self, chance: np.random.Generator) -> None:
        """An export sorted by enterprise, as exports of registers are."""
        owner = np.sort(chance.integers(0, self.rows, self.rows))
        days = pa.array(chance.integers(19_723, 20_088, self.rows).astype("int32")).cast(pa.date32())
        table = pa.table(
            {
                "id": pa.array(np.arange(self.rows)),
                "uscc": pa.array([uscc(each) for each in owner]),
                "day": days,
                "score": pa.array(chance.integers(40, 101, self.rows)),
                "result": pc.take(pa.array(["passed", "warned", "failed"]), pa.array(chance.integers(0, 3, self.rows))),
            }
        )
        (self.folder / "health").mkdir()
        pq.write_table(table, self.folder / "health" / "inspections.parquet", row_group_size=50_000)

    # --- ours

    @cached_property
    def gateways(self) -> dict[str, Gateway]:
        places = {
            "market": (Connection("desk", SourceKind.SQLITE, path=self.folder / "market.sqlite3"), "ent"),
            "tax": (Connection("register", SourceKind.POSTGRES, url=self.url), "public.filings"),
            "health": (Connection("exports", SourceKind.FILES, path=self.folder / "health"), "inspections.parquet"),
        }
        found: dict[str, Gateway] = {}
        for each in PRODUCTS.values():
            connection, table = places[each.department]
            bindings = Bindings(each.department, self.folder, {each.name: Bound(each.name, connection, table)})
            found[each.department] = LocalGateway(
                each.department,
                [each],
                Sources(bindings),
                folder=self.folder / "gateways" / each.department,
                trust=self.key.trust(),
                mask_secret=b"0" * 32,
            )
        return found

    @cached_property
    def granted(self) -> dict[str, Granted]:
        return {code: self._granted(each) for code, each in PRODUCTS.items()}

    def _granted(self, each: Product) -> Granted:
        grant = Grant(
            id=f"grant-{each.code}",
            department=ASKER.department,
            post=ASKER.post,
            product=each.reference,
            fields={field.name: MASKS.get(field.name, CLEAR) for field in each.fields},
            purpose=ASKER.purpose,
            basis="统计法",
            expires=datetime(2099, 1, 1, tzinfo=UTC),
            needs_case=False,
            most_rows=5_000_000,
            per_minute=1_000_000,
            approved_by=("officer:2", "officer:3"),
            issued_at=NOW,
        )
        return Granted(each, grant, signing.issue(grant, self.key))

    @cached_property
    def shelf(self) -> Shelf:
        return Shelf(self.granted.values())

    # --- the peer

    @cached_property
    def peer(self) -> duckdb.DuckDBPyConnection:
        """DuckDB alone, everything attached, its schemas called as the products' departments are."""
        connection = duckdb.connect(":memory:", config={"threads": 2})
        for package in (duckdb_extension_sqlite_scanner, duckdb_extension_postgres_scanner):
            (extension,) = Path(str(package.__file__)).parent.glob("extensions/*/*.duckdb_extension")
            connection.execute(f"load '{extension}'")
        connection.execute(f"attach '{self.folder / 'market.sqlite3'}' as market_db (type sqlite, read_only)")
        connection.execute(f"attach '{self.url}' as tax_db (type postgres, read_only)")
        parquet = self.folder / "health" / "inspections.parquet"
        for schema in ("market", "tax", "health"):
            connection.execute(f"create schema {schema}")
        connection.execute("create view market.enterprises as select * from market_db.ent")
        connection.execute("create view tax.filings as select * from tax_db.public.filings")
        connection.execute(f"create view health.inspections as select * from '{parquet}'")
        return connection

    def close(self) -> None:
        self.peer.close()
        for gateway in self.gateways.values():
            close: Any = getattr(gateway, "close", None)
            if close:
                close()


@contextmanager
def registers(folder: Path, rows: int) -> Iterator[Registers]:
    """Filled registers. Raises `postgres.Unavailable` where there is no server."""
    with postgres.database("yiwang_bench_library") as url:
        found = Registers(folder, url, rows)
        found.fill()
        try:
            yield found
        finally:
            found.close()
