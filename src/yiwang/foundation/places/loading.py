"""Taking a city's published places into the database, as often as one likes."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from yiwang.foundation.places import published
from yiwang.foundation.places.models import Place


class Refused(ValueError):
    """The file is wrong; `faults` say where and what to do."""

    def __init__(self, faults: list[published.Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{fault.file}:{fault.line}: {fault.message} {fault.remedy}" for fault in faults))


def load(city: Path) -> None:
    """Read `places.yaml`. Raises Refused when it is wrong. Places no longer in the file stay."""
    places, faults = published.read(city)
    if faults:
        raise Refused(faults)
    with transaction.atomic():
        rows: dict[str, Place] = {}
        for order, place in enumerate(places):
            rows[place.code], _ = Place.objects.update_or_create(
                code=place.code,
                defaults={
                    "name_zh": place.name.zh,
                    "name_en": place.name.en,
                    "kind": place.kind.value,
                    "parent": rows[place.parent] if place.parent else None,
                    "order": order,
                },
            )
