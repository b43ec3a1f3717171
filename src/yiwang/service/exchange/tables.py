"""Exchange tables (前置库) in a database between the two sides: PostgreSQL, MariaDB or MySQL, or an SQLite file.

Every table has one writer. Yiwang writes `yw_`: each sheet with its items, materials, tasks and special procedures in
one transaction, under the sheet's number; and for each step what became of it. The department writes `dw_`: its steps
under its own numbers, and each day's counts. So neither side ever waits for the other, and whoever dies between two
transactions does the same again under the same keys. Moments are the city's wall clock.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from yiwang.foundation.kernel.time import now, to_city
from yiwang.service.exchange.arrangement import MissingSecret, TablesAt

CONNECT_SECONDS = 5
LONGEST_SILENCE = 60
_SIZED = re.compile(r"text\((\d+)\)")
_TYPES = {
    "sqlite": {"number": "INTEGER", "moment": "TEXT", "long": "TEXT", "bytes": "BLOB"},
    "postgres": {"number": "BIGINT", "moment": "TIMESTAMP", "long": "TEXT", "bytes": "BYTEA"},
    "mysql": {"number": "BIGINT", "moment": "DATETIME(6)", "long": "LONGTEXT", "bytes": "LONGBLOB"},
}


class Unreached(Exception):
    """The exchange tables cannot be read or written now; the words name no secret."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; kinds of columns are number, moment, long, bytes, text(N), and the first `keys` of them are its key."""

    name: str
    columns: dict[str, str]
    keys: int = 1

    @property
    def key(self) -> str:
        return ", ".join(list(self.columns)[: self.keys])


CASE = Table(
    "yw_case",
    {
        "out_no": "number",
        "project_no": "text(80)",
        "revision": "number",
        "catalog_code": "text(40)",
        "task_code": "text(60)",
        "task_name": "text(200)",
        "dept_code": "text(40)",
        "dept_name": "text(120)",
        "apply_date": "moment",
        "accept_date": "moment",
        "promise_date": "text(10)",
        "anticipate_date": "text(10)",
        "case_state": "text(16)",
        "result_type": "text(1)",
        "result_date": "moment",
        "result_explain": "long",
        "correction": "long",
        "applyer_name": "text(120)",
        "applyer_id": "text(40)",
        "contact_name": "text(64)",
        "contact_phone": "text(20)",
        "facts": "long",
        "digest": "text(64)",
        "put_time": "moment",
    },
)
ITEM = Table(
    "yw_item",
    {"out_no": "number", "item_code": "text(80)", "item_name": "text(200)", "item_value": "long", "item_text": "long"},
    keys=2,
)
MATERIAL = Table(
    "yw_material",
    {
        "out_no": "number",
        "material_code": "text(40)",
        "document_id": "text(36)",
        "material_name": "text(200)",
        "file_name": "text(255)",
        "media_type": "text(80)",
        "file_size": "number",
        "sha256": "text(64)",
    },
    keys=3,
)
DOCUMENT = Table("yw_document", {"document_id": "text(36)", "sha256": "text(64)", "content": "bytes"})
PROCESS = Table(
    "yw_process",
    {
        "out_no": "number",
        "process_name": "text(40)",
        "order_num": "number",
        "process_title": "text(200)",
        "post_code": "text(80)",
        "process_state": "text(10)",
        "event_start_time": "moment",
        "event_end_time": "moment",
    },
    keys=2,
)
SPECIAL = Table(
    "yw_special",
    {
        "out_no": "number",
        "special_type": "text(40)",
        "special_name": "text(200)",
        "special_time": "moment",
        "end_time": "moment",
    },
    keys=2,
)
ANSWER = Table(
    "yw_step_answer",
    {
        "step_no": "text(64)",
        "step_state": "text(8)",
        "reason_code": "text(40)",
        "reason_zh": "long",
        "reason_en": "long",
        "answer_time": "moment",
    },
)
STEP = Table(
    "dw_step",
    {
        "step_no": "text(64)",
        "project_no": "text(80)",
        "revision": "number",
        "event_name": "text(16)",
        "process_name": "text(40)",
        "event_end_time": "moment",
        "handle_explain": "long",
        "handle_user_name": "text(64)",
        "special_type": "text(40)",
        "result_type": "text(1)",
        "result_data": "long",
        "deliver_way": "text(16)",
        "write_time": "moment",
    },
)
COUNT = Table(
    "dw_count",
    {
        "count_day": "text(10)",
        "project_no": "text(80)",
        "sheet_count": "number",
        "sheet_digest": "text(64)",
        "step_count": "number",
        "step_digest": "text(64)",
    },
    keys=2,
)
TABLES = (CASE, ITEM, MATERIAL, DOCUMENT, PROCESS, SPECIAL, ANSWER, STEP, COUNT)
OF_SHEET = (ITEM, MATERIAL, PROCESS, SPECIAL, CASE)
"""What is written for one sheet; the case last, so that whoever finds it finds the rest."""


