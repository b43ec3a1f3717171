"""What kind of value an expression has, as far as two engines must agree on it to mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


class NotTheSame(Exception):
    """Two engines could read this differently, or it was never shown that they do not. `what` names it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Kind:
    """`name`: integer, huge (a sum of integers), decimal (with `scale`), double, text, boolean, date, moment,
    list (which is shown and counted, no more), null."""

    name: str
    scale: int = 0


INTEGER, HUGE, DOUBLE = Kind("integer"), Kind("huge"), Kind("double")
TEXT, BOOLEAN, DATE, MOMENT, NULL = Kind("text"), Kind("boolean"), Kind("date"), Kind("moment"), Kind("null")
LIST = Kind("list")
MOST_PLACES = 18


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression in Spark's SQL. `written`: the text of a literal, which takes the kind of what it meets."""

    sql: str
    kind: Kind
    written: str | None = None


def decimal(scale: int) -> Kind:
    """Raises NotTheSame."""
    if scale > MOST_PLACES:
        raise NotTheSame("decimal places")
    return Kind("decimal", scale)


def kind_of(type_: pa.DataType) -> Kind:
    """Of an Arrow column. Raises NotTheSame."""
    import pyarrow.types as types

    if types.is_decimal(type_):
        return decimal(type_.scale)
    for kind, fits in (
        (INTEGER, types.is_integer),
        (TEXT, types.is_string),
        (BOOLEAN, types.is_boolean),
        (DATE, types.is_date32),
        (MOMENT, types.is_timestamp),
        (DOUBLE, types.is_float64),
        (LIST, types.is_list),
    ):
        if fits(type_):
            return kind
    raise NotTheSame(str(type_))


def numeric(kind: Kind) -> bool:
    return kind.name in ("integer", "huge", "decimal", "double")


def exact(kind: Kind) -> bool:
    return kind.name in ("integer", "huge", "decimal")


def as_double(of: Typed) -> str:
    return of.sql if of.kind == DOUBLE else f"cast({of.sql} as double)"


def single(of: Typed, what: str) -> Typed:
    """Not a list. Raises NotTheSame."""
    if of.kind == LIST:
        raise NotTheSame(what)
    return of


def together(items: list[Typed], what: str) -> tuple[list[str], Kind]:
    """The items brought to one kind, as `case`, `coalesce` and comparisons want it. Raises NotTheSame."""
    kinds = {single(item, what).kind for item in items if item.kind != NULL}
    meant = next((kind for kind in (DATE, MOMENT) if kind in kinds), TEXT)
    items = [literal_as(item, meant) if item.written is not None else item for item in items]
    kinds = {item.kind for item in items if item.kind != NULL}
    if len(kinds) == 1:
        return [item.sql for item in items], kinds.pop()
    if kinds == {DATE, MOMENT}:
        return [moment(item).sql for item in items], MOMENT
    if kinds and all(map(numeric, kinds)):
        if DOUBLE in kinds:
            return [as_double(item) for item in items], DOUBLE
        if HUGE in kinds:
            if any(kind.name == "decimal" for kind in kinds):
                raise NotTheSame(what)
            return [item.sql for item in items], HUGE
        return [item.sql for item in items], decimal(max(kind.scale for kind in kinds))
    raise NotTheSame(what)


def moment(of: Typed) -> Typed:
    if of.kind == NULL or of.kind == MOMENT:
        return of
    return Typed(f"cast({of.sql} as timestamp_ntz)", MOMENT)


def literal_as(of: Typed, kind: Kind) -> Typed:
    """A written text as a day or a moment. Raises NotTheSame where it is not written in full."""
    from datetime import date, datetime

    assert of.written is not None
    if kind == TEXT:
        return of
    try:
        if len(of.written) == 10:
            day = Typed(f"DATE '{date.fromisoformat(of.written)}'", DATE)
            return day if kind == DATE else moment(day)
        if kind == MOMENT and len(of.written) == 19:
            return Typed(f"TIMESTAMP_NTZ '{datetime.fromisoformat(of.written):%Y-%m-%d %H:%M:%S}'", MOMENT)
    except ValueError:
        pass
    raise NotTheSame(of.written)
