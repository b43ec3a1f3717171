"""The plan: which departments do what, in which order, within which limits. Pure.

A plan is a graph of tasks, not a flow chart. A part is one matter's share; a part waits for the parts it `needs`
(opening a restaurant: the food licence needs the registration, which creates the enterprise). Inside a part, every
task whose needs are met runs at the same time as the others; a task with several needs is a join.

A published plan is content-addressed by its `digest`; a running case keeps the plan it started with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from yiwang.foundation.kernel.calendar import Limit, Unit
from yiwang.foundation.kernel.text import Words, canonical_json

ACCEPTANCE_LIMIT = Limit(5, Unit.WORKING_DAY)
"""Accept, refuse or tell once and completely what to correct: 行政许可法 art. 32."""

DELIVERY_LIMIT = Limit(10, Unit.WORKING_DAY)
"""The result reaches the applicant after the decision: 行政许可法 art. 44."""


class PlanError(ValueError):
    """The plan cannot be run; `part` and `task` say where."""

    def __init__(self, message: str, part: str = "", task: str = "") -> None:
        super().__init__(message)
        self.part = part
        self.task = task


class TaskKind(StrEnum):
    ACCEPT = "accept"
    """Accept, refuse or ask for corrections; every part begins with it."""
    WORK = "work"
    ARRIVAL = "arrival"
    """Waits for something from outside: a material, another system, a fact."""
    RULE = "rule"
    """Decided by a published rule; where the rule does not hold, a person looks at it."""
    DECIDE = "decide"
    DELIVER = "deliver"


class ProcedureKind(StrEnum):
    """What may stop a running clock: 行政许可法 art. 45."""

    HEARING = "hearing"
    BIDDING = "bidding"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TEST = "test"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert_review"


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work. `by` is "department/post"; `within` its own limit; `when` a FEEL condition on the answers.

    `apart_from` names tasks of the part that another person must have done: two people, not one with two posts.
    """

    key: str
    name: Words
    by: str
    needs: tuple[str, ...] = ()
    within: Limit | None = None
    kind: TaskKind = TaskKind.WORK
    when: str | None = None
    apart_from: tuple[str, ...] = ()

    @property
    def department(self) -> str:
        return self.by.partition("/")[0]

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "name": self.name.to_json(),
            "by": self.by,
            "needs": list(self.needs),
            "within": self.within.to_json() if self.within else None,
            "kind": self.kind.value,
            "when": self.when,
            # Written only where it says something, so that plans without it keep their digest.
            **({"apart_from": list(self.apart_from)} if self.apart_from else {}),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Task:
        return cls(
            key=body["key"],
            name=Words.from_json(body["name"]),
            by=body["by"],
            needs=tuple(body["needs"]),
            within=Limit.from_json(body["within"]) if body["within"] else None,
            kind=TaskKind(body["kind"]),
            when=body["when"],
            apart_from=tuple(body.get("apart_from", ())),
        )


@dataclass(frozen=True, slots=True)
class SpecialProcedure:
    """A procedure the matter lists by law; while it runs, the part's clocks stand still, at most for `at_most`."""

    key: str
    name: Words
    kind: ProcedureKind
    basis: str
    at_most: Limit

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "name": self.name.to_json(),
            "kind": self.kind.value,
            "basis": self.basis,
            "at_most": self.at_most.to_json(),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> SpecialProcedure:
        return cls(
            key=body["key"],
            name=Words.from_json(body["name"]),
            kind=ProcedureKind(body["kind"]),
            basis=body["basis"],
            at_most=Limit.from_json(body["at_most"]),
        )


@dataclass(frozen=True, slots=True)
class Deferral:
    """Deferrable materials (容缺受理), by key with their names, and how long after acceptance they may come."""

    within: Limit
    materials: tuple[tuple[str, Words], ...]

    def name(self, key: str) -> Words:
        return dict(self.materials).get(key, Words(key, key))

    def to_json(self) -> dict[str, Any]:
        return {"within": self.within.to_json(), "materials": {key: name.to_json() for key, name in self.materials}}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Deferral:
        named = tuple((key, Words.from_json(name)) for key, name in sorted(body["materials"].items()))
        return cls(Limit.from_json(body["within"]), named)


@dataclass(frozen=True, slots=True)
class LetterSpec:
    """What the matter gives to its letters (文书): the kind of act it decides, and the laws that it rests on."""

    act: str = "permit"
    basis: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"act": self.act, "basis": list(self.basis)}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> LetterSpec:
        return cls(body["act"], tuple(body["basis"]))


