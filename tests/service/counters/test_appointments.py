"""Appointments: never more people than places, kept by coming, and three missed ones make a pause."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.foundation.directory import people
from tests.service.applications.applying import Applicant
from tests.service.counters.serving import CHEN, comes
from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.directory.levels import Level
from yiwang.foundation.kernel.time import FrozenClock, start_of_day
from yiwang.foundation.notifications.models import Message
from yiwang.service.counters import appointments, jobs
from yiwang.service.counters.models import Booking, Came, Hall
from yiwang.service.counters.refusals import NoSuchAppointment, NoSuchHall, NotPossible

HALL = "wangjiang"
TOMORROW = date(2025, 3, 13)
NINE = datetime(2025, 3, 13, 1, 0, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)


def refused(code: str, hall: str, at: datetime, by: Actor, **more: Any) -> None:
    with pytest.raises(NotPossible) as why:
        appointments.book(hall, at, by=by, **more)
    assert why.value.code == code


def left(at: datetime) -> int:
    return next(each.left for each in appointments.slots(HALL, TOMORROW) if each.starts_at == at)


def test_slots_are_of_working_days_ahead_that_have_not_begun(chen: Applicant, clock: FrozenClock) -> None:
    today = appointments.slots(HALL, date(2025, 3, 12))
    assert today[0].starts_at == clock.now() + timedelta(minutes=30)
    assert today[-1].ends_at == datetime(2025, 3, 12, 9, 0, tzinfo=UTC)
    assert len(appointments.slots(HALL, TOMORROW)) == 16
    clock.set(datetime(2025, 3, 28, 4, 0, tzinfo=UTC))
    days = appointments.days(HALL)
    assert (days[0], days[-1]) == (date(2025, 3, 28), date(2025, 4, 11))
    # 清明节, a Friday, and all weekends.
    assert date(2025, 4, 4) not in days
    assert all(day.weekday() < 5 for day in days)
    refused("no_such_time", HALL, datetime(2025, 4, 4, 1, 0, tzinfo=UTC), chen.actor)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2025, 3, 12, 3, 30, tzinfo=UTC),
        NINE + timedelta(minutes=1),
        NINE - timedelta(minutes=30),
        datetime(2025, 3, 13, 9, 0, tzinfo=UTC),
        datetime(2025, 3, 27, 1, 0, tzinfo=UTC),
        datetime(9999, 12, 31, 1, 0, tzinfo=UTC),
        datetime(1, 1, 2, 1, 0, tzinfo=UTC),
    ],
)
def test_nobody_takes_a_time_that_is_not_listed(chen: Applicant, at: datetime) -> None:
    refused("no_such_time", HALL, at, chen.actor)


def test_a_full_slot_takes_nobody_and_a_cancelled_place_is_free_again(chen: Applicant) -> None:
    others = [actor_of(people.resident()) for _ in range(4)]
    taken = [appointments.book(HALL, NINE, by=each) for each in others]
    assert left(NINE) == 0
    refused("no_place", HALL, NINE, chen.actor)
    appointments.cancel(taken[0], by=others[0])
    appointments.cancel(taken[0], by=others[0])
    assert left(NINE) == 1
    appointments.book(HALL, NINE, by=chen.actor)
    assert left(NINE) == 0


def test_one_open_appointment_for_a_person_in_a_hall_that_may_be_moved(chen: Applicant) -> None:
    first = appointments.book(HALL, NINE, by=chen.actor)
    assert appointments.book(HALL, NINE, by=chen.actor) == first
    refused("appointed", HALL, TEN, chen.actor)
    assert appointments.book("yunxi", TEN, by=chen.actor) != first
    appointments.book(HALL, TEN, instead_of=first, by=chen.actor)
    assert (left(NINE), left(TEN)) == (4, 3)
    assert [each.starts_at for each in appointments.mine(chen.actor)] == [TEN, TEN]


def test_whoever_cannot_move_keeps_the_old_one(chen: Applicant) -> None:
    first = appointments.book(HALL, NINE, by=chen.actor)
    for _ in range(4):
        appointments.book(HALL, TEN, by=actor_of(people.resident()))
    refused("no_place", HALL, TEN, chen.actor, instead_of=first)
    assert [each.starts_at for each in appointments.mine(chen.actor)] == [NINE]


def test_once_it_begins_it_is_neither_moved_nor_cancelled(chen: Applicant, clock: FrozenClock) -> None:
    first = appointments.book(HALL, NINE, by=chen.actor)
    clock.set(NINE)
    refused("begun", HALL, TEN, chen.actor, instead_of=first)
    with pytest.raises(NotPossible, match="time has come"):
        appointments.cancel(first, by=chen.actor)


def test_only_who_is_verified_makes_one_and_only_for_themselves(chen: Applicant, wang: Applicant, clerk: Actor) -> None:
    refused("who_are_you", HALL, NINE, actor_of(people.resident(level=Level.UNVERIFIED)))
    refused("who_are_you", HALL, NINE, clerk)
    refused("who_are_you", HALL, NINE, wang.actor.speaking_for(chen.user.person_id or 0, mandate=1))
    mine = appointments.book(HALL, NINE, by=chen.actor)
    with pytest.raises(NoSuchAppointment):
        appointments.cancel(mine, by=wang.actor)
    assert appointments.mine(wang.actor) == ()


def test_a_hall_without_appointments_makes_none(chen: Applicant) -> None:
    Hall.objects.filter(code=HALL).update(appointment_places=0)
    with pytest.raises(NoSuchHall):
        appointments.book(HALL, NINE, by=chen.actor)
    with pytest.raises(NoSuchHall):
        appointments.book("telephone", NINE, by=chen.actor)
    assert [each.code for each in appointments.halls()] == ["yunxi"]


def test_a_hall_that_cuts_its_day_anew_still_has_no_more_people_than_places(chen: Applicant) -> None:
    for _ in range(4):
        appointments.book(HALL, NINE, by=actor_of(people.resident()))
    Hall.objects.filter(code=HALL).update(appointment_minutes=20)
    assert [each.left for each in appointments.slots(HALL, TOMORROW)[:3]] == [0, 0, 4]


def test_the_clerk_sees_who_is_to_come_masked_and_welcoming_them_keeps_it(
    chen: Applicant, clerk: Actor, clock: FrozenClock
) -> None:
    booking = appointments.book(HALL, NINE, by=chen.actor)
    appointments.book("yunxi", NINE, by=actor_of(people.resident()))
    clock.set(NINE - timedelta(minutes=31))
    assert appointments.expected(clerk) == ()
    clock.set(NINE - timedelta(minutes=30))
    (one,) = appointments.expected(clerk)
    assert (one.name, one.resident_id) == ("陈**", "110*************30")
    client = Client()
    client.force_login(chen.user.__class__.objects.get(pk=clerk.id))
    page = client.get(reverse("counters:desk")).content.decode()
    assert "陈**" in page
    assert CHEN.resident_id not in page
    visit = comes(CHEN, clerk)
    row = Booking.objects.get(pk=booking)
    assert (row.state, row.visit_id) == (Came.KEPT, visit)
    assert appointments.expected(clerk) == ()
    clock.set(NINE + timedelta(hours=2))
    assert appointments.note_missed() == 1


def test_whoever_comes_late_on_the_day_has_not_missed_it(chen: Applicant, clerk: Actor, clock: FrozenClock) -> None:
    booking = appointments.book(HALL, NINE, by=chen.actor)
    clock.set(NINE + timedelta(minutes=30))
    jobs.note_missed()
    assert Booking.objects.get(pk=booking).state == Came.MISSED
    comes(CHEN, clerk)
    assert Booking.objects.get(pk=booking).state == Came.KEPT


def test_another_day_or_another_hall_keeps_nothing(chen: Applicant, clerk: Actor) -> None:
    here = appointments.book(HALL, NINE, by=chen.actor)
    there = appointments.book("yunxi", datetime(2025, 3, 12, 6, 0, tzinfo=UTC), by=chen.actor)
    comes(CHEN, clerk)
    assert set(Booking.objects.filter(pk__in=[here, there]).values_list("state", flat=True)) == {Came.OPEN}


def test_three_missed_within_ninety_days_pause_for_thirty(chen: Applicant, clock: FrozenClock) -> None:
    last = NINE
    for day in (13, 14, 17):
        assert appointments.blocked_until(chen.actor) is None
        last = datetime(2025, 3, day, 1, 0, tzinfo=UTC)
        appointments.book(HALL, last, by=chen.actor)
        clock.set(last + timedelta(minutes=30))
        jobs.note_missed()
    refused("missed_often", HALL, datetime(2025, 3, 18, 1, 0, tzinfo=UTC), chen.actor)
    clock.set(last + timedelta(days=30))
    appointments.book(HALL, datetime(2025, 4, 17, 1, 0, tzinfo=UTC), by=chen.actor)


@given(st.lists(st.integers(0, 200), min_size=0, max_size=6).map(sorted), st.integers(0, 260))
def test_nobody_is_blocked_without_three_in_ninety_days_or_for_longer_than_thirty(days: list[int], today: int) -> None:
    origin = start_of_day(date(2025, 1, 1))
    missed = [origin + timedelta(days=day) for day in reversed(days)]
    at = origin + timedelta(days=today)
    until = appointments.end_of_block(missed, at)
    if until is not None:
        assert at < until == missed[0] + timedelta(days=30)
        assert days[-1] - days[-3] <= 90
    elif len(days) >= 3 and days[-1] - days[-3] <= 90:
        assert today >= days[-1] + 30


def test_a_reminder_comes_the_day_before_and_once(chen: Applicant, clock: FrozenClock) -> None:
    appointments.book(HALL, NINE, by=chen.actor)
    later = appointments.book("yunxi", datetime(2025, 3, 14, 1, 0, tzinfo=UTC), by=chen.actor)
    jobs.remind()
    jobs.remind()
    told = Message.objects.filter(user=chen.user, key__startswith="counters:appointment:")
    assert "09:00" in told.get().body_zh
    appointments.cancel(later, by=chen.actor)
    clock.advance(timedelta(days=1))
    jobs.remind()
    assert told.count() == 1


def test_after_a_year_nothing_is_left_of_it(chen: Applicant, clock: FrozenClock) -> None:
    appointments.book(HALL, NINE, by=chen.actor)
    clock.advance(timedelta(days=365))
    jobs.forget()
    assert Booking.objects.exists()
    clock.advance(timedelta(days=2))
    jobs.forget()
    assert not Booking.objects.exists()


def test_making_and_cancelling_again_and_again_leaves_one_row(chen: Applicant) -> None:
    for _ in range(5):
        appointments.cancel(appointments.book(HALL, NINE, by=chen.actor), by=chen.actor)
    assert Booking.objects.count() == 1


def test_on_the_pages_one_is_made_moved_and_cancelled(chen: Applicant) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(chen.user)
    there, mine = reverse("counters:book", args=[HALL]), reverse("counters:appointments")
    assert "4 places left" in client.get(there, {"day": "2025-03-13"}).content.decode()
    assert client.post(there, {"at": "2025-03-13T09:00"}).headers["Location"] == mine
    row = Booking.objects.get()
    assert row.starts_at == NINE
    assert "13 Mar, 09:00" in client.get(mine).content.decode()
    again = client.post(there, {"at": "2025-03-13T10:00"})
    assert again.status_code == 422
    assert "You have an appointment here" in again.content.decode()
    client.post(there, {"at": "2025-03-13T10:00", "instead_of": str(row.pk)})
    assert Booking.objects.get().starts_at == TEN
    assert client.post(reverse("counters:cancel", args=[row.pk])).status_code == 303
    assert "13 Mar" not in client.get(mine).content.decode()


@pytest.mark.parametrize("at", ["", "x", "2025-03-13", "2025-13-13T09:00", "0001-01-01T00:00", "9999-12-31T23:59", "٣"])
def test_what_is_no_time_is_answered_with_what_to_do(chen: Applicant, at: str) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(chen.user)
    answer = client.post(reverse("counters:book", args=[HALL]), {"at": at, "instead_of": "9" * 40})
    assert answer.status_code == 422
    assert "Choose one of the times" in answer.content.decode()
    assert client.get(reverse("counters:book", args=["telephone"])).status_code == 404
