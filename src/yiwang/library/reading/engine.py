"""A locked DuckDB: in memory, without files, network, extensions or settings, that holds what departments sent.

It is the second wall, not the first: the guard refuses what could reach further, and here there is nothing further to
reach.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from yiwang.library.gateways.gateway import Cancelled
from yiwang.library.gateways.stopping import Stop
from yiwang.library.reading.refused import Refused

if TYPE_CHECKING:
    import pyarrow as pa

_COLUMN = re.compile(r'[Cc]olumn (?:named )?"([^"]*)"')
_MEANING = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.NotImplementedException,
    duckdb.SyntaxException,
)


_MOST_SPARE = 4
_spare: list[tuple[tuple[str, int], duckdb.DuckDBPyConnection]] = []
_lock = threading.Lock()


@contextmanager
def locked(memory: str, threads: int) -> Iterator[Relations]:
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
    connection.execute("SET lock_configuration = true")
    return connection


def understand(relations: Relations, sql: str) -> None:
    """Bind the question over relations without rows, before any department is asked.

    Raises Refused: a field that is not granted is as unknown as one that does not exist.
    """
    try:
        relations.connection.execute(f"EXPLAIN {sql}").fetchall()
    except duckdb.Error as error:
        raise _refused(error) from None


def run(
    relations: Relations,
    sql: str,
    *,
    most_rows: int,
    stop: Stop,
) -> tuple[pa.Table, bool]:
    """The rows, at most `most_rows`, and whether there are more. Raises Refused, Cancelled."""
    import pyarrow as pa

    connection = relations.connection
    over = threading.Event()
    watch = threading.Thread(target=_interrupt, args=(connection, stop, over), daemon=True)
    watch.start()
    batches: list[pa.RecordBatch] = []
    rows = 0
    try:
        reader = connection.execute(sql).to_arrow_reader(min(most_rows + 1, 65_536))
        while rows <= most_rows:
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                break
            batches.append(batch)
            rows += batch.num_rows
        table = pa.Table.from_batches(batches, reader.schema)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if isinstance(error, duckdb.InterruptException) or "INTERRUPT" in str(error) or stop.stopped:
            raise Cancelled from None
        raise _refused(error) from None
    finally:
        over.set()
        watch.join()
    return table.slice(0, most_rows), rows > most_rows


def _interrupt(connection: duckdb.DuckDBPyConnection, stop: Stop, over: threading.Event) -> None:
    """Interrupt when time is up or the asker gave up; again and again, as DuckDB forgets one that comes too early."""
    while not over.wait(0.05):
        if stop.stopped:
            connection.interrupt()


def _refused(error: Exception) -> Refused:
    """The code alone where the message could show a value."""
    text = str(error).splitlines()[0] if str(error) else ""
    if isinstance(error, _MEANING):
        if found := _COLUMN.search(text):
            return Refused("unknown_field", found[1])
        return Refused("meaning", re.sub(r'"?__product_\d+"?', "product", text.split(": ", 1)[-1]))
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError) or "Out of Memory" in text:
        return Refused("memory")
    return Refused("value")
