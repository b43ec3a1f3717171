"""A column by its distinct values, so that each is levelled once, however many records say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Said:
    """What records say of one thing: `values` are distinct, `places` tells for each record where its own stands."""

    values: list[str]
    places: pa.Array

    @classmethod
    def of(cls, column: Sequence[str] | pa.Array) -> Said:
        encoded = pa.array(column, pa.string()).dictionary_encode()
        return cls(encoded.dictionary.to_pylist(), encoded.indices)

    @classmethod
    def joined(cls, some: Iterable[Said]) -> Said:
        """One column below the other."""
        return cls.of(pa.concat_arrays([each.column() for each in some]))

    def column(self) -> pa.Array:
        return self.spread(self.values, pa.string())

    def spread(self, levelled: Sequence[object], kind: pa.DataType) -> pa.Array:
        """For each record what became of its value; `levelled` is in the order of `values`."""
        return pa.array(levelled, kind).take(self.places)

    def levelled(self, level: Callable[[str], str]) -> Said:
        return Said.of(self.spread([level(value) for value in self.values], pa.string()))


def first_said(own: pa.Array, told: pa.Array) -> tuple[pa.Array, pa.Array]:
    """`own` where it says something, else `told`; and whether it is only told."""
    silent = pc.equal(own, "")
    return pc.if_else(silent, told, own), pc.and_(silent, pc.not_equal(told, ""))
