"""Conditions in SQL: what a source can rule out by itself. What it lets through is looked at again (`reading`).

A condition that is pushed must never lose a row. With `wanted` a condition is rendered so that it is true wherever the
predicate is; without (below a `not`) so that it is false wherever the predicate is false. Three-valued logic keeps that
through `and`, `or` and `not`, and a row whose value cannot be converted (null for the predicate) may go either way. So
a leaf that the source cannot work out is simply true, or false below a `not`. Every value is bound.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from yiwang.foundation.kernel.time import city_zone
from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.bindings import Bound, Column, Raw
from yiwang.library.gateways.contract import Field, Product
from yiwang.library.gateways.conversion import EPOCHS, PLACES
from yiwang.library.gateways.fragment import (
    AllOf,
    AnyOf,
    Compare,
    IsNull,
    Not,
    OneOf,
    Predicate,
    StartsWith,
    Value,
)


class Native(StrEnum):
    """What a column is at its source, as far as conditions on it can be trusted to mean the same there."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    """with at most six places"""
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"
    CLOCK = "clock"
    """a date and time without zone"""
    OTHER = "other"


Natives = Mapping[str, Native]
Parameters = list[object]
Rendered = tuple[str, Parameters]

SORTABLE = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S")
"""formats in which text sorts as time does"""
TRUE, FALSE = "1=1", "1=0"
_TEXTS = frozenset(ElementKind) - {
    ElementKind.INTEGER,
    ElementKind.MONEY,
    ElementKind.DECIMAL,
    ElementKind.BOOLEAN,
    ElementKind.DATE,
    ElementKind.CHOICES,
    ElementKind.MOMENT,
}


class Dialect:
    """How one kind of database writes it. `strict`: a column holds nothing but its type."""

    placeholder = "?"
    strict = True

    def quote(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def table(self, name: str) -> str:
        return ".".join(self.quote(part) for part in name.split("."))

    def ordered(self, column: str) -> str:
        """A text column as it compares by code point."""
        return column

    def bound_text(self) -> str:
        return self.placeholder

    def among(self, column: str, values: Sequence[object], native: Native, name: str) -> Rendered:
        """`column in (values)`; text letter by letter."""
        marks = ", ".join([self.placeholder] * len(values))
        return f"{column} IN ({marks})", list(values)

    def begins(self, column: str, text: str) -> Rendered:
        return f"starts_with({column}, {self.placeholder})", [text]


@dataclass(frozen=True)
class Conditions:
    """Renders predicates over one product's rows at one source."""

    product: Product
    bound: Bound
    natives: Natives
    """by column"""
    dialect: Dialect

    def where(self, predicate: Predicate | None) -> Rendered:
        """Everything after WHERE, the binding's own filter with it; `1=1` where nothing can be ruled out."""
        parts, parameters = [], []
        for column, values in self.bound.only.items():
            part, more = self._only(column, values)
            parts.append(part)
            parameters += more
        if predicate is not None:
            part, more = self._render(predicate, True)
            if part != TRUE:
                parts.append(part)
                parameters += more
        return " AND ".join(parts) or TRUE, parameters

    def _only(self, column: str, values: tuple[Raw, ...]) -> Rendered:
        quoted = self.dialect.quote(column)
        there = [value for value in values if value is not None]
        native = self.natives.get(column, Native.OTHER)
        if native is Native.TEXT:
            there = [str(value) for value in there]
        part, parameters = self.dialect.among(quoted, there, native, column) if there else (FALSE, [])
        return (f"({part} OR {quoted} IS NULL)" if None in values else f"({part})"), parameters

    def _render(self, predicate: Predicate, wanted: bool) -> Rendered:
        match predicate:
            case Not(item):
                part, parameters = self._render(item, not wanted)
                if part in (TRUE, FALSE):
                    return (FALSE if part == TRUE else TRUE), []
                return f"NOT ({part})", parameters
            case AllOf(items):
                return self._joined(items, wanted, "AND", TRUE, FALSE)
            case AnyOf(items):
                return self._joined(items, wanted, "OR", FALSE, TRUE)
        return self._leaf(predicate, wanted) or (TRUE if wanted else FALSE, [])

    def _joined(self, items: tuple[Predicate, ...], wanted: bool, word: str, neutral: str, absorbing: str) -> Rendered:
        parts, parameters = [], []
        for item in items:
            part, more = self._render(item, wanted)
            if part == absorbing:
                return absorbing, []
            if part != neutral:
                parts.append(part)
                parameters += more
        if not parts:
            return neutral, []
        return (parts[0] if len(parts) == 1 else "(" + f" {word} ".join(parts) + ")"), parameters

    def _leaf(self, predicate: Predicate, wanted: bool) -> Rendered | None:
        match predicate:
            case Compare(name, operator, value):
                return self._compare(name, operator, value, wanted)
            case OneOf(name, values):
                found = [each for each in values if each is not None]
                return self._among(name, found) if found else (FALSE, [])
            case StartsWith(name, text):
                field, column, native = self._column(name)
                if field.kind in _TEXTS and native is Native.TEXT and column.plain and sendable(text):
                    return self.dialect.begins(self.dialect.quote(column.name), text)
            case IsNull(name):
                return self._is_null(name, wanted)
        return None

    def _column(self, name: str) -> tuple[Field, Column, Native]:
        column = self.bound.column(name)
        return self.product.by_name[name], column, self.natives.get(column.name, Native.OTHER)

    def _is_null(self, name: str, wanted: bool) -> Rendered | None:
        field, column, native = self._column(name)
        quoted = self.dialect.quote(column.name)
        if not wanted:
            return f"{quoted} IS NULL", []
        if not self.dialect.strict or not column.plain or not fits(field, native):
            return None
        return (f"({quoted} IS NULL OR {quoted} = '')" if native is Native.TEXT else f"{quoted} IS NULL"), []

    def _compare(self, name: str, operator: str, value: Value, wanted: bool) -> Rendered | None:
        if value is None:
            return None
        if operator in ("=", "!="):
            found = self._among(name, [value])
            if found is None or operator == "=":
                return found
            return f"NOT ({found[0]})", found[1]
        field, column, native = self._column(name)
        quoted, mark = self.dialect.quote(column.name), self.dialect.placeholder
        if native is Native.CLOCK and isinstance(value, datetime) and column.values is None and wanted:
            # A clock's time may come twice a year, so a day is added on the safe side.
            clock = value.astimezone(ZoneInfo(column.zone) if column.zone else city_zone()).replace(tzinfo=None)
            clock += timedelta(days=-1 if operator.startswith(">") else 1)
            return f"{quoted} {operator} {mark}", [clock]
        bound = self._bound(field, column, native, value)
        if bound is None or column.values is not None:
            return None
        if native is Native.TEXT:
            return f"{self.dialect.ordered(quoted)} {operator} {self.dialect.bound_text()}", [bound]
        return f"{quoted} {operator} {mark}", [bound]

    def _among(self, name: str, values: Sequence[Value]) -> Rendered | None:
        field, column, native = self._column(name)
        found: list[object] = []
        if _as_it_is(field, column, native) and all(isinstance(each, str) and each for each in values):
            # Thousands of keys may have been shipped: they are looked at together.
            found = list(values)
            if not sendable("".join(found)):  # type: ignore[arg-type]
                return None
            values = ()
        for value in values:
            if column.values is not None:
                codes = _codes(column, field, native, value)
                if codes is None:
                    return None
                found += codes
                continue
            bound = self._bound(field, column, native, value)
            if bound is None:
                return None
            found.append(bound)
        if not found:
            return FALSE, []
        return self.dialect.among(self.dialect.quote(column.name), found, native, column.name)

    def _bound(self, field: Field, column: Column, native: Native, value: Value) -> object:
        """A contract's value as the column holds it; None where that is not sure."""
        if column.times != 1:
            return None
        if isinstance(value, str):
            plain = _as_it_is(field, column, native)
            return value if plain and value and sendable(value) else None
        if isinstance(value, bool):
            return value if field.kind is ElementKind.BOOLEAN and native is Native.BOOLEAN else None
        if isinstance(value, datetime):
            return _moment(field, column, native, value)
        if isinstance(value, date):
            if field.kind is not ElementKind.DATE:
                return None
            if native is Native.DATE and not column.format:
                return value
            form = column.format or "%Y-%m-%d"
            return value.strftime(form) if native is Native.TEXT and form in SORTABLE and value.year >= 1000 else None
        if isinstance(value, int | Decimal) and fits(field, native):
            return _number(native, value)
        return None


