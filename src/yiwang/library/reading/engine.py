"""A question in a locked DuckDB that holds what departments sent; what DuckDB says of it, without any value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb

from yiwang.library.gateways import locked
from yiwang.library.gateways.locked import Relations
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


def understand(relations: Relations, sql: str) -> None:
    """Bind the question over relations without rows, before any department is asked.

    Raises Refused: a field that is not granted is as unknown as one that does not exist.
    """
    try:
        relations.connection.execute(f"EXPLAIN {sql}").fetchall()
    except duckdb.Error as error:
        raise _refused(error) from None


def schema_of(relations: Relations, sql: str) -> pa.Schema:
    """The columns of the answer over relations as they stand. Raises Refused."""
    try:
        return relations.connection.execute(sql).to_arrow_table().schema
    except duckdb.Error as error:
        raise _refused(error) from None


def run(relations: Relations, sql: str, *, most_rows: int, stop: Stop) -> tuple[pa.Table, bool]:
    """The rows, at most `most_rows`, and whether there are more. Raises Refused, Cancelled."""
    import pyarrow as pa

    try:
        return locked.rows(relations.connection, sql, most_rows=most_rows, stop=stop)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise _refused(error) from None


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
