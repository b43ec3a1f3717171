"""One clock for the whole process, and the city's own days."""

import datetime as dt

import pytest

from yiwang.foundation.kernel import time

NOON = dt.datetime(2025, 3, 12, 4, 0, tzinfo=dt.UTC)


def test_now_is_aware_and_in_utc() -> None:
    assert time.now().tzinfo is dt.UTC


def test_a_frozen_clock_stands_still_until_it_is_moved() -> None:
    with time.frozen(NOON) as clock:
        assert time.now() == NOON
        clock.advance(dt.timedelta(hours=5))
        assert time.now() == NOON + dt.timedelta(hours=5)
        clock.set(NOON.astimezone(dt.timezone(dt.timedelta(hours=8))))
        assert time.now() == NOON
        assert time.now().tzinfo is dt.UTC
    assert time.now() > NOON + dt.timedelta(days=1)


def test_frozen_clocks_nest_and_return_even_after_an_error() -> None:
    with time.frozen(NOON):
        with pytest.raises(RuntimeError), time.frozen(NOON + dt.timedelta(days=1)):
            raise RuntimeError
        assert time.now() == NOON


def test_any_clock_can_be_set_and_taken_away() -> None:
    time.set_clock(time.FrozenClock(NOON))
    try:
        assert time.now() == NOON
    finally:
        time.set_clock(None)
    assert time.now() != NOON


def test_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        time.FrozenClock(dt.datetime(2025, 3, 12))
    with pytest.raises(ValueError, match="aware"):
        time.city_date(dt.datetime(2025, 3, 12))


def test_a_day_is_the_citys_day() -> None:
    assert time.city_date(dt.datetime(2025, 3, 12, 15, 59, tzinfo=dt.UTC)) == dt.date(2025, 3, 12)
    assert time.city_date(dt.datetime(2025, 3, 12, 16, 0, tzinfo=dt.UTC)) == dt.date(2025, 3, 13)
    assert time.start_of_day(dt.date(2025, 3, 13)) == dt.datetime(2025, 3, 12, 16, 0, tzinfo=dt.UTC)
    assert time.end_of_day(dt.date(2025, 3, 12)) == time.start_of_day(dt.date(2025, 3, 13))


def test_the_city_may_lie_elsewhere_and_change_its_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIWANG_ZONE", "Europe/Berlin")
    assert str(time.city_zone()) == "Europe/Berlin"
    length = time.end_of_day(dt.date(2025, 3, 30)) - time.start_of_day(dt.date(2025, 3, 30))
    assert length == dt.timedelta(hours=23)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "/etc/passwd"])
def test_a_zone_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("YIWANG_ZONE", name)
    with pytest.raises(ValueError, match="YIWANG_ZONE"):
        time.city_zone()
