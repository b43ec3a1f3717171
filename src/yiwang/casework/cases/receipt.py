"""Receipt: a case opens (收件). Called by the packages that know what was applied for, in their own transaction."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from yiwang.casework.cases import drawing, events, issuing, projection
from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.models import Case, Letter, Party, Statement
from yiwang.casework.cases.plan import Plan, PlanError, TaskKind
from yiwang.casework.cases.record import STREAM, CaseRef, publish_plan
from yiwang.casework.cases.state import CaseState, evolve, to_bytes
from yiwang.casework.cases.statements import commit_to, salted_digest
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date, now
from yiwang.foundation.ledger.actions import Step, rows_of
from yiwang.foundation.ledger.models import Event
from yiwang.foundation.ledger.writing import insert_all


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who the case is for: a person of the directory where it is one, a name, an identifier (resident id or credit
    code)."""

    person_id: int | None
    name: str
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What arrived. `granted_by_rule`: parts that a published rule grants at once, with the rule's words.

    `submission`: a salted digest of what was submitted, made and kept by the caller; the case's events hold it.
    `district` is where the case is decided, by the first part whose competence an address settles; `received_in` is
    the place of the window that took it in, empty where no window did.
    """

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
    submission: str = ""
    received_in: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A case about to open, worked out before anybody has to wait for the database. Opened once, soon."""

    receipt: Receipt
    at: datetime
    steps: tuple[Step, ...]
    rows: projection.Rows
    said: tuple[Statement, ...]
    salt: str
    plan_is_published: bool
    letters: tuple[issuing.Draft, ...] = ()


def receive(receipt: Receipt, *, by: Actor) -> CaseRef:
    """Open a case. Instant parts are accepted, decided and delivered in the same breath.

    Raises PlanError when a chosen part or skipped task is not in the plan, or a rule grants what a rule may not.
    """
    return open_case(draw_up(receipt), by=by)


def draw_up(receipt: Receipt) -> Opening:
    """What a receipt leads to, at this moment. Writes nothing. Raises PlanError as `receive`."""
    _check(receipt)
    at = now()
    salt = secrets.token_hex(16)
    happened: list[events.Event] = [
        events.Received(
            kind=receipt.kind,
            plan=receipt.plan.digest,
            parts=receipt.parts,
            channel=receipt.channel,
            district=receipt.district,
            party=salted_digest(salt, [receipt.applicant.name, receipt.applicant.identifier]),
            facts=receipt.facts,
            submission=receipt.submission,
            received_in=receipt.received_in,
        )
    ]
    said: list[Statement] = []
    for part, words in receipt.granted_by_rule.items():
        statement, commitment = commit_to(0, len(said) + 1, words)
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
    return Opening(
        receipt=receipt,
        at=at,
        steps=tuple(steps),
        rows=projection.project(state, receipt.plan, CHINA, at),
        said=tuple(said),
        salt=salt,
        plan_is_published=_is_published(receipt.plan),
        letters=issuing.draft(steps, receipt.plan, said, receipt.applicant.name, at),
    )


def open_case(opening: Opening, *, by: Actor) -> CaseRef:
    """Write the case that was drawn up; nothing is left to think about."""
    receipt, rows = opening.receipt, opening.rows
    with transaction.atomic(savepoint=False):
        if not opening.plan_is_published:
            publish_plan(receipt.plan)
        case_id = _next_id()
        number = f"{receipt.area}-{city_date(opening.at).year}-{case_id:07d}"
        row = {
            "id": case_id,
            "number": number,
            "kind": receipt.kind,
            "title_zh": receipt.title.zh,
            "title_en": receipt.title.en,
            "plan_id": receipt.plan.digest,
            "version": len(opening.steps),
            "state": opening.steps[-1].state.decode(),
            "district": receipt.district,
            "channel": receipt.channel,
            "received_at": opening.at,
            "closed_at": rows.closed_at,
            "promise_due": rows.promise_due,
        }
        party = {
            "case_id": case_id,
            "person_id": receipt.applicant.person_id,
            "name": receipt.applicant.name,
            "identifier": receipt.applicant.identifier,
            "salt": opening.salt,
        }
        issued = issuing.issue(case_id, opening.steps, opening.letters, len(opening.said) + 1, opening.at)
        said = [
            {"case_id": case_id, "number": each.number, "body": each.body, "salt": each.salt}
            for each in (*opening.said, *issued.statements)
        ]
        happened = rows_of(STREAM, case_id, after_version=0, steps=issued.steps, at=opening.at, actor=str(by))
        insert_all(
            [
                (Case, [row]),
                (Party, [party]),
                *drawing.drawn(case_id, rows, receipt.applicant.name),
                (Statement, said),
                (Letter, issued.rows),
                (Event, happened),
            ]
        )
    return CaseRef(case_id, number)


def _check(receipt: Receipt) -> None:
    if not receipt.parts:
        raise PlanError("a case needs a part")
    for choice in receipt.parts:
        part = receipt.plan.by_key.get(choice.key)
        if part is None:
            raise PlanError(f"the plan has no part {choice.key}", choice.key)
        if not set(choice.deferred) <= set(choice.awaiting):
            raise PlanError("what is deferred is awaited, too", choice.key)
        for key in choice.skipped:
            if key not in part.by_key or part.by_key[key].kind not in (TaskKind.WORK, TaskKind.ARRIVAL):
                raise PlanError(f"{key} is no task that a case may leave out", choice.key, key)
        if unknown := set(choice.offices) - part.departments:
            raise PlanError(f"{', '.join(sorted(unknown))} has no work there that an office could do", choice.key)
    chosen = {choice.key for choice in receipt.parts}
    for key in receipt.granted_by_rule:
        if key not in chosen or receipt.plan.by_key[key].decision.kind is not TaskKind.RULE:
            raise PlanError(f"no rule decides the part {key}", key)


def _is_published(plan: Plan) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_publishedplan WHERE digest = %s", [plan.digest])
        return cursor.fetchone() is not None


def _next_id() -> int:
    """The id of the case to come: its number is made of it, in one write."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence('cases_case', 'id'))")
        else:
            cursor.execute("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'cases_case'), 0) + 1")
        return int(cursor.fetchone()[0])
