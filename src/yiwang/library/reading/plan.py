"""In which order departments are asked: who can narrow the question first, the others with the keys that came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from yiwang.library.gateways.fragment import (
    MOST_KEYS,
    AllOf,
    AnyOf,
    Compare,
    Fragment,
    OneOf,
    Predicate,
    StartsWith,
)
from yiwang.library.reading.decision import Decided
from yiwang.library.reading.joins import Edge

SHIP_AT_MOST = MOST_KEYS


@dataclass(frozen=True)
class Plan:
    """`first` are asked at once, each other input waits for one of the edges that end in it."""

    first: tuple[int, ...]
    edges: tuple[Edge, ...]
    incoming: dict[int, tuple[Edge, ...]] = field(default_factory=dict)


def plan(decided: Decided) -> Plan:
    """Within each group of joined inputs the most narrowly asked go first; where none is narrow, all go at once."""
    count = len(decided.fragments)
    scores = [
        selectivity(
            fragment, each.reference.granted.product.key + _subject(each.reference.granted.product.subject_field)
        )
        for fragment, each in zip(decided.fragments, decided.decision.inputs, strict=True)
    ]
    edges = decided.decision.edges
    first = []
    for group in _groups(count, edges):
        best = max(scores[each] for each in group)
        for each in group:
            incoming = [edge for edge in edges if edge.target.number == each]
            if best == 0 or scores[each] == best or not incoming or not _reachable(each, group, scores, best, edges):
                first.append(each)
    incoming_by = {
        each: tuple(edge for edge in edges if edge.target.number == each) for each in range(count) if each not in first
    }
    return Plan(tuple(sorted(first)), edges, incoming_by)


def selectivity(fragment: Fragment, identifying: Sequence[str]) -> int:
    """How narrow a fragment probably is, from 0 (all rows) to 4 (one subject). Nothing but its form is known here."""
    if fragment.limit is not None:
        return 3
    return _score(fragment.where, identifying) if fragment.where is not None else 0


def _score(where: Predicate, identifying: Sequence[str]) -> int:
    if isinstance(where, AllOf):
        return max((_score(each, identifying) for each in where.items), default=0)
    if isinstance(where, AnyOf):
        return min((_score(each, identifying) for each in where.items), default=0)
    if isinstance(where, Compare) and isinstance(where.value, bool):
        return 1
    if isinstance(where, OneOf) or (isinstance(where, Compare) and where.operator == "="):
        return 4 if where.field in identifying else 2
    return 2 if isinstance(where, StartsWith) else 1


def _subject(name: str | None) -> tuple[str, ...]:
    return (name,) if name else ()


def _groups(count: int, edges: Sequence[Edge]) -> list[list[int]]:
    """Inputs that edges connect, whichever way the edges point."""
    group = list(range(count))
    for _ in range(count):
        for edge in edges:
            low = min(group[edge.origin.number], group[edge.target.number])
            group[edge.origin.number] = group[edge.target.number] = low
    return [[each for each in range(count) if group[each] == label] for label in sorted(set(group))]


def _reachable(target: int, group: Sequence[int], scores: Sequence[int], best: int, edges: Sequence[Edge]) -> bool:
    """Keys can come to it, step by step, from an input that is asked first."""
    reached = {each for each in group if scores[each] == best}
    while True:
        further = {edge.target.number for edge in edges if edge.origin.number in reached} - reached
        if target in reached | further:
            return True
        if not further:
            return False
        reached |= further
