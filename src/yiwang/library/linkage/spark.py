"""Apache Spark as an engine for the work on pairs: the same SQL, translated, run by executors (`engines.spark`).

Tables live as temporary views over what the executors have computed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot
from sqlglot import exp

from yiwang.library.engines import spark
from yiwang.library.linkage.engine import ALL

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_NOTHING: Mapping[str, str] = {}


class OnSpark:
    """A Spark session of its own; `close` forgets its tables. Raises EngineMissing without pyspark or Java.

    Tables given by `hold` travel through a scratch folder, which the executors must be able to read: `shared` names one
    where they run on other machines. `settings` are Spark's own, in place of ours.
    """

    name = "spark"
    hash_function = "xxhash64"

    def __init__(self, master: str = "", *, shared: Path | None = None, settings: Mapping[str, str] = _NOTHING) -> None:
        self.session = spark.session(master, settings=settings)
        self._folder = Path(tempfile.mkdtemp(prefix="yiwang-spark-", dir=shared))
        self._kept: list[DataFrame] = []

    def hold(self, name: str, table: pa.Table, sql: str = ALL) -> None:
        path = self._folder / f"{name}-{len(list(self._folder.iterdir()))}.parquet"
        pq.write_table(table, path)
        given = self.session.read.parquet(path.as_uri())
        if sql == ALL:
            given.createOrReplaceTempView(name)
        else:
            given.createOrReplaceTempView("given")
            self.make(name, sql)

    def make(self, name: str, sql: str) -> None:
        # Computed once and kept, as a table would be; what does not fit in memory goes to the executors' disks.
        frame = self.session.sql(translated(sql)).persist()
        self._kept.append(frame)
        frame.createOrReplaceTempView(name)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.session.sql(translated(sql)).collect()]

    def arrow(self, sql: str) -> pa.Table:
        return self.session.sql(translated(sql)).toArrow()

    def close(self) -> None:
        for frame in self._kept:
            frame.unpersist()
        shutil.rmtree(self._folder, ignore_errors=True)


def translated(sql: str) -> str:
    """DuckDB's SQL as Spark's."""
    return sqlglot.parse_one(sql, read="duckdb").transform(_sparks_own).sql("spark")


def _sparks_own(node: exp.Expression) -> exp.Expression:
    # sqlglot knows the function and writes DuckDB's operator for it.
    if isinstance(node, exp.ArrayOverlaps):
        return exp.Anonymous(this="arrays_overlap", expressions=[node.this, node.expression])
    return node
