"""The case as its events made it: `evolve(state, event, at)` is the one pure function behind every verb and replay.

Deadlines are not here: they are derived from this state and the calendar in force (`clock`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec.structs import replace

from yiwang.casework.cases import events, hearing_state
from yiwang.casework.cases.plan import PartPlan, Plan, Task, TaskKind

DISTRICT_DIGITS = 6
"""So many digits of a place's code say its district."""


class Stage(StrEnum):
    """Where a part stands."""

    WAITING = "waiting"
    """for another part of the bundle"""
    RECEIVED = "received"
    CORRECTING = "correcting"
    """the applicant was told what to correct"""
    ACCEPTED = "accepted"
    GRANTED = "granted"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    """a part that it needs was not granted, or a deferred material did not come in time"""
    REVOKED = "revoked"

    @property
    def is_open(self) -> bool:
        return self in _OPEN


_OPEN = frozenset({Stage.WAITING, Stage.RECEIVED, Stage.CORRECTING, Stage.ACCEPTED})


class TaskState(StrEnum):
    WAITING = "waiting"
    READY = "ready"
    DONE = "done"
    SKIPPED = "skipped"
    """its condition does not hold for this case"""
    DROPPED = "dropped"
    """the part ended without it"""


class TaskProgress(msgspec.Struct, frozen=True, omit_defaults=True):
    state: TaskState = TaskState.WAITING
    ready_at: datetime | None = None
    done_at: datetime | None = None
    officer: int | None = None
    handed_to: str | None = None
    words: int | None = None


class Stop(msgspec.Struct, frozen=True, omit_defaults=True):
    """A special procedure that stopped the clocks from `start` to `end` (None: still running)."""

    procedure: str
    start: datetime
    end: datetime | None = None
    words: int = 0
    result: int | None = None


class PartState(msgspec.Struct, frozen=True, omit_defaults=True):
    key: str
    stage: Stage
    tasks: dict[str, TaskProgress]
    revision: int = 0
    """counts what happened to this part: what a person saw, against what is"""
    clock_revision: int = 0
    opened_at: datetime | None = None
    correction_at: datetime | None = None
    corrected_at: datetime | None = None
    accepted_at: datetime | None = None
    accepted_by_law: bool = False
    awaiting: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()
    """what the applicant promised to bring after acceptance, here or not"""
    told_deferral: bool = False
    missed: tuple[str, ...] = ()
    """the deferred materials for want of which the part lapsed"""
    stops: tuple[Stop, ...] = ()
    extended_at: datetime | None = None
    ended_at: datetime | None = None
    delivered_at: datetime | None = None
    paid_fen: int = 0
    hearing: hearing_state.Hearing | None = None
    told_soon: int | None = None
    told_promise: int | None = None
    told_statute: int | None = None
    correction: int | None = None
    reason: int | None = None
    place: str = ""
    offices: dict[str, str] = {}
    handed_out_in: str = ""

    def office(self, department: str) -> str:
        """The office that acts here for a department of the plan: its competent branch, or the department itself."""
        return self.offices.get(department, department)

    def post(self, task: Task) -> str:
        """The post that has a task: whom it was handed to, else the plan's post in the competent office."""
        handed_to = self.tasks[task.key].handed_to
        if handed_to:
            return handed_to
        department, _slash, post = task.by.partition("/")
        return f"{self.office(department)}/{post}"

    @property
    def still_deferred(self) -> tuple[str, ...]:
        """What the applicant promised and has not brought."""
        return tuple(key for key in self.awaiting if key in self.deferred)

    @property
    def running_stop(self) -> Stop | None:
        return self.stops[-1] if self.stops and self.stops[-1].end is None else None


class CaseState(msgspec.Struct, frozen=True, omit_defaults=True):
    """`personal`: facts about a person, by the number of the statement that holds each."""

    kind: str
    plan: str
    channel: str
    district: str
    received_at: datetime
    parts: dict[str, PartState]
    facts: dict[str, str] = {}
    personal: dict[str, int] = {}
    closed_at: datetime | None = None
    received_in: str = ""


_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(CaseState)


def to_bytes(state: CaseState) -> bytes:
    """Compact JSON, the same bytes for the same state."""
    return _encoder.encode(state)


def from_bytes(text: bytes | str) -> CaseState:
    return _decoder.decode(text)


