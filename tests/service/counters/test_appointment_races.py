"""Many people at the same moment, or one on several pages: a slot has no more people than places."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.foundation.directory import people
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.service.counters import appointments
from yiwang.service.counters.models import Booking, Came
from yiwang.service.counters.refusals import NotPossible
from yiwang.web import loading

pytestmark = pytest.mark.django_db(transaction=True)

HALL = "wangjiang"
NINE = datetime(2025, 3, 13, 1, 0, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)


@pytest.fixture(autouse=True)
def city(clock: FrozenClock) -> None:
    assert loading.load(Path(settings.ROOT) / "city") == 0


def at_once(deed: Callable[[int], object], times: int) -> list[str]:
    """Several threads that start together; sorted, "booked" or why not."""
    start, outcomes = threading.Barrier(times), list[str]()

    def run(place: int) -> None:
        start.wait()
        try:
            deed(place)
            outcomes.append("booked")
        except NotPossible as why:
            outcomes.append(why.code)
        except Exception as broken:
            outcomes.append(repr(broken))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_twelve_at_once_for_four_places_are_four() -> None:
    residents = [actor_of(people.resident()) for _ in range(12)]
    moving = {place: appointments.book(HALL, TEN, by=residents[place]) for place in range(2)}
    outcomes = at_once(
        lambda place: appointments.book(HALL, NINE, instead_of=moving.get(place), by=residents[place]), 12
    )
    assert outcomes == ["booked"] * 4 + ["no_place"] * 8
    assert Booking.objects.filter(starts_at=NINE, state=Came.OPEN).count() == 4
    assert appointments.slots(HALL, date(2025, 3, 13))[0].left == 0


def test_one_person_at_once_on_four_pages_has_one() -> None:
    by = actor_of(people.resident())
    times = [each.starts_at for each in appointments.slots(HALL, date(2025, 3, 13))[:4]]
    assert at_once(lambda place: appointments.book(HALL, times[place], by=by), 4) == ["appointed"] * 3 + ["booked"]
