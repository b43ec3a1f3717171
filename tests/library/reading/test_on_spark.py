"""Many rows are joined on a cluster: the same answer, nothing more to see, and an end when it is wanted."""

import math
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.library.reading import adversarial, benign
from tests.library.reading.leaks import Watch
from tests.library.reading.test_same_answer import questions
from tests.library.reading.world import World, make
from yiwang.library.engines import spark
from yiwang.library.gateways.gateway import Cancelled
from yiwang.library.gateways.stopping import Stop
from yiwang.library.reading import Answer, Bounds, Refused, Where, joining

BENIGN = benign.questions()
ADVERSARIAL = list(dict.fromkeys(sql for _, sql in adversarial.questions()))
TOLERANCE = 1e-9
"""Doubles are added in another order on every run; everything else is the same to the letter."""
LONG = "select count(*) n from " + ", ".join(f"market.enterprises {name}" for name in "abcd")
LONG += " where a.staff + b.staff + c.staff + d.staff > 200"

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def world() -> World:
    return make()


def rows(answer: Answer) -> list[tuple[Any, ...]]:
    table = answer.table.rename_columns([f"c{place}" for place in range(answer.table.num_columns)])
    return [tuple(row.values()) for row in table.to_pylist()]


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=TOLERANCE) or (math.isnan(one) and math.isnan(other))
    return type(one) is type(other) and one == other


def compare(world: World, sql: str, *, ordered: bool = True) -> str:
    """The engine that answered, once its answer was found to be DuckDB's; `ordered`: where the question says so."""
    here, there = world.ask(sql, where=Where.DUCKDB), world.ask(sql, where=Where.SPARK)
    assert there.table.schema == here.table.schema, sql
    assert [step.fragment for step in there.steps] == [step.fragment for step in here.steps]
    wanted, found = rows(here), rows(there)
    if not ordered or "order by" not in sql:
        wanted, found = sorted(wanted, key=repr), sorted(found, key=repr)
    assert len(wanted) == len(found), sql
    assert all(
        alike(*pair) for one, other in zip(wanted, found, strict=True) for pair in zip(one, other, strict=True)
    ), sql
    return there.engine


def test_what_analysts_ask_has_the_same_answer_on_spark(cluster: str, world: World) -> None:
    asked = [sql for sql in BENIGN[::7] if "limit" not in sql or "order by" in sql]
    assert sum(compare(world, sql) == "spark" for sql in asked) > 0.6 * len(asked)


@pytest.mark.slow
def test_everything_that_analysts_ask_has_the_same_answer_on_spark(cluster: str, world: World) -> None:
    asked = [sql for sql in BENIGN if "limit" not in sql or "order by" in sql]
    assert sum(compare(world, sql) == "spark" for sql in asked) > 0.75 * len(asked)


SMALL = make(enterprises=40)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(sql=questions())
def test_joins_have_the_same_answer_on_spark(cluster: str, sql: str) -> None:
    assert compare(SMALL, sql, ordered=False) == "spark"


EDGES = """
    select id, score / (score - score), -score / 0, 0 / (score - score), score // (score - 60), (-score) // 7,
        (-score) % 7, score % (score - score), round(score / 8.0, 2), round(-score / 8.0, 1), round(score * 0.125, 2),
        floor(-score / 7), ceil(score / 7.0), score * 1.5 + 0.25, abs(-score), coalesce(remark, 'no\\ne'), 'it''s \\',
        '${env:HOME} ${spark.app.name}', remark like '%_%', remark || '|' || result, concat(remark, result),
        length(remark), substr(result, 2, 3), left(result, 2), starts_with(result, 'pa'), result < 'passed',
        nullif(result, 'failed'), greatest(score, 60, null), day - date '2024-02-28', day + interval 1 month,
        day - interval 40 day, date_trunc('week', day), date_trunc('quarter', day), isodow(day), dayofweek(day),
        week(day), dayofyear(day), date_diff('month', date '2023-12-31', day), last_day(day), cast(day as timestamp),
        cast(score as varchar), cast(score as double) / 3, remark is not distinct from null, day > '2024-06-30',
        case when score > 60 then score else 0.5 end, score in (60, null), score not in (60, null), not (score > 60),
        rank() over (partition by result order by score), sum(score) over (order by id rows between 2 preceding and
        current row), avg(score) over (partition by result), count(*) over ()
    from health.inspections order by id
"""
TOTALS = """
    select result, sum(score), avg(score), sum(score * 1.5), avg(score / 3), count(remark), count(distinct score),
        min(day), max(result), count_if(score > 60), bool_and(score > 50), sum(score) filter (where score > 90),
        avg(score) filter (where score > 1000), sum(score) / count(*), sum(score) - 1
    from health.inspections group by all having sum(score) > 0 order by result desc nulls first
"""


@pytest.mark.parametrize("sql", [EDGES, TOTALS])
def test_where_engines_differ_spark_does_what_duckdb_does(cluster: str, world: World, sql: str) -> None:
    assert compare(world, sql) == "spark"


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("select median(staff) from market.enterprises", "median"),
        ("select upper(name) from market.enterprises", "upper"),
        ("select count(*) from market.enterprises where name ilike '%a%'", "ilike"),
        ("select sum(staff) * 1.5 from market.enterprises", "* of a sum"),
        ("select count(*) from market.enterprises where name like '\\%'", "like"),
        ("select cast(name as date) from market.enterprises limit 0", "cast to date"),
        ("with x as (select uscc from market.enterprises limit 3) select * from x a join x b using (uscc)", "with"),
    ],
)
def test_a_question_that_might_mean_something_else_stays_and_says_why(world: World, sql: str, why: str) -> None:
    answer = world.ask(sql, where=Where.SPARK)
    assert (answer.engine, answer.stayed) == ("duckdb", why)


