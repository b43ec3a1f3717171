"""FEEL's values and what can be done with them, three-valued throughout: what cannot be said is null (None).

| FEEL | Python |
|---|---|
| null, boolean, string, list, context | None, bool, str, list, dict |
| number | Decimal, 34 digits, exponents within ±6144 (IEEE 754 decimal128, as DMN asks) |
| date, time, date and time | date, time, datetime |
| days and time duration | timedelta |
| years and months duration | Months |
| range | Range |

No operation raises: a wrong type, a division by zero, an overflow give null.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow
from typing import TypeAlias, Union

LONGEST_LIST = 10_000
LONGEST_STRING = 100_000
DEEPEST_VALUE = 64

ARITHMETIC = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A duration in whole months: `duration("P1Y6M")` is 18 of them."""

    count: int

    @property
    def years(self) -> int:
        """Whole years, towards zero."""
        return abs(self.count) // 12 * (1 if self.count >= 0 else -1)

    @property
    def months(self) -> int:
        """The months beyond the whole years, with the sign of the duration."""
        return abs(self.count) % 12 * (1 if self.count >= 0 else -1)


@dataclass(frozen=True, slots=True)
class Range:
    """Everything from `low` to `high`. An end that is None is unbounded."""

    low: Value
    high: Value
    low_included: bool
    high_included: bool

    def includes(self, value: Value) -> bool | None:
        """Null when the value cannot be compared with an end."""
        low = high = True if value is not None else None
        if self.low is not None:
            low = less_or_equal(self.low, value) if self.low_included else less(self.low, value)
        if self.high is not None:
            high = less_or_equal(value, self.high) if self.high_included else less(value, self.high)
        return both(low, high)


Value: TypeAlias = Union[
    bool, Decimal, str, date, datetime, time, timedelta, Months, Range, "list[Value]", "dict[str, Value]", None
]

KINDS: Mapping[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    date: "date",
    datetime: "date and time",
    time: "time",
    timedelta: "days and time duration",
    Months: "years and months duration",
    Range: "range",
    list: "list",
    dict: "context",
}
_ORDERED = frozenset({Decimal, str, date, datetime, time, timedelta, Months})
_AS_THEY_ARE = frozenset({type(None), bool, str, date, datetime, time, timedelta, Months, Range})


def kind(value: Value) -> str:
    """The value's type as FEEL calls it, such as "number" or "date and time"."""
    return KINDS[type(value)]


def value_of(raw: object) -> Value:
    """Take a value in from outside: int and float become Decimal, tuples and sets lists, mappings contexts.

    Not a number, infinity, numbers beyond decimal128, and lists and contexts with more than LONGEST_LIST members in
    all or nested more than DEEPEST_VALUE deep are null. Raises TypeError for a Python type that FEEL has no word for.
    """
    if type(raw) in _AS_THEY_ARE:
        return raw  # type: ignore[return-value]
    if type(raw) is Decimal and raw.is_finite():
        return raw
    if type(raw) is int:
        return _whole_number(raw)
    try:
        return _Taking().take(raw, 0)
    except _TooLarge:
        return None


def number_of(raw: int | float | str | Decimal) -> Decimal | None:
    """The number rounded to 34 digits; None when it is not finite or too large."""
    try:
        number = ARITHMETIC.create_decimal(repr(raw) if isinstance(raw, float) else raw)
    except DecimalException:
        return None
    return number if number.is_finite() else None


def _whole_number(raw: int) -> Decimal | None:
    # Below 2^110 there is nothing to round; beyond 2^20480 decimal128 ends, and turning digits takes ever longer.
    length = raw.bit_length()
    return Decimal(raw) if length < 110 else number_of(raw) if length <= 20_480 else None


class _TooLarge(Exception):
    pass


class _Taking:
    """Takes one value in, counting the members of its lists and contexts."""

    def __init__(self) -> None:
        self.left = LONGEST_LIST

    def take(self, raw: object, depth: int) -> Value:
        if type(raw) in _AS_THEY_ARE:
            return raw  # type: ignore[return-value]
        if isinstance(raw, Mapping):
            return self._members(list(raw.values()), depth, [str(key) for key in raw])
        if isinstance(raw, list | tuple):
            return self._members(list(raw), depth)
        if isinstance(raw, set | frozenset):
            return self._members(sorted(raw, key=str), depth)
        if isinstance(raw, bool):
            return bool(raw)
        if isinstance(raw, int):
            return _whole_number(int(raw))
        if isinstance(raw, float | Decimal):
            return number_of(raw)
        if isinstance(raw, str):
            return str.__str__(raw)
        if isinstance(raw, datetime):
            return datetime.combine(date(raw.year, raw.month, raw.day), raw.timetz())
        if isinstance(raw, date):
            return date(raw.year, raw.month, raw.day)
        if isinstance(raw, timedelta):
            return timedelta(raw.days, raw.seconds, raw.microseconds)
        raise TypeError(f"FEEL has no value of the type {type(raw).__name__}")

    def _members(self, members: list[object], depth: int, keys: list[str] | None = None) -> Value:
        self.left -= len(members)
        if self.left < 0 or depth >= DEEPEST_VALUE:
            raise _TooLarge
        taken = [self.take(member, depth + 1) for member in members]
        return taken if keys is None else dict(zip(keys, taken, strict=True))


