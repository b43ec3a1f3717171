"""Questions about cases: one function each, a fixed number of SQL queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from yiwang.casework.cases import bpmn, lines, permissions
from yiwang.casework.cases import clock as clocks
from yiwang.casework.cases.correspondence import LetterCard, letters_of
from yiwang.casework.cases.hearing_state import Hearing
from yiwang.casework.cases.models import Case, Link, Party, Statement, Task
from yiwang.casework.cases.plan import PartPlan, SpecialProcedure, TaskKind
from yiwang.casework.cases.record import STREAM, plan_of
from yiwang.casework.cases.refusals import NoSuchCase
from yiwang.casework.cases.state import CaseState, PartState, Stage, TaskState, fee_due, from_bytes
from yiwang.casework.cases.timeline import Body, Entry, named_in, timeline
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.foundation.kernel.calendar import CHINA, Limit, due
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.foundation.ledger.replay import history
from yiwang.foundation.places import queries as places
from yiwang.foundation.ui.clock_line import ClockLine


@dataclass(frozen=True, slots=True)
class StopView:
    """A special procedure of a part: since when, until when at the most, what was told, what came out."""

    procedure: SpecialProcedure
    since: datetime
    until: datetime | None
    latest: datetime
    told: str
    result: str

    @property
    def running(self) -> bool:
        return self.until is None


@dataclass(frozen=True, slots=True)
class HearingView:
    """A hearing of a part; texts are empty for who does not see the part in full. `called` is subject, place, chair."""

    asked_at: datetime | None
    why: str
    at: datetime | None
    called: tuple[str, ...]
    chair: int | None
    comes: bool | None
    answer: str
    held_at: datetime | None
    minutes: str
    attended: bool
    signed: bool


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as the desk shows it. `mine`: the asking officer's posts may do it."""

    key: str
    name: Words
    kind: TaskKind
    post: str
    state: TaskState
    officer: int | None
    officer_name: str
    ready_at: datetime | None
    done_at: datetime | None
    due: datetime | None
    said: str
    mine: bool


@dataclass(frozen=True, slots=True)
class PartView:
    """A part for a page. `full` is False for an officer who may see no task of it: then texts are empty. `department`
    is the office in charge, competent in `place` where an address says so.

    `promise` and `statute` are exclusive ends (UTC); `at_least` while a special procedure runs.
    """

    key: str
    name: Words
    matter: str
    department: str
    place: str
    handed_out_in: str
    stage: Stage
    clock: clocks.ClockState
    revision: int
    line: ClockLine | None
    opened_at: datetime | None
    accepted_at: datetime | None
    accepted_by_law: bool
    ended_at: datetime | None
    delivered_at: datetime | None
    acceptance_due: datetime | None
    promise: datetime | None
    statute: datetime | None
    promise_limit: Limit
    at_least: bool
    provisional: bool
    days_used: int
    waits_for: tuple[str, ...]
    stops: tuple[StopView, ...]
    procedures: tuple[SpecialProcedure, ...]
    correction: tuple[str, ...]
    reason: str
    extended: bool
    awaiting: tuple[str, ...]
    deferred: tuple[Words, ...]
    """what the applicant promised and has not brought"""
    deferral_due: datetime | None
    hearing: HearingView | None
    missed: tuple[Words, ...]
    """the deferred materials for want of which the part lapsed"""
    creates: tuple[str, ...]
    committed: bool
    verdicts: tuple[Words, Words] | None
    tasks: tuple[TaskView, ...]
    full: bool
    verbs: frozenset[str]
    """what the asking actor may do now: accept request_correction refuse_acceptance transfer start_special_procedure
    end_special_procedure extend decide deliver note revoke; for the applicant: correct withdraw"""

    @property
    def running_stop(self) -> StopView | None:
        return self.stops[-1] if self.stops and self.stops[-1].running else None

    @property
    def is_open(self) -> bool:
        return self.stage.is_open


