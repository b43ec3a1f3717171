"""The Merkle tree of RFC 6962 (section 2.1): a log that can prove what it holds and that it only ever grew.

Hashes of complete subtrees are kept level by level, so that appending costs one node hash on average and every root
and proof is a few look-ups. Memory: 64 bytes a leaf.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
WIDTH = 32


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """Grows by leaves; `size` counts them. Not for several writing threads at once."""

    __slots__ = ("_levels", "size")

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        # _levels[k] holds one after another the hashes of the complete subtrees of 2**k leaves.
        self._levels: list[bytearray] = [bytearray()]
        self.size = 0
        for each in leaf_hashes:
            self.append_hash(each)

    def append(self, leaf: bytes) -> int:
        """Returns the leaf's position, counted from zero."""
        return self.append_hash(sha256(b"\x00" + leaf).digest())

    def append_hash(self, hashed: bytes) -> int:
        """Append a leaf of which only the hash (`leaf_hash`) is known; returns its position."""
        levels = self._levels
        position = rest = self.size
        level = levels[0]
        level += hashed
        depth = 0
        while rest & 1:
            hashed = sha256(b"\x01" + level[-64:]).digest()
            depth += 1
            if depth == len(levels):
                levels.append(bytearray())
            level = levels[depth]
            level += hashed
            rest >>= 1
        self.size = position + 1
        return position

    def leaf(self, position: int) -> bytes:
        """The hash of a leaf. Raises IndexError."""
        if not 0 <= position < self.size:
            raise IndexError(position)
        return self._node(0, position)

    def root(self, size: int | None = None) -> bytes:
        """The root hash of the first `size` leaves (all). Raises IndexError beyond the tree."""
        size = self._within(size)
        return self._root_of(0, size) if size else EMPTY_ROOT

    def inclusion(self, position: int, size: int | None = None) -> tuple[bytes, ...]:
        """The audit path of a leaf in the tree of the first `size` leaves, from the leaf upwards (section 2.1.1).

        Raises IndexError where there is no such leaf.
        """
        low, high = 0, self._within(size)
        if not 0 <= position < high:
            raise IndexError(position)
        path = []
        while high - low > 1:
            middle = low + _largest_power_below(high - low)
            if position < middle:
                path.append(self._root_of(middle, high))
                high = middle
            else:
                path.append(self._root_of(low, middle))
                low = middle
        path.reverse()
        return tuple(path)

    def consistency(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """Proof that the first `old` leaves begin the tree of the first `new` (section 2.1.2).

        Empty where old is 0 or equals new. Raises IndexError unless 0 <= old <= new <= size.
        """
        low, high = 0, self._within(new)
        if not 0 <= old <= high:
            raise IndexError(old)
        if old in (0, high):
            return ()
        path = []
        while old != high:
            middle = low + _largest_power_below(high - low)
            if old <= middle:
                path.append(self._root_of(middle, high))
                high = middle
            else:
                path.append(self._root_of(low, middle))
                low = middle
        if low:  # else the old tree is itself a complete subtree, and its root is known to who asks
            path.append(self._root_of(low, high))
        path.reverse()
        return tuple(path)

    def _within(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise IndexError(size)
        return size

    def _node(self, depth: int, index: int) -> bytes:
        return bytes(self._levels[depth][index * WIDTH : index * WIDTH + WIDTH])

    def _root_of(self, low: int, high: int) -> bytes:
        """The root of the leaves from `low` to `high`, where `low` begins a subtree at least that large."""
        count = high - low
        hashed = b""
        # Complete subtrees from the right, smallest first.
        while count:
            depth = (count & -count).bit_length() - 1
            count -= 1 << depth
            node = self._node(depth, (low + count) >> depth)
            hashed = sha256(b"\x01" + node + hashed).digest() if hashed else node
        return hashed


def includes(leaf_hashed: bytes, position: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that the leaf stands at `position` of the tree of `size` leaves with that root
    (RFC 9162, section 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    place, last, hashed = position, size - 1, leaf_hashed
    for each in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            hashed = node_hash(each, hashed)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            hashed = node_hash(hashed, each)
        place >>= 1
        last >>= 1
    return last == 0 and hashed == root


def extends(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `new` leaves begins with that of `old` (RFC 9162, section 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place >>= 1
        last >>= 1
    first = second = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(each, first), node_hash(each, second)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            second = node_hash(second, each)
        place >>= 1
        last >>= 1
    return last == 0 and first == old_root and second == new_root


def _largest_power_below(count: int) -> int:
    """The largest power of two smaller than `count` (at least 2)."""
    return 1 << ((count - 1).bit_length() - 1)