# --- three-valued logic -----------------------------------------------------------------------------------------------


def both(left: Value, right: Value) -> bool | None:
    """FEEL's `and`: false beats null, null beats true; what is no boolean counts as null."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def opposite(value: Value) -> bool | None:
    return not value if type(value) is bool else None


# --- comparison -------------------------------------------------------------------------------------------------------


def equal(left: Value, right: Value) -> bool | None:
    """Null equals only null; values of different types cannot be compared (null)."""
    if left is None or right is None:
        return left is right
    if type(left) is not type(right):
        return None
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and _all_equal(zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and _all_equal((left[key], right[key]) for key in left)
    if _mixes_zones(left, right):
        return None
    return left == right


def less(left: Value, right: Value) -> bool | None:
    if type(left) is not type(right) or type(left) not in _ORDERED or _mixes_zones(left, right):
        return None
    return left < right  # type: ignore[operator]


def less_or_equal(left: Value, right: Value) -> bool | None:
    if type(left) is not type(right) or type(left) not in _ORDERED or _mixes_zones(left, right):
        return None
    return left <= right  # type: ignore[operator]


def unequal(left: Value, right: Value) -> bool | None:
    return opposite(equal(left, right))


def greater(left: Value, right: Value) -> bool | None:
    return less(right, left)


def greater_or_equal(left: Value, right: Value) -> bool | None:
    return less_or_equal(right, left)


COMPARISONS: Mapping[str, Callable[[Value, Value], bool | None]] = {
    "=": equal,
    "!=": unequal,
    "<": less,
    "<=": less_or_equal,
    ">": greater,
    ">=": greater_or_equal,
}


def passes(value: Value, test: Value) -> bool | None:
    """Whether a value passes a test of an `in`: lies in the range, is in the list (or in a range there), or equals."""
    if isinstance(test, Range) and not isinstance(value, Range):
        return test.includes(value)
    if isinstance(test, list):
        members = [passes(value, each) if isinstance(each, Range) else equal(value, each) is True for each in test]
        return True if equal(value, test) is True else either(members)
    return equal(value, test)


def either(answers: list[bool | None]) -> bool | None:
    """FEEL's `or` of many."""
    if True in answers:
        return True
    return None if None in answers else False


def _all_equal(pairs: object) -> bool | None:
    answers = [equal(left, right) for left, right in pairs]  # type: ignore[attr-defined]
    return False if False in answers else None if None in answers else True


def _mixes_zones(left: Value, right: Value) -> bool:
    return (
        isinstance(left, datetime | time)
        and isinstance(right, datetime | time)
        and (left.utcoffset() is None) != (right.utcoffset() is None)
    )


# --- arithmetic -------------------------------------------------------------------------------------------------------


def add(left: Value, right: Value) -> Value:
    if type(left) is Decimal and type(right) is Decimal:
        return _reckoned(ARITHMETIC.add, left, right)
    if isinstance(left, str) and isinstance(right, str):
        return left + right if len(left) + len(right) <= LONGEST_STRING else None
    if isinstance(left, Months) and isinstance(right, Months):
        return Months(left.count + right.count)
    if isinstance(left, Months | timedelta) and isinstance(right, date):
        left, right = right, left
    return _moved(left, right, 1)


def subtract(left: Value, right: Value) -> Value:
    if type(left) is Decimal and type(right) is Decimal:
        return _reckoned(ARITHMETIC.subtract, left, right)
    if isinstance(left, Months) and isinstance(right, Months):
        return Months(left.count - right.count)
    if type(left) is type(right) and isinstance(left, date) and isinstance(right, date):
        return None if _mixes_zones(left, right) else left - right
    return _moved(left, right, -1)


def multiply(left: Value, right: Value) -> Value:
    if type(left) is Decimal and type(right) is Decimal:
        return _reckoned(ARITHMETIC.multiply, left, right)
    if isinstance(left, Decimal):
        left, right = right, left
    return _scaled(left, right, ARITHMETIC.multiply)