@dataclass(frozen=True)
class PartPlan:
    """One matter's share of a plan. `needs` names parts; `creates` the facts its grant brings ("enterprise.uscc")."""

    key: str
    matter: str
    name: Words
    department: str
    statute: Limit
    promise: Limit
    tasks: tuple[Task, ...]
    special_procedures: tuple[SpecialProcedure, ...] = ()
    needs: tuple[str, ...] = ()
    creates: tuple[str, ...] = ()
    extension: Limit = Limit(10, Unit.WORKING_DAY)
    committed: bool = False
    """Decided on a signed promise, checked on site afterwards (告知承诺制)."""
    verdicts: tuple[Words, Words] | None = None
    """What a grant and a refusal are called where the decision is a finding, not a permit."""
    letters: LetterSpec | None = None
    """How the applicant is written to; None where nobody is, as in a check on site."""
    deferral: Deferral | None = None
    """What may come after acceptance, and until when; None where nothing lapses."""
    fee_fen: int = 0
    """What the applicant pays before they have the result (行政许可法 art. 58, 59)."""

    @classmethod
    def build(
        cls,
        *,
        key: str,
        matter: str,
        name: Words,
        department: str,
        statute: Limit,
        promise: Limit,
        tasks: Iterable[Task],
        special_procedures: tuple[SpecialProcedure, ...] = (),
        needs: tuple[str, ...] = (),
        creates: tuple[str, ...] = (),
        committed: bool = False,
        accept_by: str | None = None,
        delivery_by: str | None = None,
        extension: Limit | None = None,
        verdicts: tuple[Words, Words] | None = None,
        letters: LetterSpec | None = None,
        deferral: Deferral | None = None,
        fee_fen: int = 0,
    ) -> PartPlan:
        """The part with what the law adds: acceptance before all work, and delivery where a person hands it over.

        Raises PlanError when there is not exactly one decision, a need is unknown, or the needs run in a circle.
        """
        written = tuple(tasks)
        decisions = [task for task in written if task.kind in (TaskKind.DECIDE, TaskKind.RULE)]
        if len(decisions) != 1:
            raise PlanError(f"a part needs exactly one decision, not {len(decisions)}", key)
        accept = Task(
            key="accept",
            name=Words(zh="受理", en="Acceptance"),
            by=accept_by or written[0].by,
            within=ACCEPTANCE_LIMIT,
            kind=TaskKind.ACCEPT,
        )
        after_acceptance = tuple(task if task.needs else replace(task, needs=("accept",)) for task in written)
        all_tasks = (accept, *after_acceptance)
        if delivery_by:
            deliver = Task(
                key="deliver",
                name=Words(zh="送达", en="Delivery"),
                by=delivery_by,
                needs=(decisions[0].key,),
                within=DELIVERY_LIMIT,
                kind=TaskKind.DELIVER,
            )
            all_tasks = (*all_tasks, deliver)
        part = cls(
            key=key,
            matter=matter,
            name=name,
            department=department,
            statute=statute,
            promise=promise,
            tasks=all_tasks,
            special_procedures=special_procedures,
            needs=needs,
            creates=creates,
            committed=committed,
            extension=extension or Limit(10, Unit.WORKING_DAY),
            verdicts=verdicts,
            letters=letters,
            deferral=deferral,
            fee_fen=fee_fen,
        )
        part.check()
        return part

    @cached_property
    def by_key(self) -> Mapping[str, Task]:
        return {task.key: task for task in self.tasks}

    @cached_property
    def decision(self) -> Task:
        return next(task for task in self.tasks if task.kind in (TaskKind.DECIDE, TaskKind.RULE))

    @cached_property
    def departments(self) -> frozenset[str]:
        return frozenset({self.department, *(task.department for task in self.tasks)})

    def procedure(self, key: str) -> SpecialProcedure | None:
        return next((procedure for procedure in self.special_procedures if procedure.key == key), None)

    def check(self) -> None:
        """Raises PlanError for a doubled key, an unknown need, a circle, or work that the decision does not await."""
        if len(self.by_key) != len(self.tasks):
            raise PlanError("two tasks have the same name", self.key)
        for task in self.tasks:
            for need in (*task.needs, *task.apart_from):
                if need not in self.by_key:
                    raise PlanError(f"task {task.key} needs {need}, which this part does not have", self.key, task.key)
        _in_order({task.key: task.needs for task in self.tasks}, self.key)

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "matter": self.matter,
            "name": self.name.to_json(),
            "department": self.department,
            "statute": self.statute.to_json(),
            "promise": self.promise.to_json(),
            "tasks": [task.to_json() for task in self.tasks],
            "special_procedures": [procedure.to_json() for procedure in self.special_procedures],
            "needs": list(self.needs),
            "creates": list(self.creates),
            "extension": self.extension.to_json(),
            "committed": self.committed,
            "verdicts": [words.to_json() for words in self.verdicts] if self.verdicts else None,
            # Written only where there is one, so that plans without it keep their digest.
            **({"fee_fen": self.fee_fen} if self.fee_fen else {}),
            # Written only where it says something, so that plans without it keep their digest.
            **({"letters": self.letters.to_json()} if self.letters else {}),
            **({"deferral": self.deferral.to_json()} if self.deferral else {}),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> PartPlan:
        return cls(
            key=body["key"],
            matter=body["matter"],
            name=Words.from_json(body["name"]),
            department=body["department"],
            statute=Limit.from_json(body["statute"]),
            promise=Limit.from_json(body["promise"]),
            tasks=tuple(Task.from_json(task) for task in body["tasks"]),
            special_procedures=tuple(SpecialProcedure.from_json(p) for p in body["special_procedures"]),
            needs=tuple(body["needs"]),
            creates=tuple(body["creates"]),
            extension=Limit.from_json(body["extension"]),
            committed=body["committed"],
            verdicts=_verdicts(body.get("verdicts")),
            fee_fen=body.get("fee_fen", 0),
            letters=LetterSpec.from_json(body["letters"]) if body.get("letters") else None,
            deferral=Deferral.from_json(body["deferral"]) if body.get("deferral") else None,
        )


