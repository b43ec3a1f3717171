from datetime import UTC, datetime, timedelta

import pytest

from yiwang.foundation.jobs import declarations
from yiwang.foundation.jobs.declarations import At, Every, schedule
from yiwang.foundation.jobs.models import Job, Schedule
from yiwang.foundation.jobs.schedules import _ask, tick
from yiwang.foundation.jobs.worker import run_due
from yiwang.foundation.kernel.time import FrozenClock, frozen

pytestmark = pytest.mark.django_db

MONDAY = datetime(2025, 9, 1, 1, 0, tzinfo=UTC)
ticks: list[str] = []


@pytest.fixture
def clock(monkeypatch):
    ticks.clear()
    monkeypatch.setattr(declarations, "_jobs", {})
    schedule("tests.round", every=timedelta(minutes=30))(_round)
    schedule("tests.night", at="00:05")(_night)
    with frozen(MONDAY) as clock:
        yield clock


def _round() -> None:
    ticks.append("round")


def _night() -> None:
    ticks.append("night")


def test_a_schedule_runs_once_at_each_tick_and_first_at_the_next(clock: FrozenClock) -> None:
    assert run_due() == 0
    for _ in range(48):
        clock.advance(timedelta(minutes=30))
        run_due()
        run_due()
    assert ticks.count("round") == 48
    assert ticks.count("night") == 1


def test_ticks_missed_while_no_worker_ran_come_together_into_one(clock: FrozenClock) -> None:
    tick()
    clock.advance(timedelta(days=3))
    run_due()
    assert sorted(ticks) == ["night", "round"]


def test_of_two_workers_that_see_the_same_tick_one_asks(clock: FrozenClock) -> None:
    tick()
    seen = Schedule.objects.get(name="tests.round").next_run
    clock.set(seen)
    (kind,) = [kind for kind in declarations.declared_schedules() if kind.name == "tests.round"]
    assert _ask(kind, seen, seen)
    assert not _ask(kind, seen, seen)
    assert Job.objects.filter(name="tests.round").count() == 1


def test_a_clock_that_is_set_back_does_not_repeat_a_tick(clock: FrozenClock) -> None:
    tick()
    clock.advance(timedelta(minutes=30))
    run_due()
    clock.advance(timedelta(seconds=-2))
    run_due()
    clock.advance(timedelta(seconds=2))
    run_due()
    assert ticks == ["round"]


def test_a_schedule_declared_anew_starts_at_its_new_next_tick(clock: FrozenClock) -> None:
    tick()
    schedule("tests.round", every=timedelta(minutes=1))(_round)
    tick()
    assert Schedule.objects.get(name="tests.round").next_run == MONDAY + timedelta(minutes=1)


def test_a_daily_tick_follows_the_citys_clock(monkeypatch) -> None:
    assert At(datetime(2025, 1, 1, 0, 5).time()).after(MONDAY) == datetime(2025, 9, 1, 16, 5, tzinfo=UTC)
    monkeypatch.setenv("YIWANG_ZONE", "Europe/Berlin")
    half_past_two = At(datetime(2025, 1, 1, 2, 30).time())
    assert half_past_two.after(datetime(2025, 3, 29, 23, 0, tzinfo=UTC)) == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)
    autumn = half_past_two.after(datetime(2025, 10, 25, 22, 0, tzinfo=UTC))
    assert autumn == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert half_past_two.after(autumn) == datetime(2025, 10, 27, 1, 30, tzinfo=UTC)


def test_ticks_of_a_period_are_the_same_for_every_worker() -> None:
    five = Every(timedelta(minutes=5))
    assert five.after(MONDAY) == MONDAY + timedelta(minutes=5)
    assert five.after(MONDAY + timedelta(seconds=17)) == MONDAY + timedelta(minutes=5)


@pytest.mark.parametrize("wrong", [{}, {"every": timedelta(seconds=0.5)}, {"every": timedelta(1), "at": "00:05"}])
def test_a_schedule_says_exactly_one_rhythm(wrong) -> None:
    with pytest.raises(ValueError, match="every="):
        schedule("tests.wrong", **wrong)
