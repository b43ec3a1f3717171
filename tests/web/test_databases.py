from pathlib import Path

import pytest

from yiwang.web import databases

DATA = Path("/var/lib/yiwang")


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
