"""The verbs of a case. Each checks the right, asks the law and the plan, and lets events happen (`record.happen`).

Every verb raises NoSuchCase, NotPermitted, Changed (somebody else acted since `seen`) and NotPossible (with words for
the person who tried). Texts are canonical before they come here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.casework.cases import events, possible
from yiwang.casework.cases.facts import WrongFact, described
from yiwang.casework.cases.models import Case, Part, Task
from yiwang.casework.cases.permissions import (
    count_money,
    do_task,
    hand_over_results,
    lead_part,
    move_task,
    speak_as_applicant,
)
from yiwang.casework.cases.plan import TaskKind
from yiwang.casework.cases.possible import require
from yiwang.casework.cases.record import STREAM, CaseRef, PartRef, Right, Situation, TaskRef, happen
from yiwang.casework.cases.refusals import NotPossible
from yiwang.casework.cases.state import Stage, TaskState, fee_due
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.ledger.replay import history


def accept(part: PartRef, *, by: Actor) -> CaseRef:
    """Accept a part (受理): its materials are complete, its work begins."""

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage is Stage.RECEIVED, possible.NOT_RECEIVED)
        return [events.Accepted(part=part.part)]

    return happen(part, decide, by=by, may=_task(by, "accept"))


def request_correction(part: PartRef, items: Sequence[str], *, by: Actor) -> CaseRef:
    """Tell the applicant once and completely what to correct (一次性告知补正, 行政许可法 art. 32)."""

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage is Stage.RECEIVED, possible.NOT_RECEIVED)
        require(now.part.correction_at is None, possible.CORRECTED_ONCE)
        require(bool(items) and all(items), possible.WORDS_MISSING)
        return [events.CorrectionRequested(part=part.part, words=now.say(list(items)))]

    return happen(part, decide, by=by, may=_task(by, "accept"))


def correct(
    part: PartRef,
    *,
    by: Actor,
    skipped: tuple[str, ...] = (),
    awaiting: tuple[str, ...] = (),
    deferred: tuple[str, ...] = (),
    submission: str = "",
    place: str = "",
    offices: Mapping[str, str] | None = None,
) -> CaseRef:
    """The applicant has corrected what was asked; `skipped`, `awaiting` and `deferred` follow from the new answers, and
    so do `place` and `offices`: the part moves where another office is competent by the corrected address.

    `submission`: the salted digest of what is submitted now.
    """

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage is Stage.CORRECTING, possible.NOT_CORRECTING)
        moves = bool(place) and (place, dict(offices or {})) != (now.part.place, now.part.offices)
        return [
            events.Corrected(
                part=part.part,
                skipped=skipped,
                awaiting=awaiting,
                deferred=deferred,
                submission=submission,
                place=place if moves else "",
                offices=dict(offices or {}) if moves else {},
            )
        ]

    return happen(part, decide, by=by, may=_applicant(by))


def refuse_acceptance(part: PartRef, reason: str, *, by: Actor) -> CaseRef:
    """Refuse at the door, with reasons (不予受理)."""

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage is Stage.RECEIVED, possible.NOT_RECEIVED)
        require(bool(reason), possible.WORDS_MISSING)
        return [events.NotAccepted(part=part.part, words=now.say(reason))]

    return happen(part, decide, by=by, may=_task(by, "accept"))


def transfer(part: PartRef, place: str, reason: str, *, by: Actor) -> CaseRef:
    """Hand a part over to the competent offices of another place (移送), before it is accepted; `place` is of the level
    at which the part is decided. The clock of acceptance runs on."""

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage is Stage.RECEIVED, possible.NOT_RECEIVED)
        require(bool(now.part.place), possible.ONE_OFFICE)
        competent = directory.competent_in(place) if len(place) == len(now.part.place) else {}
        department = now.part_plan.department
        offices = {code: office for code, office in competent.items() if code in now.part_plan.departments}
        require(department in offices and place != now.part.place, possible.NO_SUCH_OFFICE)
        require(bool(reason), possible.WORDS_MISSING)
        return [events.Transferred(part=part.part, place=place, offices=offices, words=now.say(reason))]

    return happen(part, decide, by=by, may=_task(by, "accept"))


def pick(task: TaskRef, *, by: Actor) -> CaseRef:
    """Take a task onto one's own desk. A colleague who holds it keeps it."""

    def decide(now: Situation) -> Sequence[events.Event]:
        progress = now.part.tasks.get(task.task)
        require(progress is not None and progress.state is TaskState.READY, possible.NOT_OPEN)
        assert progress is not None
        if progress.officer == by.id:
            return []
        require(progress.officer is None, possible.HELD_BY_COLLEAGUE)
        return [events.TaskAssigned(part=task.part, task=task.task, officer=by.id)]

    return happen(task, decide, by=by, may=_task(by, task.task))


