"""Taking in where a city serves people, as often as one likes."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from yiwang.foundation.directory import published as directory
from yiwang.foundation.kernel.findings import Finding, Refused, errors
from yiwang.foundation.places import published as places
from yiwang.service.catalogue import check as catalogue
from yiwang.service.catalogue.looked_up import posts_of
from yiwang.service.catalogue.package import Matter
from yiwang.service.counters import published
from yiwang.service.counters.models import Hall
from yiwang.service.counters.published import Appointments, PublishedHall


def read(city: Path) -> tuple[tuple[PublishedHall, ...], list[Finding]]:
    """The folder's halls and lines, and what is wrong with them."""
    if not (city / published.FILE).is_file():
        return (), []
    departments = directory.read(city)[0].departments
    posts = frozenset(f"{department.code}/{post.code}" for department in departments for post in department.posts)
    matters = [each for each in catalogue.read(city)[0] if isinstance(each, Matter)]
    deciding = frozenset(post for matter in matters for post in posts_of(matter))
    return published.read(city, posts, deciding, frozenset(each.code for each in places.read(city)[0]))


def load(city: Path) -> tuple[str, ...]:
    """Keep the folder's halls and lines; returns their codes. One that is gone is offered no longer.

    Raises Refused with findings where the folder has errors: then nothing is kept.
    """
    halls, findings = read(city)
    if errors(findings):
        raise Refused(findings)
    with transaction.atomic():
        for each in halls:
            Hall.objects.update_or_create(
                code=each.code,
                defaults={
                    "channel": each.channel,
                    "name_zh": each.name.zh,
                    "name_en": each.name.en,
                    "place": each.place,
                    "address_zh": each.address.zh,
                    "address_en": each.address.en,
                    "hours_zh": each.hours.zh,
                    "hours_en": each.hours.en,
                    "windows": each.windows,
                    "post": each.post,
                    "offered": True,
                    **_appointments(each.appointments),
                },
            )
        kept = [each.code for each in halls]
        Hall.objects.exclude(code__in=kept).update(offered=False)
    return tuple(kept)


def _appointments(made: Appointments | None) -> dict[str, object]:
    return {
        "appointments_from": made.opens if made else None,
        "appointments_to": made.closes if made else None,
        "appointment_minutes": made.minutes if made else 0,
        "appointment_places": made.each if made else 0,
        "appointment_days": made.days_ahead if made else 0,
    }
