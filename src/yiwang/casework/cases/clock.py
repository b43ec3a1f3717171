"""The law's clock: what is due when, derived from a part's state, its limits and the calendar in force. Pure.

Receipt is not acceptance: within 5 working days of receipt a part is accepted, refused or sent back once for
correction; silence means accepted (行政许可法 art. 32). The clock of the decision starts when the materials are
complete. Only a listed special procedure stops it, at most for its own limit (art. 45); a later request for papers
stops nothing. The agency's head may extend the statute once (art. 42); the promise stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from yiwang.casework.cases.plan import ACCEPTANCE_LIMIT, DELIVERY_LIMIT, PartPlan, Plan, Task
from yiwang.casework.cases.state import CaseState, PartState, Stage, TaskProgress
from yiwang.foundation.kernel.calendar import Due, Interval, WorkingCalendar, due
from yiwang.foundation.kernel.time import city_date, start_of_day

_MOMENT = timedelta(microseconds=1)
"""From an exclusive end back into the last day, so that the day after it is counted."""

END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
"""The due date of what is not due: sorts last."""


class ClockState(StrEnum):
    NOT_STARTED = "not_started"
    ACCEPTANCE = "acceptance"
    """the five working days of acceptance run"""
    RUNNING = "running"
    STOPPED = "stopped"
    """a special procedure runs"""
    WAITING = "waiting"
    """for the applicant's correction"""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class PartClock:
    """A part's clocks at one moment. `stops` are closed at what the law allows each procedure."""

    state: ClockState
    started: datetime | None
    stops: tuple[Interval, ...]
    acceptance: Due | None
    promise: Due | None
    statute: Due | None
    soon: datetime | None
    """when the promise is one working day away"""

    @property
    def provisional(self) -> bool:
        return any(each.provisional for each in (self.acceptance, self.promise, self.statute) if each)


def part_clock(part: PartState, plan: PartPlan, calendar: WorkingCalendar, now: datetime) -> PartClock:
    """Both clocks of a part as of `now` (aware); past moments stay derivable because only the state counts."""
    complete = part.corrected_at or part.opened_at
    stops = allowed_stops(part, plan, calendar, now)
    state = _state(part, stops)
    if complete is None:
        return PartClock(state, None, stops, None, None, None, None)
    acceptance = None
    if part.stage is Stage.RECEIVED:
        acceptance = due(complete, ACCEPTANCE_LIMIT, calendar, now=now)
    if part.stage is Stage.CORRECTING:
        return PartClock(state, None, stops, None, None, None, None)
    promise = due(complete, plan.promise, calendar, stops, now=now)
    statute = due(complete, plan.statute, calendar, stops, now=now)
    if part.extended_at is not None:
        statute = _extended(statute, plan, calendar, stops, now)
    soon = start_of_day(calendar.add(promise.day, -1))
    return PartClock(state, complete, stops, acceptance, promise, statute, soon)


def allowed_stops(part: PartState, plan: PartPlan, calendar: WorkingCalendar, now: datetime) -> tuple[Interval, ...]:
    """The part's stops, each cut off where its procedure's own limit ends: after that the clocks run again."""
    stops = []
    for stop in part.stops:
        procedure = plan.procedure(stop.procedure)
        end = stop.end
        if procedure is not None:
            longest = due(stop.start, procedure.at_most, calendar, now=now).at - _MOMENT
            if end is None and longest <= now:
                end = longest
            elif end is not None:
                end = min(end, longest)
        stops.append(Interval(stop.start, end))
    return tuple(stops)


def _state(part: PartState, stops: tuple[Interval, ...]) -> ClockState:
    if part.stage is Stage.WAITING:
        return ClockState.NOT_STARTED
    if part.stage is Stage.CORRECTING:
        return ClockState.WAITING
    if not part.stage.is_open:
        return ClockState.ENDED
    if stops and stops[-1].end is None:
        return ClockState.STOPPED
    return ClockState.ACCEPTANCE if part.stage is Stage.RECEIVED else ClockState.RUNNING


def _extended(
    statute: Due, plan: PartPlan, calendar: WorkingCalendar, stops: tuple[Interval, ...], now: datetime
) -> Due:
    """The extension begins where the statute ended; stops before that were counted already."""
    start = start_of_day(statute.day)
    later = tuple(Interval(max(stop.start, start), stop.end) for stop in stops if stop.end is None or stop.end > start)
    longer = due(start, plan.extension, calendar, later, now=now)
    return Due(
        longer.at,
        longer.day,
        provisional=statute.provisional or longer.provisional,
        at_least=statute.at_least or longer.at_least,
    )