def assign(task: TaskRef, officer: int | None, *, by: Actor) -> CaseRef:
    """Give a task to a colleague who holds its post, or put it back for everybody (None)."""

    def decide(now: Situation) -> Sequence[events.Event]:
        progress = now.part.tasks.get(task.task)
        require(progress is not None and progress.state is TaskState.READY, possible.NOT_OPEN)
        assert progress is not None
        post = now.part.post(now.part_plan.by_key[task.task])
        require(officer is None or officer in _holders(post), possible.NOT_IN_POST)
        if progress.officer == officer:
            return []
        return [events.TaskAssigned(part=task.part, task=task.task, officer=officer)]

    return happen(task, decide, by=by, may=Right(Task, move_task(by), task.task))


def hand_over(task: TaskRef, post: str, reason: str, *, by: Actor) -> CaseRef:
    """Hand a task to another post, in this department or another, with the reason on record."""

    def decide(now: Situation) -> Sequence[events.Event]:
        progress = now.part.tasks.get(task.task)
        require(progress is not None and progress.state is TaskState.READY, possible.NOT_OPEN)
        require(any(card.code == post for card in directory.posts()), possible.NO_SUCH_POST)
        require(bool(reason), possible.WORDS_MISSING)
        return [events.TaskHandedOver(part=task.part, task=task.task, to=post, words=now.say(reason))]

    return happen(task, decide, by=by, may=Right(Task, move_task(by), task.task))


def complete(task: TaskRef, *, by: Actor, words: str = "") -> CaseRef:
    """A piece of work is done; what needed it opens. Acceptance, decision and delivery have verbs of their own."""

    def decide(now: Situation) -> Sequence[events.Event]:
        progress = now.part.tasks.get(task.task)
        require(progress is not None and progress.state is TaskState.READY, possible.NOT_OPEN)
        kind = now.part_plan.by_key[task.task].kind
        require(kind in (TaskKind.WORK, TaskKind.ARRIVAL), possible.HAS_OWN_VERB)
        _require_second_person(now, task.task, by)
        said = now.say(words) if words else None
        return [events.TaskCompleted(part=task.part, task=task.task, words=said)]

    return happen(task, decide, by=by, may=_task(by, task.task))


def arrive(part: PartRef, what: str, *, by: Actor, submission: str = "") -> CaseRef:
    """A deferrable material came in later, or what an arrival task waits for; hearing of it twice changes nothing."""

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage.is_open, possible.ENDED)
        task = now.part_plan.by_key.get(what)
        waited = what in now.part.awaiting or (
            task is not None
            and task.kind is TaskKind.ARRIVAL
            and now.part.tasks[what].state in (TaskState.WAITING, TaskState.READY)
        )
        return [events.Arrived(part=part.part, what=what, submission=submission)] if waited else []

    return happen(part, decide, by=by, may=_applicant(by))


def start_special_procedure(part: PartRef, procedure: str, told: str, *, by: Actor) -> CaseRef:
    """Stop the part's clocks while a listed special procedure runs (行政许可法 art. 45).

    `told` is the written notice to the applicant; the law wants one.
    """

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage is Stage.ACCEPTED, possible.NOT_ACCEPTED_YET)
        require(now.part_plan.procedure(procedure) is not None, possible.NOT_LISTED)
        require(now.part.running_stop is None, possible.ALREADY_STOPPED)
        require(all(stop.procedure != procedure for stop in now.part.stops), possible.PROCEDURE_ONCE)
        require(bool(told), possible.WORDS_MISSING)
        return [
            events.SpecialProcedureStarted(part=part.part, procedure=procedure, words=now.say(told)),
        ]

    return happen(part, decide, by=by, may=_open_task(by, part))


def end_special_procedure(part: PartRef, result: str, *, by: Actor) -> CaseRef:
    """The special procedure is over, with its result; the clocks run again."""

    def decide(now: Situation) -> Sequence[events.Event]:
        stop = now.part.running_stop
        require(stop is not None, possible.NOT_STOPPED)
        assert stop is not None
        require(bool(result), possible.WORDS_MISSING)
        return [
            events.SpecialProcedureEnded(part=part.part, procedure=stop.procedure, words=now.say(result)),
        ]

    return happen(part, decide, by=by, may=_open_task(by, part))


