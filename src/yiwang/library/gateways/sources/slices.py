"""Cutting a source into slices that several readers take at once, and together see as one would have seen it.

A slice says which part of the product's rows it is, in the source's own terms; only the kind of source that made it
understands it. Every row is in exactly one slice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from yiwang.library.gateways.bindings import Bound
from yiwang.library.gateways.stopping import Stop


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows from `first` (None: from the start) up to, not including, `last` (None: to the end): pages of a PostgreSQL
    table, row ids of an SQLite table, row groups of the Parquet file `path`, or all of a CSV file.

    `snapshot` is PostgreSQL's name of the moment that all slices are read at.
    """

    first: int | None = None
    last: int | None = None
    path: str = ""
    snapshot: str = ""


class Sliceable(Protocol):
    """A source that can be read in slices."""

    def size(self, bound: Bound, stop: Stop) -> int:
        """About how many bytes hold the rows. Raises Unreachable, Cancelled."""

    def sliced(self, bound: Bound, pieces: int, stop: Stop) -> AbstractContextManager[Sequence[Slice]]:
        """At least one slice, about `pieces`; what they say holds within the block.

        Raises Unreachable, also at the end of the block, where the rows changed meanwhile and the source keeps no
        older state for those who read it.
        """


def cut(first: int, end: int, pieces: int) -> Iterator[tuple[int | None, int | None]]:
    """Even parts of a range; the first has no beginning, the last no end."""
    length = max(1, -(-(end - first) // pieces))
    borders: list[int | None] = [None, *range(first + length, end, length), None]
    yield from pairwise(borders)
