"""Limits with a unit, working-day calendars, and the day on which a limit ends.

China's State Council announces each year's holidays shortly before it begins and moves working days to make room for
them (调休), so a weekday may be free and a Sunday may be worked. A year that has been announced is *published*; a year
that has not is counted as weekends plus statutory holidays (全国年节及纪念日放假办法) and is *provisional*.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Protocol

from yiwang.foundation.kernel.chinese_numerals import number_of
from yiwang.foundation.kernel.chinese_years import ChineseYears, days_of
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date, end_of_day

FIRST_YEAR = 1990
LAST_YEAR = 2100


class Unit(StrEnum):
    """What a limit is counted in. 行政许可法 art. 82 counts in working days; other laws state their own unit."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    HOUR = "hour"


_UNIT_WORDS = {
    Unit.WORKING_DAY: ("个工作日", "working day"),
    Unit.CALENDAR_DAY: ("个自然日", "calendar day"),
    Unit.HOUR: ("小时", "hour"),
}
_UNIT_NAMES = {
    "working day": Unit.WORKING_DAY,
    "business day": Unit.WORKING_DAY,
    "calendar day": Unit.CALENDAR_DAY,
    "hour": Unit.HOUR,
    "工作日": Unit.WORKING_DAY,
    "个工作日": Unit.WORKING_DAY,
    "日": Unit.CALENDAR_DAY,
    "天": Unit.CALENDAR_DAY,
    "自然日": Unit.CALENDAR_DAY,
    "个自然日": Unit.CALENDAR_DAY,
    "日历日": Unit.CALENDAR_DAY,
    "个日历日": Unit.CALENDAR_DAY,
    "小时": Unit.HOUR,
    "个小时": Unit.HOUR,
}
_LIMIT = re.compile(r"([0-9]{1,9}|[〇零一二两三四五六七八九十百]{1,7})\s*([a-z]+(?:\s+[a-z]+)?|[^\x00-\xff]{1,4})")


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of time that the law or a promise allows, with the unit it is counted in.

    0 means at once: the same day, or the same moment for hours. At most 100,000.
    """

    MOST = 100_000

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if type(self.amount) is not int or not 0 <= self.amount <= self.MOST:
            raise ValueError(f"a limit is a whole number from 0 to {self.MOST}, not {self.amount!r}")

    @classmethod
    def parse(cls, text: str) -> Limit:
        """Read "15 working days", "20 calendar days", "24 hours", "15个工作日", "十五个工作日", "20日" or "24小时".

        A bare 日 is a calendar day, as in the statutes; a bare English "days" is refused because it does not say which.
        Raises ValueError.
        """
        plain = unicodedata.normalize("NFKC", text[:80]).strip().lower()
        match = _LIMIT.fullmatch(plain)
        if match is not None:
            figure, name = match.groups()
            amount = int(figure) if figure.isascii() else number_of(figure)
            words = " ".join(name.split())
            unit = _UNIT_NAMES.get(words) or _UNIT_NAMES.get(words.removesuffix("s"))
            if unit is not None and amount is not None:
                return cls(amount, unit)
            if words in {"day", "days"}:
                raise ValueError(f'{text[:40]!r} does not say which days: write "working days" or "calendar days"')
        raise ValueError(
            f'{text[:40]!r} is no limit: write it like "15 working days", "20 calendar days" or "24 hours"'
        )

    def words(self) -> Words:
        zh = _UNIT_WORDS[self.unit][0]
        return Words(zh=f"{self.amount}{zh}", en=str(self))

    def __str__(self) -> str:
        return f"{self.amount} {_UNIT_WORDS[self.unit][1]}{'' if self.amount == 1 else 's'}"

    def to_json(self) -> list[int | str]:
        return [self.amount, str(self.unit)]

    @classmethod
    def from_json(cls, value: Sequence[int | str]) -> Limit:
        """Raises ValueError for anything that `to_json` does not write."""
        amount, unit = value
        if not isinstance(amount, int):
            raise ValueError(f"{amount!r} is no amount of a limit")
        return cls(amount, Unit(str(unit)))


class YearSource(Protocol):
    """Where a calendar learns which days of a year are worked."""

    def published(self, year: int) -> Collection[date] | None:
        """The working days of an announced year; None while it has not been announced."""

    def expected(self, year: int) -> Collection[date]:
        """The working days that law alone lets one expect of a year that has not been announced."""


class WorkingCalendar:
    """Which days are worked, from FIRST_YEAR to LAST_YEAR; ValueError for any other day.

    Years are read from their source once, when first asked for; every question after that costs about a microsecond.
    """

    def __init__(self, source: YearSource) -> None:
        self._source = source
        self._years: dict[int, _Year] = {}

    def is_working(self, day: date) -> bool:
        year = self._year(day.year)
        index = day.toordinal() - year.first
        return year.until[index] > (year.until[index - 1] if index else 0)

    def is_provisional(self, day: date) -> bool:
        """Whether the day's year has not been published."""
        return self._year(day.year).provisional

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day`; before it when n is negative; `day` itself when n is 0."""
        if n == 0:
            return day
        year = self._year(day.year)
        before = year.until[day.toordinal() - year.first]
        if n < 0:
            return self._back(year, before - self.is_working(day) + n)
        wanted = before + n - 1
        while wanted >= len(year.working):
            wanted -= len(year.working)
            year = self._year(year.number + 1)
        return date.fromordinal(year.working[wanted])

    def count(self, after: date, until: date) -> int:
        """How many working days d there are with after < d <= until; 0 when `until` is not later than `after`."""
        if until <= after:
            return 0
        first, last = self._year(after.year), self._year(until.year)
        counted = last.until[until.toordinal() - last.first] - first.until[after.toordinal() - first.first]
        return counted + sum(len(self._year(number).working) for number in range(after.year, until.year))

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return self.add(day, 1)

    def read_from(self, source: YearSource) -> YearSource:
        """Take the years from another source from now on, as when a year is published; returns the former source."""
        former, self._source = self._source, source
        self._years = {}
        return former

    @contextmanager
    def announcing(self, years: Mapping[int, Announcement]) -> Iterator[WorkingCalendar]:
        """Let years be published on top of the source within the block."""
        former = self._source
        self.read_from(Announced(former, years))
        try:
            yield self
        finally:
            self.read_from(former)

    def _back(self, year: _Year, wanted: int) -> date:
        while wanted < 0:
            year = self._year(year.number - 1)
            wanted += len(year.working)
        return date.fromordinal(year.working[wanted])

    def _year(self, number: int) -> _Year:
        year = self._years.get(number)
        if year is None:
            if not FIRST_YEAR <= number <= LAST_YEAR:
                raise ValueError(f"working days are known from {FIRST_YEAR} to {LAST_YEAR}, not in {number}")
            days = self._source.published(number)
            year = _Year(number, self._source.expected(number) if days is None else days, provisional=days is None)
            self._years[number] = year
        return year


class _Year:
    """One year, ready to be asked.

    `working` holds the ordinals of its working days, `until[i]` how many of them the year's days 0 to i hold.
    """

    __slots__ = ("first", "number", "provisional", "until", "working")

    def __init__(self, number: int, days: Collection[date], *, provisional: bool) -> None:
        ordinals = {day.toordinal() for day in days}
        self.number = number
        self.provisional = provisional
        self.first = date(number, 1, 1).toordinal()
        everyday = range(self.first, date(number, 12, 31).toordinal() + 1)
        self.working = array("l", (day for day in everyday if day in ordinals))
        self.until = array("l", accumulate(day in ordinals for day in everyday))
        if not self.working or len(self.working) < len(ordinals):
            raise ValueError(
                f"a year's working days lie within the year, and there are some: {number} has none or others"
            )


@dataclass(frozen=True, slots=True)
class Announcement:
    """One year as the State Council announces it: the free weekdays, and the weekend days that are worked for them."""

    free: frozenset[date]
    worked: frozenset[date]

    def working_days(self, year: int) -> list[date]:
        return [day for day in days_of(year) if day in self.worked or (day.weekday() < 5 and day not in self.free)]


class Announced:
    """A source with some years announced on top of another source."""

    def __init__(self, base: YearSource, years: Mapping[int, Announcement]) -> None:
        self._base = base
        self._years = dict(years)

    def published(self, year: int) -> Collection[date] | None:
        if year in self._years:
            return self._years[year].working_days(year)
        return self._base.published(year)

    def expected(self, year: int) -> Collection[date]:
        return self._base.expected(year)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time from `start` to `end`, both aware; `end` is None while it goes on."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """When a limit ends.

    `at` is the first moment that is too late (UTC), `day` the last day in the city that is in time. `provisional`:
    an unpublished year was counted. `at_least`: a stop goes on that moves the end further for as long as it lasts.
    """

    at: datetime
    day: date
    provisional: bool
    at_least: bool = False


def due(
    start: datetime,
    limit: Limit,
    calendar: WorkingCalendar,
    stopped: Sequence[Interval] = (),
    *,
    now: datetime,
) -> Due:
    """When a limit ends that began at `start` and stood still during `stopped` (行政许可法 art. 45).

    Days: the day of the start is not counted, nor is a day d for which some stop has
    city_date(stop.start) < d <= city_date(stop.end); the limit ends with the city's midnight after its last counted
    day. A limit in calendar days may end on a free day: it is the agency's limit, and 民法典 art. 203, which would move
    it, is for the parties' own. Hours run day and night from the moment of the start, less the stops to the moment.
    A stop that still goes on lasts until `now`. Stops may overlap and come in any order.

    Raises ValueError for naive moments, a stop that ends before it starts, and days the calendar does not know.
    """
    stops = [(stop.start, max(stop.start, now) if stop.end is None else stop.end) for stop in stopped]
    if any(moment.utcoffset() is None for moment in (start, now, *(each for stop in stops for each in stop))):
        raise ValueError("a clock is reckoned from aware moments only")
    if any(end < begin for begin, end in stops):
        raise ValueError("a stop of the clock cannot end before it starts")
    going_on = [stop.start for stop in stopped if stop.end is None]
    if limit.unit is Unit.HOUR:
        at = _hour_due(start, limit.amount, sorted(stops))
        at_least = any(begin < at for begin in going_on)
        return Due(at, city_date(at - timedelta(microseconds=1)), provisional=False, at_least=at_least)
    first = city_date(start)
    days = sorted((city_date(begin), city_date(end)) for begin, end in stops)
    if limit.unit is Unit.WORKING_DAY:
        last = _working_day_due(first, limit.amount, days, calendar)
        provisional = any(calendar.is_provisional(date(year, 1, 1)) for year in range(first.year, last.year + 1))
    else:
        last = _calendar_day_due(first, limit.amount, days)
        provisional = False
    at_least = any(city_date(begin) < last for begin in going_on)
    return Due(end_of_day(last), last, provisional=provisional, at_least=at_least)


def _working_day_due(day: date, left: int, stops: list[tuple[date, date]], calendar: WorkingCalendar) -> date:
    """`day` is the last day dealt with, `left` how many days are still to be counted after it."""
    for after, until in stops:
        if until <= day:
            continue
        counted = calendar.count(day, after)
        if counted >= left:
            break
        left -= counted
        day = until
    return calendar.add(day, left)


def _calendar_day_due(day: date, left: int, stops: list[tuple[date, date]]) -> date:
    for after, until in stops:
        if until <= day:
            continue
        counted = max((after - day).days, 0)
        if counted >= left:
            break
        left -= counted
        day = until
    return day + timedelta(days=left)


def _hour_due(start: datetime, hours: int, stops: list[tuple[datetime, datetime]]) -> datetime:
    """Counted in UTC, where every hour has sixty minutes."""
    moment, left = start.astimezone(UTC), timedelta(hours=hours)
    for begin, end in stops:
        if end <= moment:
            continue
        counted = max(begin - moment, timedelta(0))
        if counted >= left:
            break
        left -= counted
        moment = end.astimezone(UTC)
    return moment + left


CHINA = WorkingCalendar(ChineseYears())
"""The calendar in force: the published years, and what law lets one expect of the others."""
