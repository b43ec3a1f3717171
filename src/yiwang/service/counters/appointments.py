"""Appointments in halls: a person takes a place in a slot, moves or cancels it, comes or stays away.

A slot never has more people than places: whoever takes one holds the hall's row meanwhile. Whoever comes on the day has
kept theirs; whoever stays away three times within ninety days makes none for thirty, and may come without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.foundation.directory.levels import Level
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.identifiers import mask_id, mask_name
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date, city_zone, end_of_day, now, start_of_day
from yiwang.foundation.notifications.actions import tell
from yiwang.foundation.ui.wording import date_text, moment_text
from yiwang.service.counters import refusals
from yiwang.service.counters.models import Booking, Came, Hall, Visit
from yiwang.service.counters.permissions import expect, own_appointments
from yiwang.service.counters.published import Appointments
from yiwang.service.counters.queries import HallCard, hall_card
from yiwang.service.counters.refusals import NoSuchAppointment, NoSuchHall

AROUND = timedelta(minutes=30)
"""So long before and after its beginning a clerk sees an appointment."""
OFTEN, WITHIN, BLOCKED_FOR = 3, timedelta(days=90), timedelta(days=30)
KEPT_FOR = timedelta(days=365)
MOST = 50

OFFERED = Q(offered=True, appointment_places__gt=0)
HOLDS_A_PLACE = (Came.OPEN, Came.KEPT)


@dataclass(frozen=True, slots=True)
class Slot:
    starts_at: datetime
    ends_at: datetime
    left: int


@dataclass(frozen=True, slots=True)
class AppointmentCard:
    """One's own appointment; it can be moved or cancelled until it begins."""

    id: int
    hall: HallCard
    starts_at: datetime
    ends_at: datetime
    can_change: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """Who is to come, masked."""

    name: str
    resident_id: str
    starts_at: datetime


def book(hall: str, starts_at: datetime, *, instead_of: int | None = None, by: Actor) -> int:
    """Take a place in the slot that begins then, or move there the open appointment `instead_of` in this hall. Taken
    by oneself already, nothing changes.

    Raises NoSuchHall, NotPossible (not verified, no such slot, full, another open one here, begun, missed too often).
    """
    at = now()
    if by.kind is not ActorKind.RESIDENT or by.person is None or by.mandate is not None:
        raise refusals.WHO_ARE_YOU
    if not directory.identity_of_person(by.person).level.reaches(Level.REAL_NAME):
        raise refusals.WHO_ARE_YOU
    with transaction.atomic():
        row = Hall.objects.select_for_update().filter(OFFERED, code=hall).first()
        if row is None:
            raise NoSuchHall(hall)
        slot = next((each for each in _slots(row, city_date(starts_at), at) if each.starts_at == starts_at), None)
        if slot is None:
            raise refusals.NO_SUCH_TIME
        until = blocked_until(by)
        if until is not None:
            raise refusals.missed_often(_day(until))
        theirs = Booking.objects.filter(person=by.person, hall=row)
        theirs.filter(state=Came.OPEN, ends_at__lte=at).update(state=Came.MISSED)
        current = theirs.filter(state=Came.OPEN).first()
        if current is not None:
            if current.starts_at == starts_at:
                return current.pk
            if current.pk != instead_of:
                raise refusals.APPOINTED
            if current.starts_at <= at:
                raise refusals.BEGUN
        if slot.left < 1:
            raise refusals.NO_PLACE
        if current is not None:
            Booking.objects.filter(pk=current.pk).update(starts_at=slot.starts_at, ends_at=slot.ends_at, booked_at=at)
            return current.pk
        theirs.filter(state=Came.CANCELLED).delete()
        made = Booking.objects.create(
            hall=row, person_id=by.person, starts_at=slot.starts_at, ends_at=slot.ends_at, booked_at=at
        )
    return made.pk


def cancel(booking: int, *, by: Actor) -> None:
    """Give the place back; cancelled already, nothing changes. Raises NoSuchAppointment, NotPossible (begun)."""
    row = Booking.objects.filter(own_appointments(by), pk=booking).first()
    if row is None:
        raise NoSuchAppointment(booking)
    changeable = Booking.objects.filter(pk=row.pk, state=Came.OPEN, starts_at__gt=now())
    if not changeable.update(state=Came.CANCELLED) and row.state != Came.CANCELLED:
        raise refusals.BEGUN


def keep(visit: Visit) -> None:
    """Whoever is welcomed in a hall has kept what they had there on this day, late or early."""
    day = city_date(visit.started_at)
    Booking.objects.filter(
        hall=visit.shift.hall_id,
        person=visit.person_id,
        state__in=(Came.OPEN, Came.MISSED),
        starts_at__gte=start_of_day(day),
        starts_at__lt=end_of_day(day),
    ).update(state=Came.KEPT, visit=visit)


def note_missed() -> int:
    """Appointments that are over and nobody came to; returns how many."""
    return Booking.objects.filter(state=Came.OPEN, ends_at__lte=now()).update(state=Came.MISSED)


