"""Signing in: what a person, a guesser and a shared computer meet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import BasePasswordHasher, get_hasher
from django.test import Client

from tests.foundation.directory import people
from tests.foundation.directory.people import PASSWORD
from yiwang.foundation.directory.models import Person, User
from yiwang.foundation.kernel.identifiers import make_resident_id
from yiwang.foundation.kernel.time import FrozenClock

pytestmark = pytest.mark.django_db


def sign_in(client: Client, identifier: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/sign-in/", {"identifier": identifier, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


@pytest.mark.parametrize("spelling", ["username", "phone", "shouted", "spaced phone", "phone with country code"])
def test_a_resident_signs_in_with_user_name_or_phone(clock: FrozenClock, client: Client, spelling: str) -> None:
    user = people.resident()
    assert user.person is not None
    phone = user.person.phone
    typed = {
        "username": user.username,
        "phone": phone,
        "shouted": f" {user.username.upper()} ",
        "spaced phone": f"{phone[:3]} {phone[3:7]} {phone[7:]}",
        "phone with country code": f"+86{phone}",
    }[spelling]
    assert sign_in(client, typed).status_code == 302
    assert is_signed_in(client)


def test_a_wrong_password_and_an_unknown_account_get_the_same_words(clock: FrozenClock, client: Client) -> None:
    user = people.resident()
    off = people.resident(is_active=False)
    answers = []
    for identifier, password in (
        (user.username, "wrong"),
        ("nobody", "wrong"),
        ("19912345678", "wrong"),
        (off.username, "wrong"),
        (off.username, PASSWORD),
    ):
        response = sign_in(client, identifier, password)
        assert response.status_code == 422
        text = response.content.decode().replace(f'value="{identifier}"', "")
        answers.append(text[text.index("<main") : text.index("csrfmiddlewaretoken", text.index("<main"))])
    assert len(set(answers)) == 1
    assert "密码不对" in answers[0]


def test_a_wrong_password_and_an_unknown_account_cost_one_hash_each(
    clock: FrozenClock, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    hasher = type(get_hasher())
    encode = hasher.encode

    def counting(self: BasePasswordHasher, password: str, *args: Any, **kwargs: Any) -> str:
        hashed.append(password)
        return encode(self, password, *args, **kwargs)

    with_password, without = people.resident(), people.resident()
    User.objects.filter(pk=without.pk).update(password="!unusable")
    monkeypatch.setattr(hasher, "encode", counting)
    for identifier in (with_password.username, without.username, "nobody", "19912345678", "x" * 80):
        hashed.clear()
        sign_in(client, identifier, "wrong")
        assert len(hashed) == 1


def test_five_wrong_passwords_close_the_account_known_or_not(clock: FrozenClock, client: Client) -> None:
    user = people.resident()
    for identifier in (user.username, "nobody"):
        for _ in range(5):
            assert sign_in(client, identifier, "wrong").status_code == 422
        refused = sign_in(client, identifier)
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "900"
        assert "15 分钟" in refused.content.decode()
    clock.advance(timedelta(minutes=15))
    assert sign_in(client, user.username).status_code == 302


def test_every_spelling_of_a_phone_counts_as_the_same_account(clock: FrozenClock, client: Client) -> None:
    for phone in ("13800000001", "138 0000 0001", "+86 13800000001", "138-0000-0001", "008613800000001"):
        sign_in(client, phone, "wrong")
    assert sign_in(client, "1380000 0001", "wrong").status_code == 429


def test_signing_in_changes_the_session_key(clock: FrozenClock, client: Client) -> None:
    user = people.resident()
    client.force_login(people.resident())
    before = client.session.session_key
    sign_in(client, user.username)
    assert client.session.session_key not in (None, before)
    assert not client.session.exists(before)


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/account/?a=1", "/account/?a=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/" + "a" * 3000, "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_nobody_is_led_off_this_site(
    clock: FrozenClock, client: Client, wanted: str, reached: str
) -> None:
    assert sign_in(client, people.resident().username, next=wanted).headers["Location"] == reached


def test_whoever_is_signed_in_is_not_asked_again(clock: FrozenClock, client: Client) -> None:
    client.force_login(people.resident())
    assert client.get("/sign-in/?next=/account/").headers["Location"] == "/account/"


def test_signing_out_ends_the_session_and_clears_what_the_browser_keeps(clock: FrozenClock, client: Client) -> None:
    client.force_login(people.resident())
    key = client.session.session_key
    response = client.post("/sign-out/")
    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert not client.session.exists(key)
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("make", "minutes"), [(people.resident, 120), (people.officer, 30), (people.administrator, 30)]
)
def test_a_session_ends_when_nobody_has_been_there_for_a_while(
    clock: FrozenClock, client: Client, make: Any, minutes: int
) -> None:
    sign_in(client, make().username)
    for _ in range(3):
        clock.advance(timedelta(minutes=minutes - 1))
        assert is_signed_in(client)
    clock.advance(timedelta(minutes=minutes))
    response = client.get("/account/?part=1")
    assert response.headers["Location"] == "/sign-in/?next=%2Faccount%2F%3Fpart%3D1&ended=1"
    assert "已自动退出" in client.get(response.headers["Location"]).content.decode()


@pytest.mark.parametrize(("make", "hours"), [(people.resident, 24), (people.officer, 10)])
def test_a_busy_session_ends_after_a_day(clock: FrozenClock, client: Client, make: Any, hours: int) -> None:
    sign_in(client, make().username)
    for _ in range(hours * 4 - 1):
        clock.advance(timedelta(minutes=15))
        assert is_signed_in(client)
    clock.advance(timedelta(minutes=15))
    assert not is_signed_in(client)


def test_switching_an_account_off_ends_its_sessions(clock: FrozenClock, client: Client) -> None:
    user = people.resident()
    sign_in(client, user.username)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not is_signed_in(client)


def test_changing_the_password_ends_the_other_sessions(clock: FrozenClock, client: Client) -> None:
    user = people.resident()
    elsewhere = Client()
    sign_in(client, user.username)
    sign_in(elsewhere, user.username)
    wrong = client.post("/account/password/", {"current": "wrong", "new": "something of my own"})
    assert wrong.status_code == 422
    done = client.post("/account/password/", {"current": PASSWORD, "new": "something of my own"})
    assert done.headers["Location"] == "/account/?done=password"
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert sign_in(Client(), user.username, "something of my own").status_code == 302


def registration(**changed: str) -> dict[str, str]:
    return {
        "name": "李小满",
        "resident_id": make_resident_id(77).lower(),
        "phone": "138 0000 0077",
        "username": "Xiaoman",
        "password": "a quiet street at noon",
        "next": "/account/",
        **changed,
    }


def test_a_resident_opens_an_account_and_is_signed_in(clock: FrozenClock, client: Client) -> None:
    response = client.post("/register/", registration())
    assert response.headers["Location"] == "/account/"
    page = client.get("/account/").content.decode()
    assert "李小满" in page
    assert make_resident_id(77) not in page
    assert "13800000077" not in page
    assert "138****0077" in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "  ", "请输入姓名"),
        ("resident_id", "110101199003070212", "身份证号"),
        ("resident_id", "12345", "18 位"),
        ("phone", "12", "手机号"),
        ("username", "小满", "字母"),
        ("username", "1abc", "字母"),
        ("password", "12345678", "密码"),
        ("password", "Xiaoman1", "相似"),
        ("password", "short", "8"),
    ],
)
def test_what_was_mistyped_is_said_at_its_field_and_nothing_is_lost(
    clock: FrozenClock, client: Client, field: str, value: str, said: str
) -> None:
    response = client.post("/register/", registration(**{field: value}))
    assert response.status_code == 422
    page = response.content.decode()
    error = page[page.index(f'id="f-{field}-error"') :][:300]
    assert said in error
    assert not User.objects.exists()
    assert not Person.objects.exists()
    if field != "name":
        assert 'value="李小满"' in page
    assert "a quiet street at noon" not in page


def test_a_second_account_for_the_same_person_is_refused_with_what_to_do(clock: FrozenClock, client: Client) -> None:
    client.post("/register/", registration())
    response = Client().post("/register/", registration(username="other", phone="13800000078"))
    assert response.status_code == 422
    assert "请直接登录" in response.content.decode()


def test_the_pages_speak_english_too(clock: FrozenClock, client: Client) -> None:
    response = client.post(
        "/register/", registration(resident_id="12345"), headers={"Accept-Language": "en"}
    ).content.decode()
    assert "A resident identity number has 18 characters" in response
    assert "Open an account" in response


def test_an_address_is_believed_only_from_our_own_proxies(clock: FrozenClock, client: Client, settings: Any) -> None:
    def try_from(forwarded: str) -> int:
        return sign_in_from(client, forwarded)

    def sign_in_from(client: Client, forwarded: str) -> int:
        return client.post(
            "/sign-in/", {"identifier": forwarded, "password": "wrong"}, headers={"X-Forwarded-For": forwarded}
        ).status_code

    assert {try_from(f"203.0.113.{number}") for number in range(50)} == {422}
    assert try_from("203.0.113.99") == 429
    settings.YIWANG_PROXIES = ["127.0.0.1", "10.0.0.1"]
    assert try_from("203.0.113.99, 10.0.0.1") == 422
    assert {try_from("8.8.8.8, 203.0.113.7, 10.0.0.1") for _ in range(4)} == {422}
