"""Rows of windows: halls, who sits where, whose visit it is, and what was done in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yiwang.casework.cases.models import Case
from yiwang.foundation.directory.models import Person
from yiwang.service.applications.models import Draft


class Channel(models.TextChoices):
    """As cases say where they came from."""

    COUNTER = "counter"
    PHONE = "phone"


class Hall(models.Model):
    """A service hall with its windows, or a telephone line with its seats (`counters.yaml`). `post` is that of those
    who serve there. `hours` are as people read them. One that is published no longer stays, not `offered`. Appointments
    are made where there are `appointment_places` (a slot), by the city's clock."""

    code = models.SlugField(max_length=40, unique=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    place = models.CharField(max_length=12, blank=True, default="")
    address_zh = models.CharField(max_length=120, blank=True, default="")
    address_en = models.CharField(max_length=200, blank=True, default="")
    hours_zh = models.CharField(max_length=120)
    hours_en = models.CharField(max_length=200)
    windows = models.PositiveSmallIntegerField()
    post = models.CharField(max_length=80)
    offered = models.BooleanField(default=True)
    appointments_from = models.TimeField(null=True)
    appointments_to = models.TimeField(null=True)
    appointment_minutes = models.PositiveSmallIntegerField(default=0)
    appointment_places = models.PositiveSmallIntegerField(default=0)
    appointment_days = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.code


class Shift(models.Model):
    """A clerk at a window, until it is closed. One clerk at a window, one window for a clerk."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+")
    window = models.PositiveSmallIntegerField()
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "window"], condition=Q(closed_at__isnull=True), name="counters_one_clerk_at_a_window"
            ),
            models.UniqueConstraint(
                fields=["clerk"], condition=Q(closed_at__isnull=True), name="counters_one_window_for_a_clerk"
            ),
        ]

    def __str__(self) -> str:
        return f"shift:{self.pk}"


class Visit(models.Model):
    """A person at a window, or a call. `confirmed_at`: when it was sure who it is, by their card or by a code that was
    sent to their phone; before that nothing is done for them."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shift"], condition=Q(ended_at__isnull=True), name="counters_one_visitor_at_a_window"
            ),
        ]
        indexes = [models.Index(fields=["person", "-started_at"], name="counters_visits_of_person")]

    def __str__(self) -> str:
        return f"visit:{self.pk}"


class Begun(models.Model):
    """In which visit a draft is filled in; the last one, where there were several."""

    draft = models.OneToOneField(Draft, on_delete=models.CASCADE, related_name="+", primary_key=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"begun:{self.pk}"


class Done(models.TextChoices):
    RECEIVED = "received"
    HANDED_OUT = "handed_out"


class Handled(models.Model):
    """What a visit was for: a case that was received, or a part's result that was handed out or posted. Visits are
    counted by these rows. `tracking` is the carrier's number."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=40, blank=True, default="")
    done = models.CharField(max_length=12, choices=Done.choices)
    tracking = models.CharField(max_length=40, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "case", "part", "done"], name="counters_handled_once"),
        ]

    def __str__(self) -> str:
        return f"{self.done}:{self.case_id}"


class Code(models.Model):
    """A one-time code that was sent to a caller's phone. `about` is the digest of exactly what it confirms; `code` is a
    keyed digest."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="+")
    about = models.CharField(max_length=64)
    code = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["visit", "sent_at"], name="counters_codes_of_visit")]

    def __str__(self) -> str:
        return f"code:{self.pk}"


class Came(models.TextChoices):
    """What became of an appointment."""

    OPEN = "open"
    KEPT = "kept"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Booking(models.Model):
    """A person's appointment in a hall; `visit` is the one in which it was kept."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    booked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=Came.choices, default=Came.OPEN)
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "hall"], condition=Q(state="open"), name="counters_one_open_appointment"
            ),
        ]
        indexes = [
            models.Index(fields=["hall", "starts_at"], name="counters_bookings_of_hall"),
            models.Index(fields=["state", "ends_at"], name="counters_bookings_by_state"),
            models.Index(fields=["person", "-starts_at"], name="counters_bookings_of_person"),
        ]

    def __str__(self) -> str:
        return f"booking:{self.pk}"