def evolve(state: CaseState | None, event: events.Event, at: datetime, plan: Plan) -> CaseState:
    """The state after `event` happened `at` (aware UTC). Events were checked by the verb; evolve only follows them."""
    if isinstance(event, events.Received):
        return _received(event, at, plan)
    if state is None:
        raise ValueError("a case begins with Received")
    if isinstance(event, events.Linked | events.Noted | events.Reported):
        return state
    part = state.parts[event.part]
    changed = _EVOLVE[type(event)](part, event, at, plan.by_key[event.part])
    if not isinstance(event, events.DueSoon | events.PromiseMissed | events.StatuteMissed | events.DeferralNear):
        changed = replace(changed, revision=part.revision + 1)
    state = replace(state, parts={**state.parts, part.key: changed})
    if changed.place != part.place and state.district in (part.place[:DISTRICT_DIGITS], ""):
        state = replace(state, district=changed.place[:DISTRICT_DIGITS])
    if isinstance(event, events.Decided) and event.facts:
        state = replace(state, facts={**state.facts, **event.facts})
    if isinstance(event, events.Decided) and event.personal:
        kept = {code: commitment.number for code, commitment in event.personal.items()}
        state = replace(state, personal={**state.personal, **kept})
    if changed.stage is not part.stage:
        state = _follow_needs(state, at, plan)
    return _close(state, at)


def _received(event: events.Received, at: datetime, plan: Plan) -> CaseState:
    chosen = {part.key for part in event.parts}
    parts = {}
    for choice in event.parts:
        part_plan = plan.by_key[choice.key]
        tasks = {
            task.key: TaskProgress(state=TaskState.SKIPPED) if task.key in choice.skipped else TaskProgress()
            for task in part_plan.tasks
        }
        part = PartState(
            key=choice.key,
            stage=Stage.WAITING,
            tasks=tasks,
            awaiting=choice.awaiting,
            deferred=choice.deferred,
            place=choice.place,
            offices=choice.offices,
        )
        if not any(need in chosen for need in part_plan.needs):
            part = _open(part, at, part_plan)
        parts[choice.key] = part
    return CaseState(
        kind=event.kind,
        plan=event.plan,
        channel=event.channel,
        district=event.district,
        received_at=at,
        parts=parts,
        facts=dict(event.facts),
        received_in=event.received_in,
    )


def _open(part: PartState, at: datetime, plan: PartPlan) -> PartState:
    return _ready(replace(part, stage=Stage.RECEIVED, opened_at=at), at, plan)


def _ready(part: PartState, at: datetime, plan: PartPlan) -> PartState:
    """Open every waiting task whose needs are met; conditions were settled at receipt."""
    tasks = dict(part.tasks)
    ended = not part.stage.is_open
    for task in plan.tasks:
        progress = tasks[task.key]
        if progress.state is not TaskState.WAITING or (ended and task.kind is not TaskKind.DELIVER):
            continue
        if all(tasks[need].state in (TaskState.DONE, TaskState.SKIPPED) for need in task.needs):
            tasks[task.key] = replace(progress, state=TaskState.READY, ready_at=at)
    return replace(part, tasks=tasks)


def _done(part: PartState, task: str, at: datetime, plan: PartPlan, words: int | None = None) -> PartState:
    done = replace(part.tasks[task], state=TaskState.DONE, done_at=at, words=words)
    return _ready(replace(part, tasks={**part.tasks, task: done}), at, plan)


def _end(part: PartState, stage: Stage, at: datetime, reason: int | None) -> PartState:
    """The part ends: what was not done is dropped, a running special procedure ends with it."""
    tasks = {
        key: replace(progress, state=TaskState.DROPPED)
        if progress.state in (TaskState.WAITING, TaskState.READY)
        else progress
        for key, progress in part.tasks.items()
    }
    stops = part.stops
    if part.running_stop:
        stops = (*stops[:-1], replace(stops[-1], end=at))
    return replace(part, stage=stage, tasks=tasks, stops=stops, ended_at=at, reason=reason)


def _accepted(part: PartState, event: events.Accepted, at: datetime, plan: PartPlan) -> PartState:
    part = replace(part, stage=Stage.ACCEPTED, accepted_at=at, accepted_by_law=event.by_law)
    return _done(part, "accept", at, plan)


def _correction(part: PartState, event: events.CorrectionRequested, at: datetime, plan: PartPlan) -> PartState:
    waiting = replace(part.tasks["accept"], state=TaskState.WAITING)
    return replace(
        part,
        stage=Stage.CORRECTING,
        correction_at=at,
        correction=event.words.number,
        tasks={**part.tasks, "accept": waiting},
    )


