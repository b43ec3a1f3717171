"""Every start day of 2017 to 2026, several limits, random stops: the same due date as walking day by day.

The oracle below knows nothing of the kernel: it walks the calendar straight from chinesecalendar, one day at a time,
and hours minute by minute.
"""

import datetime as dt
import random

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.kernel.calendar import CHINA, Interval, Limit, Unit, due

FIRST, LAST = dt.date(2017, 1, 1), dt.date(2026, 12, 31)
CHINA_TIME = dt.timezone(dt.timedelta(hours=8))
LATER = dt.datetime(2027, 6, 1, tzinfo=dt.UTC)
ONE_DAY = dt.timedelta(days=1)

DAYS = [FIRST + dt.timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
WORKED = {day: chinese_calendar.is_workday(day) for day in DAYS}


def oracle_last_day(start: dt.datetime, amount: int, stops: list[Interval], *, working: bool) -> dt.date | None:
    """The last day in time; None when it lies after 2026."""
    standing_still: set[dt.date] = set()
    for stop in stops:
        day = stop.start.astimezone(CHINA_TIME).date() + ONE_DAY
        while day <= (stop.end or LATER).astimezone(CHINA_TIME).date():
            standing_still.add(day)
            day += ONE_DAY
    day = start.astimezone(CHINA_TIME).date()
    while amount:
        day += ONE_DAY
        if day > LAST:
            return None
        if day not in standing_still and (WORKED[day] or not working):
            amount -= 1
    return day


def some_moment(chance: random.Random, day: dt.date) -> dt.datetime:
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=CHINA_TIME)
    return midnight + dt.timedelta(seconds=chance.choice([0, 1, 86_399, chance.randrange(86_400)]))


def some_stops(chance: random.Random, start: dt.datetime) -> list[Interval]:
    """Up to four stops around the start, in any order, overlapping or not, from a minute to two months."""
    stops = []
    for _ in range(chance.randrange(5)):
        begin = start + dt.timedelta(minutes=chance.randrange(-20_000, 80_000))
        stops.append(Interval(begin, begin + dt.timedelta(minutes=chance.choice([1, 700, 5_000, 20_000, 90_000]))))
    return stops


def differs(start: dt.datetime, limit: Limit, stops: list[Interval]) -> bool:
    expected = oracle_last_day(start, limit.amount, stops, working=limit.unit is Unit.WORKING_DAY)
    if expected is None:
        return False
    got = due(start, limit, CHINA, stops, now=LATER)
    after = expected + ONE_DAY
    too_late = dt.datetime(after.year, after.month, after.day, tzinfo=CHINA_TIME)
    return (got.day, got.at, got.provisional, got.at_least) != (expected, too_late, False, False)


@pytest.mark.parametrize("amount", [0, 1, 5, 10, 20, 45])
@pytest.mark.parametrize("unit", [Unit.WORKING_DAY, Unit.CALENDAR_DAY])
def test_every_start_day_without_stops(amount: int, unit: Unit) -> None:
    chance = random.Random(amount)
    differences = [day for day in DAYS if differs(some_moment(chance, day), Limit(amount, unit), [])]
    assert differences == []


@pytest.mark.parametrize("amount", [1, 5, 15, 20])
@pytest.mark.parametrize("unit", [Unit.WORKING_DAY, Unit.CALENDAR_DAY])
def test_every_start_day_with_random_stops(amount: int, unit: Unit) -> None:
    chance = random.Random(f"{amount} {unit}")
    differences = []
    for day in DAYS:
        start = some_moment(chance, day)
        stops = some_stops(chance, start)
        if differs(start, Limit(amount, unit), stops):
            differences.append((start, stops))
    assert differences == []


moments = st.datetimes(dt.datetime(2017, 1, 1), dt.datetime(2026, 6, 30), timezones=st.just(CHINA_TIME))


@given(
    start=moments,
    amount=st.integers(0, 60),
    unit=st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY]),
    stops=st.lists(st.tuples(st.integers(-30 * 1440, 90 * 1440), st.integers(0, 60 * 1440)), max_size=6),
)
def test_any_stops(start: dt.datetime, amount: int, unit: Unit, stops: list[tuple[int, int]]) -> None:
    intervals = []
    for offset, length in stops:
        begin = start + dt.timedelta(minutes=offset)
        intervals.append(Interval(begin, begin + dt.timedelta(minutes=length)))
    assert not differs(start, Limit(amount, unit), intervals)


@given(
    start=moments,
    hours=st.integers(0, 48),
    stops=st.lists(st.tuples(st.integers(-600, 3_000), st.integers(0, 1_000)), max_size=5),
)
def test_hours_with_any_stops_minute_by_minute(start: dt.datetime, hours: int, stops: list[tuple[int, int]]) -> None:
    still = {minute for offset, length in stops for minute in range(offset, offset + length)}
    minute, left = 0, hours * 60
    while left:
        left -= minute not in still
        minute += 1
    intervals = [
        Interval(start + dt.timedelta(minutes=offset), start + dt.timedelta(minutes=offset + length))
        for offset, length in stops
    ]
    got = due(start, Limit(hours, Unit.HOUR), CHINA, intervals, now=LATER)
    assert got.at == start + dt.timedelta(minutes=minute)


def test_every_working_day_of_the_published_years_is_the_one_announced() -> None:
    first = dt.date(2004, 1, 1)
    days = [first + dt.timedelta(days=n) for n in range((LAST - first).days + 1)]
    assert [day for day in days if CHINA.is_working(day) != chinese_calendar.is_workday(day)] == []
    assert not any(CHINA.is_provisional(day) for day in days)
