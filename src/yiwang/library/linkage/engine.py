"""What the work on pairs needs of an engine: to run SQL over tables that it holds. DuckDB here, Spark in `spark`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import duckdb
import pyarrow as pa

ALL = "select * from given"
ROWS_IN_PART = 122_880
"""DuckDB's row group: what one thread takes at a time"""


class Engine(Protocol):
    """Tables are named; SQL is in DuckDB's language, as far as Spark has the same."""

    name: str
    hash_function: str

    def hold(self, name: str, table: pa.Table, sql: str = ALL) -> None:
        """Keep a table under a name, or what a query answers about it: there it is called `given`."""

    def make(self, name: str, sql: str) -> None:
        """Keep what a query answers under a name, in place of what was there."""

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """A small answer."""

    def arrow(self, sql: str) -> pa.Table:
        """A large answer."""

    def close(self) -> None: ...


class OnDuckDB:
    """In this process: nothing is read or written but what it is given, its memory is bounded.

    Tables named in `lasting` stand in the database, all others are gone with the connection and never reach its file.
    """

    name = "duckdb"
    hash_function = "hash"

    def __init__(
        self,
        database: str = ":memory:",
        *,
        threads: int | None = None,
        memory: str = "4GB",
        lasting: frozenset[str] = frozenset(),
    ) -> None:
        self._lasting = lasting
        settings: dict[str, str | bool | int | float | list[str]] = {"memory_limit": memory}
        if threads:
            settings["threads"] = threads
        self.connection = duckdb.connect(database, config=settings)
        self.connection.execute("set enable_progress_bar = false; set preserve_insertion_order = false")
        # What a run adds stays in the write-ahead log, until there is enough of it to be worth merging.
        self.connection.execute("pragma disable_checkpoint_on_shutdown")

    def hold(self, name: str, table: pa.Table, sql: str = ALL) -> None:
        self.connection.register("given", table)
        self.make(name, sql)
        self.connection.unregister("given")

    @contextmanager
    def as_wide_as(self, table: str) -> Iterator[None]:
        """Use no more threads meanwhile than the table has parts to share among them: for little work they cost more
        than they bring."""
        ((rows,),) = self.rows(f"select count(*) from {table}")
        ((threads,),) = self.rows("select current_setting('threads')")
        parts = max(1, round(int(str(rows)) / ROWS_IN_PART))
        self.connection.execute(f"set threads = {min(parts, int(str(threads)))}")
        try:
            yield
        finally:
            self.connection.execute(f"set threads = {threads}")

    def append(self, name: str, table: pa.Table) -> None:
        self.connection.register("given", table)
        self.connection.execute(f"insert into {name} by name select * from given")
        self.connection.unregister("given")

    def make(self, name: str, sql: str) -> None:
        kind = "table" if name in self._lasting else "temp table"
        self.connection.execute(f"create or replace {kind} {name} as {sql}")

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return self.connection.execute(sql).fetchall()

    def arrow(self, sql: str) -> pa.Table:
        return self.connection.execute(sql).to_arrow_table()

    def close(self) -> None:
        self.connection.close()
