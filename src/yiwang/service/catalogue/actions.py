"""What is done to the catalogue: services are published, taken back, and made findable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.search.actions import Document, rebuild
from yiwang.service.catalogue import bodies, queries
from yiwang.service.catalogue.bodies import Publication
from yiwang.service.catalogue.models import Service as ServiceRow
from yiwang.service.catalogue.models import ServiceKind, Version
from yiwang.service.catalogue.package import GuidanceOnly

INDEX = queries.INDEX


def publish(publications: Iterable[Publication]) -> tuple[str, ...]:
    """Publish matters, bundles and guidance; the codes of those that were new or have changed.

    What is already published as it is stays untouched; anything else becomes a further version beside the old ones.
    Call `make_findable` afterwards.
    """
    at = time.now()
    changed: list[str] = []
    with transaction.atomic():
        listed = list(publications)
        rows = ServiceRow.objects.select_related("current").in_bulk(
            [publication.code for publication in listed], field_name="code"
        )
        for publication in listed:
            body = bodies.to_body(publication)
            digest = bodies.digest(body)
            row = rows.get(publication.code)
            if row is not None and row.current is not None and row.current.digest == digest and row.offered:
                continue
            _publish_one(publication, body, digest, row, at)
            changed.append(publication.code)
    return tuple(changed)


def take_back(codes: Iterable[str]) -> int:
    """Offer these services no longer. Their versions stay, for the drafts and cases that began under them."""
    return ServiceRow.objects.filter(code__in=list(codes), offered=True).update(offered=False)


def make_findable() -> bool:
    """Rebuild the search index from everything offered now; False when it held just that already."""
    departments = {card.code: card.name for card in directory.departments()}
    return rebuild(INDEX, (_document(publication, departments) for publication in queries.everything()))


def _publish_one(
    publication: Publication, body: dict[str, object], digest: str, row: ServiceRow | None, at: datetime
) -> None:
    row = row or ServiceRow(code=publication.code)
    row.kind = ServiceKind(publication.kind)
    name = publication.name
    row.name_zh, row.name_en = (name.zh, name.en) if isinstance(name, Words) else (name, name)
    row.department = _department(publication)
    row.offered = True
    row.save()
    same = Version.objects.filter(service=row, digest=digest).first()
    if same is None:
        last = Version.objects.filter(service=row).order_by("-number").values_list("number", flat=True).first() or 0
        same = Version.objects.create(service=row, number=last + 1, digest=digest, body=body, published_at=at)
    row.current = same
    row.save(update_fields=["current"])


def _department(publication: Publication) -> str:
    if isinstance(publication, GuidanceOnly):
        return publication.department
    return publication.departments[0] if publication.kind == "bundle" else publication.department


def _document(publication: Publication, departments: dict[str, Words]) -> Document:
    if isinstance(publication, GuidanceOnly):
        return Document(publication.code, {"name": publication.name, "department": publication.department})
    spoken = [departments[code] for code in publication.departments if code in departments]
    guidance = publication.guidance
    fields = {
        "name": publication.name.zh,
        "name_en": publication.name.en,
        "also_called": "\n".join(publication.also_called),
        "scenarios": "\n".join(publication.scenarios),
        "guidance": f"{publication.summary.zh}\n{guidance.zh}\n{publication.summary.en}\n{guidance.en}",
        "department": "\n".join(f"{name.zh} {name.en}" for name in spoken),
    }
    return Document(publication.code, fields)
