"""A department's SQLite file, opened to be read only.

Rows by an indexed column come from SQLite itself. Large parts of a table come through DuckDB's scanner, which trusts
declared types; SQLite does not keep them, so a table is looked through first, once for each state of the file.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.bindings import Bound, Column
from yiwang.library.gateways.contract import Field
from yiwang.library.gateways.refusals import Cancelled
from yiwang.library.gateways.sources.asking import Ask, Unreachable, rows_in_batches
from yiwang.library.gateways.sources.pool import Pool
from yiwang.library.gateways.sources.scanner import ATTACHED, Scanner
from yiwang.library.gateways.sources.selecting import duckdb_select
from yiwang.library.gateways.sources.slices import Slice, cut
from yiwang.library.gateways.sources.sql import Conditions, Dialect, Native, Rendered, fits
from yiwang.library.gateways.stopping import Stop

SMALL = 50_000
"""Rows that are not worth a scanner."""
STEPS = 20_000
"""of SQLite's machine between two looks at the clock: less than a millisecond"""
MOST_BOUND = 500
"""Values that are bound one by one; more of them travel as one JSON array."""


class SqliteDialect(Dialect):
    strict = False

    def ordered(self, column: str) -> str:
        return f"{column} COLLATE BINARY"

    def among(self, column: str, values: Sequence[object], native: Native, name: str) -> Rendered:
        if len(values) <= MOST_BOUND:
            those, parameters = f"({', '.join('?' * len(values))})", list(values)
        else:
            those, parameters = "(SELECT value FROM json_each(?))", [json.dumps(values, ensure_ascii=False)]
        if native is not Native.TEXT:
            return f"{column} IN {those}", parameters
        # The first half finds an index of whatever collation, the second compares letter by letter.
        return f"({column} IN {those} AND {column} COLLATE BINARY IN {those})", [*parameters, *parameters]

    def begins(self, column: str, text: str) -> Rendered:
        return f"substr({column}, 1, {len(text)}) = ? COLLATE BINARY", [text]


@dataclass(frozen=True, slots=True)
class Table:
    natives: dict[str, Native]
    indexed: frozenset[str]
    large: bool


class SqliteSource:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._files = (path, path.with_name(f"{path.name}-wal"))
        self._pool: Pool[sqlite3.Connection] = Pool(self._connect)
        self._tables: dict[str, Table] = {}
        self._scanner = Scanner("sqlite", str(path))
        self._clean: dict[tuple[object, ...], bool] = {}

    def _connect(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                f"file:{quote(str(self.path))}?mode=ro",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
                timeout=5,
            )
            connection.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            raise Unreachable(f"the SQLite file {self.path.name} cannot be opened: {error}") from error
        return connection

    def batches(self, ask: Ask, stop: Stop) -> Iterator[pa.RecordBatch]:
        table = self._table(ask.bound.table, stop)
        scanned = (
            table.large
            and ask.tally is None
            and ask.keys is None
            and ask.at_most is None
            and not any(ask.bound.column(name).name in table.indexed for name in ask.equals())
        )
        if scanned and (select := duckdb_select(ask, table.natives, ATTACHED)) and self._is_clean(ask, table, stop):
            yield from self._scanner.batches(*select, ask.schema, stop)
        else:
            yield from self._native(ask, table, stop)

    def _native(self, ask: Ask, table: Table, stop: Stop) -> Iterator[pa.RecordBatch]:
        dialect = SqliteDialect()
        where, parameters = Conditions(ask.product, ask.bound, table.natives, dialect).where(ask.condition)
        names = ", ".join(dialect.quote(ask.bound.column(name).name) for name in ask.needed)
        limit = f" LIMIT {ask.at_most:d}" if ask.at_most is not None else ""
        sql = f"SELECT {names} FROM {dialect.table(ask.bound.table)} WHERE {where}{limit}"  # noqa: S608 - quoted, bound
        if ask.part is not None:
            sql += _row_ids(ask.part)
        with self._pool.take() as connection:
            cursor = connection.cursor()
            try:
                _watch(connection, stop)
                cursor.execute(sql, parameters)

                def fetch(size: int) -> list[tuple[object, ...]]:
                    _watch(connection, stop)
                    return cursor.fetchmany(size)

                yield from rows_in_batches(ask, fetch, stop)
            except sqlite3.Error as error:
                self._tables.pop(ask.bound.table, None)
                if stop.stopped:
                    raise Cancelled from error
                raise Unreachable(f"{self.path.name}: {error}") from error
            finally:
                cursor.close()

    def as_of(self, bound: Bound, stop: Stop) -> datetime | None:
        latest = max((each[0] for each in self._state()), default=0)
        return datetime.fromtimestamp(latest / 1e9, UTC) if latest else None

    def size(self, bound: Bound, stop: Stop) -> int:
        self._table(bound.table, stop)
        return sum(size for _written, size in self._state())

    @contextlib.contextmanager
    def sliced(self, bound: Bound, pieces: int, stop: Stop) -> Iterator[Sequence[Slice]]:
        """By row id. SQLite keeps no older state for several readers, so the file must not change meanwhile."""
        before = self._state()
        table = SqliteDialect().table(bound.table)
        named = {name.lower() for name in self._table(bound.table, stop).natives}
        with self._pool.take() as connection:
            try:
                _watch(connection, stop)
                # A view and a table WITHOUT ROWID have none, a column may be called so: one slice.
                row = connection.execute(f"SELECT min(rowid), max(rowid) FROM {table}").fetchone()  # noqa: S608
            except sqlite3.OperationalError:
                row = (None, None)
        if "rowid" in named or not isinstance(row[0], int) or not isinstance(row[1], int):
            yield [Slice()]
        else:
            yield [Slice(first, last) for first, last in cut(row[0], row[1] + 1, pieces)]
        if self._state() != before:
            raise Unreachable(f"{self.path.name} changed while it was read in slices")

    def close(self) -> None:
        self._pool.close()
        self._scanner.close()

    def _state(self) -> tuple[tuple[int, int], ...]:
        """Changes with every commit: when the file and its log were written, and how long they are."""
        found = []
        for path in self._files:
            try:
                status = path.stat()
            except OSError:
                continue
            found.append((status.st_mtime_ns, status.st_size))
        return tuple(found)

    def _table(self, name: str, stop: Stop) -> Table:
        if name in self._tables:
            return self._tables[name]
        with self._pool.take() as connection:
            try:
                _watch(connection, stop)
                found = _described(connection, name)
            except sqlite3.Error as error:
                if stop.stopped:
                    raise Cancelled from error
                raise Unreachable(f"{self.path.name}: {error}") from error
        if not found.natives:
            raise Unreachable(f"{self.path.name} has no table {name}")
        self._tables[name] = found
        return found

    def _is_clean(self, ask: Ask, table: Table, stop: Stop) -> bool:
        """Whether every value that is needed is of its declared type, so that the scanner may be trusted."""
        named = {name: (ask.product.by_name[name], ask.bound.column(name)) for name in ask.needed}
        key = (ask.bound.table, self._state(), *sorted((column.name, field.kind) for field, column in named.values()))
        if key in self._clean:
            return self._clean[key]
        wrong = " OR ".join(_wrong(field, column) for field, column in named.values()) or "0"
        sql = f"SELECT 1 FROM {SqliteDialect().table(ask.bound.table)} WHERE {wrong} LIMIT 1"  # noqa: S608
        with self._pool.take() as connection:
            try:
                _watch(connection, stop)
                clean = connection.execute(sql).fetchone() is None
            except sqlite3.Error as error:
                if stop.stopped:
                    raise Cancelled from error
                raise Unreachable(f"{self.path.name}: {error}") from error
        if len(self._clean) > 100:
            self._clean.clear()
        self._clean[key] = clean
        return clean


