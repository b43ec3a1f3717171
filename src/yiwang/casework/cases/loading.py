"""Taking a city's ways of working into the database, as often as one likes."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from yiwang.casework.cases import published
from yiwang.casework.cases.models import Letterhead
from yiwang.foundation.kernel.findings import Refused, errors


def load(city: Path) -> None:
    """Read `procedures.yaml` of a city. Raises Refused with findings when it is wrong.

    Letters that were sent keep what they said.
    """
    procedures, findings = published.read(city)
    if errors(findings):
        raise Refused(findings)
    heads = {"": procedures.usual, **procedures.letterheads}
    with transaction.atomic():
        Letterhead.objects.exclude(department__in=heads).delete()
        for department, head in heads.items():
            Letterhead.objects.update_or_create(
                department=department,
                defaults={
                    "word": head.word,
                    "review_zh": head.review.zh,
                    "review_en": head.review.en,
                    "court_zh": head.court.zh,
                    "court_en": head.court.en,
                },
            )
