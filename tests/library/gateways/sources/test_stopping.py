"""A question that is given up, or takes too long, ends at the source too."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.library.gateways.sources.register import PRODUCT, bindings, in_sqlite, resident
from tests.library.gateways.sources.servers import mariadb_connection, mariadb_database, postgres_database
from yiwang.library.gateways.bindings import Bindings, SourceKind
from yiwang.library.gateways.fragment import Compare
from yiwang.library.gateways.refusals import Cancelled, Offline
from yiwang.library.gateways.sources import Sources, Stop

COLUMNS = "{0} AS number, '' AS name, '' AS sex_code, NULL AS born, NULL AS area, 0 AS owes, NULL AS lives_here"


@pytest.fixture(params=["sqlite", "postgres", "mysql"])
def endless(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bindings]:
    """A view that never comes to an end."""
    if request.param == "sqlite":
        path = tmp_path / "endless.sqlite3"
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE one (n INTEGER)")
            connection.execute(
                f"CREATE VIEW t AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
                f" SELECT {COLUMNS.format('n')}, NULL AS changed FROM c WHERE n < 0"
            )
        connection.close()
        yield bindings(SourceKind.SQLITE, path=path, table="t")
    elif request.param == "postgres":
        with postgres_database() as url:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(
                    f"CREATE VIEW t AS SELECT {COLUMNS.format('1')}, NULL::timestamptz AS changed FROM pg_sleep(600)"
                )
            yield bindings(SourceKind.POSTGRES, url=url, table="t")
    else:
        with mariadb_database() as url:
            with mariadb_connection(url) as connection, connection.cursor() as cursor:
                cursor.execute(f"CREATE VIEW t AS SELECT {COLUMNS.format('SLEEP(600)')}, NULL AS changed")
            yield bindings(SourceKind.MYSQL, url=url, table="t")


def test_a_running_statement_is_interrupted(endless: Bindings) -> None:
    sources, stop = Sources(endless), Stop(300)
    threading.Timer(0.5, stop.cancel).start()
    with pytest.raises(Cancelled):
        list(sources.scan(PRODUCT, ("number",), limit=10, stop=stop))
    sources.close()


def test_a_statement_that_takes_too_long_is_interrupted(endless: Bindings) -> None:
    sources = Sources(endless)
    with pytest.raises(Cancelled):
        list(sources.scan(PRODUCT, ("number",), stop=Stop(0.5)))
    sources.close()


def test_an_interruption_that_came_before_the_statement_is_repeated() -> None:
    came = threading.Event()
    calls: list[float] = []

    def interrupt() -> None:
        calls.append(1)
        if len(calls) > 1:
            came.set()

    with Stop(0.05).interrupting(interrupt):
        assert came.wait(5)


def test_whoever_has_enough_leaves_a_source_that_answers_again(tmp_path: Path) -> None:
    sources = Sources(in_sqlite(tmp_path / "r.sqlite3", [resident(number) for number in range(30_000)]))
    rows = sources.scan(PRODUCT, ("number",), where=Compare("number", ">", 5))
    next(rows)
    rows.close()
    assert sum(batch.num_rows for batch in sources.scan(PRODUCT, ("number",))) == 30_000
    sources.close()


def test_a_source_that_is_not_there_is_offline_and_says_so(tmp_path: Path) -> None:
    for gone in (
        bindings(SourceKind.SQLITE, path=tmp_path / "none.sqlite3", table="t"),
        bindings(SourceKind.POSTGRES, url="postgresql://reader:hush@127.0.0.1:1/none", table="t"),
        bindings(SourceKind.MYSQL, url="mysql://reader:hush@127.0.0.1:1/none", table="t"),
        bindings(SourceKind.FILES, path=tmp_path, table="*.parquet"),
    ):
        with pytest.raises(Offline) as offline:
            list(Sources(gone).scan(PRODUCT, ("number",)))
        assert offline.value.product == "security.residents@1"
        assert "hush" not in offline.value.why
