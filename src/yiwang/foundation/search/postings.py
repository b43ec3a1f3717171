"""The packed form of a term's occurrences, the same bytes on every machine."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

_ONE = struct.Struct("<IBH")
MOST = 0xFFFF


def pack(occurrences: Iterable[tuple[int, int, int]]) -> bytes:
    """Triples of document ordinal, field number and count (counts above 65,535 are written as that)."""
    return b"".join(_ONE.pack(ordinal, field, min(count, MOST)) for ordinal, field, count in occurrences)


def unpack(packed: bytes) -> Iterator[tuple[int, int, int]]:
    return _ONE.iter_unpack(packed)
