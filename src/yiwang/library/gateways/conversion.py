"""From what a source holds to what the contract says: one set of rules for every kind of source (ADR 0071).

Empty text is nothing (null), in every kind of source alike. What cannot be converted is null too, and counted: a date
"unknown" must not hide the register. Nothing is guessed beyond these rules:

- text: text; a number as it is written in full; never bytes
- integer, money: whole numbers; text of digits with a sign; money times the binding's `times`, then whole
- decimal: numbers, text such as "-12.50"; six places, rounded half even; at most twelve digits before the point
- boolean: true/false, 1/0, and as text true false t f yes no y n 1 0 是 否 in any case
- date: a date; the day of a moment in the city's zone; text 2020-01-31, or as the binding's `format` says
- moment: an aware one; one without zone in the binding's zone, else the city's; ISO text; `format: epoch` or `epoch_ms`
- choices: a list; text, split at the binding's `separator`
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import pyarrow as pa

from yiwang.foundation.kernel.time import city_zone
from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.bindings import Column
from yiwang.library.gateways.contract import Field
from yiwang.library.gateways.types import arrow_type

EPOCHS = {"epoch": 1, "epoch_ms": 1000}
PLACES = Decimal("0.000001")
MOST_CHOICES = 1_000
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}\Z")
_NUMBER = re.compile(r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_TRUTHS = {"true": True, "t": True, "yes": True, "y": True, "1": True, "是": True}
_TRUTHS |= {"false": False, "f": False, "no": False, "n": False, "0": False, "否": False}
_START = datetime(1970, 1, 1, tzinfo=UTC)

Convert = Callable[[object], object]


class Unconvertible(ValueError):
    """A value that is not of the field's kind."""


def converter(field: Field, column: Column) -> Convert:
    """From a source's value, never null and never empty text, to the contract's. Raises Unconvertible."""
    convert = _of_kind(field, column)
    if column.values is None:
        return convert
    meanings = column.values

    def mapped(value: object) -> object:
        try:
            return convert(meanings[code_of(value)])
        except KeyError:
            raise Unconvertible from None

    return mapped


def code_of(value: object) -> str:
    """A source's value as a binding's `values` writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value)


def column_of(values: Sequence[object], field: Field, column: Column) -> tuple[pa.Array, int]:
    """A column of the contract's type, and how many values of it could not be converted."""
    kind = arrow_type(field)
    seen = set(map(type, values))
    if column.plain and seen <= _ALREADY.get(field.kind, _TEXT):
        if str not in seen:
            with contextlib.suppress(OverflowError):
                return pa.array(values, type=kind), 0
        else:
            with contextlib.suppress(UnicodeEncodeError):
                return pa.array([value or None for value in values], type=kind), 0
    convert, bad = converter(field, column), 0
    known: dict[object, object] = {}
    found: list[object] = []
    for value in values:
        if value is None or value == "":
            found.append(None)
            continue
        try:
            key = (type(value), value)
            if key in known:
                found.append(known[key])
                continue
            converted = convert(value)
            if len(known) < _MOST_KNOWN:
                known[key] = converted
        except Unconvertible:
            bad, converted = bad + 1, None
        except TypeError:
            # A list or an object cannot be remembered.
            try:
                converted = convert(value)
            except Unconvertible:
                bad, converted = bad + 1, None
        found.append(converted)
    return pa.array(found, type=kind), bad


_MOST_KNOWN = 10_000
_NONE = type(None)
_TEXT = frozenset({str, _NONE})
_ALREADY: dict[ElementKind, frozenset[type]] = {
    ElementKind.INTEGER: frozenset({int, _NONE}),
    ElementKind.MONEY: frozenset({int, _NONE}),
    ElementKind.DECIMAL: frozenset(),
    ElementKind.BOOLEAN: frozenset({bool, _NONE}),
    ElementKind.DATE: frozenset({date, _NONE}),
    ElementKind.CHOICES: frozenset(),
    ElementKind.MOMENT: frozenset(),
}
"""Python types that need no conversion at all."""


def _of_kind(field: Field, column: Column) -> Convert:
    kind = field.kind
    if kind in (ElementKind.INTEGER, ElementKind.MONEY):
        return _whole(column.times)
    if kind is ElementKind.DECIMAL:
        return _decimal(column.times)
    if kind is ElementKind.BOOLEAN:
        return _truth
    if kind is ElementKind.DATE:
        return _date(column)
    if kind is ElementKind.MOMENT:
        return _moment(column)
    if kind is ElementKind.CHOICES:
        return _choices(column.separator)
    return _text


