"""Predicates, keys, orders and limits worked out on Arrow data: what a gateway does after masking, and over again after
a source has answered. Three-valued as in SQL; text is compared code point by code point, nulls come last in an order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from yiwang.library.gateways.fragment import (
    AllOf,
    AnyOf,
    Compare,
    IsNull,
    Keys,
    Not,
    OneOf,
    Order,
    Predicate,
    StartsWith,
    Value,
)


class WrongKind(Exception):
    """A value that the field could never hold; the message is the field's name."""


_COMPARISONS: Mapping[str, Callable[..., pa.Array]] = {
    "=": pc.equal,
    "!=": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}


def kept(table: pa.Table, where: Predicate | None) -> pa.Table:
    """The rows of which the predicate is true. Raises WrongKind."""
    if where is None or not table.num_rows:
        return table
    holds = truth(table, where)
    # Of a point look-up mostly every row: to copy it costs more than to look at it.
    if pc.all(holds, skip_nulls=False).as_py():
        return table
    return table.filter(holds, null_selection_behavior="drop")


def with_keys(table: pa.Table, keys: Keys | None) -> pa.Table:
    """The rows whose key is among those shipped. Raises WrongKind."""
    if keys is None or not table.num_rows:
        return table
    return table.filter(_among(table, keys.field, keys.values), null_selection_behavior="drop")


def beyond(table: pa.Table, field: str | None, after: Value) -> pa.Table:
    """The rows whose cursor lies beyond `after`."""
    if after is None or field is None:
        return table
    return kept(table, Compare(field, ">", after))


def in_order(table: pa.Table, order: Sequence[Order], limit: int | None) -> pa.Table:
    if order and table.num_rows > 1:
        ways = [(each.field, "descending" if each.descending else "ascending") for each in order]
        table = table.take(pc.sort_indices(table, sort_keys=ways))
    return table if limit is None else table.slice(0, limit)


def truth(table: pa.Table, where: Predicate) -> pa.ChunkedArray:
    """True, false or null for each row."""
    match where:
        case Compare(field, operator, value):
            column = table.column(field)
            return _COMPARISONS[operator](column, _scalar(field, value, column.type))
        case OneOf(field, values):
            return _among(table, field, values)
        case StartsWith(field, text):
            column = table.column(field)
            if not pa.types.is_string(column.type):
                raise WrongKind(field)
            return pc.starts_with(column, text)
        case IsNull(field):
            return pc.is_null(table.column(field))
        case Not(item):
            return pc.invert(truth(table, item))
        case AllOf(items):
            return _folded(table, items, pc.and_kleene, True)
        case AnyOf(items):
            return _folded(table, items, pc.or_kleene, False)
    raise TypeError(type(where).__name__)


def fits(value: Value, kind: pa.DataType) -> bool:
    """Whether a column of that type could hold the value."""
    if pa.types.is_boolean(kind):
        return type(value) is bool
    if pa.types.is_string(kind):
        return isinstance(value, str)
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return isinstance(value, int | Decimal) and type(value) is not bool
    if pa.types.is_timestamp(kind):
        return isinstance(value, datetime) and value.tzinfo is not None
    if pa.types.is_date(kind):
        return isinstance(value, date) and not isinstance(value, datetime)
    return False


def all_fit(values: Sequence[Value], kind: pa.DataType) -> bool:
    """Whether it could hold every one of them."""
    if pa.types.is_string(kind):
        return all(isinstance(value, str) for value in values)
    return all(fits(value, kind) for value in values)


def _scalar(field: str, value: Value, kind: pa.DataType) -> pa.Scalar:
    if not fits(value, kind):
        raise WrongKind(field)
    if isinstance(value, Decimal) or pa.types.is_decimal(kind):
        try:
            return pa.scalar(Decimal(value), type=pa.decimal128(38, 6))  # type: ignore[arg-type]
        except (pa.ArrowInvalid, ValueError):
            raise WrongKind(field) from None
    try:
        return pa.scalar(value, type=kind)
    except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):
        raise WrongKind(field) from None


def _among(table: pa.Table, field: str, values: Sequence[Value]) -> pa.ChunkedArray:
    column = table.column(field)
    if not all_fit(values, column.type):
        raise WrongKind(field)
    if pa.types.is_decimal(column.type):
        numbers = [Decimal(value) for value in values]  # type: ignore[arg-type]
        wanted = pa.array([each for each in numbers if _exact(each, column.type)], type=column.type)
    elif pa.types.is_integer(column.type):
        wanted = pa.array(_whole(values), type=column.type)
    else:
        try:
            wanted = pa.array(values, type=column.type)
        except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):
            raise WrongKind(field) from None
    found = pc.is_in(column, value_set=wanted)
    # To SQL, whether null is among them is not known.
    return pc.if_else(pc.is_null(column), pa.scalar(None, pa.bool_()), found) if column.null_count else found


def _whole(values: Sequence[Value]) -> list[int]:
    numbers = [each for each in values if isinstance(each, int) or (isinstance(each, Decimal) and each == int(each))]
    return [int(each) for each in numbers if -(2**63) <= each < 2**63]


def _exact(number: Decimal, kind: pa.DataType) -> bool:
    try:
        pa.scalar(number, type=kind)
    except (pa.ArrowInvalid, ValueError):
        return False
    return True


def _folded(
    table: pa.Table, items: Sequence[Predicate], join: Callable[..., pa.ChunkedArray], of_none: bool
) -> pa.ChunkedArray:
    if not items:
        return pa.chunked_array([pa.repeat(pa.scalar(of_none), table.num_rows)])
    found = truth(table, items[0])
    for item in items[1:]:
        found = join(found, truth(table, item))
    return found
