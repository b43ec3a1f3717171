"""A database that could forget what it acknowledged is refused, with the setting to change."""

import pytest
from django.db import connection

from yiwang.web import commands
from yiwang.web.durability import UnsafeDatabase, require_durable


@pytest.mark.django_db(transaction=True)
def test_the_database_that_yiwang_configures_is_durable() -> None:
    require_durable()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_may_forget_is_refused_by_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=NORMAL")
        else:
            cursor.execute("SET synchronous_commit = off")
    try:
        with pytest.raises(UnsafeDatabase, match="synchronous"):
            require_durable()
        assert commands.main(["ledger", "replay"]) == 1
        assert "could lose what it has acknowledged: synchronous" in capsys.readouterr().err.replace("PRAGMA ", "")
    finally:
        connection.close()