def _text(value: object) -> str:
    if isinstance(value, str):
        text = value
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, int):
        text = str(value)
    elif isinstance(value, float):
        text = format(_number(value), "f")
    elif isinstance(value, Decimal):
        text = format(value, "f")
    elif isinstance(value, date):
        text = value.isoformat()
    else:
        raise Unconvertible
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unconvertible from None
    return text


def _number(value: object) -> Decimal:
    """Binary fractions count with the fifteen digits that they surely hold."""
    if isinstance(value, bool):
        raise Unconvertible
    if isinstance(value, int):
        return Decimal(value)
    try:
        if isinstance(value, float):
            number = Decimal(format(value, ".15g"))
        elif isinstance(value, Decimal):
            number = value
        elif isinstance(value, str) and _NUMBER.match(value.strip()):
            number = Decimal(value.strip())
        else:
            raise Unconvertible
    except InvalidOperation:
        raise Unconvertible from None
    if not number.is_finite():
        raise Unconvertible
    return number


def _whole(times: int) -> Callable[[object], int]:
    def convert(value: object) -> int:
        if type(value) is int:
            whole = value * times
        elif times == 1 and isinstance(value, str):
            if not _WHOLE.match(value.strip()):
                raise Unconvertible
            whole = int(value)
        else:
            number = _number(value) * times
            if abs(number) >= 2**63 or number != int(number):
                raise Unconvertible
            whole = int(number)
        if not -(2**63) <= whole < 2**63:
            raise Unconvertible
        return whole

    return convert


def _decimal(times: int) -> Convert:
    def convert(value: object) -> Decimal:
        number = _number(value) * times
        if abs(number) >= 10**12:
            raise Unconvertible
        return number.quantize(PLACES, rounding=ROUND_HALF_EVEN)

    return convert


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, bytes) and len(value) == 1:
        value = value[0]
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and (found := _TRUTHS.get(value.strip().lower())) is not None:
        return found
    raise Unconvertible


def _date(column: Column) -> Convert:
    def convert(value: object) -> date:
        if isinstance(value, datetime):
            return value.astimezone(_zone(column)).date() if value.tzinfo else value.date()
        if isinstance(value, date):
            return value
        if isinstance(value, int) and not isinstance(value, bool) and column.format:
            value = str(value)
        if not isinstance(value, str):
            raise Unconvertible
        try:
            if column.format:
                return _written_so(value, column.format).date()
            if not _DAY.match(value):
                raise Unconvertible
            return date.fromisoformat(value)
        except ValueError:
            raise Unconvertible from None

    return convert


def _written_so(value: str, form: str) -> datetime:
    """Exactly so: strptime alone would take "2020-1-5" for "%Y-%m-%d", which then sorts otherwise than it reads."""
    moment = datetime.strptime(value, form)  # noqa: DTZ007 - the zone is put in by the caller
    if moment.strftime(form).zfill(len(value)) != value:
        raise Unconvertible
    return moment


def _moment(column: Column) -> Convert:
    units = EPOCHS.get(column.format)
    whole = _whole(1)

    def convert(value: object) -> datetime:
        try:
            if units is not None:
                return _START + timedelta(microseconds=whole(value) * 1_000_000 // units)
            if isinstance(value, str):
                value = _written_so(value, column.format) if column.format else datetime.fromisoformat(value)
            if isinstance(value, date) and not isinstance(value, datetime):
                value = datetime(value.year, value.month, value.day, tzinfo=_zone(column))
            if not isinstance(value, datetime):
                raise Unconvertible
            return (value if value.tzinfo else value.replace(tzinfo=_zone(column))).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Unconvertible from None

    return convert


def _zone(column: Column) -> ZoneInfo:
    return ZoneInfo(column.zone) if column.zone else city_zone()


def _choices(separator: str) -> Convert:
    def convert(value: object) -> list[str]:
        items: Sequence[object]
        if isinstance(value, str) and value.startswith("["):
            try:
                items = json.loads(value)
            except ValueError:
                raise Unconvertible from None
        elif isinstance(value, str):
            items = [item.strip() for item in value.split(separator)]
        elif isinstance(value, list | tuple):
            items = value
        else:
            raise Unconvertible
        if len(items) > MOST_CHOICES:
            raise Unconvertible
        return [_text(item) for item in items if item not in (None, "")]

    return convert
