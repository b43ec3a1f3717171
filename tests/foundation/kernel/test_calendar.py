"""Limits, working days, published and provisional years, and clocks that stop."""

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.kernel.calendar import (
    CHINA,
    Announcement,
    Interval,
    Limit,
    Unit,
    WorkingCalendar,
    due,
)
from yiwang.foundation.kernel.chinese_numerals import number_of
from yiwang.foundation.kernel.chinese_years import ChineseYears
from yiwang.foundation.kernel.text import Words

CHINA_TIME = dt.timezone(dt.timedelta(hours=8))
WORKING_DAYS_20 = Limit(20, Unit.WORKING_DAY)


def at(year: int, month: int, day: int, hour: int = 10, minute: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=CHINA_TIME)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("15 working days", 15, Unit.WORKING_DAY),
        ("1 working day", 1, Unit.WORKING_DAY),
        ("3 Business  Days", 3, Unit.WORKING_DAY),
        ("20 calendar days", 20, Unit.CALENDAR_DAY),
        ("24 hours", 24, Unit.HOUR),
        ("1 hour", 1, Unit.HOUR),
        ("15个工作日", 15, Unit.WORKING_DAY),
        ("15 工作日", 15, Unit.WORKING_DAY),
        ("１５个工作日", 15, Unit.WORKING_DAY),
        ("二十个工作日", 20, Unit.WORKING_DAY),
        ("20日", 20, Unit.CALENDAR_DAY),
        ("三十天", 30, Unit.CALENDAR_DAY),
        ("20个自然日", 20, Unit.CALENDAR_DAY),
        ("24小时", 24, Unit.HOUR),
        ("两个小时", 2, Unit.HOUR),
        ("0 working days", 0, Unit.WORKING_DAY),
    ],
)
def test_a_limit_is_read_in_both_languages(text: str, amount: int, unit: Unit) -> None:
    assert Limit.parse(text) == Limit(amount, unit)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "days",
        "20 days",
        "15",
        "-1 hours",
        "1.5 hours",
        "15个月",
        "五百五百日",
        "1 hour 2",
        "100001 hours",
        "日",
    ],
)
def test_what_is_no_limit_is_refused_in_plain_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|whole number"):
        Limit.parse(text)


def test_english_days_must_say_which_days() -> None:
    with pytest.raises(ValueError, match='"working days" or "calendar days"'):
        Limit.parse("20 days")


@given(st.builds(Limit, st.integers(0, Limit.MOST), st.sampled_from(Unit)))
def test_a_limit_reads_back_from_everything_it_writes(limit: Limit) -> None:
    assert Limit.parse(str(limit)) == Limit.parse(limit.words().zh) == Limit.from_json(limit.to_json()) == limit


def test_a_limit_speaks_both_languages() -> None:
    assert Limit(1, Unit.WORKING_DAY).words() == Words(zh="1个工作日", en="1 working day")
    assert Limit(24, Unit.HOUR).words() == Words(zh="24小时", en="24 hours")
    assert Limit(15, Unit.WORKING_DAY).to_json() == [15, "working_day"]


def test_chinese_numerals() -> None:
    said = {
        "零": 0,
        "五": 5,
        "十": 10,
        "十五": 15,
        "二十": 20,
        "九十九": 99,
        "一百": 100,
        "一百零五": 105,
        "一百二十": 120,
    }
    assert {text: number_of(text) for text in said} == said
    for nonsense in ("", "十十", "百", "五五", "百五", "一百零", "一百零十", "零百", "十零"):
        assert number_of(nonsense) is None


def test_moved_working_days_are_worked_and_their_holidays_are_not() -> None:
    assert CHINA.is_working(dt.date(2024, 2, 18))  # a Sunday worked for the Spring Festival
    assert not CHINA.is_working(dt.date(2024, 2, 16))  # a free Friday
    assert CHINA.next_working_day(dt.date(2025, 9, 30)) == dt.date(2025, 10, 9)


def test_an_unpublished_year_counts_weekends_and_statutory_holidays_and_says_so() -> None:
    assert CHINA.is_provisional(dt.date(2030, 1, 1))
    assert not CHINA.is_working(dt.date(2030, 10, 1))
    assert not CHINA.is_working(dt.date(2030, 10, 5))
    assert CHINA.is_working(dt.date(2030, 10, 9))
    late = due(at(2026, 12, 25), WORKING_DAYS_20, CHINA, now=at(2026, 12, 25))
    assert late.provisional
    assert late.day.year == 2027
    assert not due(at(2026, 12, 25), Limit(20, Unit.CALENDAR_DAY), CHINA, now=at(2026, 12, 25)).provisional


def test_publication_of_a_year_changes_due_dates() -> None:
    before = due(at(2030, 9, 27), Limit(3, Unit.WORKING_DAY), CHINA, now=at(2030, 9, 27))
    year = Announcement(
        free=frozenset(dt.date(2030, 10, n) for n in range(1, 9)), worked=frozenset({dt.date(2030, 9, 29)})
    )
    with CHINA.announcing({2030: year}) as calendar:
        assert calendar.is_working(dt.date(2030, 9, 29))
        after = due(at(2030, 9, 27), Limit(3, Unit.WORKING_DAY), calendar, now=at(2030, 9, 27))
    assert (before.day, before.provisional) == (dt.date(2030, 10, 7), True)
    assert (after.day, after.provisional) == (dt.date(2030, 10, 9), False)
    assert CHINA.is_provisional(dt.date(2030, 1, 1))