def divide(left: Value, right: Value) -> Value:
    if type(left) is Decimal and type(right) is Decimal:
        return _reckoned(ARITHMETIC.divide, left, right)
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return _reckoned(ARITHMETIC.divide, _microseconds(left), _microseconds(right))
    if isinstance(left, Months) and isinstance(right, Months):
        return _reckoned(ARITHMETIC.divide, Decimal(left.count), Decimal(right.count))
    return _scaled(left, right, ARITHMETIC.divide)


def raise_to(left: Value, right: Value) -> Value:
    if type(left) is Decimal and type(right) is Decimal:
        return _reckoned(ARITHMETIC.power, left, right)
    return None


def negate(value: Value) -> Value:
    if isinstance(value, Decimal):
        return ARITHMETIC.minus(value)
    if isinstance(value, Months):
        return Months(-value.count)
    return _moved(timedelta(0), value, -1) if isinstance(value, timedelta) else None


OPERATIONS: Mapping[str, Callable[[Value, Value], Value]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": raise_to,
}


def months_between(start: date, end: date) -> Months:
    """Whole months from `start` to `end`, negative when `end` is earlier: a birthday's month counts on the day itself.

    A month from the 31st is complete on the last day of a shorter month.
    """
    start, end = date(start.year, start.month, start.day), date(end.year, end.month, end.day)
    if end < start:
        return Months(-months_between(end, start).count)
    whole = (end.year - start.year) * 12 + end.month - start.month
    return Months(whole - (1 if end.day < min(start.day, _month_length(end.year, end.month)) else 0))


def _reckoned(operation: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal) -> Decimal | None:
    try:
        return operation(left, right)
    except DecimalException:
        return None


def _moved(left: Value, right: Value, sign: int) -> Value:
    """A date, a moment or a duration moved by a duration."""
    try:
        if isinstance(right, Months) and isinstance(left, date):
            return _moved_by_months(left, sign * right.count)
        if not isinstance(right, timedelta):
            return None
        if isinstance(left, datetime | timedelta):
            return left + sign * right
        if isinstance(left, date):
            # DMN: as if the date were its midnight.
            return (datetime.combine(left, time.min) + sign * right).date()
        if isinstance(left, time):
            return (datetime.combine(date(2000, 1, 2), left) + sign * timedelta(seconds=right.seconds)).timetz()
    except OverflowError:
        return None
    return None


def _moved_by_months(day: date, months: int) -> date | None:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return day.replace(year=year, month=month + 1, day=min(day.day, _month_length(year, month + 1)))


def _month_length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _scaled(duration: Value, number: Value, operation: Callable[[Decimal, Decimal], Decimal]) -> Value:
    if type(number) is not Decimal:
        return None
    try:
        if isinstance(duration, timedelta):
            return timedelta(microseconds=int(operation(_microseconds(duration), number)))
        if isinstance(duration, Months):
            count = operation(Decimal(duration.count), number)
            return Months(int(count)) if count.adjusted() < 9 else None
    except (DecimalException, OverflowError):
        return None
    return None


def _microseconds(duration: timedelta) -> Decimal:
    return Decimal(duration // timedelta(microseconds=1))


# --- properties -------------------------------------------------------------------------------------------------------

_DATE = ("year", "month", "day", "weekday")
PROPERTIES: Mapping[str, Mapping[str, str]] = {
    "date": dict.fromkeys(_DATE, "number"),
    "date and time": dict.fromkeys((*_DATE, "hour", "minute", "second"), "number"),
    "time": dict.fromkeys(("hour", "minute", "second"), "number"),
    "days and time duration": dict.fromkeys(("days", "hours", "minutes", "seconds"), "number"),
    "years and months duration": dict.fromkeys(("years", "months"), "number"),
}
"""Which properties a kind of value has, and of which kind they are."""


def property_of(value: Value, name: str) -> Value:
    """A member of a context, a property of a date, time or duration, or those of every member of a list."""
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list):
        return [property_of(each, name) for each in value]
    if name not in PROPERTIES.get(kind(value), ()):
        return None
    if isinstance(value, timedelta):
        return _duration_property(value, name)
    if name == "weekday" and isinstance(value, date):
        return Decimal(value.isoweekday())
    return Decimal(getattr(value, name))


def _duration_property(value: timedelta, name: str) -> Decimal:
    """Days, and the hours, minutes and seconds beyond them, all with the sign of the duration."""
    length, sign = abs(value), -1 if value < timedelta(0) else 1
    parts = {
        "days": length.days,
        "hours": length.seconds // 3600,
        "minutes": length.seconds % 3600 // 60,
        "seconds": length.seconds % 60,
    }
    return Decimal(sign * parts[name])
