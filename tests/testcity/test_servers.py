"""The same city in servers: PostgreSQL for the register of residents, MySQL or MariaDB for that of businesses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pymysql
import pytest

from tests.testcity.conftest import CITY, DAY
from yiwang.foundation.standards import vocabulary
from yiwang.library.gateways import bindings, contracts
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.fragment import Order
from yiwang.library.gateways.sources import Sources
from yiwang_testcity import commands, departments, population

NAME = f"yiwang_testcity_{os.getpid()}"


@pytest.fixture
def postgres() -> Iterator[str]:
    """An empty database on the server that the tests run on."""
    server = urlsplit(os.environ.get("YIWANG_DATABASE_URL", ""))
    if server.scheme != "postgresql":
        pytest.skip("these tests do not run on PostgreSQL")
    with psycopg.connect(urlunsplit(server._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME}".encode())
        yield urlunsplit(server._replace(path=f"/{NAME}"))
        connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)".encode())


@pytest.fixture
def mysql() -> Iterator[str]:
    """An empty database on this machine's MariaDB."""
    try:
        connection = pymysql.connect(host="127.0.0.1", user="root", connect_timeout=5)
    except pymysql.MySQLError as refused:
        if "mariadb" in os.environ.get("YIWANG_TEST_REQUIRE", "").split(","):
            pytest.fail(f"MariaDB does not answer, and YIWANG_TEST_REQUIRE asks for it: {refused}")
        pytest.skip(f"MariaDB does not answer on this machine: {refused}")
    with connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NAME} CHARACTER SET utf8mb4")
        yield f"mysql://root@127.0.0.1/{NAME}"
        cursor.execute(f"DROP DATABASE {NAME}")


def test_a_named_postgresql_holds_the_residents(postgres: str, tmp_path: Path) -> None:
    for residents in (50, 120):  # a second run takes the place of the first
        departments.make(population.plan(residents, 1, DAY, CITY), tmp_path, postgres=postgres, processes=1)
    with psycopg.connect(postgres) as connection:
        found = connection.execute("SELECT count(DISTINCT gmsfhm), max(gxsj) < now() FROM t_rk_jbxx").fetchall()
    assert found == [(120, True)]
    assert not (departments.folder(tmp_path) / "public-security.sqlite3").exists()


def test_a_named_mariadb_holds_the_businesses(mysql: str, tmp_path: Path) -> None:
    for residents in (100, 400):
        departments.make(population.plan(residents, 1, DAY, CITY), tmp_path, mysql=mysql, processes=1)
    with pymysql.connect(host="127.0.0.1", user="root", database=NAME) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT tyshxydm) FROM scztxx")
        assert cursor.fetchall() == ((24,),)
    assert not (departments.folder(tmp_path) / "market.sqlite3").exists()


def test_a_department_that_moves_to_a_server_changes_one_line_of_its_binding(mysql: str, tmp_path: Path) -> None:
    plan = population.plan(400, 1, DAY, CITY)
    departments.make(plan, tmp_path, processes=1)
    departments.make(plan, tmp_path, mysql=mysql, processes=1)
    binding = (CITY / "gateways" / "market.yaml").read_text()
    line = "register: {kind: sqlite, path: departments/market.sqlite3}"
    assert line in binding
    (tmp_path / "market.yaml").write_text(binding.replace(line, f'register: {{kind: mysql, url: "{mysql}"}}'))
    published = contracts.read(CITY, vocabulary.read(CITY)[0])[0]
    before, after = (_sources(path, tmp_path) for path in (CITY / "gateways" / "market.yaml", tmp_path / "market.yaml"))
    for product in published:
        if product.department == "market":
            rows = [_rows(sources, product) for sources in (before, after)]
            assert rows[0] == rows[1] != []
    before.close()
    after.close()


def _sources(path: Path, data: Path) -> Sources:
    bound, findings = bindings.read(path, data=data, environment={})
    assert findings == []
    return Sources(bound)


def _rows(sources: Sources, product: Product) -> list[dict[str, object]]:
    order = [Order(name) for name in product.key]
    fields = [field.name for field in product.fields]
    return [row for batch in sources.scan(product, fields, order=order) for row in batch.to_pylist()]


def test_a_server_that_does_not_answer_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["population", "--residents", "50", "--city", str(CITY), "--data", str(tmp_path)]
    assert commands.main([*words, "--mysql", "mysql://root@127.0.0.1:1/none"]) == 1
    assert "127.0.0.1:1/none does not take the data" in capsys.readouterr().err


def test_the_command_says_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["population", "--residents", "50", "--city", str(CITY), "--data", str(tmp_path), "--as-of", "2025-03-12"]
    assert commands.main(words) == 0
    said = capsys.readouterr().out
    assert "public-security t_rk_jbxx" in said
    assert "50 residents, seed 1, as of 2025-03-12" in said
    assert departments.truth_path(tmp_path).exists()


def test_the_installed_command_shares_the_work_among_processes(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("yiwang-testcity")
    words = ["--residents", "5000", "--processes", "2", "--city", str(CITY), "--data", str(tmp_path)]
    ran = subprocess.run([program, "population", *words], capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "5,000 residents" in ran.stdout
