"""What a run is unsure about: the pairs that a person should look at, and what people have decided. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yiwang.library.linkage.clusters import Pair
from yiwang.library.linkage.linking import UNSURE
from yiwang.library.linkage.model import THRESHOLD
from yiwang.library.subjects.models import Answer, Reason

MOST = 500
"""Pairs that wait for people at a time: what nobody could ever get through is not kept."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two records by number."""

    one: int
    other: int
    reason: Reason


def doubts(
    weights: Mapping[Pair, float], groups: Sequence[Sequence[int]], judged: Mapping[Pair, bool], most: int = MOST
) -> list[Doubt]:
    """The least sure first, one pair for any two groups, none where a person has decided between them.

    Inside a group of three and more the others hold a doubtful pair together.
    """
    group_of = {record: at for at, group in enumerate(groups) for record in group}

    def place(record: int) -> int:
        return group_of.get(record, -1 - record)

    def sides(pair: Pair) -> Pair:
        one, other = place(pair[0]), place(pair[1])
        return (min(one, other), max(one, other))

    seen = {sides(pair) for pair in judged}
    found: list[Doubt] = []
    for pair, weight in sorted(weights.items(), key=lambda it: (abs(it[1] - THRESHOLD), it[0])):
        together = place(pair[0]) == place(pair[1])
        if pair in judged or (not together and sides(pair) in seen):
            continue
        if together and (abs(weight) >= UNSURE or len(groups[group_of[pair[0]]]) > 2):
            continue
        if not together and weight <= THRESHOLD and abs(weight) >= UNSURE:
            continue
        seen.add(sides(pair))
        found.append(Doubt(*pair, Reason.SPLIT if not together and weight > THRESHOLD else Reason.NEAR))
        if len(found) == most:
            break
    return found


def verdict(answers: Mapping[str, str], needs: int) -> str:
    """What officers agree on, by the last answer of each; empty while they do not, or too few have said."""
    same = sum(answer == Answer.SAME for answer in answers.values())
    different = sum(answer == Answer.DIFFERENT for answer in answers.values())
    if same != different and max(same, different) >= needs:
        return str(Answer.SAME if same > different else Answer.DIFFERENT)
    return ""
