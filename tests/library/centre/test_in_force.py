"""What is in force is read once and kept; what changes is seen at once, whoever changed it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.library.centre import city
from tests.library.centre.conftest import People
from yiwang.foundation.directory.actor import MACHINE
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.library.centre import actions, gateways, granting, in_force, queries
from yiwang.library.centre.models import Grant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

RESIDENTS = "security.residents@1"
REVOKE = """
import django; django.setup()
from django.db import connection
from yiwang.foundation.directory.actor import MACHINE
from yiwang.library.centre import granting
from yiwang.library.centre.models import Grant
assert granting.revoke(Grant.objects.get(code="food-residents"), "不再需要", by=MACHINE)
"""


def food_grants() -> list[str]:
    return [each.grant.id for each in queries.issued_for(["market/food"], "application")]


def address() -> str:
    """Of the database of the tests."""
    known = connection.settings_dict
    name = quote(str(known["NAME"]), safe="/")
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    place = f"{known['HOST']}:{known['PORT']}" if known["PORT"] else known["HOST"]
    return f"postgresql://{quote(known['USER'])}:{quote(known['PASSWORD'])}@{place}/{name}"


def row() -> Grant:
    return Grant.objects.get(code="food-residents")


def test_where_nothing_has_changed_one_query_says_so(people: People) -> None:
    in_force.current()
    with CaptureQueriesContext(connection) as seen:
        assert queries.products()
        assert food_grants() == ["food-residents"]
        assert queries.product(RESIDENTS) == city.RESIDENTS
    assert len(seen) == 3
    with CaptureQueriesContext(connection) as seen:
        assert in_force.recent(60).issued_for(["market/food"])
    assert len(seen) == 0


def test_a_grant_that_was_taken_back_is_used_no_more(people: People) -> None:
    assert food_grants() == ["food-residents"]
    granting.revoke(row(), "不再需要", by=MACHINE)
    assert food_grants() == []


@pytest.mark.django_db(transaction=True)
def test_what_another_process_takes_back_is_used_no_more_either(people: People) -> None:
    assert food_grants() == ["food-residents"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "yiwang.web.settings", "YIWANG_DATABASE_URL": address()}
    done = subprocess.run([sys.executable, "-c", REVOKE], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert food_grants() == []


def test_what_expires_is_left_out_though_nobody_changed_anything(people: People, clock: FrozenClock) -> None:
    expires = in_force.current().until
    clock.set(expires - timedelta(seconds=1))
    assert food_grants() == ["food-residents"]
    clock.set(expires)
    assert food_grants() == []
    clock.set(expires - timedelta(seconds=1))
    assert food_grants() == ["food-residents"]


def test_a_change_that_did_not_come_about_leaves_everything_as_it_was(people: People) -> None:
    with transaction.atomic():
        granting.revoke(row(), "不再需要", by=MACHINE)
        assert food_grants() == []
        transaction.set_rollback(True)
    assert food_grants() == ["food-residents"]


def test_a_product_that_is_taken_back_and_offered_again_is_seen_each_time(people: People) -> None:
    assert RESIDENTS in {each.reference for each in queries.products()}
    actions.take_back(["security.residents"])
    assert RESIDENTS not in {each.reference for each in queries.products()}
    actions.publish([city.RESIDENTS])
    assert RESIDENTS in {each.reference for each in queries.products()}


def test_a_gateway_of_this_process_is_opened_anew_with_a_new_contract(
    people: People, tmp_path: Path, settings: Any
) -> None:
    settings.YIWANG_GATEWAYS_DIR = tmp_path / "bindings"
    settings.YIWANG_GATEWAYS_DIR.mkdir()
    columns = "\n".join(f"      {each.name}: {each.name}" for each in city.RESIDENTS.fields)
    (settings.YIWANG_GATEWAYS_DIR / "security.yaml").write_text(
        "connections:\n  here: {kind: sqlite, path: none.sqlite3}\n"
        f"products:\n  residents:\n    from: here\n    table: residents\n    columns:\n{columns}\n"
    )
    gateways.forget()
    try:
        before = gateways.gateway("security")
        assert gateways.gateway("security") is before
        actions.publish([replace(city.RESIDENTS, minor=city.RESIDENTS.minor + 1)])
        in_force.current()
        after = gateways.gateway("security")
        assert after is not before
        assert {each.version for each in after.products()} == {"1.1"}
    finally:
        gateways.forget()
