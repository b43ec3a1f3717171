"""What is asked of one product: fields, a predicate over them, keys shipped from elsewhere, an order, a limit.

A fragment is a value, never SQL: a gateway turns it into its source's own language with every literal bound. Predicates
speak of the product's fields as the consumer sees them: after masks. Bounded: `DEEPEST`, `MOST_KEYS`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

Value = str | int | Decimal | bool | date | datetime | None

DEEPEST = 32
MOST_KEYS = 100_000
OPERATORS = ("=", "!=", "<", "<=", ">", ">=")


class Predicate(ABC):
    """A condition on one row; three-valued as in SQL: only what is true is kept."""

    __slots__ = ()

    @abstractmethod
    def fields(self) -> Iterator[str]:
        """Every field it looks at."""


@dataclass(frozen=True, slots=True)
class Compare(Predicate):
    """`field operator value`; the operator is one of OPERATORS, the value is not None."""

    field: str
    operator: str
    value: Value

    def fields(self) -> Iterator[str]:
        yield self.field


@dataclass(frozen=True, slots=True)
class OneOf(Predicate):
    """`field in (values)`."""

    field: str
    values: tuple[Value, ...]

    def fields(self) -> Iterator[str]:
        yield self.field


@dataclass(frozen=True, slots=True)
class StartsWith(Predicate):
    """Text that begins so, letter by letter."""

    field: str
    text: str

    def fields(self) -> Iterator[str]:
        yield self.field


@dataclass(frozen=True, slots=True)
class IsNull(Predicate):
    field: str

    def fields(self) -> Iterator[str]:
        yield self.field


@dataclass(frozen=True, slots=True)
class Not(Predicate):
    item: Predicate

    def fields(self) -> Iterator[str]:
        yield from self.item.fields()


@dataclass(frozen=True, slots=True)
class AllOf(Predicate):
    """True where every item is; of no items: true."""

    items: tuple[Predicate, ...]

    def fields(self) -> Iterator[str]:
        for item in self.items:
            yield from item.fields()


@dataclass(frozen=True, slots=True)
class AnyOf(Predicate):
    """True where one item is; of no items: false."""

    items: tuple[Predicate, ...]

    def fields(self) -> Iterator[str]:
        for item in self.items:
            yield from item.fields()


@dataclass(frozen=True, slots=True)
class Keys:
    """Join keys shipped to the source: rows whose `field` is one of `values`, each value once, none of them None."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Order:
    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Fragment:
    """What is asked of one product. `after`: only rows whose cursor field lies beyond it (changed-since)."""

    product: str
    """such as `market.enterprises@1`"""
    fields: tuple[str, ...]
    where: Predicate | None = None
    keys: Keys | None = None
    after: Value = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