def task_due(
    task: Task, progress: TaskProgress, clock: PartClock, calendar: WorkingCalendar, now: datetime
) -> datetime:
    """When an open task is due: by its own limit from when it opened, never later than the part's promise."""
    if progress.ready_at is None or clock.state is ClockState.STOPPED:
        return END_OF_TIME
    if task.key == "deliver":
        return due(progress.ready_at, task.within or DELIVERY_LIMIT, calendar, now=now).at
    latest = clock.promise.at if clock.promise else END_OF_TIME
    if task.key == "accept":
        return min(clock.acceptance.at, latest) if clock.acceptance else END_OF_TIME
    if task.within is None:
        return latest
    own = due(progress.ready_at, task.within, calendar, clock.stops, now=now).at
    return min(own, latest)


def case_promise(state: CaseState, plan: Plan, calendar: WorkingCalendar, now: datetime) -> Due | None:
    """When the whole bundle is promised: from receipt, less special procedures and the applicant's own corrections."""
    if plan.promise is None:
        return None
    return due(state.received_at, plan.promise, calendar, case_stops(state, plan, calendar, now), now=now)


def case_stops(state: CaseState, plan: Plan, calendar: WorkingCalendar, now: datetime) -> tuple[Interval, ...]:
    """What the bundle's own clock does not count: every part's special procedures and corrections."""
    stops: list[Interval] = []
    for key, part in state.parts.items():
        stops.extend(allowed_stops(part, plan.by_key[key], calendar, now))
        if part.correction_at is not None:
            end = part.corrected_at or part.ended_at
            stops.append(Interval(part.correction_at, end))
    return tuple(sorted(stops, key=lambda stop: stop.start))


NEAR = 2
"""Working days before the end of a deferral at which the applicant is reminded."""


def deferral_due(part: PartState, plan: PartPlan, calendar: WorkingCalendar, now: datetime) -> Due | None:
    """Until when the materials that the applicant deferred must have come; None where nothing is owed.

    Counted from acceptance. What stops the office's clock does not hinder the applicant, so it stops nothing here.
    """
    if part.stage is not Stage.ACCEPTED or part.accepted_at is None or plan.deferral is None:
        return None
    if not part.still_deferred:
        return None
    return due(part.accepted_at, plan.deferral.within, calendar, now=now)


def deferral_near(end: Due, calendar: WorkingCalendar) -> datetime:
    """When the applicant is reminded."""
    return start_of_day(calendar.add(end.day, -NEAR))


def next_wake(part: PartState, clock: PartClock, plan: PartPlan, calendar: WorkingCalendar) -> datetime | None:
    """When the passing of time next becomes a fact for this part, or None."""
    if not part.stage.is_open:
        return None
    moments: list[datetime] = []
    deferral = deferral_due(part, plan, calendar, part.accepted_at) if part.accepted_at else None
    if deferral is not None:
        moments.append(deferral.at if part.told_deferral else deferral_near(deferral, calendar))
    stop = part.running_stop
    if stop is not None and clock.state is ClockState.STOPPED:
        procedure = plan.procedure(stop.procedure)
        if procedure is not None:
            moments.append(due(stop.start, procedure.at_most, calendar, now=stop.start).at)
        return min(moments, default=None)
    if clock.acceptance is not None:
        moments.append(clock.acceptance.at)
    if clock.promise and clock.soon and part.told_soon != part.clock_revision:
        moments.append(clock.soon)
    if clock.promise and part.told_promise != part.clock_revision:
        moments.append(clock.promise.at)
    if clock.statute and part.told_statute != part.clock_revision:
        moments.append(clock.statute.at)
    return min(moments, default=None)


def days_used(clock: PartClock, calendar: WorkingCalendar, until: datetime) -> int:
    """Working days counted so far, for people to read."""
    if clock.started is None:
        return 0
    used = calendar.count(city_date(clock.started), city_date(until))
    for stop in clock.stops:
        end = min(stop.end or until, until)
        if end > stop.start:
            used -= calendar.count(city_date(stop.start), city_date(end))
    return max(used, 0)
