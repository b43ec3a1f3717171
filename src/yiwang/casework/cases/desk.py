"""The officer's queue: what lies on a department's desk, most urgent first. Fast at a million cases.

Every question is answered from one index over the open tasks of one department; counts stop at a thousand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from yiwang.casework.cases.clock import END_OF_TIME, ClockState
from yiwang.casework.cases.models import Task
from yiwang.casework.cases.record import know_plans
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date, end_of_day, now

PAGE = 25
LAST_PAGE = 400
MOST = 1000
"""Counts are exact up to here; above they read "1,000+"."""


class Sort(StrEnum):
    DUE = "due"
    NEWEST = "newest"
    OLDEST = "oldest"


class Show(StrEnum):
    """What part of the desk to look at."""

    ALL = "all"
    LATE = "late"
    TODAY = "today"
    SOON = "soon"
    STOPPED = "stopped"
    MINE = "mine"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Filters:
    """What an officer asked for. `text`: a case number, its last digits, or how the applicant's name begins."""

    department: str
    show: Show = Show.ALL
    matter: str = ""
    kind: str = ""
    text: str = ""
    sort: Sort = Sort.DUE
    page: int = 1


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One open task. `due` is None while nothing is due (`stopped` says whether the clock stands still)."""

    case: str
    plan: str
    title: Words
    applicant: str
    part: str
    matter: str
    task: str
    kind: str
    post: str
    officer: int | None
    ready_at: datetime | None
    due: datetime | None
    stopped: bool
    days_left: int | None
    """working days from today to the last day; negative when late"""


@dataclass(frozen=True, slots=True)
class Queue:
    rows: tuple[QueueRow, ...]
    page: int
    has_next: bool
    open: int
    late: int
    today: int


def queue(by: Actor, filters: Filters) -> Queue:
    """A page of open tasks of one of the actor's departments. Empty for a department that is not theirs."""
    page = min(max(filters.page, 1), LAST_PAGE)
    if filters.department not in by.departments:
        return Queue((), 1, False, 0, 0, 0)
    desk = Task.objects.filter(is_open=True, department=filters.department)
    start = (page - 1) * PAGE
    # The index alone says which tasks stand on the page: only those rows, and their cases, are looked up.
    found = _filtered(desk, filters, by)
    shown = Task.objects.filter(pk__in=found.values("pk")[start : start + PAGE + 1]).order_by(*found.query.order_by)
    rows = list(shown.select_related("case").only(*_SHOWN))
    know_plans({row.case.plan_id for row in rows})
    moment = now()
    tonight = end_of_day(city_date(moment))
    return Queue(
        rows=tuple(_row(task) for task in rows[:PAGE]),
        page=page,
        has_next=len(rows) > PAGE,
        open=_count(desk),
        late=_count(desk.filter(due__lte=moment)),
        today=_count(desk.filter(due__gt=moment, due__lte=tonight)),
    )


def _filtered(desk: QuerySet[Task], filters: Filters, by: Actor) -> QuerySet[Task]:
    moment = now()
    tonight = end_of_day(city_date(moment))
    if filters.text:
        desk = _found(desk, filters)
    match filters.show:
        case Show.LATE:
            desk = desk.filter(due__lte=moment)
        case Show.TODAY:
            desk = desk.filter(due__gt=moment, due__lte=tonight)
        case Show.SOON:
            next_day = end_of_day(CHINA.add(city_date(moment), 1))
            desk = desk.filter(due__gt=moment, due__lte=next_day)
        case Show.STOPPED:
            desk = desk.filter(due=END_OF_TIME, clock=ClockState.STOPPED)
        case Show.MINE:
            desk = desk.filter(officer=by.id)
        case Show.FREE:
            desk = desk.filter(officer__isnull=True)
        case Show.ALL:
            pass
    if filters.matter:
        desk = desk.filter(matter=filters.matter)
    if filters.kind:
        desk = desk.filter(kind=filters.kind)
    order = {Sort.DUE: ("due", "id"), Sort.NEWEST: ("-ready_at", "-id"), Sort.OLDEST: ("ready_at", "id")}
    return desk.order_by(*order[filters.sort])


def _found(desk: QuerySet[Task], filters: Filters) -> QuerySet[Task]:
    """By a case number or its last digits; otherwise by the beginning of the applicant's name."""
    text = filters.text
    number = re.fullmatch(r"(?:\d{6}-\d{4}-)?(\d{1,12})", text.strip())
    if number:
        # A case has few tasks. An index of the department must not look better to SQLite than the case's own.
        of_case = Task.objects.filter(is_open=True, case=int(number[1]))
        return of_case.alias(desk=Coalesce("department", Value(""))).filter(desk=filters.department)
    if connection.vendor == "postgresql":
        return desk.filter(applicant__startswith=text)
    return desk.filter(applicant__gte=text, applicant__lt=text + "\U0010ffff")


def _count(rows: QuerySet[Task]) -> int:
    return rows.order_by()[:MOST].count()


_SHOWN = (
    *("applicant", "part", "matter", "key", "kind", "post", "officer", "ready_at", "due", "clock"),
    *("case__number", "case__plan", "case__title_zh", "case__title_en"),
)


def _row(task: Task) -> QueueRow:
    due = None if task.due == END_OF_TIME else task.due
    return QueueRow(
        case=task.case.number,
        plan=task.case.plan_id,
        title=Words(task.case.title_zh, task.case.title_en),
        applicant=task.applicant,
        part=task.part,
        matter=task.matter,
        task=task.key,
        kind=task.kind,
        post=task.post,
        officer=task.officer_id,
        ready_at=task.ready_at,
        due=due,
        stopped=task.clock == ClockState.STOPPED,
        days_left=_days_left(due),
    )


def _days_left(due: datetime | None) -> int | None:
    if due is None:
        return None
    today, last = city_date(now()), city_date(due - timedelta(microseconds=1))
    return CHINA.count(today, last) if last >= today else -max(CHINA.count(last, today), 1)
