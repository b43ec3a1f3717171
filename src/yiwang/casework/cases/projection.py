"""From a case's state to the rows that queries read. Pure but for the calendar it is given.

Also what `yiwang ledger replay` compares: the same rows from the same events.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from yiwang.casework.cases import clock as clocks
from yiwang.casework.cases.plan import Plan
from yiwang.casework.cases.state import CaseState, TaskState
from yiwang.foundation.kernel.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class PartRow:
    key: str
    matter: str
    department: str
    stage: str
    revision: int
    clock: str
    opened_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    acceptance_due: datetime | None
    promise_due: datetime | None
    statute_due: datetime | None
    provisional: bool
    wake_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskRow:
    part: str
    key: str
    kind: str
    matter: str
    department: str
    post: str
    state: str
    is_open: bool
    officer_id: int | None
    clock: str
    ready_at: datetime | None
    due: datetime


@dataclass(frozen=True, slots=True)
class Rows:
    closed_at: datetime | None
    promise_due: datetime | None
    district: str
    parts: dict[str, PartRow]
    tasks: dict[tuple[str, str], TaskRow]


def project(
    state: CaseState, plan: Plan, calendar: WorkingCalendar, now: datetime, only: Collection[str] | None = None
) -> Rows:
    """The rows of a case, or of some of its parts (`only`).

    `now` only cuts off special procedures that ran past their own limit.
    """
    parts: dict[str, PartRow] = {}
    tasks: dict[tuple[str, str], TaskRow] = {}
    for key, part in state.parts.items():
        if only is not None and key not in only:
            continue
        part_plan = plan.by_key[key]
        clock = clocks.part_clock(part, part_plan, calendar, now)
        standing = clock.state is clocks.ClockState.STOPPED
        parts[key] = PartRow(
            key=key,
            matter=part_plan.matter,
            department=part.office(part_plan.department),
            stage=part.stage.value,
            revision=part.revision,
            clock=clock.state.value,
            opened_at=part.opened_at,
            accepted_at=part.accepted_at,
            ended_at=part.ended_at,
            acceptance_due=clock.acceptance.at if clock.acceptance else None,
            promise_due=clock.promise.at if clock.promise and not standing else None,
            statute_due=clock.statute.at if clock.statute and not standing else None,
            provisional=part.stage.is_open and clock.provisional,
            wake_at=clocks.next_wake(part, clock, part_plan, calendar),
        )
        for task in part_plan.tasks:
            progress = part.tasks[task.key]
            post = part.post(task)
            is_open = progress.state is TaskState.READY
            tasks[key, task.key] = TaskRow(
                part=key,
                key=task.key,
                kind=task.kind.value,
                matter=part_plan.matter,
                department=post.partition("/")[0],
                post=post,
                state=progress.state.value,
                is_open=is_open,
                officer_id=progress.officer,
                clock=clock.state.value if is_open else "",
                ready_at=progress.ready_at,
                due=clocks.task_due(task, progress, clock, calendar, now) if is_open else clocks.END_OF_TIME,
            )
    promise = clocks.case_promise(state, plan, calendar, now)
    still = promise is not None and promise.at_least
    return Rows(state.closed_at, promise.at if promise and not still else None, state.district, parts, tasks)


def changed_fields(before: PartRow | TaskRow, after: PartRow | TaskRow) -> dict[str, object]:
    """What to update to get from one row to the other."""
    if before == after:
        return {}
    old, new = fields(before), fields(after)
    return {name: value for name, value in new.items() if old[name] != value}


def fields(row: PartRow | TaskRow) -> dict[str, object]:
    """The row as column values."""
    return {name: getattr(row, name) for name in row.__slots__}
