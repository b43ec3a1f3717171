"""Taking a city's vocabulary into the database, as often as one likes."""

from __future__ import annotations

from pathlib import Path

import msgspec
from django.db import transaction

from yiwang.foundation.kernel.findings import Refused, errors
from yiwang.foundation.standards import vocabulary
from yiwang.foundation.standards.models import ElementRow


def load(city: Path, places: vocabulary.Places = vocabulary.NO_PLACES) -> None:
    """Read `elements/*.yaml`. Raises Refused with findings when they are wrong.

    Elements that left the files stay: answers given under them must still be readable.
    """
    found, findings = vocabulary.read(city, places)
    if errors(findings):
        raise Refused(findings)
    with transaction.atomic():
        for element in found:
            body = msgspec.to_builtins(element)
            ElementRow.objects.update_or_create(code=element.code, defaults={"body": body})