@dataclass(frozen=True, slots=True)
class LinkView:
    number: str
    title: Words
    relation: str
    outgoing: bool
    seen: bool
    """whether the asking actor may open it"""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case for a page: the applicant's or an officer's. `received_in` is the place of the window that took it in."""

    id: int
    number: str
    kind: str
    title: Words
    channel: str
    district: str
    received_in: str
    received_at: datetime
    closed_at: datetime | None
    applicant: str
    facts: Mapping[str, str]
    line: ClockLine | None
    promise: datetime | None
    parts: tuple[PartView, ...]
    timeline: tuple[Entry, ...]
    links: tuple[LinkView, ...]
    letters: tuple[LetterCard, ...]
    """sent in the parts that the asking actor sees in full, the newest first"""

    def part(self, key: str) -> PartView:
        """Raises NoSuchCase."""
        for part in self.parts:
            if part.key == key:
                return part
        raise NoSuchCase(f"{self.number} {key}")


def case_view(number: str, by: Actor) -> CaseView:
    """A case as this actor may see it. Raises NoSuchCase also where it exists but is none of the actor's business."""
    row = Case.objects.filter(permissions.see_case(by), number=number).first()
    if row is None:
        raise NoSuchCase(number)
    at = now()
    plan = plan_of(row.plan_id)
    state = from_bytes(row.state)
    party = Party.objects.filter(pk=row.pk).first()
    said: dict[int, Body] = dict(Statement.objects.filter(case=row.pk).values_list("number", "body"))
    officers = {task.officer for part in state.parts.values() for task in part.tasks.values() if task.officer}
    names = directory.names(officers) if officers else {}
    seen = _departments_seen(row.pk, by)
    parts = tuple(
        _part_view(state.parts[part.key], part, state, said, names, seen, by, at)
        for part in plan.parts
        if part.key in state.parts
    )
    seen_in_full = {part.key for part in parts if part.full}
    told = history(STREAM, row.pk)
    named = named_in(told)
    called = {**directory.office_names(named.offices), **places.names(named.places)}
    entries = tuple(
        entry
        for entry in timeline(told, plan, said, called)
        if (entry.public or by.kind is ActorKind.OFFICER) and (entry.part is None or entry.part in seen_in_full)
    )
    promise = clocks.case_promise(state, plan, CHINA, row.closed_at or at)
    return CaseView(
        id=row.pk,
        number=row.number,
        kind=row.kind,
        title=Words(row.title_zh, row.title_en),
        channel=row.channel,
        district=row.district,
        received_in=state.received_in,
        received_at=row.received_at,
        closed_at=row.closed_at,
        applicant=party.name if party else "",
        facts=known_facts(state, said),
        line=lines.case_line(state, plan, CHINA, at),
        promise=promise.at if promise else None,
        parts=parts,
        timeline=entries,
        links=_links(row.pk, by),
        letters=letters_of(row.pk, plan, seen_in_full),
    )


def _departments_seen(case_id: int, by: Actor) -> frozenset[str] | None:
    """The offices with a task in the case of which this actor sees all; None: of every one."""
    if by.kind not in (ActorKind.OFFICER, ActorKind.SYSTEM):
        return None
    found = Task.objects.filter(permissions.see_task(by), case=case_id).values_list("department", flat=True)
    return frozenset(found)


def known_facts(state: CaseState, said: Mapping[int, Body]) -> dict[str, str]:
    """The facts that grants have created; those about a person are among what was `said`, unless they were erased."""
    personal = {code: said[number] for code, number in state.personal.items() if number in said}
    return {**state.facts, **{code: str(value) for code, value in personal.items()}}


def facts_of(case_id: int, state: str) -> dict[str, str]:
    """As `known_facts`, of a case's row; asks the database only where there are facts about a person."""
    read = from_bytes(state)
    numbers = set(read.personal.values())
    said = Statement.objects.filter(case=case_id, number__in=numbers).values_list("number", "body") if numbers else ()
    return known_facts(read, dict(said))


def plan_as_bpmn(number: str, by: Actor, language: str, part: str = "") -> bytes:
    """The case's plan as BPMN 2.0, with what is done and open in it; with `part`, only that one. Raises NoSuchCase."""
    row = Case.objects.filter(permissions.see_case(by), number=number).first()
    if row is None:
        raise NoSuchCase(number)
    state = from_bytes(row.state)
    only = part if part in state.parts else ""
    return bpmn.document(plan_of(row.plan_id), state, language, directory.department_names(), only)


def may_see(number: str, by: Actor) -> bool:
    return Case.objects.filter(permissions.see_case(by), number=number).exists()


