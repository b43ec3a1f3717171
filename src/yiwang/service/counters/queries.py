"""What the pages of windows ask; a fixed number of SQL queries each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yiwang.casework.cases.models import Party, Task
from yiwang.casework.cases.record import plan_of
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.foundation.kernel.identifiers import mask_id, mask_phone
from yiwang.foundation.kernel.text import Words
from yiwang.service.applications.models import Draft
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.counters.models import Begun, Channel, Done, Hall, Handled, Shift, Visit
from yiwang.service.counters.permissions import own, serve

MOST = 50


@dataclass(frozen=True, slots=True)
class HallCard:
    code: str
    name: Words
    channel: Channel
    address: Words
    hours: Words
    windows: int


@dataclass(frozen=True, slots=True)
class ShiftCard:
    """A clerk's open window; `visit` is who is served there now."""

    hall: HallCard
    window: int
    visit: int | None

    @property
    def place(self) -> Words:
        return place_of(self.hall, self.window)


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """What was begun for the visitor and not sent."""

    id: UUID
    name: Words


@dataclass(frozen=True, slots=True)
class Sent:
    """A case that was received, or of which a result was handed out, in this visit."""

    number: str
    name: Words
    done: str
    tracking: str


@dataclass(frozen=True, slots=True)
class Received:
    """In which visit something was received, and of whom."""

    id: int
    person: int


@dataclass(frozen=True, slots=True)
class Result:
    """A granted part whose result the person has not had yet."""

    number: str
    part: str
    name: Words


@dataclass(frozen=True, slots=True)
class VisitCard:
    """A visit as its clerk sees it. Numbers are masked."""

    id: int
    shift: ShiftCard
    name: str
    resident_id: str
    phone: str
    started_at: datetime
    confirmed: bool
    over: bool
    drafts: tuple[OpenDraft, ...]
    sent: tuple[Sent, ...]
    results: tuple[Result, ...]

    @property
    def at_window(self) -> bool:
        return self.shift.hall.channel is Channel.COUNTER


def place_of(hall: HallCard, window: int) -> Words:
    """Where somebody is served, as people say it."""
    if hall.channel is Channel.PHONE:
        return Words(f"{hall.name.zh} {window} 号座席", f"{hall.name.en}, seat {window}")
    return Words(f"{hall.name.zh} {window} 号窗口", f"{hall.name.en}, window {window}")


def halls(by: Actor) -> tuple[HallCard, ...]:
    """Where this clerk may sit down."""
    return tuple(hall_card(row) for row in Hall.objects.filter(serve(by)).order_by("channel", "code"))


def serves(by: Actor) -> bool:
    """Whether the actor serves at some window or on some line."""
    return by.kind is ActorKind.OFFICER and Hall.objects.filter(serve(by)).exists()


def shift(by: Actor) -> ShiftCard | None:
    """The clerk's open window."""
    row = Shift.objects.filter(clerk=by.id, closed_at__isnull=True).select_related("hall").first()
    if row is None:
        return None
    visit = Visit.objects.filter(shift=row, ended_at__isnull=True).values_list("pk", flat=True).first()
    return ShiftCard(hall_card(row.hall), row.window, visit)


def visit(number: int, by: Actor) -> VisitCard | None:
    """A visit at the clerk's own window: who, what was begun, sent and may be handed out. Over or unsure who it is, it
    shows no more than what was done."""
    row = Visit.objects.filter(own(by), pk=number).select_related("shift__hall").first()
    if row is None:
        return None
    person = directory.identity_of_person(row.person_id)
    served = row.confirmed_at is not None and row.ended_at is None
    card = ShiftCard(hall_card(row.shift.hall), row.shift.window, row.pk)
    return VisitCard(
        id=row.pk,
        shift=card,
        name=person.name,
        resident_id=mask_id(person.resident_id),
        phone=mask_phone(person.phone) if person.phone else "",
        started_at=row.started_at,
        confirmed=row.confirmed_at is not None,
        over=row.ended_at is not None,
        drafts=_drafts(row.person_id, by) if served else (),
        sent=_sent(row.pk),
        results=_results(row.person_id) if served else (),
    )


def place(draft: UUID) -> Words | None:
    """Where a draft is filled in."""
    row = Begun.objects.filter(draft=draft).select_related("visit__shift__hall").first()
    return None if row is None else place_of(hall_card(row.visit.shift.hall), row.visit.shift.window)


def visit_of(draft: UUID) -> int | None:
    return Begun.objects.filter(draft=draft).values_list("visit_id", flat=True).first()


def visit_that_received(number: str, by: Actor) -> Received | None:
    """The clerk's visit in which a case was received."""
    rows = Handled.objects.filter(case__number=number, done=Done.RECEIVED, visit__in=Visit.objects.filter(own(by)))
    found = rows.order_by("-pk").values_list("visit_id", "visit__person_id").first()
    return None if found is None else Received(*found)


def visits_of_case(number: str) -> int:
    """How often somebody came for a case: visits in which it was received or a result of it handed out."""
    return Handled.objects.filter(case__number=number).values("visit").distinct().count()


def hall_card(row: Hall) -> HallCard:
    """A hall as pages show it."""
    return HallCard(
        row.code,
        Words(row.name_zh, row.name_en),
        Channel(row.channel),
        Words(row.address_zh, row.address_en),
        Words(row.hours_zh, row.hours_en),
        row.windows,
    )


def _drafts(person: int, by: Actor) -> tuple[OpenDraft, ...]:
    rows = Draft.objects.filter(owner=by.id, applicant=person, submitted_as__isnull=True).order_by("-changed_at")
    found = rows.values_list("pk", "service", "service_version")[:MOST]
    return tuple(OpenDraft(pk, catalogue.service(code, version).service.name) for pk, code, version in found)


def _sent(number: int) -> tuple[Sent, ...]:
    rows = Handled.objects.filter(visit=number).select_related("case").order_by("pk")
    return tuple(
        Sent(row.case.number, Words(row.case.title_zh, row.case.title_en), row.done, row.tracking) for row in rows
    )


def _results(person: int) -> tuple[Result, ...]:
    theirs = Party.objects.filter(person=person).values("case")
    rows = Task.objects.filter(case__in=theirs, kind="deliver", is_open=True).select_related("case").order_by("pk")
    return tuple(
        Result(row.case.number, row.part, plan_of(row.case.plan_id).by_key[row.part].name) for row in rows[:MOST]
    )
