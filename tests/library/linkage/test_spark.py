"""The distributed engine: the same SQL on executors of their own, the same answer."""

import pytest

from benchmarks.registers import town
from yiwang.library.linkage import spark
from yiwang.library.linkage.engine import OnDuckDB
from yiwang.library.linkage.linking import link


@pytest.mark.spark
def test_spark_weighs_pairs_as_duckdb_does_with_the_model_trained_there(cluster):
    registers = town(40, seed=5).registers
    here = link(registers, OnDuckDB())
    on_spark = spark.OnSpark()
    there = link(registers, OnDuckDB(), pairs_on=on_spark)
    on_spark.close()
    assert there.groups == here.groups
    assert there.weights.keys() == here.weights.keys()
    assert max(abs(there.weights[pair] - weight) for pair, weight in here.weights.items()) < 1e-6


def test_duckdb_sql_is_said_in_sparks_words():
    assert "STARTSWITH" in spark.translated("select starts_with(a, b) from t").upper()
    assert "ARRAYS_OVERLAP(a, b)" in spark.translated("select list_has_any(a, b) from t")