def _as_it_is(field: Field, column: Column, native: Native) -> bool:
    """The column holds the contract's text, not something that stands for it."""
    return field.kind in _TEXTS and native is Native.TEXT and column.plain


def fits(field: Field, native: Native) -> bool:
    """Whether the column's own type is just what the contract's kind needs."""
    if field.kind in _TEXTS:
        return native is Native.TEXT
    if field.kind in (ElementKind.INTEGER, ElementKind.MONEY):
        return native is Native.INTEGER
    if field.kind is ElementKind.DECIMAL:
        return native in (Native.INTEGER, Native.DECIMAL)
    return str(native) == str(field.kind)


_UNSENDABLE = re.compile("[\\x00\\ud800-\\udfff]")


def sendable(text: str) -> bool:
    """Whether every driver carries the text."""
    return (text.isascii() and "\x00" not in text) or not _UNSENDABLE.search(text)


def _number(native: Native, value: int | Decimal) -> object:
    """All of one type: drivers send no mixed lists."""
    if native is Native.DECIMAL:
        number = Decimal(value)
        fine = number.is_finite() and abs(number) < 10**12 and number == number.quantize(PLACES)
        return number if fine else None
    if value != int(value) or not -(2**63) < value < 2**63:
        return None
    return int(value)


def _moment(field: Field, column: Column, native: Native, value: datetime) -> object:
    if field.kind is not ElementKind.MOMENT or value.tzinfo is None:
        return None
    if native is Native.MOMENT and not column.format:
        return value.astimezone(UTC)
    if native is Native.INTEGER and column.format in EPOCHS:
        micro = (value - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * EPOCHS[column.format]
        return micro // 1_000_000 if micro % 1_000_000 == 0 else None
    return None


def _codes(column: Column, field: Field, native: Native, value: Value) -> list[object] | None:
    """The codes at the source that mean this value; None where they cannot be compared there."""
    assert column.values is not None
    if field.kind not in _TEXTS and field.kind is not ElementKind.BOOLEAN:
        return None
    codes = [code for code, meaning in column.values.items() if meaning == value and type(meaning) is type(value)]
    if native is Native.TEXT:
        return list(codes) if all(map(sendable, codes)) else None
    if native is Native.INTEGER:
        whole = [code for code in codes if code.lstrip("-").isdecimal() and str(int(code)) == code]
        return [int(code) for code in whole]
    return None
