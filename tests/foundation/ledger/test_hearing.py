"""Consumers hear every sealed event once, in order; one that fails parks its own stream only."""

from datetime import timedelta

import pytest

from tests.foundation.ledger.conftest import Happened, happen
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.actions import seal
from yiwang.foundation.ledger.events import Recorded
from yiwang.foundation.ledger.hearing import hears, tell_all
from yiwang.foundation.ledger.models import Answered, Cursor, Parked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("consumers")]


def test_a_consumer_hears_each_event_once_in_order(clock: FrozenClock) -> None:
    heard: list[tuple[int, int]] = []

    @hears(Happened, name="test.listener")
    def listen(event: Recorded) -> None:
        heard.append((event.stream_id, event.version))

    for version in range(1, 6):
        happen(1, version)
        happen(2, version)
    tell_all()
    assert heard == [], "nothing is told before it is sealed"
    seal()
    while tell_all(batch=3):
        pass
    assert heard == [(stream, version) for version in range(1, 6) for stream in (1, 2)]
    assert Cursor.objects.get(consumer="test.listener").position == 10


def test_a_failing_event_parks_its_own_case_only_and_is_followed_later(clock: FrozenClock) -> None:
    heard: list[tuple[int, int]] = []
    broken = True

    @hears(Happened, name="test.fragile")
    def listen(event: Recorded) -> None:
        Answered.objects.create(
            client="test",
            key=f"{event.stream_id}-{event.version}",
            body_hash="",
            status=200,
            answer="",
            expires=clock.now(),
        )
        if event.stream_id == 1 and event.version >= 2 and broken:
            raise RuntimeError("the mail server is away")
        heard.append((event.stream_id, event.version))

    for version in (1, 2, 3):
        happen(1, version)
        happen(2, version)
    seal()
    tell_all()
    assert heard == [(1, 1), (2, 1), (2, 2), (2, 3)]
    assert Answered.objects.count() == 4, "what a failed handler wrote is taken back"
    parked = Parked.objects.get()
    assert (parked.stream_id, parked.attempts) == (1, 1) and "mail server" in parked.error
    tell_all()
    assert Parked.objects.get().attempts == 1, "not tried again before its time"
    clock.advance(timedelta(seconds=11))
    tell_all()
    assert Parked.objects.get().attempts == 2
    broken = False
    clock.advance(timedelta(hours=1))
    tell_all()
    assert not Parked.objects.exists()
    assert heard[-2:] == [(1, 2), (1, 3)]
    happen(1, 4)
    seal()
    tell_all()
    assert heard[-1] == (1, 4)


def test_what_nobody_hears_moves_the_cursor_all_the_same(clock: FrozenClock) -> None:
    @hears(name="test.deaf")
    def listen(event: Recorded) -> None:
        raise AssertionError

    happen(1, 1)
    seal()
    tell_all()
    assert Cursor.objects.get(consumer="test.deaf").position == 1