def _verdicts(body: Any) -> tuple[Words, Words] | None:
    return (Words.from_json(body[0]), Words.from_json(body[1])) if body else None


@dataclass(frozen=True)
class Plan:
    """What one case runs: a part per matter. `promise` is the bundle's own promise over all parts."""

    name: Words
    parts: tuple[PartPlan, ...]
    promise: Limit | None = None

    @cached_property
    def by_key(self) -> Mapping[str, PartPlan]:
        return {part.key: part for part in self.parts}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical plan, hexadecimal: the version that a case keeps."""
        return hashlib.sha256(canonical_json(self.to_json())).hexdigest()

    def check(self) -> None:
        """Raises PlanError for what `PartPlan.check` finds, doubled parts, unknown or circular needs of parts."""
        if not self.parts:
            raise PlanError("a plan needs a part")
        if len(self.by_key) != len(self.parts):
            raise PlanError("two parts have the same name")
        for part in self.parts:
            part.check()
            for need in part.needs:
                if need not in self.by_key:
                    raise PlanError(f"part {part.key} needs {need}, which this plan does not have", part.key)
        _in_order({part.key: part.needs for part in self.parts}, "")

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name.to_json(),
            "promise": self.promise.to_json() if self.promise else None,
            "parts": [part.to_json() for part in self.parts],
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Plan:
        return cls(
            name=Words.from_json(body["name"]),
            parts=tuple(PartPlan.from_json(part) for part in body["parts"]),
            promise=Limit.from_json(body["promise"]) if body["promise"] else None,
        )


def working_days(limit: Limit | None) -> float:
    """A limit in working days, for comparing: 24 hours are one day, 7 calendar days are 5 working days."""
    if limit is None:
        return 0.0
    if limit.unit is Unit.WORKING_DAY:
        return float(limit.amount)
    if limit.unit is Unit.CALENDAR_DAY:
        return limit.amount * 5 / 7
    return limit.amount / 24


def critical_path(part: PartPlan) -> float:
    """Working days on the longest chain from acceptance to decision; those two ends have limits of their own."""
    finish: dict[str, float] = {}
    for key in _in_order({task.key: task.needs for task in part.tasks}, part.key):
        task = part.by_key[key]
        own = 0.0 if task.kind in (TaskKind.ACCEPT, TaskKind.DELIVER) else working_days(task.within)
        finish[key] = own + max((finish[need] for need in task.needs), default=0.0)
    return finish[part.decision.key]


def promised_path(plan: Plan) -> float:
    """Working days of the longest chain of parts, each taking its promise."""
    finish: dict[str, float] = {}
    for key in _in_order({part.key: part.needs for part in plan.parts}, ""):
        part = plan.by_key[key]
        finish[key] = working_days(part.promise) + max((finish[need] for need in part.needs), default=0.0)
    return max(finish.values(), default=0.0)


def _in_order(needs: Mapping[str, tuple[str, ...]], part: str) -> list[str]:
    """Keys in an order that puts needs first. Raises PlanError for a circle."""
    done: dict[str, None] = {}
    waiting = dict(needs)
    while waiting:
        ready = [key for key, before in waiting.items() if all(need in done for need in before)]
        if not ready:
            raise PlanError("needs run in a circle: " + ", ".join(sorted(waiting)), part)
        for key in ready:
            done[key] = None
            del waiting[key]
    return list(done)
