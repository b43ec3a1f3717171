"""The one write path: a verb checks the right, decides the events, and they happen in one transaction.

`happen` locks nothing at first: it reads the state, lets the verb decide, and writes row, projection and events only if
the version is still the one it read; otherwise it looks again, in the end with the case locked. Two officers who act
at once on different parts both succeed; on the same part, who had not seen the other's change is told what changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import Q

from yiwang.casework.cases import drawing, events, issuing, projection
from yiwang.casework.cases.models import Case, Letter, Link, Part, Party, PublishedPlan, Statement, Task
from yiwang.casework.cases.plan import PartPlan, Plan
from yiwang.casework.cases.refusals import Change, Changed, NoSuchCase, NotPermitted
from yiwang.casework.cases.state import CaseState, PartState, evolve, from_bytes, to_bytes
from yiwang.casework.cases.statements import commit_to, next_statement
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.text import canonical_json
from yiwang.foundation.kernel.time import now
from yiwang.foundation.ledger.actions import Step, append
from yiwang.foundation.ledger.replay import history

STREAM = "case"
TRIES = 3
"""How often a case is written without a lock before others' writing is kept away."""


@dataclass(frozen=True, slots=True)
class CaseRef:
    id: int
    number: str


@dataclass(frozen=True, slots=True)
class Report:
    """How a department's own system told of a deed: its number of the step, and when it was done, as the system says
    (aware UTC)."""

    step: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PartRef:
    """A part as somebody saw it: `seen` is the revision on their page; None acts on whatever is. `report`: the deed was
    done in a department's own system."""

    case: str
    part: str
    seen: int | None = None
    report: Report | None = None

    def task(self, key: str) -> TaskRef:
        return TaskRef(self.case, self.part, key, self.seen, self.report)


@dataclass(frozen=True, slots=True)
class TaskRef:
    case: str
    part: str
    task: str
    seen: int | None = None
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """A right to check before a verb: the rows of `model` that `allowed` leaves must hold this object."""

    model: type[Case] | type[Part] | type[Task]
    allowed: Q
    task: str = ""

    def holds(self, case_id: int, part: str) -> bool:
        if self.model is Case:
            return Case.objects.filter(self.allowed, pk=case_id).exists()
        if self.model is Part:
            return Part.objects.filter(self.allowed, case=case_id, key=part).exists()
        return Task.objects.filter(self.allowed, case=case_id, part=part, key=self.task).exists()


@dataclass(slots=True)
class Situation:
    """What a verb looks at when it decides. `say` keeps words in an erasable row and returns the commitment."""

    case_id: int
    state: CaseState
    plan: Plan
    part: PartState
    part_plan: PartPlan
    at: datetime
    said: list[Statement] = field(default_factory=list)

    def say(self, body: str | Sequence[str]) -> events.Commitment:
        number = next_statement(self.case_id, self.said)
        statement, commitment = commit_to(self.case_id, number, body if isinstance(body, str) else list(body))
        self.said.append(statement)
        return commitment


MOST_PLANS = 2000
_plans: dict[str, Plan] = {}
"""What this process has read of the published plans, which never change."""


def plan_of(digest: str) -> Plan:
    """The published plan of that digest. Raises NoSuchCase when there is none."""
    plan = _plans.get(digest) or know_plans([digest]).get(digest)
    if plan is None:
        raise NoSuchCase(digest)
    return plan


def know_plans(digests: Iterable[str]) -> Mapping[str, Plan]:
    """Read the plans that this process does not know yet, in one query, so that `plan_of` needs none for them."""
    missing = [digest for digest in digests if digest not in _plans]
    if not missing:
        return {}
    found = PublishedPlan.objects.filter(pk__in=missing).values_list("digest", "body")
    read = {digest: Plan.from_json(msgspec.json.decode(body)) for digest, body in found}
    if len(_plans) > MOST_PLANS:
        _plans.clear()
    _plans.update(read)
    return read


def publish_plan(plan: Plan) -> str:
    """Keep a plan under its digest, so that cases can run on it; returns the digest. Raises PlanError."""
    plan.check()
    PublishedPlan.objects.get_or_create(digest=plan.digest, defaults={"body": canonical_json(plan.to_json()).decode()})
    return plan.digest


Decide = Callable[[Situation], Sequence[events.Event]]


class _Overtaken(Exception):
    """Somebody wrote the case between our reading and writing."""


def happen(ref: PartRef | TaskRef, decide: Decide, *, by: Actor, may: Right) -> CaseRef:
    """Check the right, let `decide` say what happens, write it all or nothing.

    Raises NoSuchCase, NotPermitted, Changed (the part moved since `ref.seen`) and what `decide` raises.
    """
    for _attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _happen(ref, decide, by, may)
        except _Overtaken:
            continue
    with transaction.atomic():
        return _happen(ref, decide, by, may, locked=True)


