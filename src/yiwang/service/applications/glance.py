"""One look at each part of a case, from its state: what the sentences of the status page and of lists are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from yiwang.casework.cases import clock as clocks
from yiwang.casework.cases.plan import Plan
from yiwang.casework.cases.state import CaseState, Stage
from yiwang.foundation.kernel.calendar import WorkingCalendar, due
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date
from yiwang.foundation.ui.wording import TimeLeft, last_day
from yiwang.service.catalogue.package import Delivery, Service
from yiwang.service.catalogue.service import parts_of

NOTHING_OWED: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class PartGlance:
    """Where one part stands. Due moments are exclusive ends (UTC); `left` in working days.

    `awaiting`: deferred materials that the applicant still brings, until `deferral_due`; `missed`: those for want of
    which it lapsed; `owed`: what a department that does not answer owes, with its name.
    `stop`: the special procedure that holds the clock, and until when at
    the most. `result`: what a grant gives, and how it is handed over.
    """

    key: str
    name: Words
    department: Words
    stage: Stage
    needs: tuple[Words, ...]
    acceptance_due: datetime | None
    promise_due: datetime | None
    statute_due: datetime | None
    promise_limit: Words
    left: TimeLeft | None
    correction_at: datetime | None
    awaiting: tuple[tuple[str, Words], ...]
    owed: tuple[tuple[Words, Words], ...]
    stop: Words | None
    stop_until: datetime | None
    result: Words
    delivery: Delivery
    delivered: bool
    late: bool
    deferral_due: datetime | None = None
    missed: tuple[Words, ...] = ()


def glances(
    state: CaseState,
    plan: Plan,
    service: Service,
    departments: Mapping[str, Words],
    calendar: WorkingCalendar,
    now: datetime,
    owed: Mapping[str, str] = NOTHING_OWED,
) -> tuple[PartGlance, ...]:
    """Every part, in the order of the service; `owed` are materials with the department that owes them."""
    matters = {part.key: part.matter for part in parts_of(service)}
    found = []
    for part_plan in plan.parts:
        key = part_plan.key
        if key not in state.parts:
            continue
        part, matter = state.parts[key], matters[key]
        office = part.office(part_plan.department)
        clock = clocks.part_clock(part, part_plan, calendar, part.ended_at or now)
        materials = {material.key: material.name for material in matter.materials}
        stop = part.running_stop if clock.state is clocks.ClockState.STOPPED else None
        procedure = part_plan.procedure(stop.procedure) if stop else None
        promise = clock.promise.at if clock.promise and not clock.promise.at_least else None
        deferral = clocks.deferral_due(part, part_plan, calendar, now)
        found.append(
            PartGlance(
                key=key,
                name=part_plan.name,
                department=departments.get(office, Words(office, office)),
                stage=part.stage,
                needs=tuple(
                    plan.by_key[need].name
                    for need in part_plan.needs
                    if need in state.parts and state.parts[need].stage.is_open
                ),
                acceptance_due=clock.acceptance.at if clock.acceptance else None,
                promise_due=promise,
                statute_due=clock.statute.at if clock.statute and not clock.statute.at_least else None,
                promise_limit=part_plan.promise.words(),
                left=_left(promise, calendar, now) if part.stage is Stage.ACCEPTED else None,
                correction_at=part.correction_at,
                awaiting=tuple(
                    (each, materials.get(each, Words(each, each))) for each in part.awaiting if each not in owed
                ),
                deferral_due=deferral.at if deferral else None,
                missed=tuple(materials.get(each, Words(each, each)) for each in part.missed),
                owed=tuple(
                    (materials.get(each, Words(each, each)), departments.get(owed[each], Words(owed[each], owed[each])))
                    for each in part.awaiting
                    if each in owed
                ),
                stop=procedure.name if procedure else None,
                stop_until=due(stop.start, procedure.at_most, calendar, now=stop.start).at
                if stop and procedure
                else None,
                result=matter.result.name,
                delivery=matter.result.delivery,
                delivered=part.delivered_at is not None,
                late=part.stage.is_open and promise is not None and promise <= now,
            )
        )
    return tuple(found)


def _left(promise: datetime | None, calendar: WorkingCalendar, now: datetime) -> TimeLeft | None:
    if promise is None:
        return None
    today, last = city_date(now), last_day(promise)
    return TimeLeft(calendar.count(today, last) if last >= today else -calendar.count(last, today))
