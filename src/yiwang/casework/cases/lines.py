"""From a part's clocks to the clock line that pages draw."""

from __future__ import annotations

from datetime import datetime

from yiwang.casework.cases import clock as clocks
from yiwang.casework.cases.plan import PartPlan, Plan
from yiwang.casework.cases.state import CaseState, PartState
from yiwang.casework.cases.state_words import stage_words
from yiwang.foundation.kernel.calendar import Interval, WorkingCalendar
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date
from yiwang.foundation.ui.clock_line import ClockLine, Segment

RECEIVED = Words("收件", "Received")
CORRECTED = Words("补正完成", "Corrected")
CORRECTION = Words("等您补正", "Waiting for your correction")


def part_line(part: PartState, plan: PartPlan, calendar: WorkingCalendar, now: datetime) -> ClockLine | None:
    """The line of one part, or None before its clock starts."""
    clock = clocks.part_clock(part, plan, calendar, part.ended_at or now)
    if clock.started is None or clock.promise is None or clock.statute is None:
        return None
    names = []
    for stop in part.stops:
        procedure = plan.procedure(stop.procedure)
        names.append(procedure.name if procedure else Words(stop.procedure, stop.procedure))
    until = part.ended_at or now
    deferral = clocks.deferral_due(part, plan, calendar, now)
    return ClockLine(
        start=clock.started,
        now=now,
        segments=segments(clock.started, until, clock.stops),
        promise=clock.promise.at,
        statute=clock.statute.at,
        ended=part.ended_at,
        started=CORRECTED if part.corrected_at else RECEIVED,
        finished=stage_words(part.stage, plan.verdicts),
        stops=tuple(names),
        at_least=clock.promise.at_least,
        provisional=clock.promise.provisional,
        bring=deferral.at if deferral else None,
    )


def case_line(state: CaseState, plan: Plan, calendar: WorkingCalendar, now: datetime) -> ClockLine | None:
    """The line of the whole bundle under its own promise; None for a single matter, whose part has the line.

    A correction stops nothing by law; the bundle's own promise just does not count the applicant's days.
    """
    promise = clocks.case_promise(state, plan, calendar, state.closed_at or now)
    if promise is None:
        return None
    until = state.closed_at or now
    stops = clocks.case_stops(state, plan, calendar, now)
    merged = _merged(tuple(Interval(stop.start, min(stop.end or until, until)) for stop in stops), until)
    names = {stop.start: _stop_name(state, plan, stop.start) for stop in merged}
    return ClockLine(
        start=state.received_at,
        now=now,
        segments=tuple(
            Segment(since, end, "waiting" if kind == "stopped" and names.get(since) is CORRECTION else kind)
            for since, end, kind in segments(state.received_at, until, merged)
        ),
        promise=promise.at,
        ended=state.closed_at,
        started=RECEIVED,
        finished=Words("全部办结", "All done"),
        stops=tuple(names.values()),
        at_least=promise.at_least,
        provisional=promise.provisional,
    )


def segments(start: datetime, until: datetime, stops: tuple[Interval, ...]) -> tuple[Segment, ...]:
    """The stretch from `start` to `until`, cut into time used and time that stood still."""
    found = []
    moment = start
    for stop in stops:
        begin, end = max(stop.start, moment), min(stop.end or until, until)
        if begin > moment:
            found.append(Segment(moment, begin, "used"))
        if end > begin or stop.end is None:
            found.append(Segment(begin, max(end, begin), "stopped"))
        moment = max(moment, end)
    if until > moment:
        found.append(Segment(moment, until, "used"))
    return tuple(found)


def _merged(stops: tuple[Interval, ...], until: datetime) -> tuple[Interval, ...]:
    """Overlapping stops as one; what began and ended on one day spared no day and is not shown."""
    merged: list[Interval] = []
    for stop in stops:
        end = stop.end or until
        if merged and stop.start <= (merged[-1].end or until):
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end or until, end))
        elif end > stop.start or not merged:
            merged.append(Interval(stop.start, end))
    return tuple(
        stop for stop in merged if stop.end is None or stop.end >= until or city_date(stop.start) < city_date(stop.end)
    )


def _stop_name(state: CaseState, plan: Plan, start: datetime) -> Words:
    for key, part in state.parts.items():
        if part.correction_at == start:
            return CORRECTION
        for stop in part.stops:
            procedure = plan.by_key[key].procedure(stop.procedure)
            if stop.start == start and procedure is not None:
                return procedure.name
    return Words("停", "Stopped")
