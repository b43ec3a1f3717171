"""Which characters a text has, and how many of each, in one integer: texts that are few edits apart differ in few bits.

The k-th time that a character occurs is one of 63 bits, the same in every text. A character that comes or goes changes
one bit at most, one in another's place two; so what differs in more bits is surely further apart, and the distance,
which takes a hundred times as long, need not be measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

BITS = 63
AGAIN = 10
"""How far a character's bit moves each time it comes again, so that digits have their bits to themselves six times."""
_CODES = 21
"""bits of a character's code"""


def bags(texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """One for each text; none of its bits for an empty one."""
    found = np.zeros(len(texts), np.int64)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
    if len(codes) == 0:
        return found
    characters = np.sort(np.repeat(np.arange(len(texts)), lengths) << _CODES | codes)
    places = np.arange(len(characters))
    first = np.concatenate(([True], characters[1:] != characters[:-1]))
    times = places - np.maximum.accumulate(np.where(first, places, 0))
    bits = np.left_shift(1, ((characters & (1 << _CODES) - 1) + AGAIN * times) % BITS)
    said = np.flatnonzero(lengths)
    found[said] = np.bitwise_or.reduceat(bits, np.concatenate(([0], np.cumsum(lengths[said])[:-1])))
    return found
