"""What is done to the catalogue: services are published, taken back, and made findable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.search.actions import Document, rebuild
from yiwang.service.catalogue import bodies, queries
from yiwang.service.catalogue.bodies import Publication
from yiwang.service.catalogue.models import Service as ServiceRow
from yiwang.service.catalogue.models import ServiceKind, SupervisingPost, Version
from yiwang.service.catalogue.package import GuidanceOnly
from yiwang.service.catalogue.supervision import Supervision

INDEX = queries.INDEX
BATCH = 200

Body = dict[str, Any]


def publish(publications: Iterable[Publication]) -> tuple[str, ...]:
    """Publish matters, bundles and guidance; the codes of those that were new or have changed.

    What is already published as it is stays untouched; anything else becomes a further version beside the old ones.
    Call `make_findable` afterwards.
    """
    at = time.now()
    changed: list[str] = []
    new: list[tuple[Publication, Body, str]] = []
    with transaction.atomic():
        listed = list(publications)
        rows = ServiceRow.objects.select_related("current").in_bulk(
            [publication.code for publication in listed], field_name="code"
        )
        for publication in listed:
            body = bodies.to_body(publication)
            digest = bodies.digest(body)
            row = rows.get(publication.code)
            if row is None:
                new.append((publication, body, digest))
            elif row.current is None or row.current.digest != digest or not row.offered:
                _publish_again(publication, body, digest, row, at)
            else:
                continue
            changed.append(publication.code)
        _publish_first(new, at)
    return tuple(changed)


def take_back(codes: Iterable[str]) -> int:
    """Offer these services no longer. Their versions stay, for the drafts and cases that began under them."""
    return ServiceRow.objects.filter(code__in=list(codes), offered=True).update(offered=False)


def make_findable() -> bool:
    """Rebuild the search index from everything offered now; False when it held just that already."""
    departments = directory.department_names()
    return rebuild(INDEX, (_document(publication, departments) for publication in queries.everything()))


def _publish_first(new: list[tuple[Publication, Body, str]], at: datetime) -> None:
    """A city's whole list may come at once: three statements a batch, however many there are."""
    rows = ServiceRow.objects.bulk_create(
        (_described(ServiceRow(code=publication.code), publication) for publication, _, _ in new), batch_size=BATCH
    )
    versions = Version.objects.bulk_create(
        (
            Version(service=row, number=1, digest=digest, body=body, published_at=at)
            for row, (_, body, digest) in zip(rows, new, strict=True)
        ),
        batch_size=BATCH,
    )
    for row, version in zip(rows, versions, strict=True):
        row.current = version
    ServiceRow.objects.bulk_update(rows, ["current"], batch_size=BATCH)


def name_supervision(named: Supervision | None) -> None:
    """Say who hears of failed attempts from now on; nobody where the city names nobody."""
    SupervisingPost.objects.all().delete()
    if named is not None:
        SupervisingPost.objects.bulk_create(
            SupervisingPost(place=place, post=post, within=str(named.within))
            for place, post in enumerate(named.heard_by)
        )


def _publish_again(publication: Publication, body: Body, digest: str, row: ServiceRow, at: datetime) -> None:
    """A further version; where an old one said just this, that one is offered again."""
    _described(row, publication)
    versions = Version.objects.filter(service=row)
    version = versions.filter(digest=digest).first()
    if version is None:
        last = versions.order_by("-number").values_list("number", flat=True).first() or 0
        version = Version.objects.create(service=row, number=last + 1, digest=digest, body=body, published_at=at)
    row.current = version
    row.save()


def _described(row: ServiceRow, publication: Publication) -> ServiceRow:
    row.kind = ServiceKind(publication.kind)
    name = publication.name
    # Other catalogues are Chinese only: pages mark such a name as Chinese in either language.
    row.name_zh, row.name_en = (name.zh, name.en) if isinstance(name, Words) else (name, name)
    row.department = _department(publication)
    row.offered = True
    return row


def _department(publication: Publication) -> str:
    if isinstance(publication, GuidanceOnly):
        return publication.department
    return publication.departments[0] if publication.kind == "bundle" else publication.department


def _document(publication: Publication, departments: dict[str, Words]) -> Document:
    if isinstance(publication, GuidanceOnly):
        fields = {"name": publication.name, "department": publication.department}
        return Document(publication.code, {**fields, "guidance": publication.matter.acceptance})
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
