"""Taking a city's published places into the database, as often as one likes."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from yiwang.foundation.kernel.findings import Refused
from yiwang.foundation.places import published
from yiwang.foundation.places.models import Place


def load(city: Path) -> None:
    """Read `places.yaml`. Raises Refused with findings when it is wrong. Places no longer in the file stay."""
    places, findings = published.read(city)
    if findings:
        raise Refused(findings)
    with transaction.atomic():
        rows: dict[str, Place] = {}
        for order, place in enumerate(places):
            rows[place.code], _ = Place.objects.update_or_create(
                code=place.code,
                defaults={
                    "name_zh": place.name.zh,
                    "name_en": place.name.en,
                    "kind": place.kind.value,
                    "window_zh": place.window.zh if place.window else "",
                    "window_en": place.window.en if place.window else "",
                    "parent": rows[place.parent] if place.parent else None,
                    "order": order,
                },
            )
