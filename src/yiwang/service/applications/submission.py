"""The submission: a draft, or a whole application sent at once, becomes a case. One transaction, one stored answer.

Web and API come here with the same papers and leave the same record. The answer holds number and tracking code; a
repeated request gets exactly it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.receipt import Applicant, Receipt, receive
from yiwang.casework.cases.record import CaseRef, PartRef
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.directory.queries import Identity
from yiwang.foundation.kernel.identifiers import tracking_code
from yiwang.foundation.kernel.text import canonical_json
from yiwang.foundation.kernel.time import now
from yiwang.foundation.ledger.idempotency import Answer, once
from yiwang.foundation.places import queries as places
from yiwang.service.applications import actions, drafts, identity, refusals
from yiwang.service.applications.models import (
    Application,
    ApplicationMaterial,
    Draft,
    DraftMaterial,
    EarlierAnswers,
)
from yiwang.service.applications.progress import Papers, Progress
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.catalogue.queries import PublishedService
from yiwang.service.catalogue.service import elements_of

CREATED, OK = 201, 200


class IsCorrection(Exception):
    """The draft corrects a part of a case: `correct` submits it."""


class Submitted(msgspec.Struct, frozen=True):
    """What the person keeps. The tracking code exists here, in the stored answer, and nowhere else."""

    number: str
    tracking_code: str
    service: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Whole:
    """An application sent at once: answers already read by `answers`, documents by material, what will come later, the
    parts whose promise is signed, and that all of it is true."""

    code: str
    answers: Mapping[str, Any]
    materials: Mapping[str, Sequence[UUID]]
    deferred: frozenset[str]
    signed: frozenset[str]
    declared: bool


def submit(draft_id: UUID, version: int, *, declared: bool, by: Actor) -> Submitted:
    """Submit the draft as the person saw it (`version`). Submitting it again gives the same answer.

    Raises NoSuchDraft, AlreadySubmitted (by another request, longer ago than answers are kept), DraftChanged,
    Incomplete, NotPossible.
    """

    def do() -> Answer:
        draft = drafts.read(draft_id, by)
        if draft.corrects:
            raise IsCorrection
        if draft.version != version:
            raise refusals.DraftChanged(draft.version)
        if not declared:
            raise refusals.not_declared()
        files = {key: [document.id for document in held] for key, held in draft.files.items()}
        person = _person(draft.owner)
        case, answer = _open(draft.published, draft.progress, files, draft.signed, person, by, "web")
        _close(draft_id, version, case)
        return answer

    try:
        stored = once(str(by), f"draft:{draft_id}:{version}", b"submit", do)
    except refusals.AlreadySubmitted:
        # The same request a moment ago: its answer is there now.
        stored = once(str(by), f"draft:{draft_id}:{version}", b"submit", do)
    return msgspec.json.decode(stored.body, type=Submitted)


def apply(whole: Whole, *, key: str, body: bytes, by: Actor, channel: str = "api") -> Answer:
    """Submit a whole application under an idempotency key; `body` is what was sent.

    Raises KeyReused, catalogue NotPublished, NotAsked, Incomplete, NotPossible.
    """

    def do() -> Answer:
        assert by.id is not None
        if not whole.declared:
            raise refusals.not_declared()
        published = catalogue.service(whole.code)
        person = _person(by.id)
        known = elements_of(published.service)
        told = {code: value for code, value in identity.known(person).items() if code in known}
        papers = Papers(
            {**told, **whole.answers},
            frozenset(key for key, held in whole.materials.items() if held),
            whole.deferred,
            whole.signed,
        )
        progress = Progress(published, papers)
        for code in whole.answers:
            if code not in known:
                raise refusals.NotAsked(code)
        wanted = {each.material.key: each.material for each in progress.to_bring}
        for material in (*whole.materials, *whole.deferred):
            if material not in wanted:
                raise refusals.NotAsked(material)
        if not whole.signed <= {promise.part for promise in progress.promises}:
            raise refusals.NotAsked(", ".join(sorted(whole.signed)))
        for material, held in whole.materials.items():
            actions.take(wanted[material], list(dict.fromkeys(held)), by)
        at = now().isoformat()
        _case, answer = _open(
            published,
            progress,
            {material: list(dict.fromkeys(held)) for material, held in whole.materials.items()},
            dict.fromkeys(whole.signed, at),
            person,
            by,
            channel,
        )
        return answer

    return once(str(by), f"apply:{key}", body, do)


def correct(draft_id: UUID, version: int, *, declared: bool, by: Actor) -> str:
    """Submit the correction of a part; returns the case's number. Submitting it again changes nothing.

    Raises NoSuchDraft, DraftChanged, Incomplete, NotPossible (also when the new answers would need other parts), and
    what `cases.correct` raises.
    """
    try:
        with transaction.atomic():
            return _correct(draft_id, version, declared, by)
    except refusals.AlreadySubmitted as done:
        return done.number


def _correct(draft_id: UUID, version: int, declared: bool, by: Actor) -> str:
    draft = drafts.read(draft_id, by)
    if draft.version != version:
        raise refusals.DraftChanged(draft.version)
    if not draft.corrects:
        raise refusals.NoSuchDraft
    if not declared:
        raise refusals.not_declared()
    application = actions.find(draft.corrects, by, lock=True)
    changed = {question.element.code: draft.answers.get(question.element.code) for question in draft.progress.questions}
    answers = {code: value for code, value in {**application.answers, **changed}.items() if value is not None}
    before = Progress(draft.published, Papers(application.answers))
    papers = Papers(answers, frozenset(draft.files), draft.deferred, frozenset(draft.signed))
    progress = Progress(draft.published, papers, only=draft.part)
    if progress.missing:
        raise refusals.Incomplete(progress.missing)
    if {part.key for part in progress.parts} != {part.key for part in before.parts}:
        raise refusals.parts_change()
    at = now()
    kept = progress.submitted_answers()
    earlier = {
        code: application.answers.get(code)
        for code in sorted({*application.answers, *kept})
        if application.answers.get(code) != kept.get(code)
    }
    if earlier:
        EarlierAnswers.objects.create(application=application, part=draft.part, answers=earlier, at=at)
    Application.objects.filter(pk=application.pk).update(
        answers=kept, signed={**application.signed, **{key: draft.signed[key] for key in draft.signed}}
    )
    _replace_materials(application, draft, progress, at)
    choice = next(choice for choice in progress.chosen if choice.key == draft.part)
    ref = cases.correct(PartRef(draft.corrects, draft.part), by=by, skipped=choice.skipped, awaiting=choice.awaiting)
    _close(draft_id, version, ref)
    return ref.number


def _replace_materials(application: Application, draft: drafts.OpenDraft, progress: Progress, at: datetime) -> None:
    """Papers of the part that were taken away are kept as replaced; new ones are added."""
    there = ApplicationMaterial.objects.filter(application=application, replaced_at__isnull=True)
    held = {(row.key, row.document_id): row for row in there}
    keys = {each.material.key for each in progress.materials}
    brought = {(key, document.id) for key, files in draft.files.items() if key in keys for document in files}
    gone = [row.pk for pair, row in held.items() if pair not in brought and pair[0] in keys]
    ApplicationMaterial.objects.filter(pk__in=gone).update(replaced_at=at)
    ApplicationMaterial.objects.bulk_create(
        ApplicationMaterial(application=application, key=key, document_id=document, brought_at=at)
        for key, files in draft.files.items()
        for document in (each.id for each in files)
        if (key, document) in brought and (key, document) not in held
    )


def _open(
    published: PublishedService,
    progress: Progress,
    files: Mapping[str, Sequence[UUID]],
    signed: Mapping[str, str],
    person: Identity,
    by: Actor,
    channel: str,
) -> tuple[CaseRef, Answer]:
    if progress.missing:
        raise refusals.Incomplete(progress.missing)
    answers = progress.submitted_answers()
    case = receive(
        Receipt(
            kind="application",
            title=published.service.name,
            plan=published.plan,
            parts=progress.chosen,
            applicant=Applicant(person.user_id, person.name, person.resident_id),
            area=area(),
            channel=channel,
            granted_by_rule=progress.granted_by_rule() if identity.is_proven(answers, person) else {},
        ),
        by=by,
    )
    code = tracking_code()
    promised = {promise.part for promise in progress.promises}
    Application.objects.bulk_create(
        [
            Application(
                case_id=case.id,
                owner_id=person.user_id,
                service=published.code,
                service_version=published.version,
                answers=answers,
                signed={part: at for part, at in sorted(signed.items()) if part in promised},
                tracking=tracking_digest(code, second_fact(person.resident_id)),
            )
        ]
    )
    at = now()
    wanted = {each.material.key for each in progress.to_bring}
    ApplicationMaterial.objects.bulk_create(
        ApplicationMaterial(application_id=case.id, key=key, document_id=document, brought_at=at)
        for key, held in files.items()
        if key in wanted
        for document in held
    )
    kept = Submitted(case.number, code, published.code, at)
    return case, Answer(CREATED, msgspec.json.encode(kept).decode())


def _close(draft_id: UUID, version: int, case: CaseRef) -> None:
    """The draft is done: what it held lives on in the application. Raises AlreadySubmitted when another was faster."""
    closed = Draft.objects.filter(pk=draft_id, version=version, submitted_as__isnull=True).update(
        submitted_as=case.id, answers={}, signed={}, deferred=[]
    )
    if not closed:
        raise refusals.AlreadySubmitted(case.number)
    DraftMaterial.objects.filter(draft=draft_id).delete()


def _person(user_id: int) -> Identity:
    person = directory.identity(user_id)
    if person is None or not person.resident_id:
        raise refusals.identity_unknown()
    return person


def second_fact(resident_id: str) -> str:
    """The last four characters of the identity number: what a holder of the tracking code has to know besides it."""
    return resident_id[-4:].upper()


def tracking_digest(code: str, fact: str) -> str:
    """What is kept of a tracking code (128 random bits) and its second fact, and what a look-up compares."""
    return hashlib.sha256(canonical_json([code, fact])).hexdigest()


def area() -> str:
    """The city's code, with which every case number begins; read once."""
    global _area
    if not _area:
        city = places.city()
        _area = city.code if city else ""
    return _area or "000000"


_area = ""