def extend(part: PartRef, reason: str, *, by: Actor) -> CaseRef:
    """The agency's head extends the statutory limit, once, with reasons (行政许可法 art. 42). The promise stays."""

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage is Stage.ACCEPTED, possible.NOT_ACCEPTED_YET)
        require(now.part.extended_at is None, possible.EXTENDED_ONCE)
        require(now.part_plan.extension.amount > 0, possible.NO_EXTENSION)
        require(bool(reason), possible.WORDS_MISSING)
        return [events.Extended(part=part.part, words=now.say(reason))]

    return happen(part, decide, by=by, may=Right(Part, lead_part(by)))


def decide(
    part: PartRef, granted: bool, reason: str, *, by: Actor, facts: Mapping[str, str] | None = None, online: bool = True
) -> CaseRef:
    """Grant or refuse a part. A grant names the facts that it creates; an online result is delivered at once."""
    try:
        given = described(facts or {})
        created = {name: fact.checked((facts or {})[name]) for name, fact in given.items()}
    except WrongFact as wrong:
        raise NotPossible("wrong_fact", wrong.words) from wrong

    def verdict(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage is Stage.ACCEPTED, possible.NOT_ACCEPTED_YET)
        decision = now.part_plan.decision.key
        require(now.part.tasks[decision].state is TaskState.READY, possible.WORK_LEFT)
        _require_second_person(now, decision, by)
        require(bool(reason), possible.WORDS_MISSING)
        require(now.part.hearing is None or not now.part.hearing.pending, possible.HEARING_PENDING)
        require(now.part.running_stop is None, possible.STILL_STOPPED)
        if granted:
            require(not now.part.awaiting, possible.MATERIAL_MISSING)
            missing = [name for name in now.part_plan.creates if not created.get(name)]
            require(not missing, possible.FACT_MISSING)
        brought = created if granted else {}
        decided = events.Decided(
            part=part.part,
            granted=granted,
            words=now.say(reason),
            facts={name: value for name, value in brought.items() if not given[name].personal},
            personal={name: now.say(value) for name, value in brought.items() if value and given[name].personal},
        )
        if granted and online and not _by_hand(now) and not fee_due(now.part, now.part_plan):
            return [decided, events.Delivered(part=part.part, means="online")]
        return [decided]

    return happen(part, verdict, by=by, may=_decision(by, part))


def deliver(part: PartRef, means: str, *, by: Actor, handed_out_in: str = "") -> CaseRef:
    """Hand the result over: `collection` or `post`. `handed_out_in` is the place of the window that did."""

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage is Stage.GRANTED and now.part.delivered_at is None, possible.NOTHING_TO_DELIVER)
        require(not fee_due(now.part, now.part_plan), possible.NOT_PAID)
        require(means in ("collection", "post", "online"), possible.NO_SUCH_MEANS)
        return [events.Delivered(part=part.part, means=means, handed_out_in=handed_out_in)]

    return happen(part, decide, by=by, may=_task(by, "deliver"))


def pay(part: PartRef, order: str, amount_fen: int, *, by: Actor) -> CaseRef:
    """The cashier reports that the fee has come in; an online result that waited for it is delivered. What is paid
    already changes nothing.

    Raises NotPossible where nothing is due (any more), or another sum.
    """

    def decide(now: Situation) -> Sequence[events.Event]:
        if now.part.paid_fen and not fee_due(now.part, now.part_plan):
            return []
        require(amount_fen == fee_due(now.part, now.part_plan), possible.NOTHING_TO_PAY)
        return _paid(now, order)

    return happen(part, decide, by=by, may=Right(Case, count_money(by)))


def take_fee(part: PartRef, receipt: str, *, by: Actor) -> CaseRef:
    """An officer has taken the fee at the window, against the receipt of this number."""

    def decide(now: Situation) -> Sequence[events.Event]:
        require(bool(receipt), possible.WORDS_MISSING)
        return _paid(now, receipt)

    return happen(part, decide, by=by, may=_open_task(by, part))


