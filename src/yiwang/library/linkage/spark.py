"""Apache Spark as an engine: the same SQL, translated, run by executors (`[spark]` extra, Java 17 or newer).

Tables live as temporary views over what the executors have computed. `YIWANG_SPARK_MASTER` says where they are:
`local[*]` in this process, `local-cluster[2,1,1024]` in processes of their own, `spark://host:7077` on a cluster.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot
from sqlglot import exp

from yiwang.library.linkage.engine import EngineMissing

_LOCAL_CLUSTER = re.compile(r"local-cluster\[\d+,\d+,(\d+)\]")
_SETTINGS: Mapping[str, str] = {
    "spark.sql.shuffle.partitions": "8",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.log.level": "ERROR",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
_NOTHING: Mapping[str, str] = {}
_QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
FOR_FEW_RECORDS: Mapping[str, str] = {
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.driver.extraJavaOptions": _QUICK_START,
    "spark.executor.extraJavaOptions": _QUICK_START,
}
"""With little data Spark spends its time on getting warm: optimising code that runs once, tasks over empty parts."""


def missing() -> str:
    """Why Spark cannot be used here; empty when it can."""
    try:
        import pyspark  # noqa: F401 - only whether it is there
    except ImportError:
        return "pyspark is not installed: install Yiwang with the extra [spark]"
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        return (
            "there is no Java: install a runtime of version 17 or newer (on Debian: apt install default-jre-headless)"
        )
    return ""


class OnSpark:
    """One Spark session; `close` ends it. Raises EngineMissing without pyspark or Java.

    Tables given by `hold` travel through a scratch folder, which the executors must be able to read: `shared` names one
    where they run on other machines. `settings` are Spark's own, in place of ours.
    """

    name = "spark"
    hash_function = "xxhash64"

    def __init__(
        self, master: str = "local[*]", *, shared: Path | None = None, settings: Mapping[str, str] = _NOTHING
    ) -> None:
        if obstacle := missing():
            raise EngineMissing(obstacle)
        from pyspark.sql import SparkSession

        # Executors run this Python, not whichever comes first on their path.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder: Any = SparkSession.builder.master(master).appName("yiwang")
        for key, value in {**_SETTINGS, **settings}.items():
            builder = builder.config(key, value)
        if memory := _LOCAL_CLUSTER.fullmatch(master):
            # An executor that asks for less than its whole worker never starts a second time, more never starts at all.
            builder = builder.config("spark.executor.memory", f"{memory[1]}m")
        try:
            self.session = builder.getOrCreate()
        except Exception as error:  # py4j raises its own and plain ones when Java does not start
            raise EngineMissing(f"Spark does not start on {master}: {str(error).splitlines()[0]}") from error
        self._folder = Path(tempfile.mkdtemp(prefix="yiwang-spark-", dir=shared))

    def hold(self, name: str, table: pa.Table) -> None:
        path = self._folder / f"{name}-{len(list(self._folder.iterdir()))}.parquet"
        pq.write_table(table, path)
        self.session.read.parquet(path.as_uri()).createOrReplaceTempView(name)

    def make(self, name: str, sql: str) -> None:
        # Computed once and kept, as a table would be; what does not fit in memory goes to the executors' disks.
        frame = self.session.sql(translated(sql)).persist()
        frame.createOrReplaceTempView(name)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.session.sql(translated(sql)).collect()]

    def arrow(self, sql: str) -> pa.Table:
        return self.session.sql(translated(sql)).toArrow()

    def close(self) -> None:
        self.session.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


def translated(sql: str) -> str:
    """DuckDB's SQL as Spark's."""
    return sqlglot.parse_one(sql, read="duckdb").transform(_sparks_own).sql("spark")


def _sparks_own(node: exp.Expression) -> exp.Expression:
    # sqlglot knows the function and writes DuckDB's operator for it.
    if isinstance(node, exp.ArrayOverlaps):
        return exp.Anonymous(this="arrays_overlap", expressions=[node.this, node.expression])
    return node