def definition(kind: str) -> list[str]:
    """The statements that make the tables where they are not, for one kind of database."""
    made = []
    for table in TABLES:
        lines = [f"  {name} {_type(kind, sort)}" for name, sort in table.columns.items()]
        closing = ") CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" if kind == "mysql" else ")"
        body = ",\n".join([*lines, f"  PRIMARY KEY ({table.key})"])
        made.append(f"CREATE TABLE IF NOT EXISTS {table.name} (\n{body}\n{closing}")
    if kind == "mysql":
        return made
    return [*made, "CREATE INDEX IF NOT EXISTS yw_case_project ON yw_case (project_no, out_no)"]


def _type(kind: str, sort: str) -> str:
    sized = _SIZED.fullmatch(sort)
    return f"VARCHAR({sized.group(1)})" if sized else _TYPES[kind][sort]


class Tables:
    """An open connection to exchange tables. What goes wrong is Unreached."""

    def __init__(self, kind: str, connection: Any) -> None:
        self._kind = kind
        self._connection = connection

    def create(self) -> None:
        """Make the tables where they are not."""
        with self._transaction() as run:
            for statement in definition(self._kind):
                run(statement)

    def put_sheet(self, number: int, body: dict[str, Any], digest: str) -> None:
        """Write a sheet, all of it or nothing; one that is there already is written anew."""
        rows = _rows(number, body, digest)
        with self._transaction() as run:
            for table in OF_SHEET:
                run(f"DELETE FROM {table.name} WHERE out_no = ?", [number])  # noqa: S608
                for row in rows[table.name]:
                    self._insert(run, table, row)

    def holds_document(self, document: str) -> bool:
        return bool(self._read("SELECT 1 FROM yw_document WHERE document_id = ?", [document]))

    def put_document(self, document: str, sha256: str, content: bytes) -> None:
        with self._transaction() as run:
            run("DELETE FROM yw_document WHERE document_id = ?", [document])
            self._insert(run, DOCUMENT, {"document_id": document, "sha256": sha256, "content": content})

    def unanswered_steps(self, limit: int) -> list[dict[str, Any]]:
        """The department's steps that have no answer, in the order of their writing."""
        names = ", ".join(f"s.{name}" for name in STEP.columns)
        return self._read_rows(
            STEP,
            f"SELECT {names} FROM dw_step s LEFT JOIN yw_step_answer a ON a.step_no = s.step_no"  # noqa: S608
            f" WHERE a.step_no IS NULL ORDER BY s.write_time, s.step_no LIMIT {limit:d}",
        )

    def put_answers(self, answers: Sequence[tuple[str, str, str, str, str]]) -> None:
        """Say of steps what became of them: number, state, code, and the reason in Chinese and English."""
        with self._transaction() as run:
            for number, state, code, chinese, english in answers:
                run("DELETE FROM yw_step_answer WHERE step_no = ?", [number])
                row = {
                    "step_no": number,
                    "step_state": state,
                    "reason_code": code,
                    "reason_zh": chinese,
                    "reason_en": english,
                    "answer_time": city_moment(now()),
                }
                self._insert(run, ANSWER, row)

    def counts(self, day: date, limit: int) -> list[dict[str, Any]]:
        names = ", ".join(COUNT.columns)
        sql = f"SELECT {names} FROM dw_count WHERE count_day = ? ORDER BY project_no LIMIT {limit:d}"  # noqa: S608
        return self._read_rows(COUNT, sql, [day.isoformat()])

    def _insert(self, run: Any, table: Table, row: dict[str, Any]) -> None:
        marks = ", ".join("?" * len(table.columns))
        run(
            f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})",  # noqa: S608
            [row.get(name) for name in table.columns],
        )

    def _read_rows(self, table: Table, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        return [dict(zip(table.columns, row, strict=True)) for row in self._read(sql, values)]

    def _read(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._transaction() as run:
            return list(run(sql, values).fetchall())

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Any]:
        with _unreached(self._kind):
            cursor = self._connection.cursor()

            def run(sql: str, values: Sequence[Any] = ()) -> Any:
                cursor.execute(sql if self._kind == "sqlite" else sql.replace("?", "%s"), list(values))
                return cursor

            try:
                if self._kind == "sqlite":
                    run("BEGIN IMMEDIATE")
                yield run
                self._connection.commit()
            except BaseException:
                with contextlib.suppress(Exception):
                    self._connection.rollback()
                raise
            finally:
                cursor.close()

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._connection.close()


@contextlib.contextmanager
def opened(at: TablesAt, data: Path) -> Iterator[Tables]:
    """A connection for some work. Raises Unreached."""
    with _unreached(at.kind):
        tables = Tables(at.kind, _connect(at.kind, at.filled(), data))
    try:
        yield tables
    finally:
        tables.close()


def _connect(kind: str, place: str, data: Path) -> Any:
    if kind == "sqlite":
        path = data / place
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=CONNECT_SECONDS, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection
    if kind == "postgres":
        import psycopg

        return psycopg.connect(
            place, connect_timeout=CONNECT_SECONDS, options=f"-c statement_timeout={LONGEST_SILENCE}s"
        )
    import pymysql

    parts = urlsplit(place)
    return pymysql.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.lstrip("/")) or None,
        charset="utf8mb4",
        connect_timeout=CONNECT_SECONDS,
        read_timeout=LONGEST_SILENCE,
        write_timeout=LONGEST_SILENCE,
    )