def _corrected(part: PartState, event: events.Corrected, at: datetime, plan: PartPlan) -> PartState:
    tasks = {}
    for key, progress in part.tasks.items():
        if key in event.skipped:
            progress = replace(progress, state=TaskState.SKIPPED)
        elif progress.state is TaskState.SKIPPED:
            progress = replace(progress, state=TaskState.WAITING)
        tasks[key] = progress
    part = replace(
        part, stage=Stage.RECEIVED, corrected_at=at, awaiting=event.awaiting, deferred=event.deferred, tasks=tasks
    )
    if event.place:
        part = _moved(part, event.place, event.offices)
    return _ready(part, at, plan)


def _transferred(part: PartState, event: events.Transferred, at: datetime, plan: PartPlan) -> PartState:
    return _moved(part, event.place, event.offices)


def _moved(part: PartState, place: str, offices: dict[str, str]) -> PartState:
    """The part lies with other offices: what nobody has done yet is nobody's there, and is handed to nobody."""
    tasks = {
        key: replace(progress, officer=None, handed_to=None)
        if progress.state in (TaskState.WAITING, TaskState.READY)
        else progress
        for key, progress in part.tasks.items()
    }
    return replace(part, place=place, offices=offices, tasks=tasks)


def _not_accepted(part: PartState, event: events.NotAccepted, at: datetime, plan: PartPlan) -> PartState:
    return _end(part, Stage.NOT_ACCEPTED, at, event.words.number)


def _assigned(part: PartState, event: events.TaskAssigned, at: datetime, plan: PartPlan) -> PartState:
    task = replace(part.tasks[event.task], officer=event.officer)
    return replace(part, tasks={**part.tasks, event.task: task})


def _handed_over(part: PartState, event: events.TaskHandedOver, at: datetime, plan: PartPlan) -> PartState:
    task = replace(part.tasks[event.task], officer=None, handed_to=event.to)
    return replace(part, tasks={**part.tasks, event.task: task})


def _completed(part: PartState, event: events.TaskCompleted, at: datetime, plan: PartPlan) -> PartState:
    return _done(part, event.task, at, plan, event.words.number if event.words else None)


def _arrived(part: PartState, event: events.Arrived, at: datetime, plan: PartPlan) -> PartState:
    part = replace(part, awaiting=tuple(key for key in part.awaiting if key != event.what))
    if event.what in part.tasks and part.tasks[event.what].state in (TaskState.READY, TaskState.WAITING):
        part = _done(part, event.what, at, plan)
    return part


def _stopped(part: PartState, event: events.SpecialProcedureStarted, at: datetime, plan: PartPlan) -> PartState:
    stop = Stop(procedure=event.procedure, start=at, words=event.words.number)
    return replace(part, stops=(*part.stops, stop), clock_revision=part.clock_revision + 1)


def _resumed(part: PartState, event: events.SpecialProcedureEnded, at: datetime, plan: PartPlan) -> PartState:
    last = replace(part.stops[-1], end=at, result=event.words.number)
    return replace(part, stops=(*part.stops[:-1], last), clock_revision=part.clock_revision + 1)


def _extended(part: PartState, event: events.Extended, at: datetime, plan: PartPlan) -> PartState:
    return replace(part, extended_at=at, clock_revision=part.clock_revision + 1)


def _decided(part: PartState, event: events.Decided, at: datetime, plan: PartPlan) -> PartState:
    decision = plan.decision.key
    done = replace(part.tasks[decision], state=TaskState.DONE, done_at=at, words=event.words.number)
    delivery = {
        task.key: part.tasks[task.key]
        for task in plan.tasks
        if event.granted and task.kind is TaskKind.DELIVER and part.tasks[task.key].state is TaskState.WAITING
    }
    stage = Stage.GRANTED if event.granted else Stage.REFUSED
    part = _end(replace(part, tasks={**part.tasks, decision: done}), stage, at, event.words.number)
    return _ready(replace(part, tasks={**part.tasks, **delivery}), at, plan)


def _delivered(part: PartState, event: events.Delivered, at: datetime, plan: PartPlan) -> PartState:
    tasks = {
        task.key: replace(part.tasks[task.key], state=TaskState.DONE, done_at=at)
        for task in plan.tasks
        if task.kind is TaskKind.DELIVER and part.tasks[task.key].state is TaskState.READY
    }
    return replace(part, delivered_at=at, handed_out_in=event.handed_out_in, tasks={**part.tasks, **tasks})


def _fee_paid(part: PartState, event: events.FeePaid, at: datetime, plan: PartPlan) -> PartState:
    return replace(part, paid_fen=part.paid_fen + event.amount_fen)


