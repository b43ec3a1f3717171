"""What was decided before in the same matter: the newest decisions of a department, out of one index."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from yiwang.casework.cases.models import Case, Part, Party, Statement
from yiwang.casework.cases.state import Stage, from_bytes

DECIDED = (Stage.GRANTED.value, Stage.REFUSED.value)


@dataclass(frozen=True, slots=True)
class Decision:
    """A part that was decided; who decides nothing here need not know of whom."""

    case_id: int
    part: str
    granted: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Reasons:
    """What was written, and the name of the person it was written to, who is not to be named to others."""

    number: str
    text: str
    applicant: str


def decided(matter: str, department: str, *, most: int, apart_from: int) -> tuple[Decision, ...]:
    """The newest decisions on a matter, at most `most`, without the case `apart_from`. One query on one index."""
    rows = Part.objects.filter(matter=matter, department=department, stage__in=DECIDED, ended_at__isnull=False)
    found = rows.order_by("-ended_at")[: most + 1].values_list("case_id", "key", "stage", "ended_at")
    return tuple(
        Decision(case_id, key, stage == Stage.GRANTED, at)
        for case_id, key, stage, at in found
        if case_id != apart_from and at is not None
    )[:most]


def reasons(decisions: Iterable[Decision]) -> dict[int, Reasons]:
    """By case, what was written where anything was and is not erased. Three queries."""
    wanted = {each.case_id: each.part for each in decisions}
    said: dict[tuple[int, int], str] = {}
    numbers: dict[int, tuple[str, int]] = {}
    for pk, case, state in Case.objects.filter(pk__in=wanted).values_list("pk", "number", "state"):
        reason = from_bytes(state).parts[wanted[pk]].reason
        if reason is not None:
            numbers[pk] = (case, reason)
    rows = Statement.objects.filter(case__in=numbers, number__in={each for _number, each in numbers.values()})
    for case_id, number, body in rows.values_list("case_id", "number", "body"):
        said[case_id, number] = body if isinstance(body, str) else "\n".join(body)
    names = dict(Party.objects.filter(pk__in=numbers).values_list("pk", "name"))
    return {
        pk: Reasons(case, said[pk, reason], names.get(pk, ""))
        for pk, (case, reason) in numbers.items()
        if said.get((pk, reason))
    }
