"""Dates, times and remaining days as people of the city write them, in both languages. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from yiwang.foundation.kernel.time import city_date, now, to_city

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NEAR = 2
"""So many days before the end a case is near due."""


def is_english(language: str) -> bool:
    return language.lower().startswith("en")


def day_text(day: date, language: str, *, today: date | None = None) -> str:
    """3月9日 / 9 Mar; with the year when it is not that of `today` (default: today in the city)."""
    if day.year != (today or city_date(now())).year:
        return date_text(day, language)
    return f"{day.day} {MONTHS[day.month - 1]}" if is_english(language) else f"{day.month}月{day.day}日"


def date_text(day: date, language: str) -> str:
    """2026年3月9日 / 9 Mar 2026: with its year always, as in answers, records and documents."""
    if is_english(language):
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def moment_day(value: date | datetime) -> date:
    """The city's day of a moment; a date stays as it is."""
    return city_date(value) if isinstance(value, datetime) else value


def last_day(due: datetime) -> date:
    """The last day before `due`, which is the exclusive end of a period."""
    return city_date(due - timedelta(microseconds=1))


def clock_text(moment: datetime) -> str:
    """14:05, in the city's zone."""
    return to_city(moment).strftime("%H:%M")


def moment_text(moment: datetime, language: str, *, today: date | None = None) -> str:
    """3月9日 14:05 / 9 Mar, 14:05."""
    day = day_text(city_date(moment), language, today=today)
    return f"{day}, {clock_text(moment)}" if is_english(language) else f"{day} {clock_text(moment)}"


class Pace(StrEnum):
    """How a clock stands. Each has its own words and, besides them, a colour."""

    RUNNING = "running"
    NEAR = "near"
    LATE = "late"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """What is left of a period. `amount` counts `unit`s (working_day, calendar_day or hour); negative: so many late."""

    amount: int | None
    unit: str = "working_day"
    stopped: bool = False
    done: bool = False

    @property
    def pace(self) -> Pace:
        if self.done:
            return Pace.DONE
        if self.stopped:
            return Pace.STOPPED
        if self.amount is None:
            return Pace.RUNNING
        if self.amount < 0:
            return Pace.LATE
        return Pace.NEAR if self.amount <= NEAR else Pace.RUNNING

    def text(self, language: str) -> str:
        """剩 4 天 / 4 days left, 今天到期 / due today, 超 1 天 / 1 day late, 停 / stopped, 已办好 / done."""
        english = is_english(language)
        if self.done:
            return "Done" if english else "已办好"
        if self.stopped:
            return "Stopped" if english else "停着"
        if self.amount is None:
            return "No limit" if english else "无期限"
        hours, amount = self.unit == "hour", abs(self.amount)
        if self.amount == 0:
            return (
                ("Due within the hour" if hours else "Due today") if english else ("不到1小时" if hours else "今天到期")
            )
        if english:
            count = f"{amount} {'hour' if hours else 'day'}{'' if amount == 1 else 's'}"
            return f"{count} late" if self.amount < 0 else f"{count} left"
        count = f"{amount} {'小时' if hours else '天'}"
        return f"超 {count}" if self.amount < 0 else f"剩 {count}"
