"""Dates, times and durations as FEEL writes them (XML Schema part 2, ISO 8601), both ways."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from yiwang.foundation.rules.values import Months, Range, Value, kind

_TIME = r"\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?"
_ZONE = r"(?:(Z|[+-]\d{2}:\d{2})|@([A-Za-z0-9_+\-]+(?:/[A-Za-z0-9_+\-]+){0,2}))?"
_DATE_FORM = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME_FORM = re.compile(rf"({_TIME}){_ZONE}", re.ASCII)
_MOMENT_FORM = re.compile(rf"(\d{{4}}-\d{{2}}-\d{{2}})T({_TIME}){_ZONE}", re.ASCII)
_MONTHS_FORM = re.compile(r"(-)?P(?=\d)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?", re.ASCII)
_DURATION_FORM = re.compile(
    r"(-)?P(?=\d|T\d)(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12})(\.\d{1,9})?S)?)?", re.ASCII
)


def read_date(text: str) -> date | None:
    """`2025-03-12`; None for anything else."""
    try:
        return date.fromisoformat(text) if _DATE_FORM.fullmatch(text) else None
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """`09:30:00`, with `Z`, an offset or `@Asia/Shanghai` behind it if wanted; None for anything else."""
    found = _TIME_FORM.fullmatch(text)
    try:
        return _clock_time(found.group(1), found.group(2), found.group(3)) if found else None
    except (ValueError, OSError):
        return None


def read_date_and_time(text: str) -> datetime | None:
    """`2025-03-12T09:30:00` with a zone as in `read_time`, or a date alone for its midnight; None for anything else."""
    found = _MOMENT_FORM.fullmatch(text)
    if found is None:
        day = read_date(text)
        return None if day is None else datetime.combine(day, time.min)
    try:
        return datetime.combine(
            date.fromisoformat(found.group(1)), _clock_time(found.group(2), found.group(3), found.group(4))
        )
    except (ValueError, OSError):
        return None


def read_duration(text: str) -> timedelta | Months | None:
    """`P20D`, `PT24H`, `P1DT2H30M`, or `P1Y6M`; None for anything else."""
    if found := _MONTHS_FORM.fullmatch(text):
        count = int(found.group(2) or 0) * 12 + int(found.group(3) or 0)
        return Months(-count if found.group(1) else count)
    if found := _DURATION_FORM.fullmatch(text):
        sign, days, hours, minutes, seconds, fraction = found.groups()
        try:
            length = timedelta(
                days=int(days or 0),
                hours=int(hours or 0),
                minutes=int(minutes or 0),
                seconds=int(seconds or 0),
                microseconds=int(Decimal(fraction or 0) * 1_000_000),
            )
        except OverflowError:
            return None
        return -length if sign else length
    return None


def read_at_literal(text: str) -> Value:
    """What stands behind an `@`: a date, a time, a date and time or a duration; None for anything else."""
    for read in (read_date, read_date_and_time, read_time, read_duration):
        value = read(text)
        if value is not None:
            return value
    return None


def written(value: Value) -> str | None:
    """FEEL's `string()` of a value: numbers without exponent, dates and durations as they are read; None for null."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | time):
        return _with_zone(value)
    if isinstance(value, date):
        return value.isoformat()
    return _written_length(value) if isinstance(value, timedelta | Months) else _written_whole(value)


def _written_whole(value: Value) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_quoted(each) for each in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_quoted(each)}' for key, each in value.items())}}}"
    if isinstance(value, Range):
        left, right = "[" if value.low_included else "(", "]" if value.high_included else ")"
        return f"{left}{_quoted(value.low)}..{_quoted(value.high)}{right}"
    raise TypeError(kind(value))


def _quoted(value: Value) -> str:
    return f'"{value}"' if isinstance(value, str) else written(value) or "null"


def _written_length(value: timedelta | Months) -> str:
    if isinstance(value, Months):
        years, months = divmod(abs(value.count), 12)
        parts = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"{'-' if value.count < 0 else ''}P{parts or '0M'}"
    length = abs(value)
    hours, minutes, seconds = length.seconds // 3600, length.seconds % 3600 // 60, str(length.seconds % 60)
    if length.microseconds:
        seconds += f".{length.microseconds:06d}".rstrip("0")
    clock = (
        (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{seconds}S" if seconds != "0" else "")
    )
    days = f"{length.days}D" if length.days else ""
    whole = days + (f"T{clock}" if clock else "")
    return f"{'-' if value < timedelta(0) else ''}P{whole or 'T0S'}"


def _with_zone(value: datetime | time) -> str:
    if isinstance(value.tzinfo, ZoneInfo):
        return f"{value.replace(tzinfo=None).isoformat()}@{value.tzinfo.key}"
    text = value.isoformat()
    return f"{text.removesuffix('+00:00')}Z" if text.endswith("+00:00") else text


def _clock_time(clock: str, offset: str | None, zone: str | None) -> time:
    """Raises ValueError for an hour, an offset or a zone that does not exist."""
    whole, _, fraction = clock.partition(".")
    if offset:
        plain = time.fromisoformat(whole + offset)
    else:
        plain = time.fromisoformat(whole).replace(tzinfo=_zone(zone))
    return plain.replace(microsecond=int(fraction.ljust(6, "0")[:6])) if fraction else plain


def _zone(name: str | None) -> tzinfo | None:
    try:
        return None if name is None else ZoneInfo(name)
    except KeyError:  # ZoneInfoNotFoundError is one
        raise ValueError(name) from None
