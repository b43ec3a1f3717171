from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from yiwang.web import commands, databases

DATA = Path("/var/lib/yiwang")


@pytest.fixture
def careless_database(transactional_db: None) -> Iterator[None]:
    """The database in use, set not to wait for the disk."""
    careless, careful = {
        "sqlite": ("PRAGMA synchronous=NORMAL", "PRAGMA synchronous=FULL"),
        "postgresql": ("SET synchronous_commit TO off", "SET synchronous_commit TO on"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(careless)
        yield
        cursor.execute(careful)


def test_a_database_that_waits_for_the_disk_is_accepted(db: None) -> None:
    databases.refuse_unsafe()


def test_a_database_that_could_lose_what_it_acknowledged_is_refused(
    careless_database: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(databases.UnsafeDatabase, match="could lose what it has acknowledged"):
        databases.refuse_unsafe()
    assert commands.main(["ledger", "replay"]) == 1
    assert "could lose what it has acknowledged" in capsys.readouterr().err


def test_without_a_url_the_embedded_database_lies_in_the_data_folder() -> None:
    assert databases.from_url("", DATA)["NAME"] == "/var/lib/yiwang/yiwang.sqlite3"
    assert databases.from_url("sqlite:////srv/city.sqlite3", DATA)["NAME"] == "/srv/city.sqlite3"


def test_a_url_names_a_postgresql_with_its_password_unquoted() -> None:
    settings = databases.from_url("postgresql://city:p%40ss@db.example:5433/yiwang?sslmode=require", DATA)
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.example", "5433", "yiwang")
    assert settings["PASSWORD"] == "p@ss"
    assert settings["OPTIONS"] == {"sslmode": "require"}


def test_another_database_is_refused_by_name() -> None:
    with pytest.raises(databases.UnusableDatabaseUrl, match="mysql"):
        databases.from_url("mysql://somewhere/city", DATA)
