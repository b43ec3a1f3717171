"""A department's MySQL or MariaDB, read in read-only transactions, row by row from the server's cursor."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyarrow as pa
import pymysql
from pymysql.cursors import SSCursor

from yiwang.library.gateways.bindings import Bound
from yiwang.library.gateways.refusals import Cancelled
from yiwang.library.gateways.sources.asking import Ask, Unreachable, rows_in_batches
from yiwang.library.gateways.sources.pool import Pool
from yiwang.library.gateways.sources.sql import Conditions, Dialect, Native, Rendered
from yiwang.library.gateways.stopping import Stop

CONNECT_SECONDS = 5
LONGEST_SILENCE = 300
_TYPES = {
    "char": Native.TEXT,
    "varchar": Native.TEXT,
    "text": Native.TEXT,
    "mediumtext": Native.TEXT,
    "longtext": Native.TEXT,
    "tinyint": Native.INTEGER,
    "smallint": Native.INTEGER,
    "mediumint": Native.INTEGER,
    "int": Native.INTEGER,
    "bigint": Native.INTEGER,
    "date": Native.DATE,
    "datetime": Native.CLOCK,
    "timestamp": Native.MOMENT,
}


class MysqlDialect(Dialect):
    """Text is compared by its UTF-8 bytes: MySQL's own orders take "ａ", "A" and "a " for "a"."""

    placeholder = "%s"
    strict = False
    """a date may be 0000-00-00"""

    def quote(self, name: str) -> str:
        return "`" + name.replace("`", "``").replace("%", "%%") + "`"

    def ordered(self, column: str) -> str:
        return f"CAST(CONVERT({column} USING utf8mb4) AS BINARY)"

    def bound_text(self) -> str:
        return "CAST(%s AS BINARY)"

    def among(self, column: str, values: Sequence[object], native: Native, name: str) -> Rendered:
        marks = ", ".join(["%s"] * len(values))
        if native is not Native.TEXT:
            return f"{column} IN ({marks})", list(values)
        # The first half finds the index, the second compares letter by letter.
        exact = ", ".join(["CAST(%s AS BINARY)"] * len(values))
        return f"({column} IN ({marks}) AND {self.ordered(column)} IN ({exact}))", [*values, *values]

    def begins(self, column: str, text: str) -> Rendered:
        return f"LEFT({self.ordered(column)}, {len(text.encode())}) = CAST(%s AS BINARY)", [text]


@dataclass(frozen=True, slots=True)
class Table:
    natives: dict[str, Native]


class MysqlSource:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._options: dict[str, Any] = {
            "host": parts.hostname,
            "port": parts.port or 3306,
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "database": unquote(parts.path.lstrip("/")) or None,
        }
        if parse_qs(parts.query).get("ssl") == ["true"]:
            self._options["ssl"] = ssl.create_default_context()
        self._pool: Pool[Any] = Pool(self._connect, drains=True)
        self._tables: dict[str, Table] = {}

    def _connect(self) -> Any:
        try:
            connection = pymysql.connect(
                **self._options,
                charset="utf8mb4",
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                read_timeout=LONGEST_SILENCE,
                cursorclass=SSCursor,
            )
            with connection.cursor() as cursor:
                cursor.execute("SET SESSION TRANSACTION READ ONLY")
                cursor.execute("SET SESSION time_zone = '+00:00'")
        except pymysql.Error as error:
            raise Unreachable(f"MySQL: {type(error).__name__}") from error
        return connection

    def batches(self, ask: Ask, stop: Stop) -> Iterator[pa.RecordBatch]:
        table = self._table(ask.bound.table, stop)
        dialect = MysqlDialect()
        where, parameters = Conditions(ask.product, ask.bound, table.natives, dialect).where(ask.condition)
        names = ", ".join(dialect.quote(ask.bound.column(name).name) for name in ask.needed)
        limit = f" LIMIT {ask.at_most:d}" if ask.at_most is not None else ""
        sql = f"SELECT {names} FROM {dialect.table(ask.bound.table)} WHERE {where}{limit}"  # noqa: S608 - quoted, bound
        # The session's zone is UTC, which PyMySQL does not say.
        natives = [table.natives.get(ask.bound.column(name).name) for name in ask.needed]
        moments = [place for place, native in enumerate(natives) if native is Native.MOMENT]
        with self._pool.take() as connection:
            number = connection.thread_id()
            try:
                cursor = connection.cursor()
                with stop.interrupting(lambda: self._kill(number)):
                    cursor.execute(sql, parameters)

                def fetch(size: int) -> Sequence[tuple[object, ...]]:
                    with stop.interrupting(lambda: self._kill(number)):
                        rows = cursor.fetchmany(size)
                    return [_in_utc(row, moments) for row in rows] if moments else list(rows)

                yield from rows_in_batches(ask, fetch, stop)
                cursor.close()
            except (pymysql.Error, OSError) as error:
                self._tables.pop(ask.bound.table, None)
                if stop.stopped:
                    raise Cancelled from error
                raise Unreachable(f"MySQL: {_said(error)}") from error

    def _kill(self, number: int) -> None:
        """The server goes on with a statement although nobody reads its rows, until it is told."""
        connection = pymysql.connect(**self._options, connect_timeout=CONNECT_SECONDS)
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(f"KILL QUERY {number:d}")

    def as_of(self, bound: Bound, stop: Stop) -> datetime | None:
        return None

    def close(self) -> None:
        self._pool.close()

    def _table(self, name: str, stop: Stop) -> Table:
        if name in self._tables:
            return self._tables[name]
        schema, _, table = name.rpartition(".")
        sql = (
            "SELECT column_name, data_type, column_type FROM information_schema.columns"
            " WHERE table_schema = COALESCE(%s, DATABASE()) AND table_name = %s"
        )
        with self._pool.take() as connection:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(sql, [schema or None, table])
                    rows = list(cursor.fetchall())
            except (pymysql.Error, OSError) as error:
                raise Unreachable(f"MySQL: {_said(error)}") from error
        if not rows:
            raise Unreachable(f"MySQL has no table {name}, or it may not be read")
        found = Table({str(column): _native_of(str(kind), str(whole)) for column, kind, whole in rows})
        self._tables[name] = found
        return found


def _in_utc(row: tuple[object, ...], moments: list[int]) -> tuple[object, ...]:
    values = list(row)
    for place in moments:
        if isinstance(moment := values[place], datetime):
            values[place] = moment.replace(tzinfo=UTC)
    return tuple(values)


def _native_of(kind: str, whole: str) -> Native:
    if kind == "decimal":
        precision, _, scale = whole.removeprefix("decimal(").partition(")")[0].partition(",")
        if int(scale or 0) == 0 and int(precision) <= 18:
            return Native.INTEGER
        return Native.DECIMAL if int(scale) <= 6 and int(precision) - int(scale) <= 12 else Native.OTHER
    return _TYPES.get(kind, Native.OTHER)


def _said(error: Exception) -> str:
    """For missing things the server's own words, which name them; else the error's number, which tells no value."""
    if isinstance(error, pymysql.err.ProgrammingError | pymysql.err.OperationalError) and error.args:
        code = error.args[0]
        return str(error.args[1]) if code in (1054, 1146, 1142, 1143, 1045, 1049, 2003) else f"error {code}"
    return type(error).__name__
