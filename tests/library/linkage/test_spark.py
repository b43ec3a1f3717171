"""The distributed engine: the same SQL on executors of their own, the same answer."""

import os

import pytest

from benchmarks.registers import town
from yiwang.library.linkage import spark
from yiwang.library.linkage.engine import OnDuckDB
from yiwang.library.linkage.linking import link

MASTER = "local-cluster[2,1,1024]"


@pytest.fixture(scope="module")
def on_spark():
    if obstacle := spark.missing():
        if "spark" in os.environ.get("YIWANG_TEST_REQUIRE", "").split(","):
            pytest.fail(f"YIWANG_TEST_REQUIRE asks for Spark: {obstacle}")
        pytest.skip(obstacle)
    engine = spark.OnSpark(MASTER, settings=spark.FOR_FEW_RECORDS)
    yield engine
    engine.close()


@pytest.mark.spark
def test_spark_weighs_pairs_as_duckdb_does_with_the_model_trained_there(on_spark):
    registers = town(40, seed=5).registers
    here = link(registers, OnDuckDB())
    there = link(registers, OnDuckDB(), pairs_on=on_spark)
    assert there.groups == here.groups
    assert there.weights.keys() == here.weights.keys()
    assert max(abs(there.weights[pair] - weight) for pair, weight in here.weights.items()) < 1e-6


def test_duckdb_sql_is_said_in_sparks_words():
    assert "STARTSWITH" in spark.translated("select starts_with(a, b) from t").upper()
    assert "ARRAYS_OVERLAP(a, b)" in spark.translated("select list_has_any(a, b) from t")
