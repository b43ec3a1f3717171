"""One-time codes by text message: what they open, how long, how often."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.foundation.directory import people
from yiwang.foundation.directory import limits
from yiwang.foundation.directory.models import Person, PhoneCode, User
from yiwang.foundation.directory.phones import codes, sending
from yiwang.foundation.directory.phones.codes import WrongCode
from yiwang.foundation.directory.refusals import NotPossible
from yiwang.foundation.kernel.time import FrozenClock, now

ADDRESS = "192.0.2.1"


@dataclass
class Pocket:
    """A phone's messages."""

    messages: list[tuple[str, str]] = field(default_factory=list)

    def are_sent(self) -> bool:
        return True

    def send(self, phone: str, text: str, *, key: str, expires_at: datetime) -> None:
        self.messages.append((phone, text))

    @property
    def code(self) -> str:
        return "".join(each for each in self.messages[-1][1] if each.isdigit())[:6]


@pytest.fixture
def pocket() -> Iterator[Pocket]:
    before = sending._texts
    made = Pocket()
    sending.register_texts(made)
    yield made
    sending._texts = before


def with_phone(user: User, confirmed: bool = True) -> str:
    assert user.person is not None
    Person.objects.filter(pk=user.person_id).update(phone_confirmed_at=now() if confirmed else None)
    return user.person.phone


@pytest.fixture
def wang(db: None, clock: FrozenClock) -> User:
    return people.resident()


def test_a_code_signs_in_the_holder_of_a_confirmed_phone_once(wang: User, pocket: Pocket) -> None:
    phone = with_phone(wang)
    codes.send_to_sign_in(phone, address=ADDRESS)
    assert pocket.messages[0][0] == phone
    code = pocket.code
    assert codes.sign_in(phone, code, address=ADDRESS) == wang
    with pytest.raises(WrongCode):
        codes.sign_in(phone, code, address=ADDRESS)


def test_nothing_of_a_code_or_a_phone_can_be_read_in_the_database(wang: User, pocket: Pocket) -> None:
    phone = with_phone(wang)
    codes.send_to_sign_in(phone, address=ADDRESS)
    row = PhoneCode.objects.values().get()
    assert phone not in str(row)
    assert pocket.code not in str(row)


def test_a_phone_that_nobody_has_confirmed_opens_no_account(wang: User, pocket: Pocket) -> None:
    phone = with_phone(wang, confirmed=False)
    codes.send_to_sign_in(phone, address=ADDRESS)
    assert pocket.messages == []
    assert PhoneCode.objects.count() == 1, "and it counts like any other"
    with pytest.raises(WrongCode):
        codes.sign_in(phone, "000000", address=ADDRESS)


def test_officers_do_not_sign_in_with_codes(db: None, clock: FrozenClock, pocket: Pocket) -> None:
    officer = people.officer("water/permits")
    officer.person = Person.objects.create(name="赵明", phone="13900001111", phone_confirmed_at=now())
    officer.save()
    codes.send_to_sign_in("13900001111", address=ADDRESS)
    assert pocket.messages == []


def test_a_code_ends_after_five_minutes_and_a_newer_one_replaces_it(
    wang: User, pocket: Pocket, clock: FrozenClock
) -> None:
    phone = with_phone(wang)
    codes.send_to_sign_in(phone, address=ADDRESS)
    first = pocket.code
    clock.advance(timedelta(minutes=2))
    codes.send_to_sign_in(phone, address=ADDRESS)
    second = pocket.code
    if first != second:
        with pytest.raises(WrongCode):
            codes.sign_in(phone, first, address=ADDRESS)
    clock.advance(timedelta(minutes=5))
    with pytest.raises(WrongCode):
        codes.sign_in(phone, second, address=ADDRESS)


def test_five_wrong_tries_end_a_code(wang: User, pocket: Pocket, clock: FrozenClock) -> None:
    phone = with_phone(wang)
    codes.send_to_confirm(wang, phone, address=ADDRESS)
    right = pocket.code
    wrong = f"{(int(right) + 1) % 1000000:06d}"
    for _ in range(codes.TRIES):
        assert not codes._use(codes.Purpose.CONFIRM, phone, wrong, wang)
    assert not codes._use(codes.Purpose.CONFIRM, phone, right, wang)


