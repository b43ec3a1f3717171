"""Receipt: a case opens (收件). Called by the packages that know what was applied for, in their own transaction."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from django.db import connection, transaction

from yiwang.casework.cases import drawing, events, projection
from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.models import Case, Party, PublishedPlan, Statement
from yiwang.casework.cases.plan import Plan, PlanError, TaskKind
from yiwang.casework.cases.record import STREAM, CaseRef, commit_to, publish_plan, salted_digest
from yiwang.casework.cases.state import CaseState, evolve, to_bytes
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date, now
from yiwang.foundation.ledger.actions import Step, append
from yiwang.foundation.ledger.writing import insert


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who the case is for: an account where there is one, a name, an identifier (resident id or credit code)."""

    user_id: int | None
    name: str
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What arrived. `granted_by_rule`: parts that a published rule grants at once, with the rule's words."""

    kind: str
    title: Words
    plan: Plan
    parts: tuple[ChosenPart, ...]
    applicant: Applicant
    area: str
    district: str = ""
    channel: str = "web"
    facts: dict[str, str] = field(default_factory=dict)
    granted_by_rule: dict[str, str] = field(default_factory=dict)


def receive(receipt: Receipt, *, by: Actor) -> CaseRef:
    """Open a case. Instant parts are accepted, decided and delivered in the same breath.

    Raises PlanError when a chosen part or skipped task is not in the plan, or a rule grants what a rule may not.
    """
    _check(receipt)
    with transaction.atomic(savepoint=False):
        if not PublishedPlan.objects.filter(pk=receipt.plan.digest).exists():
            publish_plan(receipt.plan)
        at = now()
        case_id = _next_id()
        number = f"{receipt.area}-{city_date(at).year}-{case_id:07d}"
        salt = secrets.token_hex(16)
        party_digest = salted_digest(salt, [receipt.applicant.name, receipt.applicant.identifier])
        happened: list[events.Event] = [
            events.Received(
                kind=receipt.kind,
                plan=receipt.plan.digest,
                parts=receipt.parts,
                channel=receipt.channel,
                district=receipt.district,
                party=party_digest,
                facts=receipt.facts,
            )
        ]
        said: list[Statement] = []
        for part, words in receipt.granted_by_rule.items():
            statement, commitment = commit_to(case_id, len(said) + 1, words)
            said.append(statement)
            happened.append(events.Accepted(part=part))
            happened.append(events.Decided(part=part, granted=True, words=commitment, by_rule=True))
            happened.append(events.Delivered(part=part, means="online"))
        state: CaseState | None = None
        steps = []
        for event in happened:
            state = evolve(state, event, at, receipt.plan)
            steps.append(Step(event, to_bytes(state)))
        assert state is not None
        rows = projection.project(state, receipt.plan, CHINA, at)
        row = {
            "id": case_id,
            "number": number,
            "kind": receipt.kind,
            "title_zh": receipt.title.zh,
            "title_en": receipt.title.en,
            "plan_id": receipt.plan.digest,
            "version": len(steps),
            "state": steps[-1].state.decode(),
            "district": receipt.district,
            "channel": receipt.channel,
            "received_at": at,
            "closed_at": rows.closed_at,
            "promise_due": rows.promise_due,
        }
        party = {
            "case_id": case_id,
            "user_id": receipt.applicant.user_id,
            "name": receipt.applicant.name,
            "identifier": receipt.applicant.identifier,
            "salt": salt,
        }
        insert(Case, [row])
        insert(Party, [party])
        drawing.insert(case_id, rows, receipt.applicant.name)
        Statement.objects.bulk_create(said)
        append(STREAM, case_id, after_version=0, steps=steps, at=at, actor=str(by))
    return CaseRef(case_id, number)


def _check(receipt: Receipt) -> None:
    if not receipt.parts:
        raise PlanError("a case needs a part")
    for choice in receipt.parts:
        part = receipt.plan.by_key.get(choice.key)
        if part is None:
            raise PlanError(f"the plan has no part {choice.key}", choice.key)
        for key in choice.skipped:
            if key not in part.by_key or part.by_key[key].kind not in (TaskKind.WORK, TaskKind.ARRIVAL):
                raise PlanError(f"{key} is no task that a case may leave out", choice.key, key)
    chosen = {choice.key for choice in receipt.parts}
    for key in receipt.granted_by_rule:
        if key not in chosen or receipt.plan.by_key[key].decision.kind is not TaskKind.RULE:
            raise PlanError(f"no rule decides the part {key}", key)


def _next_id() -> int:
    """The id of the case to come: its number is made of it, in one write."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence('cases_case', 'id'))")
        else:
            cursor.execute("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'cases_case'), 0) + 1")
        return int(cursor.fetchone()[0])