def _links(case_id: int, by: Actor) -> tuple[LinkView, ...]:
    found = [
        (link.other, link.relation, True)
        for link in Link.objects.filter(case=case_id).select_related("other").order_by("id")[:50]
    ]
    if by.kind is ActorKind.OFFICER:
        found += [
            (link.case, link.relation, False)
            for link in Link.objects.filter(other=case_id).select_related("case").order_by("id")[:50]
        ]
    if not found:
        return ()
    others = Case.objects.filter(permissions.see_case(by), pk__in=[other.pk for other, _relation, _out in found])
    seen = frozenset(others.values_list("pk", flat=True))
    return tuple(
        LinkView(other.number, Words(other.title_zh, other.title_en), relation, outgoing, other.pk in seen)
        for other, relation, outgoing in found
    )


def _part_view(
    part: PartState,
    plan: PartPlan,
    state: CaseState,
    said: Mapping[int, Body],
    names: Mapping[int, str],
    seen: frozenset[str] | None,
    by: Actor,
    at: datetime,
) -> PartView:
    clock = clocks.part_clock(part, plan, CHINA, part.ended_at or at)
    tasks = tuple(_task_view(part, plan, task.key, clock, said, names, by, at) for task in plan.tasks)
    full = seen is None or any(task.post.partition("/")[0] in seen for task in tasks)

    def text(number: int | None) -> str:
        body = said.get(number or 0, "") if full else ""
        return body if isinstance(body, str) else "\n".join(body)

    correction = said.get(part.correction or 0, ()) if full else ()
    stops = []
    for stop, allowed in zip(part.stops, clock.stops, strict=True):
        procedure = plan.procedure(stop.procedure)
        if procedure is not None:
            latest = due(stop.start, procedure.at_most, CHINA, now=stop.start).at
            result = text(stop.result)
            stops.append(StopView(procedure, stop.start, allowed.end, latest, text(stop.words), result))
    used_until = part.ended_at or at
    deferral = clocks.deferral_due(part, plan, CHINA, at)
    return PartView(
        key=part.key,
        name=plan.name,
        matter=plan.matter,
        department=part.office(plan.department),
        place=part.place,
        handed_out_in=part.handed_out_in,
        stage=part.stage,
        clock=clock.state,
        revision=part.revision,
        line=lines.part_line(part, plan, CHINA, at),
        opened_at=part.opened_at,
        accepted_at=part.accepted_at,
        accepted_by_law=part.accepted_by_law,
        ended_at=part.ended_at,
        delivered_at=part.delivered_at,
        acceptance_due=clock.acceptance.at if clock.acceptance else None,
        promise=clock.promise.at if clock.promise else None,
        statute=clock.statute.at if clock.statute else None,
        promise_limit=plan.promise,
        at_least=bool(clock.promise and clock.promise.at_least),
        provisional=clock.provisional,
        days_used=clocks.days_used(clock, CHINA, used_until),
        waits_for=tuple(
            need
            for need in plan.needs
            if part.stage is Stage.WAITING and need in state.parts and state.parts[need].stage.is_open
        ),
        stops=tuple(stops),
        procedures=plan.special_procedures,
        correction=(correction,) if isinstance(correction, str) else tuple(correction),
        reason=text(part.reason),
        extended=part.extended_at is not None,
        awaiting=part.awaiting,
        deferred=_named(plan, part.still_deferred),
        deferral_due=deferral.at if deferral else None,
        missed=_named(plan, part.missed),
        hearing=_hearing_view(part.hearing, text),
        creates=plan.creates,
        committed=plan.committed,
        verdicts=plan.verdicts,
        tasks=tasks,
        full=full,
        verbs=_verbs(part, plan, tasks, by),
    )


def _hearing_view(hearing: Hearing | None, text: Callable[[int | None], str]) -> HearingView | None:
    if hearing is None:
        return None
    return HearingView(
        asked_at=hearing.asked_at,
        why=text(hearing.why),
        at=hearing.at,
        called=tuple(text(hearing.notice).split("\n")) if hearing.notice else (),
        chair=hearing.chair,
        comes=hearing.comes,
        answer=text(hearing.answer),
        held_at=hearing.held_at,
        minutes=text(hearing.minutes),
        attended=hearing.attended,
        signed=hearing.signed,
    )


