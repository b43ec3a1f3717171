"""Joining what departments sent: in the locked DuckDB, or on a Spark cluster where there are many rows.

DuckDB is asked first what the question means and what its answer looks like, whoever joins: what it refuses, Spark
never sees. Where an operator named a cluster, a question goes there when its rows are more than `LARGE`, and when they
turn out not to fit here; or when it was said to. One that is not known to mean the same there stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from yiwang.library.engines import spark
from yiwang.library.gateways.locked import Relations
from yiwang.library.gateways.stopping import Stop
from yiwang.library.reading import engine
from yiwang.library.reading.answer import Where
from yiwang.library.reading.kinds import NotTheSame, kind_of
from yiwang.library.reading.refused import Refused
from yiwang.library.reading.translation import translated

if TYPE_CHECKING:
    import pyarrow as pa

LARGE = 400_000_000
"""Bytes of rows above which a question goes to the cluster by itself. A join takes about twice its rows, which is near
what DuckDB may hold (`Bounds.memory`); below that it is faster here than anywhere."""

Tables = Mapping[str, "pa.Table"]


@dataclass(frozen=True)
class Joined:
    """`more`: there are more rows than were wanted. `stayed` names what kept it from Spark."""

    table: pa.Table
    more: bool
    engine: str
    stayed: str = ""


class Joiner(Protocol):
    """Runs a question over relations. Raises Refused, Cancelled."""

    def __call__(self, sql: str, tables: Tables, *, most_rows: int, stop: Stop) -> tuple[pa.Table, bool]:
        """At most `most_rows` rows, and whether there are more."""


def join(relations: Relations, sql: str, tables: Tables, *, where: Where, most_rows: int, stop: Stop) -> Joined:
    """Raises Refused, Cancelled; NotTheSame never: it stays here."""
    here = _here(relations)
    if not _meant_for_spark(where, tables):
        try:
            return Joined(*here(sql, tables, most_rows=most_rows, stop=stop), "duckdb")
        except Refused as refused:
            if refused.code != "memory" or where is Where.DUCKDB or not spark.master():
                raise
    try:
        there = _on_spark(relations, sql, tables)
        return Joined(*there(sql, tables, most_rows=most_rows, stop=stop), "spark")
    except NotTheSame as other:
        return Joined(*here(sql, tables, most_rows=most_rows, stop=stop), "duckdb", other.what)


def _meant_for_spark(where: Where, tables: Tables) -> bool:
    if where is Where.AUTO:
        return bool(spark.master()) and sum(each.nbytes for each in tables.values()) >= LARGE
    return where is Where.SPARK


def _here(relations: Relations) -> Joiner:
    def run(sql: str, tables: Tables, *, most_rows: int, stop: Stop) -> tuple[pa.Table, bool]:
        for name, table in tables.items():
            relations.put(name, table)
        return engine.run(relations, sql, most_rows=most_rows, stop=stop)

    return run


def _on_spark(relations: Relations, sql: str, tables: Tables) -> Joiner:
    """Raises NotTheSame."""
    from yiwang.library.reading.on_spark import OnSpark

    columns = {name: {each.name.lower(): kind_of(each.type) for each in table.schema} for name, table in tables.items()}
    text = translated(sql, columns)
    for name, table in tables.items():
        relations.put(name, table.schema.empty_table())
    return OnSpark(text, engine.schema_of(relations, sql))
