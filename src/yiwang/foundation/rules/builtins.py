"""The built-in functions: what each takes and gives, and what it does.

Every function answers null (None) when an argument is null or of a wrong type; none raises. `floor`, `ceiling`, `abs`,
`mean`, `substring` and the others are DMN 1.5, chapter 10.3.4; `round` is its `round half up`, what people mean by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException

from yiwang.foundation.rules import temporal
from yiwang.foundation.rules.values import (
    ARITHMETIC,
    LONGEST_STRING,
    Months,
    Value,
    equal,
    less,
    months_between,
    number_of,
    opposite,
)

ANY = "any"


@dataclass(frozen=True, slots=True)
class Function:
    """A built-in function.

    `takes` gives the kinds that each argument may have ("number", "list", "any", several as "date|string"); arguments
    beyond the first `needs` may be left out; with `many` the last may be repeated. `from_context` names the entry of
    the context that the call reads instead of computing anything: `today()` is the caller's "today".
    """

    name: str
    run: Callable[..., Value]
    takes: tuple[str, ...]
    gives: str
    needs: int
    many: bool = False
    from_context: str | None = None

    def accepts(self, count: int) -> bool:
        return self.needs <= count and (self.many or count <= len(self.takes))

    def kind_of_argument(self, index: int) -> str:
        return self.takes[min(index, len(self.takes) - 1)]


FUNCTIONS: dict[str, Function] = {}


def _builtin(
    name: str, takes: Sequence[str], gives: str, *, needs: int | None = None, many: bool = False
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    def register(run: Callable[..., Value]) -> Callable[..., Value]:
        FUNCTIONS[name] = Function(name, run, tuple(takes), gives, len(takes) if needs is None else needs, many)
        return run

    return register


def _nothing() -> Value:
    return None


for _name, _gives in {"today": "date", "now": "date and time"}.items():
    FUNCTIONS[_name] = Function(_name, _nothing, (), _gives, 0, from_context=_name)


# --- logic ------------------------------------------------------------------------------------------------------------


@_builtin("not", ["boolean"], "boolean")
def _not(value: Value) -> Value:
    return opposite(value)


# --- dates and durations ----------------------------------------------------------------------------------------------


@_builtin("date", ["string|date|date and time|number", "number", "number"], "date", needs=1)
def _date(first: Value, month: Value = None, day: Value = None) -> Value:
    if month is not None or day is not None:
        whole = [int(part) for part in (first, month, day) if isinstance(part, Decimal) and part == part.to_integral()]
        try:
            return date(*whole) if len(whole) == 3 else None
        except (ValueError, OverflowError):
            return None
    if isinstance(first, datetime):
        return first.date()
    if isinstance(first, date):
        return first
    return temporal.read_date(first) if isinstance(first, str) else None


@_builtin("time", ["string|time|date and time"], "time")
def _time(value: Value) -> Value:
    if isinstance(value, datetime):
        return value.timetz()
    if isinstance(value, time):
        return value
    return temporal.read_time(value) if isinstance(value, str) else None


@_builtin("date and time", ["string|date|date and time", "time"], "date and time", needs=1)
def _date_and_time(day: Value, clock: Value = None) -> Value:
    if isinstance(clock, time) and isinstance(day, date):
        return datetime.combine(date(day.year, day.month, day.day), clock)
    if clock is not None:
        return None
    if isinstance(day, datetime):
        return day
    if isinstance(day, date):
        return datetime.combine(day, time.min)
    return temporal.read_date_and_time(day) if isinstance(day, str) else None


@_builtin("duration", ["string"], "days and time duration|years and months duration")
def _duration(text: Value) -> Value:
    return temporal.read_duration(text) if isinstance(text, str) else None


@_builtin("years and months duration", ["date|date and time", "date|date and time"], "years and months duration")
def _years_and_months(start: Value, end: Value) -> Value:
    if isinstance(start, date) and isinstance(end, date):
        return months_between(start, end)
    return None


# --- text -------------------------------------------------------------------------------------------------------------


@_builtin("contains", ["string", "string"], "boolean")
def _contains(text: Value, part: Value) -> Value:
    return part in text if isinstance(text, str) and isinstance(part, str) else None


@_builtin("starts with", ["string", "string"], "boolean")
def _starts_with(text: Value, part: Value) -> Value:
    return text.startswith(part) if isinstance(text, str) and isinstance(part, str) else None


@_builtin("ends with", ["string", "string"], "boolean")
def _ends_with(text: Value, part: Value) -> Value:
    return text.endswith(part) if isinstance(text, str) and isinstance(part, str) else None


@_builtin("string length", ["string"], "number")
def _string_length(text: Value) -> Value:
    return Decimal(len(text)) if isinstance(text, str) else None


@_builtin("upper case", ["string"], "string")
def _upper_case(text: Value) -> Value:
    return text.upper() if isinstance(text, str) else None


@_builtin("lower case", ["string"], "string")
def _lower_case(text: Value) -> Value:
    return text.lower() if isinstance(text, str) else None


@_builtin("substring", ["string", "number", "number"], "string", needs=2)
def _substring(text: Value, start: Value, length: Value = None) -> Value:
    """Counted from 1; a negative start counts from the end."""
    first, many = _whole(start), _whole(length)
    if not isinstance(text, str) or not first or (length is not None and (many is None or many < 0)):
        return None
    begin = first - 1 if first > 0 else len(text) + first
    if not 0 <= begin < max(len(text), 1):
        return None
    return text[begin:] if many is None else text[begin : begin + many]


@_builtin("string", [ANY], "string")
def _string(value: Value) -> Value:
    text = temporal.written(value)
    return text if text is not None and len(text) <= LONGEST_STRING else None


@_builtin("number", ["string|number"], "number")
def _number(value: Value) -> Value:
    if isinstance(value, Decimal):
        return value
    # Only what FEEL itself writes as a number: no spaces, underscores, words such as "Infinity", other scripts' digits.
    if not isinstance(value, str) or len(value) > 100 or not value.isascii() or set(value) - set("0123456789.eE+-"):
        return None
    return number_of(value)


# --- numbers ----------------------------------------------------------------------------------------------------------


@_builtin("floor", ["number", "number"], "number", needs=1)
def _floor(number: Value, scale: Value = Decimal(0)) -> Value:
    return _rounded(number, scale, ROUND_FLOOR)


@_builtin("ceiling", ["number", "number"], "number", needs=1)
def _ceiling(number: Value, scale: Value = Decimal(0)) -> Value:
    return _rounded(number, scale, ROUND_CEILING)


@_builtin("round", ["number", "number"], "number", needs=1)
def _round(number: Value, scale: Value = Decimal(0)) -> Value:
    return _rounded(number, scale, ROUND_HALF_UP)


@_builtin("abs", ["number|days and time duration|years and months duration"], "any")
def _abs(value: Value) -> Value:
    if isinstance(value, Months):
        return Months(abs(value.count))
    if isinstance(value, timedelta) and value != timedelta.min:
        return abs(value)
    return ARITHMETIC.abs(value) if isinstance(value, Decimal) else None


# --- lists ------------------------------------------------------------------------------------------------------------


@_builtin("count", [ANY], "number", needs=0, many=True)
def _count(*items: Value) -> Value:
    members = _members(items)
    return None if members is None else Decimal(len(members))


@_builtin("list contains", ["list", ANY], "boolean")
def _list_contains(items: Value, wanted: Value) -> Value:
    return any(equal(each, wanted) is True for each in items) if isinstance(items, list) else None


@_builtin("min", [ANY], "any", needs=1, many=True)
def _min(*items: Value) -> Value:
    return _best(_members(items), less)


@_builtin("max", [ANY], "any", needs=1, many=True)
def _max(*items: Value) -> Value:
    return _best(_members(items), lambda each, best: less(best, each))


@_builtin("sum", ["list|number"], "number", needs=1, many=True)
def _sum(*items: Value) -> Value:
    return _total(_members(items))


@_builtin("mean", ["list|number"], "number", needs=1, many=True)
def _mean(*items: Value) -> Value:
    members = _members(items)
    total = _total(members)
    return ARITHMETIC.divide(total, Decimal(len(members))) if members and total is not None else None


def _members(items: tuple[Value, ...]) -> Sequence[Value] | None:
    """The members meant by f(list) or f(a, b, c); f(null) means none that are known."""
    if len(items) == 1:
        return items[0] if isinstance(items[0], list) else None if items[0] is None else items
    return items


def _total(members: Sequence[Value] | None) -> Decimal | None:
    if not members:
        return None
    total = Decimal(0)
    try:
        for each in members:
            if not isinstance(each, Decimal):
                return None
            total = ARITHMETIC.add(total, each)
    except DecimalException:
        return None
    return total


def _best(members: Sequence[Value] | None, better: Callable[[Value, Value], bool | None]) -> Value:
    """Null when the list is empty or holds members that cannot be compared with one another."""
    if not members or less(members[0], members[0]) is None:
        return None
    best = members[0]
    for each in members:
        answer = better(each, best)
        if answer is None:
            return None
        if answer:
            best = each
    return best


def _rounded(number: Value, scale: Value, rounding: str) -> Value:
    places = _whole(scale)
    if not isinstance(number, Decimal) or places is None or abs(places) > 6_000:
        return None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return number
    try:
        rounded = number.quantize(Decimal(1).scaleb(-places, ARITHMETIC), rounding, ARITHMETIC)
        return rounded if places >= 0 else rounded.quantize(Decimal(1), rounding, ARITHMETIC)
    except DecimalException:
        return None


def _whole(value: Value) -> int | None:
    """A whole number that a position, a length or a scale can be."""
    if isinstance(value, Decimal) and abs(value) < 10**9 and value == value.to_integral_value():
        return int(value)
    return None