def test_a_working_year_must_lie_within_itself() -> None:
    class Wrong(ChineseYears):
        def published(self, year: int) -> list[dt.date]:
            return [dt.date(year + 1, 1, 4)]

    with pytest.raises(ValueError, match="2020"):
        WorkingCalendar(Wrong()).is_working(dt.date(2020, 1, 1))


@pytest.mark.parametrize("day", [dt.date(1989, 12, 31), dt.date(2101, 1, 1)])
def test_days_outside_the_known_years_are_refused_clearly(day: dt.date) -> None:
    with pytest.raises(ValueError, match="from 1990 to 2100"):
        CHINA.is_working(day)
    with pytest.raises(ValueError, match="from 1990 to 2100"):
        CHINA.add(dt.date(2100, 12, 30), Limit.MOST)
    with pytest.raises(ValueError, match="from 1990 to 2100"):
        CHINA.add(dt.date(1990, 1, 2), -10)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2060, 12, 31)), st.integers(-400, 400))
def test_adding_and_counting_agree(day: dt.date, n: int) -> None:
    end = CHINA.add(day, n)
    if n > 0:
        assert CHINA.is_working(end)
        assert CHINA.count(day, end) == n
        assert CHINA.count(day, end - dt.timedelta(days=1)) == n - 1
    if n < 0:
        assert CHINA.is_working(end)
        assert CHINA.count(end - dt.timedelta(days=1), day - dt.timedelta(days=1)) == -n
    assert CHINA.count(day, day) == 0
    assert CHINA.count(day, day - dt.timedelta(days=3)) == 0


def test_adding_working_days_costs_microseconds() -> None:
    day = dt.date(2026, 9, 30)
    CHINA.add(day, 20)
    began = time.thread_time()
    for _ in range(10_000):
        CHINA.add(day, 20)
    assert (time.thread_time() - began) / 10_000 < 10e-6


def test_the_day_of_the_start_is_not_counted() -> None:
    monday = due(at(2025, 3, 10, 0, 0), Limit(1, Unit.WORKING_DAY), CHINA, now=at(2025, 3, 10))
    assert (monday.day, monday.at) == (dt.date(2025, 3, 11), at(2025, 3, 12, 0).astimezone(dt.UTC))
    late_evening = due(at(2025, 3, 10, 23, 59), Limit(1, Unit.WORKING_DAY), CHINA, now=at(2025, 3, 10))
    assert late_evening.day == dt.date(2025, 3, 11)


def test_a_limit_of_nothing_ends_with_the_same_day() -> None:
    assert due(at(2025, 3, 10), Limit(0, Unit.WORKING_DAY), CHINA, now=at(2025, 3, 10)).day == dt.date(2025, 3, 10)


def test_a_stop_that_goes_on_says_at_least_and_moves_with_every_day() -> None:
    stop = [Interval(at(2025, 3, 11), None)]
    wednesday = due(at(2025, 3, 10), Limit(3, Unit.WORKING_DAY), CHINA, stop, now=at(2025, 3, 12))
    thursday = due(at(2025, 3, 10), Limit(3, Unit.WORKING_DAY), CHINA, stop, now=at(2025, 3, 13))
    assert wednesday.at_least
    assert (wednesday.day, thursday.day) == (dt.date(2025, 3, 14), dt.date(2025, 3, 17))


def test_a_stop_that_begins_on_the_last_day_comes_too_late_to_move_it() -> None:
    stop = [Interval(at(2025, 3, 13), None)]
    kept = due(at(2025, 3, 10), Limit(3, Unit.WORKING_DAY), CHINA, stop, now=at(2025, 3, 20))
    assert (kept.day, kept.at_least) == (dt.date(2025, 3, 13), False)


def test_hours_run_through_nights_and_weekends_and_stop_to_the_moment() -> None:
    friday = at(2025, 3, 14, 17, 30)
    assert due(friday, Limit(24, Unit.HOUR), CHINA, now=friday).at == at(2025, 3, 15, 17, 30)
    stop = [Interval(at(2025, 3, 14, 18), at(2025, 3, 14, 18, 45))]
    moved = due(friday, Limit(24, Unit.HOUR), CHINA, stop, now=friday)
    assert (moved.at, moved.day) == (at(2025, 3, 15, 18, 15), dt.date(2025, 3, 15))


def test_a_clock_is_reckoned_from_aware_moments_and_sound_stops_only() -> None:
    naive = dt.datetime(2025, 3, 10, 10)
    with pytest.raises(ValueError, match="aware"):
        due(naive, WORKING_DAYS_20, CHINA, now=at(2025, 3, 10))
    stops = [Interval(at(2025, 3, 12), at(2025, 3, 11))]
    with pytest.raises(ValueError, match="before it starts"):
        due(at(2025, 3, 10), WORKING_DAYS_20, CHINA, stops, now=at(2025, 3, 10))
