"""Hearings (听证, 行政许可法 art. 46-48): asked for or called, told in time, held by who did not review, with minutes.

The verbs raise what those of `actions` raise. Where the matter lists a hearing among its special procedures, calling it
stops the clocks and its minutes start them again; otherwise they run on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from yiwang.casework.cases import events, possible
from yiwang.casework.cases.models import Case, Part, Task
from yiwang.casework.cases.permissions import do_task, speak_as_applicant
from yiwang.casework.cases.plan import PartPlan, ProcedureKind, SpecialProcedure
from yiwang.casework.cases.possible import require
from yiwang.casework.cases.record import STREAM, CaseRef, PartRef, Right, Situation, happen, plan_of
from yiwang.casework.cases.state import PartState, Stage, from_bytes
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.time import city_date
from yiwang.foundation.ledger.replay import history

NOTICE = 7
"""Working days between the notice and the hearing (art. 48; art. 82 counts in working days)."""
LATEST = 60
"""Working days within which a hearing is held; a typing error is further away."""


def ask(part: PartRef, reason: str, *, by: Actor) -> CaseRef:
    """The applicant asks for a hearing, after acceptance and before the decision."""

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage is Stage.ACCEPTED, possible.NOT_ACCEPTED_YET)
        require(now.part.hearing is None, possible.HEARING_ONCE)
        require(bool(reason), possible.WORDS_MISSING)
        return [events.HearingAsked(part=part.part, words=now.say(reason))]

    return happen(part, decide, by=by, may=Right(Case, speak_as_applicant(by)))


def decline(part: PartRef, reason: str, *, by: Actor) -> CaseRef:
    """There is no hearing, for reasons that the applicant reads; before one was called."""

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.hearing is not None and now.part.hearing.at is None, possible.NO_HEARING_ASKED)
        require(bool(reason), possible.WORDS_MISSING)
        return [events.HearingDeclined(part=part.part, words=now.say(reason))]

    return happen(part, decide, by=by, may=_decision(by, part))


def call(part: PartRef, at: datetime, place: str, subject: str, chair: int, *, by: Actor) -> CaseRef:
    """Call a hearing at a moment (aware) and place, seven working days ahead, under a chair who did not review.

    `subject` is what it is about; the applicant gets all of it as a numbered notice.
    """

    def decide(now: Situation) -> Sequence[events.Event]:
        require(now.part.stage is Stage.ACCEPTED, possible.NOT_ACCEPTED_YET)
        held = now.part.hearing
        require(held is None or held.at is None, possible.HEARING_ONCE)
        require(bool(place) and bool(subject), possible.WORDS_MISSING)
        today, day = city_date(now.at), city_date(at)
        require(CHINA.add(today, NOTICE) <= day <= CHINA.add(today, LATEST), possible.HEARING_TOO_SOON)
        name = chairs(now.case_id, now.part, now.part_plan, by).get(chair)
        require(name is not None, possible.CHAIR_REVIEWS)
        words = now.say([subject, place, name or ""])
        called: list[events.Event] = [events.HearingCalled(part=part.part, at=at, chair=chair, words=words)]
        procedure = _listed(now.part, now.part_plan)
        if procedure is not None:
            called.append(
                events.SpecialProcedureStarted(part=part.part, procedure=procedure.key, words=now.say(subject))
            )
        return called

    return happen(part, decide, by=by, may=_decision(by, part))


def answer(part: PartRef, comes: bool, words: str, *, by: Actor) -> CaseRef:
    """The applicant says whether they come, and what they want to say; the last answer counts."""

    def decide(now: Situation) -> Sequence[events.Event]:
        hearing = now.part.hearing
        require(hearing is not None and hearing.at is not None and hearing.held_at is None, possible.NO_HEARING)
        said = now.say(words) if words else None
        return [events.HearingAnswered(part=part.part, comes=comes, words=said)]

    return happen(part, decide, by=by, may=Right(Case, speak_as_applicant(by)))


def cancel(part: PartRef, reason: str, *, by: Actor) -> CaseRef:
    """A called hearing is not held, for instance because the applicant gives it up; another may be called."""

    def decide(now: Situation) -> Sequence[events.Event]:
        hearing = now.part.hearing
        require(hearing is not None and hearing.at is not None and hearing.held_at is None, possible.NO_HEARING)
        require(bool(reason), possible.WORDS_MISSING)
        words = now.say(reason)
        return [events.HearingCancelled(part=part.part, words=words), *_runs_again(now, reason)]

    return happen(part, decide, by=by, may=_decision(by, part))


def record_minutes(part: PartRef, minutes: str, *, attended: bool, signed: bool, by: Actor) -> CaseRef:
    """The chair records the minutes (笔录): who came, what was said, `signed` by the applicant or not."""

    def decide(now: Situation) -> Sequence[events.Event]:
        hearing = now.part.hearing
        require(hearing is not None and hearing.at is not None and hearing.held_at is None, possible.NO_HEARING)
        assert hearing is not None
        assert hearing.at is not None
        require(hearing.chair == by.id, possible.NOT_THE_CHAIR)
        require(now.at >= hearing.at, possible.HEARING_AHEAD)
        require(bool(minutes), possible.WORDS_MISSING)
        words = now.say(minutes)
        held = events.HearingHeld(part=part.part, words=words, attended=attended, signed=signed and attended)
        return [held, *_runs_again(now, minutes)]

    return happen(part, decide, by=by, may=Right(Part, sit_in(by, part)))


def sit_in(by: Actor, part: PartRef) -> Q:
    """Parts with a task of an office of this officer: their chair need not hold the post of a task."""
    if by.kind is not ActorKind.OFFICER:
        return Q(pk__in=())
    cases = Task.objects.filter(part=part.part, department__in=by.departments).values("case")
    return Q(key=part.part, case__in=cases)


def chairs(case_id: int, part: PartState, plan: PartPlan, by: Actor) -> dict[int, str]:
    """Who may chair: officers of the deciding office who did nothing of this part, by id with their names."""
    reviewers = {by.id, *(progress.officer for progress in part.tasks.values()), *_did(case_id, part.key)}
    return {card.id: card.name for card in _officers(part, plan) if card.id not in reviewers}


def possible_chairs(case_id: int, part: str, by: Actor) -> dict[int, str]:
    """As `chairs`, for a form."""
    row = Case.objects.get(pk=case_id)
    return chairs(case_id, from_bytes(row.state).parts[part], plan_of(row.plan_id).by_key[part], by)


def _officers(part: PartState, plan: PartPlan) -> Sequence[directory.OfficerCard]:
    task = plan.decision
    post = part.tasks[task.key].handed_to or task.by
    return directory.officers_in(part.office(post.partition("/")[0]))


def _did(case_id: int, part: str) -> set[int]:
    """Who accepted the part or did work in it."""
    done = (events.Accepted, events.TaskCompleted, events.CorrectionRequested)
    actors = {
        recorded.actor
        for recorded in history(STREAM, case_id)
        if isinstance(recorded.body, done) and recorded.body.part == part
    }
    return {int(actor.partition(":")[2]) for actor in actors if actor.startswith("officer:") and actor[8:].isdigit()}


def _listed(part: PartState, plan: PartPlan) -> SpecialProcedure | None:
    """The hearing among the matter's special procedures, where it may stop the clocks now."""
    used = {stop.procedure for stop in part.stops}
    free = part.running_stop is None
    listed = (each for each in plan.special_procedures if each.kind is ProcedureKind.HEARING)
    return next((each for each in listed if free and each.key not in used), None)


def _runs_again(now: Situation, words: str) -> list[events.Event]:
    """The clocks run again, where this hearing had stopped them."""
    stop = now.part.running_stop
    procedure = now.part_plan.procedure(stop.procedure) if stop else None
    if stop is None or procedure is None or procedure.kind is not ProcedureKind.HEARING:
        return []
    return [events.SpecialProcedureEnded(part=now.part.key, procedure=stop.procedure, words=now.say(words))]


def _decision(by: Actor, part: PartRef) -> Right:
    return Right(Case, possible.has_decision_in(part.part, do_task(by)))
