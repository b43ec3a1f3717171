"""A locked DuckDB: in memory, without files, network, extensions or settings, that holds what it was given.

It is the second wall, not the first: what could reach further is never run in it, and here there is nothing further to
reach.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from yiwang.library.gateways.refusals import Cancelled
from yiwang.library.gateways.stopping import Stop

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_SPARE = 4
_spare: list[tuple[tuple[str, int], duckdb.DuckDBPyConnection]] = []
_lock = threading.Lock()


@contextmanager
def database(memory: str, threads: int) -> Iterator[Relations]:
    """A database of one question's own while it lasts. Opening one takes long: those that come back clean are kept."""
    connection = _take((memory, threads)) or _opened(memory, threads)
    relations = Relations(connection)
    try:
        yield relations
        relations.clear()
    except BaseException:
        connection.close()
        raise
    with _lock:
        if len(_spare) < _MOST_SPARE:
            _spare.append(((memory, threads), connection))
            return
    connection.close()


class Relations:
    """What is registered in a database, by name."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._names: set[str] = set()

    def put(self, name: str, table: pa.Table) -> None:
        self.connection.register(name, table)
        self._names.add(name)

    def clear(self) -> None:
        while self._names:
            self.connection.unregister(self._names.pop())


def _take(wanted: tuple[str, int]) -> duckdb.DuckDBPyConnection | None:
    with _lock:
        for place, (bounds, connection) in enumerate(_spare):
            if bounds == wanted:
                del _spare[place]
                return connection
    return None


def _opened(memory: str, threads: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        ":memory:",
        config={
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "allow_community_extensions": "false",
            "temp_directory": "",
            "memory_limit": memory,
            "threads": str(threads),
        },
    )
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET lock_configuration = true")
    return connection


def rows(connection: duckdb.DuckDBPyConnection, sql: str, *, most_rows: int, stop: Stop) -> tuple[pa.Table, bool]:
    """The rows, at most `most_rows`, and whether there are more. Raises Cancelled, or what DuckDB raises."""
    import pyarrow as pa

    over = threading.Event()
    watch = threading.Thread(target=_interrupt, args=(connection, stop, over), daemon=True)
    watch.start()
    batches: list[pa.RecordBatch] = []
    count = 0
    try:
        reader = connection.execute(sql).to_arrow_reader(min(most_rows + 1, 65_536))
        while count <= most_rows:
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                break
            batches.append(batch)
            count += batch.num_rows
        table = pa.Table.from_batches(batches, reader.schema)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if isinstance(error, duckdb.InterruptException) or "INTERRUPT" in str(error) or stop.stopped:
            raise Cancelled from None
        raise
    finally:
        over.set()
        watch.join()
    return table.slice(0, most_rows), count > most_rows


def _interrupt(connection: duckdb.DuckDBPyConnection, stop: Stop, over: threading.Event) -> None:
    """Interrupt when time is up or the asker gave up; again and again, as DuckDB forgets one that comes too early."""
    while not over.wait(0.05):
        if stop.stopped:
            connection.interrupt()
