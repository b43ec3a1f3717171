"""What others ask the exchange; a fixed number of SQL queries each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count as Number
from django.db.models import Q

from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.service.exchange.models import Difference, Paper, Reconciliation, Sheet, State, Step, System
from yiwang.service.exchange.permissions import look_after, speak_as
from yiwang.service.exchange.refusals import NoSuchSystem

MOST = 200
"""Rows of a list on a page."""
BACK_DATED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SheetCard:
    number: int
    project: str
    digest: str
    body: dict[str, Any]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class StepCard:
    """A step as its own system and its department's people see it. `late`: it was reported an hour or more after."""

    id: int
    number: str
    project: str
    case: str
    kind: str
    state: str
    code: str
    words: Words
    reported_at: datetime
    received_at: datetime
    ended_at: datetime | None

    @property
    def late(self) -> bool:
        return self.received_at - self.reported_at >= BACK_DATED


@dataclass(frozen=True, slots=True)
class DifferenceCard:
    project: str
    case: str
    kind: str
    ours: int
    theirs: int
    day: date
    resent_at: datetime | None


@dataclass(frozen=True, slots=True)
class SystemCard:
    """How the exchange with one system stands."""

    department: str
    name: Words
    posts: tuple[str, ...]
    by_tables: bool
    is_open: bool
    heard_at: datetime | None
    trouble: str
    sheets: int
    to_put_out: int
    waiting: int
    refused: int
    differences: int
    reconciled: date | None
    counted: bool

    @property
    def well(self) -> bool:
        return not (self.trouble or self.refused or self.differences)


def own_system(by: Actor) -> System:
    """The system whose account asks. Raises NoSuchSystem where there is none, or the exchange is closed."""
    row = System.objects.filter(speak_as(by)).first()
    if row is None:
        raise NoSuchSystem(str(by))
    return row


def sheets_after(system: System, after: int, limit: int) -> list[SheetCard]:
    """The sheets that follow number `after`, in order."""
    rows = Sheet.objects.filter(system=system, number__gt=after).order_by("number")[:limit]
    return [SheetCard(row.number, row.body["project_no"], row.digest, row.body, row.made_at) for row in rows]


def to_read_again(system: System, until: int) -> list[int]:
    """Numbers up to `until` of sheets that are to be put out once more; at most 100."""
    rows = Sheet.objects.filter(system=system, number__lte=until, put_out_at__isnull=True).order_by("number")
    return list(rows.values_list("number", flat=True)[:100])


def may_read(system: System, document: UUID) -> bool:
    return Paper.objects.filter(system=system, document=document).exists()


def steps_of(system: System, numbers: Sequence[str]) -> list[StepCard]:
    """The steps of these numbers, in the order of their coming."""
    rows = Step.objects.filter(system=system, number__in=numbers).select_related("case").order_by("id")
    return [_step(row) for row in rows]


def refused_since(system: System, after: int, limit: int) -> list[StepCard]:
    """Steps that were refused, by their place after `after`."""
    rows = Step.objects.filter(system=system, state=State.REFUSED, pk__gt=after).select_related("case").order_by("id")
    return [_step(row) for row in rows[:limit]]


def systems(by: Actor) -> tuple[SystemCard, ...]:
    """Those that this actor looks after, in order of their departments."""
    return tuple(_system(row) for row in System.objects.filter(look_after(by)).order_by("department"))


def system(department: str, by: Actor) -> SystemCard:
    """Raises NoSuchSystem also where it is none of the actor's business."""
    row = System.objects.filter(look_after(by), department=department).first()
    if row is None:
        raise NoSuchSystem(department)
    return _system(row)


def troubled(department: str) -> tuple[StepCard, ...]:
    """The newest steps that wait or were refused; asks nobody's right."""
    rows = Step.objects.filter(system__department=department, state__in=(State.WAITING, State.REFUSED))
    return tuple(_step(row) for row in rows.select_related("case").order_by("-id")[:MOST])


def back_dated(department: str) -> tuple[StepCard, ...]:
    """The newest steps that were reported an hour or more after they were done; asks nobody's right."""
    rows = Step.objects.filter(system__department=department, state=State.TAKEN).select_related("case")
    newest = (_step(row) for row in rows.order_by("-id")[: MOST * 5])
    return tuple([card for card in newest if card.late][:MOST])


def differences(department: str) -> tuple[DifferenceCard, ...]:
    """Where the two sides' records differ now, the newest first; asks nobody's right."""
    rows = Difference.objects.filter(system__department=department, gone_at__isnull=True).order_by("-found_at", "id")
    return tuple(
        DifferenceCard(
            row.project, row.project.partition(".")[0], row.kind, row.ours, row.theirs, row.day, row.resent_at
        )
        for row in rows[:5000]
    )


def _step(row: Step) -> StepCard:
    return StepCard(
        row.pk,
        row.number,
        row.project,
        row.case.number if row.case else "",
        row.kind,
        row.state,
        row.code,
        Words(row.reason_zh, row.reason_en),
        row.reported_at,
        row.received_at,
        row.ended_at,
    )


def _system(row: System) -> SystemCard:
    recent = now() - timedelta(days=30)
    steps = Step.objects.filter(system=row).aggregate(
        waiting=Number("pk", filter=Q(state=State.WAITING)),
        refused=Number("pk", filter=Q(state=State.REFUSED, ended_at__gt=recent)),
    )
    last = Reconciliation.objects.filter(system=row).order_by("-day").first()
    return SystemCard(
        department=row.department,
        name=Words(row.name_zh, row.name_en),
        posts=tuple(row.posts),
        by_tables=row.tables is not None,
        is_open=row.is_open and row.arranged,
        heard_at=row.heard_at,
        trouble=row.trouble,
        sheets=row.last_sheet,
        to_put_out=Sheet.objects.filter(system=row, put_out_at__isnull=True).count(),
        waiting=steps["waiting"],
        refused=steps["refused"],
        differences=Difference.objects.filter(system=row, gone_at__isnull=True).count(),
        reconciled=last.day if last else None,
        counted=last.counted if last else True,
    )