@contextlib.contextmanager
def _unreached(kind: str) -> Iterator[None]:
    """A driver's errors in words that hold no address and no value."""
    import psycopg
    import pymysql

    try:
        yield
    except MissingSecret as missing:
        raise Unreached(f"the environment has no {missing}") from missing
    except (sqlite3.Error, psycopg.Error, pymysql.Error, OSError) as error:
        number = f" {error.args[0]}" if isinstance(error, pymysql.Error) and error.args else ""
        state = f" {error.sqlstate}" if isinstance(error, psycopg.Error) and error.sqlstate else ""
        raise Unreached(f"{kind}: {type(error).__name__}{number}{state}") from error


def city_moment(moment: datetime) -> str:
    return f"{to_city(moment):%Y-%m-%d %H:%M:%S}"


def _rows(number: int, body: dict[str, Any], digest: str) -> dict[str, list[dict[str, Any]]]:
    """A sheet's rows by table; empty moments are null."""
    encode = msgspec.json.encode
    case = {
        **body,
        "out_no": number,
        "digest": digest,
        "put_time": city_moment(now()),
        "facts": encode(body["facts"]).decode(),
    }
    items = [{**each, "item_value": encode(each["item_value"]).decode()} for each in body["items"]]
    processes = [{**each, "order_num": place} for place, each in enumerate(body["processes"])]
    found = {
        CASE.name: [case],
        ITEM.name: items,
        MATERIAL.name: body["materials"],
        PROCESS.name: processes,
        SPECIAL.name: body["special_procedures"],
    }
    return {
        table.name: [
            {name: _plain(sort, {**row, "out_no": number}.get(name)) for name, sort in table.columns.items()}
            for row in found[table.name]
        ]
        for table in OF_SHEET
    }


def _plain(sort: str, value: Any) -> Any:
    return None if sort == "moment" and not value else value
