"""A department's PostgreSQL, read in read-only transactions.

Few rows come through prepared statements, whole tables through DuckDB's scanner (binary COPY), what is in between
through a cursor at the server.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import uuid4

import psycopg
import pyarrow as pa
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from yiwang.library.gateways.bindings import Bound
from yiwang.library.gateways.refusals import Cancelled
from yiwang.library.gateways.sources.asking import Ask, Unreachable, rows_in_batches
from yiwang.library.gateways.sources.pool import Pool
from yiwang.library.gateways.sources.scanner import ATTACHED, Scanner
from yiwang.library.gateways.sources.selecting import duckdb_columns
from yiwang.library.gateways.sources.slices import Slice, cut
from yiwang.library.gateways.sources.sql import Conditions, Dialect, Native, Rendered
from yiwang.library.gateways.stopping import Stop

SMALL = 20_000
CONNECT_SECONDS = 5
LOCK_SECONDS = 10
SEPARATOR = "\x1f"
"""between keys that are sent as one text"""
_TYPES = {
    "text": Native.TEXT,
    "varchar": Native.TEXT,
    "bpchar": Native.TEXT,
    "int2": Native.INTEGER,
    "int4": Native.INTEGER,
    "int8": Native.INTEGER,
    "bool": Native.BOOLEAN,
    "date": Native.DATE,
    "timestamptz": Native.MOMENT,
    "timestamp": Native.CLOCK,
}
_NAMES = itertools.count()

Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    natives: dict[str, Native]
    types: dict[str, str]
    indexed: frozenset[str]
    rows: float
    plain: bool
    """a table of its own, which the scanner may cut into pieces"""


class PostgresDialect(Dialect):
    placeholder = "%s"

    def __init__(self, types: dict[str, str] | None = None) -> None:
        self.types = types or {}

    def quote(self, name: str) -> str:
        return super().quote(name).replace("%", "%%")

    def ordered(self, column: str) -> str:
        return f'{column} COLLATE "C"'

    def among(self, column: str, values: Sequence[object], native: Native, name: str) -> Rendered:
        kind = self.types.get(name, "text")
        kind = "int8" if kind in ("int2", "int4") else kind
        if len(values) == 1:
            return f"{column} = %s::{kind}", [values[0]]
        if native is Native.TEXT and not any(SEPARATOR in str(each) for each in values):
            # The driver writes an array value by value, which takes longer than to look up what is in it.
            joined = SEPARATOR.join(map(str, values))
            return f"{column} = ANY(string_to_array(%s::text, '{SEPARATOR}')::{kind}[])", [joined]
        return f"{column} = ANY(%s::{kind}[])", [list(values)]

    def begins(self, column: str, text: str) -> Rendered:
        return f"starts_with({column}::text, %s::text)", [text]

    def column(self, name: str) -> str:
        """Without the blanks that fill up character(n), and without infinity, which Python's calendar has not."""
        quoted, kind = self.quote(name), self.types.get(name, "")
        if kind == "bpchar":
            return f"{quoted}::text"
        if kind in ("date", "timestamp", "timestamptz"):
            return f"CASE WHEN isfinite({quoted}) THEN {quoted} END"
        return quoted


