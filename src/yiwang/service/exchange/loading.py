"""Taking in what departments arrange for their own systems, as often as one likes."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from yiwang.foundation.directory import published
from yiwang.foundation.kernel.findings import Finding, Refused, errors
from yiwang.service.catalogue import check as catalogue
from yiwang.service.catalogue.package import Matter
from yiwang.service.exchange import arrangement
from yiwang.service.exchange.arrangement import Arrangement
from yiwang.service.exchange.models import System


def read(city: Path) -> tuple[tuple[Arrangement, ...], list[Finding]]:
    """What the folder arranges, and what is wrong with it."""
    if not (city / arrangement.FOLDER).is_dir():
        return (), []
    departments = published.read(city)[0].departments
    posts = frozenset(f"{department.code}/{post.code}" for department in departments for post in department.posts)
    matters = frozenset(each.code for each in catalogue.read(city)[0] if isinstance(each, Matter))
    return arrangement.read(city, posts, matters)


def load(city: Path) -> tuple[str, ...]:
    """Keep the folder's arrangements; the departments with one. A system whose file is gone takes part no longer.

    Raises Refused with findings where the folder has errors: then nothing is kept.
    """
    arranged, findings = read(city)
    if errors(findings):
        raise Refused(findings)
    with transaction.atomic():
        for each in arranged:
            System.objects.update_or_create(
                department=each.department,
                defaults={
                    "name_zh": each.name.zh,
                    "name_en": each.name.en,
                    "posts": list(each.posts),
                    "matters": list(each.matters),
                    "tables": each.tables.to_json() if each.tables else None,
                    "arranged": True,
                },
            )
        kept = [each.department for each in arranged]
        System.objects.exclude(department__in=kept).update(arranged=False)
    return tuple(kept)