def test_nobody_sees_more_on_spark(cluster: str) -> None:
    watch = Watch(12, Where.SPARK)
    assert not {sql: found for sql in ADVERSARIAL[::9] if (found := watch.leaks(sql))}
    assert watch.on_spark > 5


@pytest.mark.slow
def test_nobody_sees_more_on_spark_however_they_ask(cluster: str) -> None:
    watch = Watch(12, Where.SPARK)
    assert not {sql: found for sql in ADVERSARIAL if (found := watch.leaks(sql))}
    assert watch.on_spark > 100


def test_sql_reaches_no_file_no_catalogue_and_no_setting_on_spark(cluster: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    other, own = spark.session(), spark.session()
    other.range(1).createOrReplaceTempView("of_somebody_else")
    for sql in (f"select * from text.`{tmp_path}/secret.txt`", "select * from of_somebody_else"):
        with pytest.raises(Exception, match="TABLE_OR_VIEW_NOT_FOUND"):
            own.sql(sql)
    assert own.sql("select '${env:PATH}${spark.app.name}'").collect()[0][0] == "${env:PATH}${spark.app.name}"


def test_what_would_read_anything_else_is_refused_before_it_runs(
    cluster: str, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the translation had been fooled."""
    spark.session().range(3).write.parquet(str(tmp_path / "rows"))
    monkeypatch.setattr(
        "yiwang.library.reading.joining.translated", lambda *_: f"select * from read_parquet('{tmp_path}/rows')"
    )
    assert world.ask("select count(*) from market.enterprises", where=Where.SPARK).engine == "duckdb"
    monkeypatch.setattr("yiwang.library.reading.joining.translated", lambda *_: "select * from range(3)")
    with pytest.raises(Refused, match="construct"):
        world.ask("select count(*) from market.enterprises", where=Where.SPARK)


def test_many_rows_go_to_the_cluster_by_themselves(cluster: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sql = "select count(*) from market.enterprises"
    assert world.ask(sql).engine == "duckdb"
    monkeypatch.setattr(joining, "LARGE", 100)
    assert world.ask(sql).engine == "spark"
    monkeypatch.delenv(spark.MASTER)
    assert world.ask(sql).engine == "duckdb"


def test_what_does_not_fit_here_goes_to_the_cluster(cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make(enterprises=320)
    sql = "select a.uscc || b.uscc u, count(*) n from market.enterprises a, market.enterprises b"
    sql += " group by u order by n desc, u limit 3"
    small = Bounds(memory="8MB")
    answer = world.ask(sql, bounds=small)
    assert answer.engine == "spark"
    assert rows(answer) == rows(world.ask(sql, where=Where.DUCKDB))
    monkeypatch.delenv(spark.MASTER)
    with pytest.raises(Refused, match="memory"):
        world.ask(sql, bounds=small)


def test_an_answer_is_cut_at_the_cap_on_spark_too(cluster: str, world: World) -> None:
    answer = world.ask("select uscc from market.enterprises", where=Where.SPARK, bounds=Bounds(most_rows=7))
    assert (answer.table.num_rows, answer.truncated, answer.engine) == (7, True, "spark")


def test_a_question_on_spark_ends_in_time_and_when_it_is_given_up(cluster: str, world: World) -> None:
    for stop in (Stop(1.5), Stop(60)):
        if stop.remaining > 2:
            threading.Timer(1.0, stop.cancel).start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            world.ask(LONG.replace("200", "7"), where=Where.SPARK, stop=stop)
        assert time.monotonic() - began < 12


def test_executors_that_are_killed_leave_the_answer_right_or_refused(cluster: str) -> None:
    world = make(enterprises=32)
    wanted = rows(world.ask(LONG, where=Where.DUCKDB))
    killer = threading.Timer(1.5, lambda: [os.kill(each, signal.SIGKILL) for each in executors()])
    killer.start()
    try:
        found: object = rows(world.ask(LONG, where=Where.SPARK, stop=Stop(60)))
    except Refused as refused:
        found = refused.code
    killer.join()
    assert found in (wanted, "engine_lost")
    # The cluster has recovered.
    assert rows(world.ask("select count(*) from tax.filings", where=Where.SPARK, stop=Stop(60)))


def executors() -> list[int]:
    """The processes that this process's Spark has started."""
    driver = spark.session().sparkContext._gateway.proc.pid
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = each.read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == driver:
            found.append(int(each.parent.name))
    assert found
    return found


def test_who_has_no_spark_is_told_what_to_install(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "missing", lambda: "pyspark is not installed: install Yiwang with the extra [spark]")
    monkeypatch.setattr(spark, "_connected", {})
    with pytest.raises(Refused) as told:
        world.ask("select count(*) from market.enterprises", where=Where.SPARK)
    assert told.value.code == "engine"
    assert "[spark]" in told.value.detail