def _happen(ref: PartRef | TaskRef, decide: Decide, by: Actor, may: Right, *, locked: bool = False) -> CaseRef:
    cases = Case.objects.select_for_update() if locked else Case.objects
    row = cases.filter(number=ref.case).first()
    if row is None:
        raise NoSuchCase(ref.case)
    plan = plan_of(row.plan_id)
    state = from_bytes(row.state)
    part = state.parts.get(ref.part)
    if part is None:
        raise NoSuchCase(f"{ref.case} {ref.part}")
    if not may.holds(row.pk, ref.part):
        raise NotPermitted(str(by))
    if ref.seen is not None and ref.seen != part.revision:
        raise Changed(_changes_since(row.pk, ref.part, part.revision - ref.seen), part.revision)
    at = now()
    situation = Situation(row.pk, state, plan, part, plan.by_key[ref.part], at)
    decided = tuple(decide(situation))
    if decided and ref.report is not None:
        decided = (*decided, events.Reported(part=ref.part, step=ref.report.step, reported_at=ref.report.at))
    if decided:
        _write(row, state, plan, decided, situation.said, at, str(by))
    return CaseRef(row.pk, row.number)


@dataclass(frozen=True, slots=True)
class Passage:
    """What events make of a case: each with the state it leads to, and the rows that they may change."""

    steps: tuple[Step, ...]
    before: projection.Rows
    after: projection.Rows


def follow(state: CaseState, plan: Plan, decided: Sequence[events.Event], at: datetime) -> Passage:
    """The passage from `state` through `decided`, which all happened `at`. Pure."""
    later = state
    steps = []
    for event in decided:
        later = evolve(later, event, at, plan)
        steps.append(Step(event, to_bytes(later)))
    touched = {key for key, part in later.parts.items() if part is not state.parts[key]}
    return Passage(
        tuple(steps),
        projection.project(state, plan, CHINA, at, touched),
        projection.project(later, plan, CHINA, at, touched),
    )


def _write(
    row: Case,
    state: CaseState,
    plan: Plan,
    decided: Sequence[events.Event],
    said: Sequence[Statement],
    at: datetime,
    actor: str,
) -> None:
    passage = follow(state, plan, decided, at)
    won = Case.objects.filter(pk=row.pk, version=row.version).update(
        version=row.version + len(passage.steps),
        state=passage.steps[-1].state.decode(),
        closed_at=passage.after.closed_at,
        promise_due=passage.after.promise_due,
        district=passage.after.district,
    )
    if not won:
        raise _Overtaken
    if any(part.running_stop for part in state.parts.values()):
        # A procedure's own limit may have passed since the rows were drawn: draw them all.
        drawing.draw_all(row.pk, projection.project(from_bytes(passage.steps[-1].state), plan, CHINA, at))
    drawing.update(row.pk, passage.before, passage.after)
    steps, letters = _issue(row.pk, plan, passage.steps, said, at)
    Statement.objects.bulk_create([*said, *letters.statements] if letters else said)
    if letters:
        Letter.objects.bulk_create(Letter(**each) for each in letters.rows)
    Link.objects.bulk_create(
        Link(case_id=row.pk, part=event.part, other_id=event.other, relation=event.relation)
        for event in decided
        if isinstance(event, events.Linked)
    )
    append(STREAM, row.pk, after_version=row.version, steps=steps, at=at, actor=actor)


def _issue(
    case_id: int, plan: Plan, steps: tuple[Step, ...], said: Sequence[Statement], at: datetime
) -> tuple[tuple[Step, ...], issuing.Issued | None]:
    """The steps with the letters that they owe, numbered; nothing is asked where they owe none."""
    if not issuing.owes(steps, plan):
        return steps, None
    applicant = Party.objects.filter(pk=case_id).values_list("name", flat=True).first() or ""
    drafts = issuing.draft(steps, plan, said, applicant, at)
    issued = issuing.issue(case_id, steps, drafts, next_statement(case_id, said), at)
    return issued.steps, issued


def refresh(case_id: int) -> None:
    """Draw a case's rows anew from its state and the calendar in force; nothing happens, so no event is written."""
    with transaction.atomic():
        row = Case.objects.select_for_update().get(pk=case_id)
        plan = plan_of(row.plan_id)
        rows = projection.project(from_bytes(row.state), plan, CHINA, now())
        Case.objects.filter(pk=case_id).update(closed_at=rows.closed_at, promise_due=rows.promise_due)
        drawing.draw_all(case_id, rows)


def _changes_since(case_id: int, part: str, count: int) -> tuple[Change, ...]:
    """The last `count` events of a part: what this person has not seen."""
    told = [
        Change(recorded.type, recorded.at, recorded.actor)
        for recorded in history(STREAM, case_id)
        if getattr(recorded.body, "part", None) == part and not isinstance(recorded.body, events.Reported)
    ]
    return tuple(told[-max(count, 1) :])