class PostgresSource:
    def __init__(self, url: str) -> None:
        self._address = make_conninfo(url, connect_timeout=CONNECT_SECONDS, application_name="yiwang gateway")
        self._pool: Pool[Connection] = Pool(self._connect)
        self._tables: dict[str, Table] = {}
        # A table that somebody holds locked: the scanner is not told to stop while it waits for it.
        options = f"{conninfo_to_dict(url).get('options') or ''} -c lock_timeout={LOCK_SECONDS}s"
        waiting = make_conninfo(self._address, options=options.strip())
        self._scanner = Scanner("postgres", waiting)

    def _connect(self) -> Connection:
        try:
            connection = psycopg.connect(self._address, autocommit=True, prepare_threshold=1)
            connection.execute("SET default_transaction_read_only = on")
            connection.execute("SET TimeZone = 'UTC'")
        except psycopg.Error as error:
            raise Unreachable(f"PostgreSQL: {type(error).__name__}") from error
        return connection

    def batches(self, ask: Ask, stop: Stop) -> Iterator[pa.RecordBatch]:
        table = self._table(ask.bound.table, stop)
        large = (
            table.rows >= SMALL
            and ask.tally is None
            and ask.keys is None
            and ask.at_most is None
            and not any(ask.bound.column(name).name in table.indexed for name in ask.equals())
        )
        columns = duckdb_columns(ask, table.natives) if large else None
        if columns is None:
            yield from self._native(ask, table, stop, at_server=large)
        elif table.plain and ask.condition is None and not ask.bound.only:
            sql = f"SELECT {columns} FROM {ATTACHED}.{Dialect().table(ask.bound.table)}"  # noqa: S608 - quoted
            yield from self._scanner.batches(sql, [], ask.schema, stop)
        else:
            # The conditions go to PostgreSQL as we write them: the engine would push comparisons of text on its own,
            # in whatever order the database sorts.
            statement, parameters = self._statement(ask, table)
            with self._pool.take() as connection:
                written = psycopg.ClientCursor(connection).mogrify(statement, parameters)
            mark = f"/* {uuid4().hex} */"
            sql = f"SELECT {columns} FROM postgres_query('{ATTACHED}', ?)"  # noqa: S608
            yield from self._scanner.batches(
                sql, [f"{mark} {written}"], ask.schema, stop, at_source=partial(self._cancel, mark)
            )

    def _cancel(self, mark: str) -> None:
        """End the server's work on the statement that begins with the mark."""
        with self._pool.take() as connection:
            connection.execute(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE state = 'active'"
                " AND usename = current_user AND pid <> pg_backend_pid() AND strpos(query, %s) > 0",
                [mark],
            )

    def _statement(self, ask: Ask, table: Table) -> Rendered:
        dialect = PostgresDialect(table.types)
        where, parameters = Conditions(ask.product, ask.bound, table.natives, dialect).where(ask.condition)
        columns = dict.fromkeys(ask.bound.column(name).name for name in ask.needed)
        names = ", ".join(f"{dialect.column(column)} AS {dialect.quote(column)}" for column in columns)
        return f"SELECT {names} FROM {dialect.table(ask.bound.table)} WHERE {where}", parameters  # noqa: S608

    def _native(self, ask: Ask, table: Table, stop: Stop, *, at_server: bool) -> Iterator[pa.RecordBatch]:
        dialect = PostgresDialect(table.types)
        where, parameters = Conditions(ask.product, ask.bound, table.natives, dialect).where(ask.condition)
        names = ", ".join(dialect.column(ask.bound.column(name).name) for name in ask.needed)
        limit = f" LIMIT {ask.at_most:d}" if ask.at_most is not None else ""
        sql = f"SELECT {names} FROM {dialect.table(ask.bound.table)} WHERE {where}{limit}"  # noqa: S608 - quoted, bound
        if ask.part is not None:
            pages, at_server = _pages(ask.part), True
            sql = f"{sql}{pages}"
        with self._pool.take() as connection:
            try:
                with contextlib.ExitStack() as stack:
                    if at_server:
                        stack.enter_context(connection.transaction())
                    if ask.part is not None:
                        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                        connection.execute(f"SET TRANSACTION SNAPSHOT {_quoted(ask.part.snapshot)}")
                    cursor = stack.enter_context(
                        connection.cursor(f"yiwang_{next(_NAMES)}") if at_server else connection.cursor(binary=True)
                    )
                    with stop.interrupting(connection.cancel_safe):
                        cursor.execute(sql, parameters, **({"binary": True} if at_server else {}))

                    def fetch(size: int) -> Sequence[tuple[object, ...]]:
                        with stop.interrupting(connection.cancel_safe):
                            return cursor.fetchmany(size)

                    yield from rows_in_batches(ask, fetch, stop)
            except psycopg.Error as error:
                self._tables.pop(ask.bound.table, None)
                if stop.stopped or isinstance(error, psycopg.errors.QueryCanceled):
                    raise Cancelled from error
                raise Unreachable(f"PostgreSQL: {_said(error)}") from error

    def as_of(self, bound: Bound, stop: Stop) -> datetime | None:
        """PostgreSQL does not tell; the contract's cursor does."""
        return None

    def size(self, bound: Bound, stop: Stop) -> int:
        self._table(bound.table, stop)
        with self._pool.take() as connection:
            row = connection.execute(
                "SELECT pg_relation_size(to_regclass(%s))", [Dialect().table(bound.table)]
            ).fetchone()
        return int(str(row[0])) if row is not None and row[0] is not None else 0

    @contextlib.contextmanager
    def sliced(self, bound: Bound, pieces: int, stop: Stop) -> Iterator[Sequence[Slice]]:
        """By pages of the table, all at one moment: the snapshot is kept open for who reads the slices."""
        table = Dialect().table(bound.table)
        with self._pool.take() as connection:
            try:
                with connection.transaction():
                    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                    row = connection.execute(
                        "SELECT pg_export_snapshot(), relkind::text, pg_relation_size(oid),"
                        " current_setting('block_size') FROM pg_class WHERE oid = to_regclass(%s)",
                        [table],
                    ).fetchone()
                    if row is None:
                        raise Unreachable(f"PostgreSQL has no table {bound.table}, or it may not be read")
                    snapshot, kind, size, page = str(row[0]), row[1], int(str(row[2])), int(str(row[3]))
                    # A view has no pages, those of a divided table lie in its parts: it is one slice.
                    parts = cut(0, size // page, pieces) if kind in ("r", "m") else [(0, None)]
                    yield [Slice(first, last, snapshot=snapshot) for first, last in parts]
            except psycopg.Error as error:
                raise Unreachable(f"PostgreSQL: {_said(error)}") from error

    def close(self) -> None:
        self._pool.close()
        self._scanner.close()

    def _table(self, name: str, stop: Stop) -> Table:
        if name in self._tables:
            return self._tables[name]
        with self._pool.take() as connection:
            try:
                with stop.interrupting(connection.cancel_safe):
                    found = _described(connection, name)
            except psycopg.Error as error:
                if stop.stopped:
                    raise Cancelled from error
                raise Unreachable(f"PostgreSQL: {_said(error)}") from error
        self._tables[name] = found
        return found


def _pages(part: Slice) -> str:
    begin = f" AND ctid >= '({part.first:d},0)'::tid" if part.first else ""
    return begin + (f" AND ctid < '({part.last:d},0)'::tid" if part.last is not None else "")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _described(connection: Connection, name: str) -> Table:
    quoted = Dialect().table(name)
    row = connection.execute(
        "SELECT oid, reltuples::float8, relkind::text FROM pg_class WHERE oid = to_regclass(%s)", [quoted]
    ).fetchone()
    if row is None:
        raise Unreachable(f"PostgreSQL has no table {name}, or it may not be read")
    oid, rows, kind = row
    types, natives = {}, {}
    for column, type_name, modifier in connection.execute(
        "SELECT a.attname, t.typname, a.atttypmod FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
        " WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped",
        [oid],
    ):
        types[str(column)] = str(type_name)
        natives[str(column)] = _native_of(str(type_name), int(str(modifier)))
    indexed = connection.execute(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " WHERE i.indrelid = %s AND i.indisvalid AND i.indpred IS NULL",
        [oid],
    ).fetchall()
    # A table that was never analysed, or a view: its size is not known, so it is taken for large.
    size = float(str(rows)) if float(str(rows)) >= 0 and kind != "v" else float(SMALL)
    return Table(natives, types, frozenset(str(each[0]) for each in indexed), size, kind in ("r", "p", "m"))


def _native_of(name: str, modifier: int) -> Native:
    if name == "numeric" and modifier >= 4:
        precision, scale = (modifier - 4) >> 16, (modifier - 4) & 0x7FF
        if scale == 0 and precision <= 18:
            return Native.INTEGER
        return Native.DECIMAL if scale <= 6 and precision - scale <= 12 else Native.OTHER
    return _TYPES.get(name, Native.OTHER)


def _said(error: psycopg.Error) -> str:
    """The server's own words where they hold no value: the class of the error, and for missing things their name."""
    if isinstance(error, psycopg.errors.UndefinedColumn | psycopg.errors.UndefinedTable):
        return str(error).splitlines()[0]
    return type(error).__name__
