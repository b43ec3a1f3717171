"""Ids of subjects that stay: a subject keeps its id through every run, and what merges or parts is written down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, count


class Change(StrEnum):
    NEW = "new"
    MERGED = "merged"
    """`others` were found to be this one, too; their ids lead here from now on"""
    SPLIT = "split"
    """`others` came out of this one"""


@dataclass(frozen=True, slots=True)
class Passage:
    """What happened to a subject's id."""

    change: Change
    subject: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Identities:
    """`of`: record → its subject's id."""

    of: Mapping[str, str]
    passages: tuple[Passage, ...]


def new_id(record: str) -> str:
    """The id of a subject whose first record this is: the same wherever the same record comes first."""
    return hashlib.sha256(f"subject {record}".encode()).hexdigest()[:20]


def continued(before: Mapping[str, str], groups: Iterable[Sequence[str]], resting: Iterable[str] = ()) -> Identities:
    """Give ids to groups of records, given the ids that records had.

    `resting`: records that keep the id they have whatever comes of the groups.

    A group keeps the id that most of its records had (of equally many: the smallest); an id that several groups could
    keep stays with the one that has most of its records. All other groups get new ids, made of their first record. Only
    the groups that changed need to be given: ids of all other records stay as they are.
    """
    every = sorted((sorted(group) for group in groups), key=lambda it: (-len(it), it))
    wishes = []
    for at, group in enumerate(every):
        counts: dict[str, int] = {}
        for record in group:
            if old := before.get(record):
                counts[old] = counts.get(old, 0) + 1
        wishes += [(-number, old, at) for old, number in counts.items()]
    kept: dict[int, str] = {}
    of: dict[str, str] = {record: before[record] for record in resting}
    taken: set[str] = set(of.values())
    for _number, old, at in sorted(wishes):
        if at not in kept and old not in taken:
            kept[at] = old
            taken.add(old)
    used = taken | set(before.values())
    for at, group in enumerate(every):
        subject = kept.get(at) or _unused(group, used)
        used.add(subject)
        of |= dict.fromkeys(group, subject)
    return Identities(of, tuple(_passages(before, of)))


def _unused(group: Sequence[str], used: set[str]) -> str:
    """Made of the first record, or where that id has stayed with another group, of the next one; else numbered."""
    numbered = (f"{group[0]} {number}" for number in count(2))
    return next(each for each in map(new_id, chain(group, numbered)) if each not in used)


def _passages(before: Mapping[str, str], of: Mapping[str, str]) -> Iterable[Passage]:
    came_from: dict[str, set[str]] = {}
    went_to: dict[str, set[str]] = {}
    for record, subject in of.items():
        came_from.setdefault(subject, set())
        if old := before.get(record):
            came_from[subject].add(old)
            went_to.setdefault(old, set()).add(subject)
    for subject, sources in sorted(came_from.items()):
        if not sources:
            yield Passage(Change.NEW, subject)
        if gone := tuple(sorted(old for old in sources - {subject} if old not in went_to[old])):
            yield Passage(Change.MERGED, subject, gone)
    for old, targets in sorted(went_to.items()):
        others = tuple(sorted(targets - {old}))
        if others and (old in targets or len(others) > 1):
            yield Passage(Change.SPLIT, old, others)
