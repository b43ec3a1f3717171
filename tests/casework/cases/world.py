"""A small world for tests of cases: a restaurant's bundle, a single matter, officers of three departments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.plan import (
    Deferral,
    LetterSpec,
    PartPlan,
    Plan,
    ProcedureKind,
    SpecialProcedure,
    Task,
    TaskKind,
)
from yiwang.casework.cases.receipt import Applicant, Receipt, receive
from yiwang.casework.cases.record import CaseRef, PartRef
from yiwang.foundation.directory.actor import Actor, ActorKind, officer
from yiwang.foundation.directory.models import Person, User, UserKind
from yiwang.foundation.kernel.calendar import Limit
from yiwang.foundation.kernel.text import Words

MONDAY = datetime(2025, 3, 10, 1, 30, tzinfo=UTC)
"""A Monday, half past nine in the city; no moved working days near."""

AREA = "310100"


def words(name: str) -> Words:
    return Words(f"{name}（中）", name)


def limit(text: str) -> Limit:
    return Limit.parse(text)


def part_plan(
    key: str, department: str, *, needs: tuple[str, ...] = (), creates: tuple[str, ...] = (), deliver: bool = False
) -> PartPlan:
    """Review and site visit side by side, then the decision; a water test is the listed special procedure."""
    test = SpecialProcedure(
        "test", words("Water test"), ProcedureKind.TEST, "行政许可法 第四十五条", limit("10 working days")
    )
    return PartPlan.build(
        key=key,
        matter=f"{key}-permit",
        name=words(key.capitalize()),
        department=department,
        statute=limit("20 working days"),
        promise=limit("5 working days"),
        tasks=(
            Task("review", words("Review"), f"{department}/permits", within=limit("1 working day")),
            Task("site", words("Site visit"), f"{department}/inspection", within=limit("2 working days")),
            Task(
                "decide",
                words("Decide"),
                f"{department}/permits",
                ("review", "site"),
                limit("1 working day"),
                TaskKind.DECIDE,
            ),
        ),
        special_procedures=(test,),
        needs=needs,
        creates=creates,
        delivery_by=f"{department}/permits" if deliver else None,
        letters=LetterSpec("permit", ("水法 第一条",)),
        deferral=Deferral(limit("10 working days"), (("lease", words("Lease")), ("plan", words("Floor plan")))),
    )


def single() -> Plan:
    return Plan(words("Drainage permit"), (part_plan("drainage", "water"),))


def restaurant() -> Plan:
    """Registration first; then food, drainage side by side; a sign that waits for nothing."""
    return Plan(
        words("Open a restaurant"),
        (
            part_plan("registration", "market", creates=("enterprise.uscc",)),
            part_plan("food", "market", needs=("registration",)),
            part_plan("drainage", "water", needs=("registration",)),
            part_plan("sign", "streets"),
        ),
        limit("15 working days"),
    )


@dataclass
class World:
    """Accounts behind the actors; every officer holds both posts of a department."""

    resident: User = field(default_factory=lambda: account("wang", UserKind.RESIDENT))
    stranger: User = field(default_factory=lambda: account("zhao", UserKind.RESIDENT))
    officers: dict[str, User] = field(default_factory=dict)

    @property
    def applicant(self) -> Actor:
        return Actor(ActorKind.RESIDENT, self.resident.pk, person=self.resident.person_id)

    def officer(self, department: str, *posts: str, name: str = "") -> Actor:
        key = name or department
        if key not in self.officers:
            self.officers[key] = account(key, UserKind.OFFICER)
        held = posts or ("permits", "inspection")
        return officer(self.officers[key].pk, [f"{department}/{post}" for post in held])

    def receive(self, plan: Plan | None = None, *, parts: tuple[ChosenPart, ...] = (), name: str = "王老五") -> CaseRef:
        plan = plan or single()
        chosen = parts or tuple(ChosenPart(part.key) for part in plan.parts)
        return receive(
            Receipt(
                kind="application",
                title=plan.name,
                plan=plan,
                parts=chosen,
                applicant=Applicant(self.resident.person_id, name, "310101199001011234"),
                area=AREA,
                district="east",
            ),
            by=self.applicant,
        )


def account(username: str, kind: UserKind) -> User:
    person = Person.objects.create(name=username) if kind is UserKind.RESIDENT else None
    return User.objects.create(username=username, name=username, kind=kind, person=person, registered_at=MONDAY)


def part_of(case: CaseRef, key: str = "drainage", seen: int | None = None) -> PartRef:
    return PartRef(case.number, key, seen)
