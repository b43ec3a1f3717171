"""Apache Spark (`[spark]` extra, Java 17 or newer): this process's connection to a cluster, and sessions of it.

`YIWANG_SPARK_MASTER` says where the executors are: `local[*]` in a Java machine beside this process,
`local-cluster[2,1,1024]` in processes of their own on this machine, `spark://host:7077` and others on a cluster. What
else a cluster needs is told to Spark itself, in `$SPARK_CONF_DIR/spark-defaults.conf`.

People's rows travel to executors. On this machine they stay in it; a cluster is refused unless Spark is told to
authenticate and encrypt what goes over its lines. What executors write to their disks is encrypted everywhere.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sys
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from yiwang.foundation.kernel.time import city_zone

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTER = "YIWANG_SPARK_MASTER"
_LOCAL_CLUSTER = re.compile(r"local-cluster\[\d+,\d+,(\d+)\]")
_ALWAYS: Mapping[str, str] = {
    # The same SQL means the same on every cluster, and errors are errors.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # SQL reaches nothing but what it is given: no file by its path, no catalogue, no word of this process.
    "spark.sql.runSQLOnFiles": "false",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.variable.substitute": "false",
    # Nothing of a question or a row is left behind.
    "spark.io.encryption.enabled": "true",
    "spark.eventLog.enabled": "false",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
}
_ON_THIS_MACHINE: Mapping[str, str] = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "8",
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

_lock = threading.Lock()
_connected: dict[int, SparkSession] = {}
"""by process: a connection is not inherited"""


class EngineMissing(Exception):
    """The engine is not installed or does not answer; its text says what to do."""


def master() -> str:
    """Where the executors are; empty where the operator named none."""
    return os.environ.get(MASTER, "")


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


def session(where: str = "", *, settings: Mapping[str, str] = _NOTHING) -> SparkSession:
    """A session of one's own over this process's one connection, which the first who asks opens.

    `where` is a master, else the operator's. `settings` are Spark's own and count for the one who opens. Raises
    EngineMissing.
    """
    with _lock:
        opened = _connected.get(os.getpid())
        if opened is None or opened.sparkContext._jsc is None:  # noqa: SLF001 - None once it was stopped
            opened = _connected[os.getpid()] = _connect(where or master() or "local[*]", settings)
            atexit.register(opened.stop)
    return opened.newSession()


def _connect(where: str, settings: Mapping[str, str]) -> SparkSession:
    if obstacle := missing():
        raise EngineMissing(obstacle)
    from pyspark.sql import SparkSession

    # Executors run this Python, not whichever comes first on their path; a cluster may have its own.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    here = where.startswith("local")
    days = {"spark.executorEnv.YIWANG_ZONE": city_zone().key}
    chosen = {**(_ON_THIS_MACHINE if here else {}), **settings, **days, **_ALWAYS}
    if memory := _LOCAL_CLUSTER.fullmatch(where):
        # An executor that asks for less than its whole worker never starts a second time, more never starts at all.
        chosen["spark.executor.memory"] = f"{memory[1]}m"
    try:
        builder: Any = SparkSession.builder.master(where).appName("yiwang")
        for key, value in chosen.items():
            builder = builder.config(key, value)
        opened: SparkSession = builder.getOrCreate()
    except Exception as error:  # py4j raises its own and plain ones when Java does not start
        raise EngineMissing(f"Spark does not start on {where}: {str(error).splitlines()[0]}") from error
    if not here:
        _require_safe_lines(opened)
    return opened


def _require_safe_lines(opened: SparkSession) -> None:
    """Raises EngineMissing for a cluster that anybody on its network could join or listen to.

    What stands in the folder of settings is known only now; no row has been sent yet.
    """
    if not lines_are_safe(dict(opened.sparkContext.getConf().getAll())):
        opened.stop()
        raise EngineMissing(
            "the cluster's lines are open: people's rows are not sent over them. Set spark.authenticate true and "
            "spark.network.crypto.enabled true in spark-defaults.conf, here and at the cluster"
        )


def lines_are_safe(settings: Mapping[str, str]) -> bool:
    """Who joins the cluster is known, and what goes over its network is encrypted: with Spark's own settings."""
    encrypted = "true" in (settings.get("spark.network.crypto.enabled"), settings.get("spark.ssl.rpc.enabled"))
    return encrypted and settings.get("spark.authenticate") == "true"


@contextmanager
def job(session: SparkSession, stopped: Any) -> Iterator[None]:
    """What this thread runs on the cluster within the block is given up there once `stopped()` is true."""
    context: Any = session.sparkContext
    group = f"yiwang-{uuid.uuid4().hex}"
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            if stopped():
                # Again and again: a question is several jobs, of which the next may just begin.
                context.cancelJobGroup(group)

    context.setJobGroup(group, "yiwang", interruptOnCancel=True)
    watcher = threading.Thread(target=watch, name="yiwang-spark", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        context.setLocalProperty("spark.jobGroup.id", None)
