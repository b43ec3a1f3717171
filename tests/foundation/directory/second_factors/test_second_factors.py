"""What a password alone opens, and what it does not."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.foundation.directory import people
from yiwang.foundation.directory import actions as directory
from yiwang.foundation.directory import limits
from yiwang.foundation.directory.models import RecoveryCode, TotpDevice, User
from yiwang.foundation.directory.second_factors import actions, totp
from yiwang.foundation.directory.second_factors.actions import WrongFactor
from yiwang.foundation.kernel.time import FrozenClock, now

ADDRESS = "192.0.2.1"
SIGN_IN, SECOND = "/sign-in/", "/sign-in/second-factor/"


def code(secret: str) -> str:
    return totp.code_at(secret, totp.step_at(now()))


def with_app(user: User, clock: FrozenClock) -> str:
    secret = totp.new_secret()
    actions.add_totp(user, secret, code(secret))
    clock.advance(timedelta(seconds=60))
    return secret


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def first_factor(client: Client, user: User, onward: str = "/account/") -> Any:
    return client.post(SIGN_IN, {"identifier": user.username, "password": people.PASSWORD, "next": onward})


@pytest.fixture
def officer(db: None, clock: FrozenClock) -> User:
    return people.officer("water/permits")


def test_after_the_password_the_app_is_asked_and_then_the_session_begins(officer: User, clock: FrozenClock) -> None:
    secret, client = with_app(officer, clock), browser()
    answer = first_factor(client, officer)
    assert answer.headers["Location"] == SECOND
    assert client.get("/account/").status_code == 302, "half signed in is not signed in"
    assert client.post(SECOND, {"code": "000000"}).status_code == 422
    answer = client.post(SECOND, {"code": code(secret)})
    assert answer.headers["Location"] == "/account/"
    assert client.get("/account/").status_code == 200


def test_a_code_that_was_used_is_refused(officer: User, clock: FrozenClock) -> None:
    secret = with_app(officer, clock)
    actions.prove_totp(officer, code(secret), address=ADDRESS)
    with pytest.raises(WrongFactor):
        actions.prove_totp(officer, code(secret), address=ADDRESS)
    clock.advance(timedelta(seconds=30))
    actions.prove_totp(officer, code(secret), address=ADDRESS)


@pytest.mark.django_db(transaction=True)
def test_of_two_with_the_same_code_at_the_same_moment_one_gets_in(clock: FrozenClock) -> None:
    officer = people.officer("water/permits")
    secret = with_app(officer, clock)
    shown, start, found = code(secret), threading.Barrier(2), list[bool]()

    def try_it() -> None:
        start.wait()
        try:
            actions.prove_totp(officer, shown, address=ADDRESS)
            found.append(True)
        except WrongFactor:
            found.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(found) == [False, True]


def test_whoever_guesses_codes_is_stopped(officer: User, clock: FrozenClock) -> None:
    secret = with_app(officer, clock)
    for _ in range(5):
        with pytest.raises(WrongFactor):
            actions.prove(officer, "abcde-fghjk", address=ADDRESS)
    with pytest.raises(limits.TooManyAttempts):
        actions.prove(officer, code(secret), address=ADDRESS)


def test_a_recovery_code_signs_in_once(officer: User, clock: FrozenClock) -> None:
    with_app(officer, clock)
    first, *_others = actions.new_recovery_codes(officer)
    assert first not in str(list(RecoveryCode.objects.values()))
    client = browser()
    first_factor(client, officer)
    assert client.post(SECOND, {"code": first.upper()}).headers["Location"] == "/account/"
    with pytest.raises(WrongFactor):
        actions.use_recovery_code(officer, first, address=ADDRESS)


def test_the_second_factor_is_waited_for_ten_minutes(officer: User, clock: FrozenClock) -> None:
    secret, client = with_app(officer, clock), browser()
    first_factor(client, officer)
    clock.advance(timedelta(minutes=10))
    assert "Sign in first" in client.post(SECOND, {"code": code(secret)}).content.decode()
    assert client.get("/account/").status_code == 302


def test_the_seed_is_sealed_where_it_rests(officer: User, clock: FrozenClock) -> None:
    secret = with_app(officer, clock)
    assert secret not in TotpDevice.objects.get().seed


def test_an_app_is_added_with_the_password_and_a_code_and_brings_recovery_codes(
    officer: User, clock: FrozenClock
) -> None:
    client = browser()
    first_factor(client, officer)
    page = client.get("/account/second-factors/app/").content.decode()
    (shown,) = re.findall(r"<code>([A-Z2-7 ]+)</code>", page)
    secret = shown.replace(" ", "")
    assert "<svg" in page
    wrong = client.post("/account/second-factors/app/", {"code": code(secret), "password": "not it"})
    assert wrong.status_code == 422
    assert not TotpDevice.objects.exists()
    done = client.post("/account/second-factors/app/", {"code": code(secret), "password": people.PASSWORD})
    assert len(re.findall(r"<code>\w{5}-\w{5}</code>", done.content.decode())) == actions.RECOVERY_CODES
    assert done.headers["Cache-Control"] == "no-store"


def test_where_the_city_demands_it_nothing_opens_to_an_officer_with_a_password_alone(
    officer: User, clock: FrozenClock, settings: Any
) -> None:
    settings.YIWANG_SECOND_FACTOR = "officers"
    client = browser()
    assert first_factor(client, officer, "/desk/").headers["Location"] == "/desk/"
    for address in ("/desk/", "/account/", "/inbox/", "/account/tokens/"):
        assert client.get(address).headers["Location"] == "/account/second-factors/", address
    assert client.get("/api/v1/desk?department=water").json()["code"] == "duty_first"
    assert client.get("/account/second-factors/").status_code == 200
    page = client.get("/account/second-factors/app/").content.decode()
    secret = re.findall(r"<code>([A-Z2-7 ]+)</code>", page)[0].replace(" ", "")
    client.post("/account/second-factors/app/", {"code": code(secret), "password": people.PASSWORD})
    assert client.get("/desk/").status_code == 200


def test_residents_are_not_asked_for_what_the_city_demands_of_its_officers(
    db: None, clock: FrozenClock, settings: Any
) -> None:
    settings.YIWANG_SECOND_FACTOR = "officers"
    client = browser()
    first_factor(client, people.resident())
    assert client.get("/account/").status_code == 200


def test_no_token_is_made_over_the_api_around_the_second_factor(officer: User, clock: FrozenClock) -> None:
    secret = with_app(officer, clock)
    credentials = {"username": officer.username, "password": people.PASSWORD}
    answer = Client().post("/api/v1/tokens", credentials, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "second_factor_needed")
    credentials["code"] = code(secret)
    assert Client().post("/api/v1/tokens", credentials, content_type="application/json").status_code == 201


def test_whoever_was_given_a_password_sets_their_own_before_anything_opens(officer: User, clock: FrozenClock) -> None:
    User.objects.filter(pk=officer.pk).update(must_change_password=True)
    client = browser()
    first_factor(client, officer)
    assert client.get("/desk/").headers["Location"] == "/account/password/"
    own = "a bridge over the quiet water"
    client.post("/account/password/", {"current": people.PASSWORD, "new": own})
    assert client.get("/desk/").status_code == 200


def test_changing_the_password_keeps_the_session_strong(officer: User, clock: FrozenClock, settings: Any) -> None:
    settings.YIWANG_SECOND_FACTOR = "officers"
    secret, client = with_app(officer, clock), browser()
    first_factor(client, officer)
    client.post(SECOND, {"code": code(secret)})
    client.post("/account/password/", {"current": people.PASSWORD, "new": "a bridge over the quiet water"})
    assert client.get("/desk/").status_code == 200


def test_an_account_that_is_switched_off_meanwhile_does_not_get_in(officer: User, clock: FrozenClock) -> None:
    secret, client = with_app(officer, clock), browser()
    first_factor(client, officer)
    directory.switch(officer, False)
    assert "Sign in first" in client.post(SECOND, {"code": code(secret)}).content.decode()
