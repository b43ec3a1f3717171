"""A question over granted rows on a Spark cluster: a session of its own that holds these rows and nothing else.

The executors get what the gateways released, masked, as it would have been joined here. The second wall, as `engine` is
for DuckDB: files, catalogues and words of the process are out of SQL's reach (`engines.spark`), and what Spark made of
the text is looked at before it runs: it may read nothing but the rows that were handed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from yiwang.library.engines import spark
from yiwang.library.engines.spark import EngineMissing
from yiwang.library.gateways.gateway import Cancelled
from yiwang.library.gateways.stopping import Stop
from yiwang.library.reading.kinds import NotTheSame
from yiwang.library.reading.refused import Refused

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PIECE = 32_000_000
"""Bytes of rows that travel to an executor in one message, which may not be longer than 128 MiB."""
SMALL = 8_000_000
"""Bytes below which Spark may send a relation to every executor."""
_LEAVES = frozenset({"LocalRelation", "LogicalRDD", "OneRowRelation", "CTERelationRef"})
_VALUES = ("ARITHMETIC_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE", "CAST_OVERFLOW", "DATETIME_OVERFLOW", "DIVIDE_BY_ZERO")
_TOO_MUCH = ("OutOfMemory", "maxResultSize", "SparkOutOfMemoryError", "broadcast")


class OnSpark:
    """One question in Spark's words (`translation`), and the columns that its answer has on DuckDB."""

    def __init__(self, text: str, schema: pa.Schema) -> None:
        self.text = text
        self.schema = schema

    def __call__(
        self, sql: str, tables: Mapping[str, pa.Table], *, most_rows: int, stop: Stop
    ) -> tuple[pa.Table, bool]:
        """At most `most_rows` rows, and whether there are more. Raises Refused, Cancelled; NotTheSame before that."""
        try:
            session = spark.session()
        except EngineMissing as missing:
            raise Refused("engine", str(missing)) from missing
        from pyspark.errors import AnalysisException

        try:
            with spark.job(session, lambda: stop.stopped):
                for name, table in tables.items():
                    _held(session, table).createOrReplaceTempView(f"`{name}`")
                found: Any = session.sql(self.text)
                _require_own_rows(found)
                found = found.limit(most_rows + 1).toArrow()
        except (Refused, NotTheSame):
            raise
        except AnalysisException as error:
            # Spark does not understand it: nothing has been run.
            raise NotTheSame(str(error.getCondition() or "analysis").lower()) from None
        except Exception as error:  # noqa: BLE001 - py4j, Spark and the network have a hundred of them
            if stop.stopped:
                raise Cancelled from None
            raise _refused(error) from None
        finally:
            for name in tables:
                session.catalog.dropTempView(name)
        table = _as_on_duckdb(found, self.schema)
        return table.slice(0, most_rows), table.num_rows > most_rows


def _held(session: SparkSession, table: pa.Table) -> DataFrame:
    """Rows in pieces that a message can carry, each of them a part of its own."""
    session.conf.set("spark.sql.execution.arrow.localRelationThreshold", str(SMALL))
    pieces = max(1, -(-table.nbytes // PIECE))
    rows = -(-table.num_rows // pieces) or 1
    session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(rows))
    held: Any = None
    for first in range(0, table.num_rows or 1, rows):
        piece: Any = session.createDataFrame(table.slice(first, rows))
        held = piece if held is None else held.unionAll(piece)
    return held  # type: ignore[no-any-return]


def _require_own_rows(found: Any) -> None:
    """Raises Refused where the plan would read anything but what was handed over."""
    plan = found._jdf.queryExecution().analyzed()  # noqa: SLF001 - Python is not shown a plan
    within = plan.subqueriesAll()
    for part in (plan, *(within.apply(number) for number in range(within.size()))):
        leaves = part.collectLeaves()
        for number in range(leaves.size()):
            if leaves.apply(number).getClass().getSimpleName() not in _LEAVES:
                raise Refused("construct")


def _as_on_duckdb(found: pa.Table, schema: pa.Schema) -> pa.Table:
    """The same names and types. Raises Refused for a value that does not fit."""
    try:
        return found.rename_columns(schema.names).cast(schema)
    except (pa.ArrowException, ValueError):
        raise Refused("value") from None


def _refused(error: Exception) -> Refused:
    """The code alone: the message could show a value."""
    text = str(error)
    if any(each in text for each in _VALUES):
        return Refused("value")
    if any(each in text for each in _TOO_MUCH):
        return Refused("memory")
    return Refused("engine_lost")
