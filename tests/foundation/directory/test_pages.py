"""The account page and the administration of posts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.foundation.directory import people
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.models import ApiToken, Appointment, User
from yiwang.foundation.kernel.time import FrozenClock

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


def test_a_token_is_shown_once_and_never_again(clock: FrozenClock) -> None:
    client = signed_in(people.resident())
    made = client.post("/account/tokens/", {"name": "my script", "password": people.PASSWORD})
    assert made.headers["Cache-Control"] == "no-store"
    (token,) = re.findall(r"yw_[\w-]+", made.content.decode())
    account = client.get("/account/").content.decode()
    assert "my script" in account
    assert token not in account


def test_making_a_token_asks_for_the_password(clock: FrozenClock) -> None:
    client = signed_in(people.resident())
    assert client.post("/account/tokens/", {"name": "x", "password": "wrong"}).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_revoked_token_leaves_the_account_page(clock: FrozenClock) -> None:
    client = signed_in(people.resident())
    client.post("/account/tokens/", {"name": "my script", "password": people.PASSWORD})
    client.post(f"/account/tokens/{ApiToken.objects.get().pk}/revoke/")
    assert "my script" not in client.get("/account/").content.decode()


def test_messages_come_in_the_language_that_was_chosen(clock: FrozenClock) -> None:
    user = people.resident()
    signed_in(user).post("/account/", {"language": "en"})
    assert User.objects.get(pk=user.pk).language == "en"


def test_an_unknown_language_is_not_kept(clock: FrozenClock) -> None:
    user = people.resident()
    signed_in(user).post("/account/", {"language": "tlh"})
    assert User.objects.get(pk=user.pk).language == "zh-hans"


def test_an_officer_sees_their_posts(clock: FrozenClock) -> None:
    page = signed_in(people.officer("water/permits")).get("/account/").content.decode()
    assert "permits" in page


def test_an_administrator_appoints_for_a_term_by_days(clock: FrozenClock) -> None:
    officer = people.officer()
    people.post("water/permits")
    client = signed_in(people.administrator())
    response = client.post(
        "/administration/people/appoint/",
        {
            "officer": officer.pk,
            "post": "water/permits",
            "first_day-year": "2025",
            "first_day-month": "3",
            "first_day-day": "20",
            "last_day-year": "2025",
            "last_day-month": "3",
            "last_day-day": "21",
        },
    )
    assert response.headers["Location"] == "/administration/people/?done=appointed"
    row = Appointment.objects.get()
    assert (row.since.isoformat(), row.until.isoformat() if row.until else "") == (
        "2025-03-19T16:00:00+00:00",
        "2025-03-21T16:00:00+00:00",
    )


def test_an_appointment_without_days_begins_at_once(clock: FrozenClock) -> None:
    officer = people.officer()
    people.post("water/permits")
    signed_in(people.administrator()).post(
        "/administration/people/appoint/", {"officer": officer.pk, "post": "water/permits"}
    )
    assert actor_of(User.objects.get(pk=officer.pk)).posts == {"water/permits"}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"post": "water/nothing"}, "not one of the available choices"),
        ({"officer": ""}, "Choose an officer."),
        ({"first_day-year": "2025", "first_day-month": "13", "first_day-day": "1"}, "This is not a day."),
        ({"first_day-year": "2024", "first_day-month": "1", "first_day-day": "1"}, "Choose today or a later day."),
    ],
)
def test_an_appointment_that_cannot_be_is_explained(clock: FrozenClock, sent: dict[str, str], said: str) -> None:
    officer = people.officer()
    people.post("water/permits")
    form = {"officer": str(officer.pk), "post": "water/permits", **sent}
    response = signed_in(people.administrator()).post("/administration/people/appoint/", form)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Appointment.objects.exists()


def test_a_post_that_is_held_already_is_not_given_again(clock: FrozenClock) -> None:
    officer = people.officer("water/permits")
    form = {"officer": officer.pk, "post": "water/permits"}
    response = signed_in(people.administrator()).post("/administration/people/appoint/", form)
    assert "holds this post in that time" in response.content.decode()


def test_an_ended_appointment_takes_the_desk_away_at_the_next_request(clock: FrozenClock) -> None:
    officer = people.officer("water/permits")
    administrator = signed_in(people.administrator())
    address = f"/administration/appointments/{Appointment.objects.get().pk}/end/"
    assert "at once" in administrator.get(address).content.decode()
    assert administrator.post(address).headers["Location"] == "/administration/people/?done=ended"
    assert actor_of(User.objects.get(pk=officer.pk)).departments == frozenset()
    clock.advance(timedelta(minutes=1))
    assert "over" in administrator.get("/administration/people/").content.decode()


def test_the_page_of_officers_costs_the_same_for_many(
    clock: FrozenClock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(people.administrator())
    people.officer("water/permits")
    client.get("/administration/people/")
    with django_assert_num_queries(5):
        client.get("/administration/people/")
    for _ in range(10):
        people.officer("water/permits", "fire/permits")
    with django_assert_num_queries(5):
        client.get("/administration/people/")


@pytest.mark.parametrize("number", ["0", "9" * 19, "9" * 40])
def test_an_impossible_number_in_an_address_is_not_found(clock: FrozenClock, number: str) -> None:
    assert signed_in(people.administrator()).get(f"/administration/appointments/{number}/end/").status_code == 404
    assert signed_in(people.resident()).post(f"/account/tokens/{number}/revoke/").status_code == 404
