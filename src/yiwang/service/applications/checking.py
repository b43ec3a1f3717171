"""Checks run: over a submission by a job, before an officer opens it; over a draft when its applicant looks it over.

What was found of a submission is kept in an erasable row: it repeats answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.documents.actions import DocumentRef
from yiwang.foundation.documents.inspection import PDF
from yiwang.foundation.documents.texts import texts_of
from yiwang.foundation.kernel.time import now
from yiwang.service.applications import checks, queries
from yiwang.service.applications.checks import Given, Paper, Remark
from yiwang.service.applications.drafts import OpenDraft
from yiwang.service.applications.models import Application, CheckedSubmission
from yiwang.service.applications.progress import Papers, Progress

LONGEST = 120.0
"""Seconds that the papers of one submission are read; those left over say that they were not."""
PATIENCE = 3.0
"""Seconds that a page waits for papers to be read; the next look reads on."""
MOST_OTHERS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, when, and how many papers with text were not read."""

    remarks: tuple[Remark, ...]
    at: datetime
    unread: int = 0

    def of_part(self, part: str) -> tuple[Remark, ...]:
        return tuple(each for each in self.remarks if not each.parts or part in each.parts)


def of_application(case_id: int) -> Found | None:
    """What was found when the submission was checked last; None before the first time. One query."""
    row = CheckedSubmission.objects.filter(pk=case_id).first()
    if row is None:
        return None
    return Found(msgspec.convert(row.body, tuple[Remark, ...], strict=False), row.at, row.unread)


def check_submission(case_id: int) -> None:
    """Check what stands submitted, and keep what was found in the place of what was found before."""
    papers = queries.papers(case_id)
    if papers is None:
        return
    standing = [(file.key, file.document) for file in papers.files if file.replaced_at is None]
    kept, unread = _papers(standing, LONGEST)
    brought = frozenset(key for key, _document in standing)
    progress = Progress(papers.published, Papers(papers.answers, brought, told=papers.told))
    person = directory.identity_of_person(papers.applicant)
    others = Application.objects.filter(
        applicant=papers.applicant, service=papers.published.code, case__closed_at__isnull=True
    ).exclude(pk=case_id)
    given = Given(
        progress,
        kept,
        (person.name, person.resident_id),
        tuple(others.order_by("-case_id").values_list("case__number", flat=True)[:MOST_OTHERS]),
        directory.department_names(),
    )
    CheckedSubmission.objects.update_or_create(
        application_id=case_id,
        defaults={"body": msgspec.to_builtins(checks.remarks(given)), "at": now(), "unread": unread},
    )


def of_draft(held: OpenDraft) -> Found:
    """The same checks as advice before sending; what is plainly missing is said elsewhere on the page."""
    standing = [(key, document) for key, files in held.files.items() for document in files]
    kept, unread = _papers(standing, PATIENCE)
    person = directory.identity_of_person(held.applicant)
    others = Application.objects.filter(
        applicant=held.applicant, service=held.published.code, case__closed_at__isnull=True
    )
    numbers = others.order_by("-case_id").values_list("case__number", flat=True)[:MOST_OTHERS]
    given = Given(
        held.progress,
        kept,
        (person.name, person.resident_id),
        () if held.corrects else tuple(numbers),
        directory.department_names(),
    )
    found = tuple(each for each in checks.remarks(given) if each.rule not in ("missing", "awaited"))
    return Found(found, now(), unread)


def _papers(standing: Iterable[tuple[str, DocumentRef]], seconds: float) -> tuple[tuple[Paper, ...], int]:
    """The papers with what they say, and how many that may have text were not read in time."""
    files = list(standing)
    texts = texts_of((document.id for _key, document in files), seconds=seconds)
    kept = tuple(
        Paper(key, document.name, document.media_type, document.sha256, texts.get(document.id))
        for key, document in files
    )
    unread: set[UUID] = {
        document.id for _key, document in files if document.media_type == PDF and document.id not in texts
    }
    return kept, len(unread)
