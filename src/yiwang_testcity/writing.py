"""Writing a city into the databases of its departments: SQLite files, Parquet and CSV folders, or servers.

A department's data is written beside the old and takes its place at the end, so that nobody ever reads half a city.
"""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from yiwang.foundation.kernel.time import city_zone
from yiwang_testcity.tables import Row, Rows, Store, Table

ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}
TRUTH = pa.schema(
    [
        ("table", pa.string()),
        ("row", pa.string()),
        ("person", pa.int64()),
        ("enterprise", pa.int64()),
        ("errors", pa.string()),
    ]
)
"""`row` is the key of a row of the table; equal `person` (`enterprise`): the same one. `errors`: see noise.Rates."""


class Target(Protocol):
    """Where one department's tables go."""

    def add(self, table: Table, rows: Sequence[Row]) -> None: ...

    def finish(self) -> None:
        """Index what was added and put it in the place of the old."""

    def abandon(self) -> None:
        """Remove what was begun."""


class Sqlite:
    """One file for a department."""

    def __init__(self, path: Path, tables: Sequence[Table]) -> None:
        self._path = path
        self._tables = tables
        self._new = path.with_suffix(".new")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._new.unlink(missing_ok=True)
        self._database = sqlite3.connect(self._new, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        for table in tables:
            columns = ", ".join(
                f"{name} {'text' if kind == 'timestamp' else kind}" for name, kind in table.columns.items()
            )
            self._database.execute(f"CREATE TABLE {table.name} ({columns}, PRIMARY KEY ({table.key}))")

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        marks = ", ".join("?" * len(table.columns))
        self._database.execute("BEGIN")
        self._database.executemany(
            f"INSERT INTO {table.name} VALUES ({marks})",  # noqa: S608 - the names are our own
            rows,
        )
        self._database.execute("COMMIT")

    def finish(self) -> None:
        for table in self._tables:
            for column in table.indexes:
                self._database.execute(f"CREATE INDEX {table.name}_{column} ON {table.name} ({column})")
        self._database.execute("ANALYZE")
        self._database.close()
        self._new.replace(self._path)

    def abandon(self) -> None:
        self._database.close()
        self._new.unlink(missing_ok=True)


class Folder:
    """A folder for each table: Parquet files, or CSV with a line of names."""

    def __init__(self, path: Path, tables: Sequence[Table]) -> None:
        self._path = path
        self._new = path.with_name(f"{path.name}.new")
        shutil.rmtree(self._new, ignore_errors=True)
        self._rows: dict[str, list[Row]] = {table.name: [] for table in tables}
        self._tables = tables

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        self._rows[table.name] += rows

    def finish(self) -> None:
        for table in self._tables:
            folder = self._new / table.name
            folder.mkdir(parents=True)
            rows = self._rows[table.name]
            if table.store is Store.PARQUET:
                _parquet(folder / f"{table.name}.parquet", table, rows)
            else:
                with (folder / f"{table.name}.csv").open("w", encoding=table.encoding, newline="") as file:
                    writer = csv.writer(file)
                    writer.writerow(table.columns)
                    writer.writerows(rows)
        old = self._path.with_name(f"{self._path.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self._path.exists():
            self._path.replace(old)
        self._new.replace(self._path)
        shutil.rmtree(old, ignore_errors=True)

    def abandon(self) -> None:
        shutil.rmtree(self._new, ignore_errors=True)


def _parquet(path: Path, table: Table, rows: Sequence[Row]) -> None:
    columns = zip(*rows, strict=True) if rows else [()] * len(table.columns)
    arrays = [_array(values, kind) for values, kind in zip(columns, table.columns.values(), strict=True)]
    pq.write_table(pa.table(arrays, names=list(table.columns)), path, row_group_size=50_000, compression="zstd")


def _array(values: Sequence[object], kind: str) -> pa.Array:
    if kind == "timestamp":
        values = [datetime.fromisoformat(str(value)).replace(tzinfo=city_zone()) for value in values]
    return pa.array(values, ARROW[kind])


class Postgres:
    """A server; a table of the same name is replaced."""

    def __init__(self, url: str, tables: Sequence[Table]) -> None:
        import psycopg

        self._tables = tables
        self._connection = psycopg.connect(url)
        self._connection.execute("SELECT set_config('TimeZone', %s, false)", [city_zone().key])
        for table in tables:
            columns = ", ".join(
                f"{name} {'timestamptz' if kind == 'timestamp' else 'double precision' if kind == 'real' else kind}"
                for name, kind in table.columns.items()
            )
            self._execute(f"DROP TABLE IF EXISTS {table.name}")
            self._execute(f"CREATE TABLE {table.name} ({columns})")

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        with self._connection.cursor() as cursor, cursor.copy(f"COPY {table.name} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def finish(self) -> None:
        for table in self._tables:
            self._execute(f"ALTER TABLE {table.name} ADD PRIMARY KEY ({table.key})")
            for column in table.indexes:
                self._execute(f"CREATE INDEX {table.name}_{column} ON {table.name} ({column})")
            self._execute(f"ANALYZE {table.name}")
        self._connection.commit()
        self._connection.close()

    def abandon(self) -> None:
        self._connection.close()

    def _execute(self, statement: str) -> None:
        self._connection.execute(statement.encode())


class Mysql:
    """A MySQL or MariaDB server (`mysql://user:password@host:port/database`); a table of the same name is replaced."""

    TYPES: Mapping[str, str] = {"integer": "bigint", "real": "double", "date": "date", "timestamp": "datetime"}

    def __init__(self, url: str, tables: Sequence[Table]) -> None:
        import pymysql

        parts = urlsplit(url)
        self._tables = tables
        self._connection = pymysql.connect(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or 3306,
            user=unquote(parts.username or "root"),
            password=unquote(parts.password or ""),
            database=parts.path.strip("/"),
            charset="utf8mb4",
        )
        with self._connection.cursor() as cursor:
            for table in tables:
                short = {table.key, *table.indexes}
                columns = ", ".join(
                    f"{name} {self.TYPES.get(kind, 'varchar(64)' if name in short else 'varchar(255)')}"
                    for name, kind in table.columns.items()
                )
                cursor.execute(f"DROP TABLE IF EXISTS {table.name}_new")
                cursor.execute(
                    f"CREATE TABLE {table.name}_new ({columns}, PRIMARY KEY ({table.key}))"
                    " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
                )

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        marks = ", ".join(["%s"] * len(table.columns))
        with self._connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table.name}_new VALUES ({marks})",  # noqa: S608 - the names are our own
                rows,
            )
        self._connection.commit()

    def finish(self) -> None:
        with self._connection.cursor() as cursor:
            for table in self._tables:
                for column in table.indexes:
                    cursor.execute(f"CREATE INDEX {table.name}_{column} ON {table.name}_new ({column})")
                cursor.execute(f"DROP TABLE IF EXISTS {table.name}")
                cursor.execute(f"RENAME TABLE {table.name}_new TO {table.name}")
        self._connection.close()

    def abandon(self) -> None:
        self._connection.close()


class Truth:
    """The truth about every row, for tests only, in a folder that no gateway reads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._new = path.with_suffix(".new")
        self._writer = pq.ParquetWriter(self._new, TRUTH, compression="zstd")

    def add(self, rows: Rows) -> None:
        columns = zip(*rows.truth, strict=True) if rows.truth else [()] * len(TRUTH)
        arrays = [pa.array(values, field.type) for values, field in zip(columns, TRUTH, strict=True)]
        self._writer.write_table(pa.table(arrays, schema=TRUTH))

    def finish(self) -> None:
        self._writer.close()
        self._new.replace(self._path)

    def abandon(self) -> None:
        self._writer.close()
        self._new.unlink(missing_ok=True)


@contextmanager
def all_or_nothing(targets: Iterable[Target | Truth]) -> Iterator[None]:
    """Finish every target at the end, or abandon them all."""
    kept = list(targets)
    try:
        yield
        for target in kept:
            target.finish()
    except BaseException:
        for target in kept:
            target.abandon()
        raise
