"""What is asked of a source, and what every source promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Protocol

import pyarrow as pa

from yiwang.library.gateways.bindings import Bound
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.conversion import column_of
from yiwang.library.gateways.fragment import AllOf, Compare, Keys, OneOf, Order, Predicate, Value
from yiwang.library.gateways.sources.slices import Slice
from yiwang.library.gateways.stopping import Stop
from yiwang.library.gateways.types import plain_schema

FIRST_ROWS, MORE_ROWS = 2_000, 20_000
"""Rows fetched at a time by the drivers that hand over single rows: few first, for who wants only few."""


MANY = 50_000


class Unreachable(Exception):
    """The source did not answer, or not as its binding says; the message says why, and holds no value and no secret."""


@dataclass(frozen=True)
class Ask:
    """One product's rows: `fields` are wanted, `needed` are read (conditions and order look at more).

    `tally` counts the values of each field that could not be converted; who passes one has every value converted here.
    `part`: only the rows of this slice, which the source itself made.
    """

    product: Product
    bound: Bound
    fields: tuple[str, ...]
    where: Predicate | None = None
    keys: Keys | None = None
    after: Value = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    tally: Counter[str] | None = None
    part: Slice | None = None

    @cached_property
    def needed(self) -> tuple[str, ...]:
        names = [*self.fields, *(order.field for order in self.order)]
        if self.where is not None:
            names += self.where.fields()
        if self.keys is not None:
            names.append(self.keys.field)
        if self.after is not None and self.product.cursor is not None:
            names.append(self.product.cursor)
        return tuple(dict.fromkeys(names))

    @cached_property
    def condition(self) -> Predicate | None:
        """Predicate, keys and cursor in one."""
        parts: list[Predicate] = []
        if self.keys is not None:
            parts.append(OneOf(self.keys.field, self.keys.values))
        if self.after is not None and self.product.cursor is not None:
            parts.append(Compare(self.product.cursor, ">", self.after))
        if self.where is not None:
            parts.append(self.where)
        return None if not parts else parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    @property
    def at_most(self) -> int | None:
        """How many rows are enough, whichever they are. A limit beyond `MANY` is a grant's cap, and no reason to read
        a table row by row."""
        few = self.limit is not None and self.limit <= MANY
        return self.limit if few and self.condition is None and not self.order else None

    def equals(self) -> Iterator[str]:
        """Fields of which the rows must have one of a few values."""
        if self.keys is not None:
            yield self.keys.field
        for part in self.where.items if isinstance(self.where, AllOf) else (self.where,):
            if isinstance(part, OneOf) or (isinstance(part, Compare) and part.operator == "="):
                yield part.field

    @cached_property
    def schema(self) -> pa.Schema:
        """Of what a source hands over: `needed`, in the contract's types."""
        return plain_schema(self.product, self.needed)

    def batch(self, columns: Sequence[Sequence[object]]) -> pa.RecordBatch:
        """Columns of the source's values, in the order of `needed`, in the contract's types."""
        arrays = []
        for name, values in zip(self.needed, columns, strict=True):
            array, bad = column_of(values, self.product.by_name[name], self.bound.column(name))
            if bad and self.tally is not None:
                self.tally[name] += bad
            arrays.append(array)
        return pa.record_batch(arrays, schema=self.schema)


class Source(Protocol):
    """One connection. Raises Unreachable; Cancelled once the question is stopped. Safe to use from many threads."""

    def batches(self, ask: Ask, stop: Stop) -> Iterator[pa.RecordBatch]:
        """Every row that was asked for, perhaps others too, in any order, with the schema `ask.schema`."""

    def as_of(self, bound: Bound, stop: Stop) -> datetime | None:
        """When the source last changed, where it tells without being read."""

    def close(self) -> None: ...


def rows_in_batches(ask: Ask, fetch: Fetch, stop: Stop) -> Iterator[pa.RecordBatch]:
    """Rows as drivers hand them over, a few thousand at a time, until there are none."""
    size = FIRST_ROWS
    while rows := fetch(size):
        yield ask.batch(list(zip(*rows, strict=True)))
        if len(rows) < size:
            return
        stop.check()
        size = MORE_ROWS


class Fetch(Protocol):
    def __call__(self, size: int, /) -> Sequence[Sequence[object]]: ...
