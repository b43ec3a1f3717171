"""Whole tables out of SQLite and PostgreSQL: DuckDB's scanners, locked in after they have attached the one database.

The extensions lie in this installation; nothing is fetched. After attaching, the engine reads no file and no address
any more, and none of its settings can be changed.
"""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from yiwang.library.gateways.refusals import Cancelled
from yiwang.library.gateways.sources.asking import Unreachable
from yiwang.library.gateways.stopping import Interrupt, Stop

ROWS = 65_536
ATTACHED = "source"


class Scanner:
    """One attached database. `extension` is sqlite or postgres."""

    def __init__(self, extension: str, address: str) -> None:
        self._extension = extension
        self._address = address
        self._lock = threading.Lock()
        self._engine: duckdb.DuckDBPyConnection | None = None

    def _opened(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            if self._engine is None:
                engine = duckdb.connect(":memory:", config={"autoinstall_known_extensions": False})
                try:
                    engine.execute(f"LOAD {_text(str(_extension(self._extension)))}")
                    engine.execute("SET TimeZone = 'UTC'")
                    engine.execute(f"ATTACH {_text(self._address)} AS {ATTACHED} (TYPE {self._extension}, READ_ONLY)")
                    engine.execute("SET enable_external_access = false")
                    engine.execute("SET lock_configuration = true")
                except duckdb.Error as error:
                    engine.close()
                    raise Unreachable(f"{self._extension}: {type(error).__name__}") from error
                self._engine = engine
            return self._engine

    def batches(
        self,
        sql: str,
        parameters: Sequence[object],
        schema: pa.Schema,
        stop: Stop,
        at_source: Interrupt = lambda: None,
    ) -> Iterator[pa.RecordBatch]:
        """`at_source` interrupts what the database itself does: the engine only looks up between rows that it gets.

        Raises Unreachable, also where a value is not of its column's type.
        """
        cursor = self._opened().cursor()

        def interrupt() -> None:
            cursor.interrupt()
            at_source()

        try:
            with stop.interrupting(interrupt):
                reader = cursor.execute(sql, list(parameters)).to_arrow_reader(ROWS)
            while True:
                with stop.interrupting(interrupt):
                    try:
                        batch = reader.read_next_batch()
                    except StopIteration:
                        return
                yield batch if batch.schema == schema else batch.cast(schema)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            if stop.stopped:
                raise Cancelled from error
            raise Unreachable(f"{self._extension}: {type(error).__name__}") from error
        finally:
            cursor.close()

    def close(self) -> None:
        with self._lock:
            if self._engine is not None:
                self._engine.close()
                self._engine = None


def _extension(name: str) -> Path:
    found = importlib.util.find_spec(f"duckdb_extension_{name}_scanner")
    files = list(Path(found.origin).parent.glob("extensions/*/*.duckdb_extension")) if found and found.origin else []
    if not files:
        raise Unreachable(f"DuckDB's scanner for {name} is not installed")
    return files[0]


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