def remind() -> int:
    """Tell whoever has an appointment tomorrow, once for each time; returns how many were reminded."""
    tomorrow = city_date(now()) + timedelta(days=1)
    rows = Booking.objects.filter(
        state=Came.OPEN, starts_at__gte=start_of_day(tomorrow), starts_at__lt=end_of_day(tomorrow)
    )
    told = 0
    for row in rows.select_related("hall").order_by("pk").iterator():
        account = directory.identity_of_person(row.person_id).user_id
        if account is None:
            continue
        hall = hall_card(row.hall)
        zh, en = moment_text(row.starts_at, "zh-hans"), moment_text(row.starts_at, "en")
        with transaction.atomic():
            tell(
                account,
                Words("明天有窗口预约", "You have an appointment tomorrow"),
                Words(
                    f"{zh}，{hall.name.zh}，{hall.address.zh}。请带身份证；来不了请取消。",
                    f"{en}, {hall.name.en}, {hall.address.en}. Bring your identity card; cancel if you cannot come.",
                ),
                reverse("counters:appointments"),
                f"counters:appointment:{row.pk}:{row.starts_at.isoformat()}",
            )
        told += 1
    return told


def forget() -> int:
    """Delete what lies a year back; returns how many."""
    return Booking.objects.filter(ends_at__lt=now() - KEPT_FOR).delete()[0]


def blocked_until(by: Actor) -> datetime | None:
    """Until when they make no appointments, having missed OFTEN of them WITHIN a time; None where they may."""
    missed = Booking.objects.filter(own_appointments(by), state=Came.MISSED).order_by("-starts_at")
    return end_of_block(list(missed.values_list("starts_at", flat=True)[:OFTEN]), now())


def end_of_block(missed: Sequence[datetime], at: datetime) -> datetime | None:
    """The rule, from beginnings of missed appointments, newest first. Pure."""
    if len(missed) < OFTEN or missed[0] - missed[OFTEN - 1] > WITHIN:
        return None
    until = missed[0] + BLOCKED_FOR
    return until if until > at else None


def halls() -> tuple[HallCard, ...]:
    """Halls in which appointments are made."""
    return tuple(hall_card(row) for row in Hall.objects.filter(OFFERED).order_by("code")[:MOST])


def hall(code: str) -> HallCard | None:
    row = Hall.objects.filter(OFFERED, code=code).first()
    return None if row is None else hall_card(row)


def days(code: str) -> tuple[date, ...]:
    """Working days on which a slot of the hall is still to begin."""
    row, at = Hall.objects.filter(OFFERED, code=code).first(), now()
    if row is None:
        return ()
    today = city_date(at)
    ahead = (today + timedelta(days=n) for n in range(row.appointment_days + 1))
    return tuple(day for day in ahead if _times(row, day, at))


def slots(code: str, day: date) -> tuple[Slot, ...]:
    """What is still to begin on that day, with the places left."""
    row = Hall.objects.filter(OFFERED, code=code).first()
    return () if row is None else _slots(row, day, now())


def mine(by: Actor) -> tuple[AppointmentCard, ...]:
    """One's open appointments, the next first."""
    at = now()
    rows = Booking.objects.filter(own_appointments(by), state=Came.OPEN, ends_at__gt=at)
    found = rows.select_related("hall").order_by("starts_at", "pk")[:MOST]
    return tuple(
        AppointmentCard(row.pk, hall_card(row.hall), row.starts_at, row.ends_at, row.starts_at > at) for row in found
    )


def expected(by: Actor) -> tuple[Expected, ...]:
    """Who has an appointment about now where the clerk sits, and has not come."""
    at = now()
    rows = Booking.objects.filter(
        expect(by),
        state__in=(Came.OPEN, Came.MISSED),
        starts_at__gte=at - AROUND,
        starts_at__lte=at + AROUND,
    )
    found = rows.select_related("person").order_by("starts_at", "pk")[: 2 * MOST]
    return tuple(Expected(mask_name(row.person.name), mask_id(row.person.resident_id), row.starts_at) for row in found)


def _times(row: Hall, day: date, at: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Beginnings and ends of the slots of a day that are still to begin; none on a day on which nobody works."""
    opens, closes = row.appointments_from, row.appointments_to
    ahead = (day - city_date(at)).days
    if opens is None or closes is None or not 0 <= ahead <= row.appointment_days or not CHINA.is_working(day):
        return ()
    terms = Appointments(opens, closes, row.appointment_minutes, row.appointment_places, row.appointment_days)
    zone = city_zone()
    found = ((start.replace(tzinfo=zone), end.replace(tzinfo=zone)) for start, end in terms.slots(day))
    return tuple((start, end) for start, end in found if start > at)


def _slots(row: Hall, day: date, at: datetime) -> tuple[Slot, ...]:
    times = _times(row, day, at)
    if not times:
        return ()
    taken = Booking.objects.filter(
        hall=row, state__in=HOLDS_A_PLACE, starts_at__lt=end_of_day(day), ends_at__gt=start_of_day(day)
    )
    held = list(taken.values_list("starts_at", "ends_at"))
    return tuple(
        # A hall may have cut its day differently since somebody took a place.
        Slot(start, end, max(0, row.appointment_places - sum(a < end and b > start for a, b in held)))
        for start, end in times
    )


def _day(moment: datetime) -> Words:
    day = city_date(moment)
    return Words(date_text(day, "zh-hans"), date_text(day, "en"))