def _row_ids(part: Slice) -> str:
    begin = f" AND rowid >= {part.first:d}" if part.first is not None else ""
    return begin + (f" AND rowid < {part.last:d}" if part.last is not None else "")


def _watch(connection: sqlite3.Connection, stop: Stop) -> None:
    stop.check()
    connection.set_progress_handler(lambda: stop.stopped, STEPS)


def _described(connection: sqlite3.Connection, name: str) -> Table:
    schema, _, table = name.rpartition(".")
    prefix = f"{SqliteDialect().quote(schema)}." if schema else ""
    quoted = SqliteDialect().quote(table)
    natives, indexed = {}, set()
    for row in connection.execute(f"PRAGMA {prefix}table_xinfo({quoted})"):
        natives[row[1]] = _native_of(row[2])
        if row[5] == 1:
            indexed.add(row[1])
    for index in connection.execute(f"PRAGMA {prefix}index_list({quoted})").fetchall():
        if index[4]:
            continue
        first = connection.execute(f"PRAGMA {prefix}index_info({SqliteDialect().quote(index[1])})").fetchone()
        if first is not None and first[2] is not None:
            indexed.add(first[2])
    large = False
    if natives:
        sql = f"SELECT 1 FROM {SqliteDialect().table(name)} LIMIT 1 OFFSET {SMALL}"  # noqa: S608
        large = connection.execute(sql).fetchone() is not None
    return Table(natives, frozenset(indexed), large)


def _native_of(declared: str) -> Native:
    """By the rules of SQLite's affinity; days written as text are text."""
    name = declared.upper()
    if "INT" in name:
        return Native.INTEGER
    if any(word in name for word in ("CHAR", "CLOB", "TEXT")) or name.startswith("DATE") or name == "TIMESTAMP":
        return Native.TEXT
    return Native.OTHER


def _wrong(field: Field, column: Column) -> str:
    """True in SQL where the scanner and our own conversion would not agree."""
    quoted = SqliteDialect().quote(column.name)
    if column.values is not None:
        return f"typeof({quoted}) NOT IN ('text', 'integer', 'null')"
    if field.kind in (ElementKind.INTEGER, ElementKind.MONEY):
        return f"typeof({quoted}) NOT IN ('integer', 'null')"
    if field.kind is ElementKind.DATE:
        return f"({quoted} IS NOT NULL AND (typeof({quoted}) <> 'text' OR date({quoted}) IS NOT {quoted}))"
    if fits(field, Native.TEXT):
        return f"typeof({quoted}) NOT IN ('text', 'null')"
    return "1"