def _paid(now: Situation, order: str) -> Sequence[events.Event]:
    due = fee_due(now.part, now.part_plan)
    require(due > 0, possible.NOTHING_TO_PAY)
    paid = events.FeePaid(part=now.part.key, amount_fen=due, order=order)
    if now.part.stage is Stage.GRANTED and now.part.delivered_at is None and not _by_hand(now):
        return [paid, events.Delivered(part=now.part.key, means="online")]
    return [paid]


def return_fee(part: PartRef, order: str, amount_fen: int, *, by: Actor) -> CaseRef:
    """Give a fee back, where the part ended without a grant. Given back already, nothing changes."""

    def decide(now: Situation) -> Sequence[events.Event]:
        if now.part.paid_fen < amount_fen:
            return []
        ended = not now.part.stage.is_open and now.part.stage is not Stage.GRANTED
        require(ended, possible.FEE_IS_KEPT)
        return [events.FeeReturned(part=part.part, amount_fen=amount_fen, order=order)]

    return happen(part, decide, by=by, may=Right(Case, count_money(by)))


def hand_out(part: PartRef, means: str, *, by: Actor, handed_out_in: str = "") -> CaseRef:
    """A clerk gives the applicant, for whom they speak, the result over a window in that place, or posts it:
    `collection` or `post`. Who works on the part need not be there."""

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage is Stage.GRANTED and now.part.delivered_at is None, possible.NOTHING_TO_DELIVER)
        require(not fee_due(now.part, now.part_plan), possible.NOT_PAID)
        require(means in ("collection", "post"), possible.NO_SUCH_MEANS)
        return [events.Delivered(part=part.part, means=means, handed_out_in=handed_out_in)]

    return happen(part, decide, by=by, may=Right(Case, hand_over_results(by)))


def withdraw(part: PartRef, reason: str, *, by: Actor) -> CaseRef:
    """The applicant withdraws a part before it is decided; no reason is owed."""

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage.is_open, possible.ENDED)
        return [events.Withdrawn(part=part.part, words=now.say(reason))]

    return happen(part, decide, by=by, may=_applicant(by))


def revoke(part: PartRef, reason: str, *, by: Actor) -> CaseRef:
    """Take back a granted result, for instance because a signed promise was false (行政许可法 art. 69)."""

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage is Stage.GRANTED, possible.NOT_GRANTED)
        require(bool(reason), possible.WORDS_MISSING)
        return [events.Revoked(part=part.part, words=now.say(reason))]

    return happen(part, decide, by=by, may=_decision(by, part))


def note(part: PartRef, text: str, *, by: Actor) -> CaseRef:
    """An officer's note, for colleagues; the applicant does not see it."""

    def decide(now: Situation) -> Sequence[events.Event]:
        require(bool(text), possible.WORDS_MISSING)
        return [events.Noted(part=part.part, words=now.say(text))]

    return happen(part, decide, by=by, may=_open_task(by, part))


def link(part: PartRef, other: int, relation: str, *, by: Actor) -> CaseRef:
    """This case led to another (`relation`: "check"); once for each other case."""

    def decide(now: Situation) -> Sequence[events.Event]:
        return [events.Linked(part=part.part, other=other, relation=relation)]

    return happen(part, decide, by=by, may=_applicant(by))


def _require_second_person(now: Situation, task: str, by: Actor) -> None:
    """Raises NotPossible where this person did one of the tasks from which the plan keeps this one apart."""
    apart = now.part_plan.by_key[task].apart_from
    if apart:
        did = {
            recorded.actor
            for recorded in history(STREAM, now.case_id)
            if isinstance(recorded.body, events.TaskCompleted)
            and recorded.body.part == now.part.key
            and recorded.body.task in apart
        }
        require(str(by) not in did, possible.SECOND_PERSON)


def _by_hand(now: Situation) -> bool:
    return any(task.kind is TaskKind.DELIVER for task in now.part_plan.tasks)


def _holders(post: str) -> frozenset[int]:
    return frozenset(card.id for card in directory.officers_in(post.partition("/")[0], post))


def _task(by: Actor, task: str) -> Right:
    return Right(Task, do_task(by), task)


def _open_task(by: Actor, part: PartRef) -> Right:
    """Any task of the part that this actor's posts do."""
    return Right(Case, possible.has_task_in(part.part, do_task(by)))


def _decision(by: Actor, part: PartRef) -> Right:
    return Right(Case, possible.has_decision_in(part.part, do_task(by)))


def _applicant(by: Actor) -> Right:
    return Right(Case, speak_as_applicant(by))
