"""Time comes from here and nowhere else.

Inside Yiwang every moment is an aware `datetime` in UTC; a day is a `date` in the city's zone. Tests, replays and
simulations replace the clock: with `frozen(moment)` a whole city stands still or is moved by hand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Clock(Protocol):
    """Anything that knows what time it is."""

    def now(self) -> datetime:
        """The present moment, aware."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self._at = _utc(at)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self._at += by

    def set(self, at: datetime) -> None:
        self._at = _utc(at)


_SYSTEM = SystemClock()
_clock: Clock = _SYSTEM


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _utc(_clock.now())


def set_clock(clock: Clock | None) -> None:
    """Make `clock` the clock of this whole process (all threads); None gives back the machine's own."""
    global _clock
    _clock = _SYSTEM if clock is None else clock


@contextmanager
def frozen(at: datetime) -> Iterator[FrozenClock]:
    """Stop this process's clock at `at` and give it to the caller to move; the former clock returns afterwards."""
    former = _clock
    clock = FrozenClock(at)
    set_clock(clock)
    try:
        yield clock
    finally:
        set_clock(former)


def city_zone() -> ZoneInfo:
    """The zone in which the city counts its days: YIWANG_ZONE, else Asia/Shanghai.

    Raises ValueError when YIWANG_ZONE names no zone.
    """
    return _zone(os.environ.get("YIWANG_ZONE") or "Asia/Shanghai")


def to_city(moment: datetime) -> datetime:
    """The same moment as the city's own clocks show it."""
    return _utc(moment).astimezone(city_zone())


def city_date(moment: datetime) -> date:
    """The day it is in the city at that moment."""
    return to_city(moment).date()


def start_of_day(day: date) -> datetime:
    """The city's midnight that opens the day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=city_zone()).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The city's midnight that closes the day, in UTC: exclusive, the start of the next day."""
    return start_of_day(day + timedelta(days=1))


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"YIWANG_ZONE={name!r} names no time zone: use a name such as Asia/Shanghai") from None


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise ValueError("a moment without a time zone cannot be placed: give an aware datetime")
    return moment.astimezone(UTC)
