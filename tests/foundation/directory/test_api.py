"""Tokens over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.foundation.directory import people
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.time import FrozenClock

pytestmark = pytest.mark.django_db
TOKENS = "/api/v1/tokens"


def ask(username: str, password: str = people.PASSWORD, **more: Any) -> Any:
    body = {"username": username, "password": password, **more}
    return Client(enforce_csrf_checks=True).post(TOKENS, body, content_type="application/json")


def bearing(token: str) -> Client:
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token}"})


def test_a_program_signs_in_uses_its_token_and_revokes_it(clock: FrozenClock) -> None:
    issued = ask(people.resident().username, name="script", days=7)
    assert issued.status_code == 201
    client = bearing(issued.json()["token"])
    (mine,) = client.get(TOKENS).json()
    assert mine["name"] == "script"
    assert client.delete(f"{TOKENS}/{mine['id']}").status_code == 204
    assert client.get(TOKENS).status_code == 401


def test_wrong_passwords_and_unknown_accounts_are_answered_alike(clock: FrozenClock) -> None:
    wrong, unknown = ask(people.resident().username, "wrong"), ask("nobody", "wrong")
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content) == (401, wrong.content)
    assert wrong.json()["code"] == "wrong_credentials"


def test_the_pages_and_the_api_count_guesses_together(clock: FrozenClock) -> None:
    username = people.resident().username
    for _ in range(3):
        Client().post("/sign-in/", {"identifier": username, "password": "wrong"})
    for _ in range(2):
        assert ask(username, "wrong").status_code == 401
    refused = ask(username)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")


def test_a_token_expires_on_the_citys_clock(clock: FrozenClock) -> None:
    token = ask(people.resident().username, days=1).json()["token"]
    clock.advance(timedelta(days=1))
    refused = bearing(token).get(TOKENS)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_opens_no_pages(clock: FrozenClock) -> None:
    token = ask(people.resident().username).json()["token"]
    assert bearing(token).get("/account/").headers["Location"].startswith("/sign-in/")


def test_a_token_wins_over_a_session(clock: FrozenClock) -> None:
    resident = people.resident()
    token = ask(resident.username).json()["token"]
    client = bearing(token)
    client.force_login(people.officer("water/permits"))
    assert len(client.get(TOKENS).json()) == 1


@pytest.mark.parametrize(
    "more", [{"days": 0}, {"days": 91}, {"days": 10**17}, {"name": ""}, {"name": "x" * 81}, {"password": "x" * 300}]
)
def test_what_is_out_of_bounds_is_named(clock: FrozenClock, more: dict[str, object]) -> None:
    response = ask(people.resident().username, **more)
    assert response.status_code == 422
    (field,) = more
    assert response.json()["errors"][0]["field"].endswith(field)
    assert "x" * 81 not in response.content.decode()


def test_a_token_dies_with_its_account(clock: FrozenClock) -> None:
    user = people.resident()
    token = ask(user.username).json()["token"]
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert bearing(token).get(TOKENS).status_code == 401
