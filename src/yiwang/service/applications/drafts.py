"""A draft as the rest of the package reads it, and the one way to change it: read, change, compare and set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.documents.actions import DocumentRef, reference
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.service.applications import lookups, model_papers, routes
from yiwang.service.applications.known import Told
from yiwang.service.applications.models import Draft, DraftMaterial
from yiwang.service.applications.permissions import fill_in
from yiwang.service.applications.progress import Papers, Progress
from yiwang.service.applications.reception import reception
from yiwang.service.applications.refusals import AlreadySubmitted, DraftChanged, NoSuchDraft
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.catalogue.queries import PublishedService

KEPT_FOR = timedelta(days=90)
"""A draft is forgotten this long after its last change."""
TRIES = 8


DEFERRAL = "later:"
"""Begins the name under which a draft keeps when it was promised to bring a material later; parts stand beside."""


def deferral_key(material: str) -> str:
    return f"{DEFERRAL}{material}"


@dataclass(frozen=True)
class OpenDraft:
    """A draft with the service version it keeps, its files, and how far it has come.

    `corrects` is the number of the case of which it corrects `part`; empty for a new application. `owner` fills it in
    for the `applicant`. `ordinary` are the parts that go without a promise; `barred` those of them at which none is
    taken, until when.
    """

    id: UUID
    owner: int
    applicant: int
    mandate: int | None
    channel: str
    published: PublishedService
    answers: dict[str, Any]
    signed: dict[str, str]
    files: dict[str, tuple[DocumentRef, ...]]
    deferred: frozenset[str]
    consents: dict[str, bool]
    ordinary: frozenset[str]
    barred: dict[str, datetime]
    version: int
    corrects: str
    part: str
    changed_at: datetime
    expires_at: datetime
    progress: Progress
    whose: str = ""
    """the applicant's name, where somebody else fills it in"""

    def speaker(self, by: Actor) -> Actor:
        """Whoever fills it in, speaking for the applicant."""
        return by.speaking_for(self.applicant, self.mandate if self.owner == by.id else by.mandate)

    @property
    def place(self) -> Words | None:
        """The window or telephone at which a clerk fills it in; None where nobody does."""
        desk = reception()
        return None if desk is None or self.channel == "web" else desk.place(self.id)

    @property
    def told(self) -> Told:
        return self.progress.papers.told


def read(draft_id: UUID, by: Actor) -> OpenDraft:
    """Four queries. Raises NoSuchDraft, AlreadySubmitted."""
    found = Draft.objects.filter(fill_in(by), pk=draft_id).annotate(
        submitted_number=F("submitted_as__number"),
        corrected_number=F("corrects__number"),
        applicant_name=F("applicant__name"),
    )
    for row in found:
        if row.submitted_number is not None:
            raise AlreadySubmitted(row.submitted_number)
        return _opened(row, row.corrected_number or "", "" if row.applicant_id == by.person else row.applicant_name)
    raise NoSuchDraft


def _opened(row: Draft, corrects: str, whose: str) -> OpenDraft:
    base = catalogue.service(row.service, row.service_version)
    barred = {} if row.corrects_id else routes.barred(base, row.applicant_id, row.answers)
    published = base.on_routes({*row.ordinary, *barred})
    files: dict[str, list[DocumentRef]] = {}
    for material in DraftMaterial.objects.filter(draft=row).select_related("document").order_by("id"):
        files.setdefault(material.key, []).append(reference(material.document))
    told = lookups.of_application(row.corrects_id) if row.corrects_id is not None else lookups.of_draft(row.pk)
    held = {key: tuple(references) for key, references in files.items()}
    papers = Papers(row.answers, frozenset(held), frozenset(row.deferred), frozenset(row.signed), told)
    progress = Progress(published, papers, only=row.part)
    counting = model_papers.standing(held, progress, row.applicant_id)
    if counting.keys() != held.keys():
        progress = Progress(published, replace(papers, brought=frozenset(counting)), only=row.part)
    return OpenDraft(
        id=row.pk,
        owner=row.owner_id,
        applicant=row.applicant_id,
        mandate=row.mandate_id,
        channel=row.channel,
        published=published,
        answers=row.answers,
        signed=row.signed,
        files=counting,
        deferred=frozenset(row.deferred),
        consents=row.consents,
        ordinary=published.ordinary,
        barred=barred,
        version=row.version,
        corrects=corrects,
        part=row.part,
        changed_at=row.changed_at,
        expires_at=row.expires_at,
        progress=progress,
        whose=whose,
    )


def change(draft_id: UUID, by: Actor, alter: Callable[[OpenDraft, Draft], None], *, seen: int | None = None) -> int:
    """Let `alter` change what the row says, its files or look-ups. Returns the version.

    Two pages open on different questions both succeed. With `seen`, a draft that moved on since raises DraftChanged.
    Raises NoSuchDraft, AlreadySubmitted and what `alter` raises.
    """
    version = 0
    for _attempt in range(TRIES):
        with transaction.atomic():
            draft = read(draft_id, by)
            version = draft.version
            if seen is not None and seen != version:
                raise DraftChanged(version)
            row = Draft(
                pk=draft.id,
                answers=dict(draft.answers),
                deferred=sorted(draft.deferred),
                signed=dict(draft.signed),
                consents=dict(draft.consents),
                ordinary=sorted(draft.ordinary - set(draft.barred)),
            )
            at = now()
            won = Draft.objects.filter(pk=draft.id, version=version, submitted_as__isnull=True).update(
                version=version + 1, changed_at=at, expires_at=at + KEPT_FOR
            )
            if won:
                alter(draft, row)
                Draft.objects.filter(pk=draft.id).update(
                    answers=row.answers,
                    deferred=row.deferred,
                    signed=row.signed,
                    consents=row.consents,
                    ordinary=row.ordinary,
                )
                return version + 1
    raise DraftChanged(version)


def forget(rows: Iterable[Draft]) -> list[UUID]:
    """Delete drafts with their list of files; returns the documents that nothing needs any more."""
    drafts = [row.pk for row in rows]
    files = DraftMaterial.objects.filter(draft__in=drafts)
    documents = list(files.values_list("document_id", flat=True))
    files.delete()
    Draft.objects.filter(pk__in=drafts).delete()
    return documents
