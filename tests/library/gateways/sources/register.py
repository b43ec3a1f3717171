"""One register of a few columns of every kind, written into every kind of source, and what its rows mean."""

import csv
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from tests.library.gateways.sources.servers import Api, mariadb_connection
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Choice, ElementKind
from yiwang.library.gateways.bindings import Api as ApiShape
from yiwang.library.gateways.bindings import Bindings, Bound, Column, Connection, Paging, SourceKind
from yiwang.library.gateways.contract import Field, Product, Sharing

CITY = ZoneInfo("Asia/Shanghai")
SEXES = {"1": "male", "2": "female"}


def field(name: str, kind: ElementKind, **more: object) -> Field:
    return Field(name, kind, Words(name, name), **more)  # type: ignore[arg-type]


PRODUCT = Product(
    department="security",
    name="residents",
    major=1,
    minor=0,
    title=Words("居民", "Residents"),
    summary=Words("居民", "Residents"),
    basis=("法",),
    sharing=Sharing.CONDITIONAL,
    fields=(
        field("number", ElementKind.INTEGER),
        field("name", ElementKind.TEXT),
        field("sex", ElementKind.CHOICE, choices=tuple(Choice(code, Words(code, code)) for code in SEXES.values())),
        field("born", ElementKind.DATE),
        field("area", ElementKind.DECIMAL),
        field("owes", ElementKind.MONEY),
        field("lives_here", ElementKind.BOOLEAN),
        field("changed", ElementKind.MOMENT),
    ),
    key=("number",),
    cursor="changed",
)


@dataclass(frozen=True)
class Row:
    """As the contract sees it; `sex_code` and `written` are what a source holds, which may mean nothing."""

    number: int
    name: str | None
    sex_code: str | None
    born: date | None
    area: Decimal | None
    owes: int | None
    lives_here: bool | None
    changed: datetime | None

    def meant(self) -> dict[str, object]:
        return {
            "number": self.number,
            "name": self.name or None,
            "sex": SEXES.get(self.sex_code or ""),
            "born": self.born,
            "area": self.area,
            "owes": self.owes,
            "lives_here": self.lives_here,
            "changed": self.changed,
        }


COLUMNS = {"sex": Column("sex_code", values=SEXES)}


def bindings(kind: SourceKind, *, url: str = "", path: Path | None = None, **more: object) -> Bindings:
    shape = more.pop("api", None)
    columns = {**COLUMNS, **more.pop("columns", {})}  # type: ignore[dict-item]
    bound = Bound("residents", Connection("c", kind, url, path), columns=columns, api=shape, **more)  # type: ignore[arg-type]
    return Bindings("security", Path("security.yaml"), {"residents": bound})


def in_sqlite(path: Path, rows: Sequence[Row], table: str = "t") -> Bindings:
    with sqlite3.connect(path) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {table}")
        connection.execute(
            f"CREATE TABLE {table} (number INTEGER, name TEXT COLLATE NOCASE, sex_code TEXT, born DATE, area REAL,"
            " owes INTEGER, lives_here INTEGER, changed TEXT)"
        )
        connection.execute(f"CREATE INDEX {table}_name ON {table} (name)")
        connection.executemany(
            f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    row.number,
                    row.name,
                    row.sex_code,
                    row.born.isoformat() if row.born else row.born,
                    float(row.area) if row.area is not None else None,
                    row.owes,
                    row.lives_here,
                    row.changed.isoformat() if row.changed else None,
                )
                for row in rows
            ],
        )
    connection.close()
    return bindings(SourceKind.SQLITE, path=path, table=table)


def in_postgres(url: str, rows: Sequence[Row], table: str = "t") -> Bindings:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {table}")
        connection.execute(
            f"CREATE TABLE {table} (number integer, name varchar(80), sex_code char(3), born date, area numeric(14,6),"
            " owes bigint, lives_here boolean, changed timestamptz)"
        )
        connection.execute(f"CREATE INDEX ON {table} (name)")
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(list(row.__dict__.values()))
    return bindings(SourceKind.POSTGRES, url=url, table=f"public.{table}")


def in_mysql(url: str, rows: Sequence[Row], table: str = "t") -> Bindings:
    connection = mariadb_connection(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(
            f"CREATE TABLE {table} (number int, name varchar(80), sex_code char(3), born date, area decimal(14,6),"
            f" owes bigint, lives_here tinyint(1), changed datetime(6), INDEX {table}_name (name))"
        )
        if rows:
            cursor.executemany(
                f"INSERT INTO {table} VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    (
                        *list(row.__dict__.values())[:-1],
                        row.changed.astimezone(CITY).replace(tzinfo=None) if row.changed else None,
                    )
                    for row in rows
                ],
            )
    return bindings(SourceKind.MYSQL, url=url, table=table)


def in_parquet(folder: Path, rows: Sequence[Row]) -> Bindings:
    columns = {name: [getattr(row, name) for row in rows] for name in Row.__dataclass_fields__}
    types = [pa.int32(), pa.string(), pa.string(), pa.date32(), pa.decimal128(14, 6), pa.int64(), pa.bool_()]
    arrays = [pa.array(values, type=kind) for values, kind in zip(list(columns.values())[:-1], types, strict=True)]
    arrays.append(pa.array(columns["changed"], type=pa.timestamp("us", tz="Asia/Shanghai")))
    pq.write_table(pa.table(arrays, names=list(columns)), folder / "residents.parquet", row_group_size=64)
    return bindings(SourceKind.FILES, path=folder, table="residents*.parquet")


def in_csv(folder: Path, rows: Sequence[Row]) -> Bindings:
    with (folder / "residents.csv").open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Row.__dataclass_fields__)
        for row in rows:
            writer.writerow(
                [
                    "" if value is None else value.isoformat() if isinstance(value, datetime) else value
                    for value in row.__dict__.values()
                ]
            )
    return bindings(SourceKind.FILES, path=folder, table="residents.csv", encoding="gb18030")


def in_api(api: Api, rows: Sequence[Row]) -> Bindings:
    api.data["/residents"] = json.loads(
        json.dumps(
            [
                {
                    **row.__dict__,
                    "born": row.born.isoformat() if row.born else None,
                    "area": float(row.area) if row.area is not None else None,
                    "changed": row.changed.isoformat() if row.changed else None,
                }
                for row in rows
            ]
        )
    )
    shape = ApiShape("/residents", ("data", "list"), Paging("page", "size", 7), filters={"name": "name"})
    return bindings(SourceKind.HTTP, url=api.url, api=shape)


def resident(number: int, **more: object) -> Row:
    """Somebody, the same for the same number."""
    base: dict[str, object] = {
        "number": number,
        "name": f"王{number}",
        "sex_code": "12"[number % 2],
        "born": date(1980, 1, 1) + timedelta(days=number % 9000),
        "area": Decimal(number % 1000) / 8,
        "owes": number * 100,
        "lives_here": number % 3 == 0,
        "changed": datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
    }
    return Row(**{**base, **more})  # type: ignore[arg-type]