def _named(plan: PartPlan, materials: tuple[str, ...]) -> tuple[Words, ...]:
    return tuple(plan.deferral.name(key) if plan.deferral else Words(key, key) for key in materials)


def _task_view(
    part: PartState,
    plan: PartPlan,
    key: str,
    clock: clocks.PartClock,
    said: Mapping[int, Body],
    names: Mapping[int, str],
    by: Actor,
    at: datetime,
) -> TaskView:
    task, progress = plan.by_key[key], part.tasks[key]
    post = part.post(task)
    ready = progress.state is TaskState.READY
    end = clocks.task_due(task, progress, clock, CHINA, at) if ready else None
    words = said.get(progress.words or 0, "")
    return TaskView(
        key=key,
        name=task.name,
        kind=task.kind,
        post=post,
        state=progress.state,
        officer=progress.officer,
        officer_name=names.get(progress.officer or 0, ""),
        ready_at=progress.ready_at,
        done_at=progress.done_at,
        due=None if end == clocks.END_OF_TIME else end,
        said=words if isinstance(words, str) else "\n".join(words),
        mine=post in by.posts,
    )


def _verbs(part: PartState, plan: PartPlan, tasks: tuple[TaskView, ...], by: Actor) -> frozenset[str]:
    """The same conditions as the verbs themselves ask, so that a page offers only what would work."""
    if by.person is not None:
        return frozenset(_applicant_verbs(part))
    mine = {task.key: task for task in tasks if task.mine}
    leads = part.office(plan.department) in permissions.led_by(by)
    extensible = part.stage is Stage.ACCEPTED and part.extended_at is None and plan.extension.amount > 0
    found = {"extend"} if leads and extensible else set()
    hearing = part.hearing if part.stage is Stage.ACCEPTED else None
    if hearing is not None and hearing.chair is not None and hearing.chair == by.id and hearing.pending:
        found |= {"record_minutes"}
    if not mine:
        return frozenset(found)
    found |= {"note", *_acceptance_verbs(part, mine)}
    if part.stage is Stage.ACCEPTED:
        found |= _procedure_verbs(part, plan) | _decision_verbs(part, plan, mine)
    if part.stage in (Stage.ACCEPTED, Stage.GRANTED) and fee_due(part, plan):
        found |= {"take_fee"}
    if part.stage is Stage.GRANTED:
        waits = part.delivered_at is None and "deliver" in mine and not fee_due(part, plan)
        found |= {"deliver"} if waits else set()
        found |= {"revoke"} if plan.decision.key in mine else set()
    return frozenset(found)


def _applicant_verbs(part: PartState) -> set[str]:
    found = {"withdraw"} if part.stage.is_open else set()
    if part.stage is Stage.ACCEPTED and part.hearing is None:
        found |= {"ask_hearing"}
    if part.stage is Stage.ACCEPTED and part.hearing and part.hearing.at and part.hearing.pending:
        found |= {"answer_hearing"}
    return found | ({"correct"} if part.stage is Stage.CORRECTING else set())


def _acceptance_verbs(part: PartState, mine: Mapping[str, TaskView]) -> set[str]:
    if "accept" not in mine or part.stage is not Stage.RECEIVED:
        return set()
    found = {"accept", "refuse_acceptance"}
    found |= set() if part.correction_at is not None else {"request_correction"}
    return found | ({"transfer"} if part.place else set())


def _procedure_verbs(part: PartState, plan: PartPlan) -> set[str]:
    if part.running_stop is not None:
        return {"end_special_procedure"}
    used = {stop.procedure for stop in part.stops}
    left = any(procedure.key not in used for procedure in plan.special_procedures)
    return {"start_special_procedure"} if left else set()


def _decision_verbs(part: PartState, plan: PartPlan, mine: Mapping[str, TaskView]) -> set[str]:
    decision = mine.get(plan.decision.key)
    if decision is None:
        return set()
    pending = part.hearing is not None and part.hearing.pending
    ready = decision.state is TaskState.READY and part.running_stop is None and not pending
    return _hearing_verbs(part) | ({"decide"} if ready else set())


def _hearing_verbs(part: PartState) -> set[str]:
    """For who decides."""
    if part.hearing is None or part.hearing.at is None:
        return {"call_hearing"} | ({"decline_hearing"} if part.hearing else set())
    return {"cancel_hearing"} if part.hearing.pending else set()
