"""What tests of the library share: one Spark cluster with executors in processes of their own."""

import os

import pytest

from yiwang.library.engines import spark

MASTER = "local-cluster[2,1,1024]"
QUICK = {
    **spark.FOR_FEW_RECORDS,
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""Nothing is compiled for a few rows."""


@pytest.fixture(scope="session")
def _cluster() -> None:
    if obstacle := spark.missing():
        if "spark" in os.environ.get("YIWANG_TEST_REQUIRE", "").split(","):
            pytest.fail(f"YIWANG_TEST_REQUIRE asks for Spark: {obstacle}")
        pytest.skip(obstacle)
    spark.session(MASTER, settings=QUICK)


@pytest.fixture
def cluster(_cluster: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The operator has named a cluster; it is the same for all tests, as starting it takes long."""
    monkeypatch.setenv(spark.MASTER, MASTER)
    return MASTER
