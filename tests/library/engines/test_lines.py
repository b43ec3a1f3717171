"""No row of a person goes over lines that anybody on the cluster's network could listen to."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from yiwang.library.engines import spark

ROOT = Path(__file__).parents[3]
CONNECT = """
import sys
from yiwang.library.engines import spark
try:
    spark.session(sys.argv[1])
except spark.EngineMissing as missing:
    print(missing)
"""
SAFE = {"spark.authenticate": "true", "spark.network.crypto.enabled": "true"}


@pytest.fixture
def master() -> Iterator[str]:
    """The address of a cluster's master, in a process of its own, with the settings that Spark comes with."""
    if obstacle := spark.missing():
        if "spark" in os.environ.get("YIWANG_TEST_REQUIRE", "").split(","):
            pytest.fail(f"YIWANG_TEST_REQUIRE asks for Spark: {obstacle}")
        pytest.skip(obstacle)
    import pyspark

    start = Path(pyspark.__file__).parent / "bin" / "spark-class"
    words = ["org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
    running = subprocess.Popen([start, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    patience = threading.Timer(60, running.kill)
    patience.start()
    try:
        found = next((each for line in running.stderr if (each := re.search(r"spark://127\.0\.0\.1:\d+", line))), None)
        assert found is not None, "the master says where it is"
        yield found.group()
    finally:
        patience.cancel()
        running.kill()
        running.communicate()


@pytest.mark.spark
def test_a_cluster_with_open_lines_is_given_nothing(master: str, tmp_path: Path) -> None:
    environment = os.environ | {"SPARK_CONF_DIR": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    connecting = subprocess.run(
        [sys.executable, "-c", CONNECT, master],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
        timeout=120,
    )
    assert "the cluster's lines are open: people's rows are not sent over them" in connecting.stdout


def test_lines_are_safe_where_callers_are_known_and_nobody_can_listen() -> None:
    assert spark.lines_are_safe(SAFE)
    assert spark.lines_are_safe({"spark.authenticate": "true", "spark.ssl.rpc.enabled": "true"})
    for left_out in SAFE:
        assert not spark.lines_are_safe({name: value for name, value in SAFE.items() if name != left_out})
        assert not spark.lines_are_safe(SAFE | {left_out: "false"})