def _fee_returned(part: PartState, event: events.FeeReturned, at: datetime, plan: PartPlan) -> PartState:
    return replace(part, paid_fen=part.paid_fen - event.amount_fen)


def _withdrawn(part: PartState, event: events.Withdrawn, at: datetime, plan: PartPlan) -> PartState:
    return _end(part, Stage.WITHDRAWN, at, event.words.number)


def _revoked(part: PartState, event: events.Revoked, at: datetime, plan: PartPlan) -> PartState:
    part = _end(part, Stage.REVOKED, at, event.words.number)
    return replace(part, delivered_at=part.delivered_at or at)


def _hearing(part: PartState, event: hearing_state.Happened, at: datetime, plan: PartPlan) -> PartState:
    return replace(part, hearing=hearing_state.after(part.hearing, event, at))


def _deferral_near(part: PartState, event: events.DeferralNear, at: datetime, plan: PartPlan) -> PartState:
    return replace(part, told_deferral=True)


def _deferral_lapsed(part: PartState, event: events.DeferralLapsed, at: datetime, plan: PartPlan) -> PartState:
    return replace(_end(part, Stage.LAPSED, at, None), missed=event.what)


def _told_soon(part: PartState, event: events.DueSoon, at: datetime, plan: PartPlan) -> PartState:
    return replace(part, told_soon=event.clock_revision)


def _told_promise(part: PartState, event: events.PromiseMissed, at: datetime, plan: PartPlan) -> PartState:
    return replace(part, told_promise=event.clock_revision)


def _told_statute(part: PartState, event: events.StatuteMissed, at: datetime, plan: PartPlan) -> PartState:
    return replace(part, told_statute=event.clock_revision)


_EVOLVE: Mapping[type, Callable[[PartState, Any, datetime, PartPlan], PartState]] = {
    events.Accepted: _accepted,
    events.CorrectionRequested: _correction,
    events.Corrected: _corrected,
    events.Transferred: _transferred,
    events.NotAccepted: _not_accepted,
    events.TaskAssigned: _assigned,
    events.TaskHandedOver: _handed_over,
    events.TaskCompleted: _completed,
    events.Arrived: _arrived,
    events.SpecialProcedureStarted: _stopped,
    events.SpecialProcedureEnded: _resumed,
    events.Extended: _extended,
    events.Decided: _decided,
    events.Delivered: _delivered,
    events.FeePaid: _fee_paid,
    events.FeeReturned: _fee_returned,
    events.Withdrawn: _withdrawn,
    events.Revoked: _revoked,
    events.HearingAsked: _hearing,
    events.HearingDeclined: _hearing,
    events.HearingCalled: _hearing,
    events.HearingAnswered: _hearing,
    events.HearingCancelled: _hearing,
    events.HearingHeld: _hearing,
    events.DeferralNear: _deferral_near,
    events.DeferralLapsed: _deferral_lapsed,
    events.DueSoon: _told_soon,
    events.PromiseMissed: _told_promise,
    events.StatuteMissed: _told_statute,
}


def _follow_needs(state: CaseState, at: datetime, plan: Plan) -> CaseState:
    """Parts that waited open when all they need is granted, and lapse when something they need ended otherwise."""
    parts = dict(state.parts)
    changed = True
    while changed:
        changed = False
        for key, part in parts.items():
            if part.stage is not Stage.WAITING:
                continue
            needed = [parts[need] for need in plan.by_key[key].needs if need in parts]
            if any(not need.stage.is_open and need.stage is not Stage.GRANTED for need in needed):
                parts[key] = replace(_end(part, Stage.LAPSED, at, None), revision=part.revision + 1)
                changed = True
            elif all(need.stage is Stage.GRANTED for need in needed):
                parts[key] = replace(_open(part, at, plan.by_key[key]), revision=part.revision + 1)
                changed = True
    return replace(state, parts=parts)


def _close(state: CaseState, at: datetime) -> CaseState:
    closed = all(is_over(part) for part in state.parts.values())
    if closed and state.closed_at is None:
        return replace(state, closed_at=at)
    return state


def fee_due(part: PartState, plan: PartPlan) -> int:
    """What is still to be paid, in fen; nothing where the part ended without a grant."""
    owed = part.stage.is_open or part.stage is Stage.GRANTED
    return max(plan.fee_fen - part.paid_fen, 0) if owed else 0


def is_over(part: PartState) -> bool:
    """Nothing more is owed: ended, and a granted result delivered."""
    if part.stage.is_open:
        return False
    return part.stage is not Stage.GRANTED or part.delivered_at is not None