def test_codes_are_not_sent_as_often_as_somebody_likes(wang: User, pocket: Pocket, clock: FrozenClock) -> None:
    phone = with_phone(wang)
    codes.send_to_sign_in(phone, address=ADDRESS)
    with pytest.raises(limits.TooManyAttempts) as refused:
        codes.send_to_sign_in(phone, address=ADDRESS)
    assert refused.value.wait == codes.APART
    for _ in range(4):
        clock.advance(codes.APART)
        codes.send_to_sign_in(phone, address=ADDRESS)
    clock.advance(codes.APART)
    with pytest.raises(limits.TooManyAttempts) as refused:
        codes.send_to_sign_in(phone, address=ADDRESS)
    assert refused.value.wait == timedelta(minutes=55)
    assert len(pocket.messages) == 5


def test_one_address_cannot_send_codes_to_the_whole_city(db: None, clock: FrozenClock, pocket: Pocket) -> None:
    for number in range(20):
        codes.send_to_sign_in(f"138{number:08d}", address=ADDRESS)
    with pytest.raises(limits.TooManyAttempts):
        codes.send_to_sign_in("13900000000", address=ADDRESS)
    codes.send_to_sign_in("13900000000", address="192.0.2.2")


def test_a_code_confirms_a_phone_for_its_account_alone(wang: User, pocket: Pocket, clock: FrozenClock) -> None:
    other = people.resident()
    codes.send_to_confirm(wang, "13711112222", address=ADDRESS)
    with pytest.raises(WrongCode):
        codes.confirm(other, "13711112222", pocket.code, address=ADDRESS)
    codes.confirm(wang, "13711112222", pocket.code, address=ADDRESS)
    person = Person.objects.get(pk=wang.person_id)
    assert (person.phone, person.phone_confirmed_at) == ("13711112222", now())
    clock.advance(codes.APART)
    codes.send_to_confirm(other, "13711112222", address=ADDRESS)
    with pytest.raises(NotPossible, match="phone_taken"):
        codes.confirm(other, "13711112222", pocket.code, address=ADDRESS)


@given(st.text(max_size=20))
def test_no_text_but_the_code_is_the_code(typed: str) -> None:
    digest = codes._code_digest(7, "123456")
    assert (codes._code_digest(7, "".join(typed.split())) == digest) == ("".join(typed.split()) == "123456")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_type_a_code_at_the_same_moment_one_gets_in(clock: FrozenClock, pocket: Pocket) -> None:
    wang = people.resident()
    phone = with_phone(wang)
    codes.send_to_sign_in(phone, address=ADDRESS)
    code, start, found = pocket.code, threading.Barrier(2), list[bool]()

    def try_it() -> None:
        start.wait()
        try:
            codes.sign_in(phone, code, address=ADDRESS)
            found.append(True)
        except WrongCode:
            found.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(found) == [False, True]


def test_the_pages_lead_from_the_phone_to_the_code_to_the_account(wang: User, pocket: Pocket) -> None:
    phone, client = with_phone(wang), Client(headers={"accept-language": "en"})
    assert "Sign in with a code" in client.get("/sign-in/").content.decode()
    answer = client.post("/sign-in/code/", {"phone": phone, "next": "/mine/"})
    assert phone not in answer.content.decode().replace(f'value="{phone}"', "")
    assert client.post("/sign-in/code/", {"phone": phone, "code": "12", "next": "/mine/"}).status_code == 422
    answer = client.post("/sign-in/code/", {"phone": phone, "code": pocket.code, "next": "/mine/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/mine/")
    assert client.get("/account/").status_code == 200


def test_where_no_texts_are_sent_no_page_offers_codes(db: None) -> None:
    client = Client(headers={"accept-language": "en"})
    assert "code" not in client.get("/sign-in/").content.decode().partition("<main")[2]
    assert "no codes by text message" in client.get("/sign-in/code/").content.decode()
