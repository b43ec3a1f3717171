"""From weighed pairs to subjects: groups that hold together as wholes, not by chains.

Records that a chain of likely pairs connects are looked at together. Inside, groups grow from single records: the two
with the best mean weight between all their members become one, as long as that mean speaks for it (average linkage on
log-odds). A pair that nobody weighed speaks against. Two records that contradict each other, or stand in a register
that names each subject once, never come into one group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from yiwang.library.linkage.model import THRESHOLD

Pair = tuple[int, int]
UNSEEN = -8.0
"""The weight, in bits, of a pair that met in no block."""
LARGEST = 200
"""Records of one connected group beyond which it is first cut where its pairs are weakest."""


def components(edges: Iterable[Pair]) -> list[list[int]]:
    """The connected groups of two or more, each in the order of its records' numbers, the first group first."""
    parent: dict[int, int] = {}

    def root(record: int) -> int:
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    for one, other in edges:
        parent.setdefault(one, one)
        parent.setdefault(other, other)
        first, second = root(one), root(other)
        if first != second:
            parent[max(first, second)] = min(first, second)
    groups: dict[int, list[int]] = {}
    for record in sorted(parent):
        groups.setdefault(root(record), []).append(record)
    return list(groups.values())


def unweighed(groups: Iterable[Sequence[int]], weights: Mapping[Pair, float]) -> Iterator[Pair]:
    """The pairs inside groups of three to `LARGEST` that have no weight yet."""
    for group in groups:
        if 3 <= len(group) <= LARGEST:
            for at, one in enumerate(group):
                for other in group[at + 1 :]:
                    if (one, other) not in weights:
                        yield one, other


def cluster(
    weights: Mapping[Pair, float],
    apart: Callable[[int, int], bool] = lambda _one, _other: False,
    *,
    threshold: float = THRESHOLD,
) -> list[list[int]]:
    """Groups of two or more records that are one subject. The same for the same weights, whatever their order."""
    return grown(components(pair for pair, weight in weights.items() if weight > threshold), weights, apart, threshold)


def grown(
    connected: Iterable[list[int]],
    weights: Mapping[Pair, float],
    apart: Callable[[int, int], bool],
    threshold: float = THRESHOLD,
) -> list[list[int]]:
    """The subjects inside the groups that likely pairs connect."""
    found = []
    for group in connected:
        if _all_alike(group, weights, apart, threshold):
            found.append(group)
            continue
        if len(group) == 2:
            continue
        for piece in _pieces(group, weights, threshold):
            found += _grown(piece, weights, apart, threshold)
    return sorted(found)


def _all_alike(
    group: Sequence[int], weights: Mapping[Pair, float], apart: Callable[[int, int], bool], threshold: float
) -> bool:
    """Every two of them are likely one: then every mean is for it, and they come together in whatever order."""
    return len(group) <= LARGEST and all(
        weights.get(pair, UNSEEN) > threshold and not apart(*pair) for pair in combinations(group, 2)
    )


def _pieces(group: Sequence[int], weights: Mapping[Pair, float], threshold: float) -> Iterator[Sequence[int]]:
    """The group, or where it is too large what is left of it above a stricter threshold."""
    if len(group) <= LARGEST:
        yield group
        return
    members = set(group)
    inside = {pair: weight for pair, weight in weights.items() if pair[0] in members and pair[1] in members}
    for stricter in range(5, 60, 5):
        parts = components(pair for pair, weight in inside.items() if weight > threshold + stricter)
        if all(len(part) <= LARGEST for part in parts):
            yield from (part for part in parts if len(part) > 1)
            return


def _grown(
    group: Sequence[int], weights: Mapping[Pair, float], apart: Callable[[int, int], bool], threshold: float
) -> Iterator[list[int]]:
    groups: dict[int, list[int]] = {record: [record] for record in group}
    between: dict[Pair, float] = {}
    never: set[Pair] = set()
    for at, one in enumerate(group):
        for other in group[at + 1 :]:
            if apart(one, other):
                never.add((one, other))
            between[one, other] = weights.get((one, other), UNSEEN)
    while between:
        # Equal means are settled by the records' numbers, so that the answer does not hang on the order of rows.
        best, pair = max(
            (
                (total / (len(groups[pair[0]]) * len(groups[pair[1]])), (-pair[0], -pair[1]))
                for pair, total in between.items()
                if pair not in never
            ),
            default=(threshold, (0, 0)),
        )
        if best <= threshold:
            break
        kept, gone = -pair[0], -pair[1]
        groups[kept] += groups.pop(gone)
        del between[kept, gone]
        for third in groups:
            if third == kept:
                continue
            mine, theirs = _pair(kept, third), _pair(gone, third)
            between[mine] += between.pop(theirs)
            if theirs in never:
                never.add(mine)
    for members in groups.values():
        if len(members) > 1:
            yield sorted(members)


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
