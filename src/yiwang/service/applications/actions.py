"""What a person does with a draft, and later with an application that is under way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from yiwang.casework.cases import actions as cases
from yiwang.casework.cases import hearings, possible
from yiwang.casework.cases.record import PartRef
from yiwang.casework.cases.refusals import NotPossible as CaseNotPossible
from yiwang.casework.cases.state import from_bytes
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import actions as documents
from yiwang.foundation.documents.actions import DocumentRef
from yiwang.foundation.documents.inspection import TEXT
from yiwang.foundation.documents.models import Document, State
from yiwang.foundation.kernel.text import Words, canonical
from yiwang.foundation.kernel.time import now
from yiwang.service.applications import drafts, evidence, identity, model_papers, refusals
from yiwang.service.applications.answers import Answer
from yiwang.service.applications.drafts import DEFERRAL, KEPT_FOR, OpenDraft, deferral_key
from yiwang.service.applications.models import Application, ApplicationMaterial, Draft, DraftMaterial
from yiwang.service.applications.permissions import fill_in, follow
from yiwang.service.applications.routes import published_of
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.catalogue.package import Material
from yiwang.service.catalogue.routes import choices_of
from yiwang.service.catalogue.service import MaterialStatus, elements_of, parts_of

MOST_FILES = 10
"""Files of one material."""


def start(code: str, *, by: Actor, channel: str = "web") -> tuple[UUID, bool]:
    """The open draft of a service that this account fills in for the person for whom it speaks, and whether it is new.
    What the directory knows of that person is filled in.

    Raises catalogue NotPublished, NotPossible for an account that speaks for nobody.
    """
    assert by.id is not None
    if by.person is None:
        raise refusals.identity_unknown()
    published = catalogue.service(code)
    open_drafts = Draft.objects.filter(
        owner=by.id, applicant=by.person, service=code, submitted_as__isnull=True, corrects__isnull=True
    )
    found = open_drafts.first()
    if found is not None:
        if (found.mandate_id, found.channel) != (by.mandate, channel):
            Draft.objects.filter(pk=found.pk).update(mandate=by.mandate, channel=channel)
        return found.pk, False
    told = identity.known(directory.identity_of_person(by.person))
    wanted = elements_of(published.service)
    at = now()
    draft = Draft(
        owner_id=by.id,
        applicant_id=by.person,
        mandate_id=by.mandate,
        channel=channel,
        service=code,
        service_version=published.version,
        answers={element: value for element, value in told.items() if element in wanted},
        created_at=at,
        changed_at=at,
        expires_at=at + KEPT_FOR,
    )
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        return open_drafts.values_list("pk", flat=True).get(), False
    return draft.pk, True


def answer(draft_id: UUID, given: Mapping[str, Answer | None], *, by: Actor, seen: int | None = None) -> int:
    """Keep answers, already read by `answers`; None says that an optional question stays empty. Returns the version.

    Raises NotAsked for an element that the service never asks, NoSuchDraft, AlreadySubmitted, DraftChanged.
    """

    def alter(draft: OpenDraft, row: Draft) -> None:
        known = elements_of(draft.published.service)
        for element, value in given.items():
            if element not in known or (draft.corrects and draft.progress.question(element) is None):
                raise refusals.NotAsked(element)
            row.answers[element] = value

    return drafts.change(draft_id, by, alter, seen=seen)


def bring(
    draft_id: UUID, key: str, brought: Sequence[UUID], *, by: Actor, replace: bool = False, seen: int | None = None
) -> int:
    """Put the person's documents to a material of the draft; with `replace`, in the place of those that are there. An
    adopted model gives way to them.

    Raises NotAsked, NotPossible (no such document, wrong kind of file, too many), NoSuchDraft, AlreadySubmitted,
    DraftChanged.
    """

    def alter(draft: OpenDraft, row: Draft) -> None:
        wanted = draft.progress.material(key)
        if wanted is None:
            raise refusals.NotAsked(key)
        held = DraftMaterial.objects.filter(draft=draft.id, key=key)
        adopted = list(held.filter(document__media_type=TEXT).values_list("document_id", flat=True))
        held.filter(document__in=adopted).delete()
        _release(adopted)
        there = list(held.values_list("document_id", flat=True))
        new = [document for document in dict.fromkeys(brought) if replace or document not in there]
        if len(new) + (0 if replace else len(there)) > MOST_FILES:
            raise refusals.too_many_files(MOST_FILES)
        take(wanted.material, new, by)
        if replace:
            held.delete()
            _release([document for document in there if document not in new])
        DraftMaterial.objects.bulk_create(DraftMaterial(draft_id=draft.id, key=key, document_id=each) for each in new)
        row.deferred = [each for each in row.deferred if each != key]

    return drafts.change(draft_id, by, alter, seen=seen)


def adopt(draft_id: UUID, key: str, *, by: Actor, seen: int | None = None) -> int:
    """Adopt the model of a material, in the place of files that are there. Not to be called inside a transaction.

    Raises NotAsked (also where there is no model), NoSuchDraft, AlreadySubmitted, DraftChanged, documents Refused.
    """
    made = make_models(drafts.read(draft_id, by), {}, [key], by=by)
    return adopt_made(draft_id, key, made[key], by=by, seen=seen)


def make_models(
    draft: OpenDraft, given: Mapping[str, Answer | None], keys: Sequence[str], *, by: Actor
) -> dict[str, DocumentRef]:
    """The documents of these models, as they read once the draft holds these answers too. Not to be called inside a
    transaction. Raises NotAsked, documents Refused."""
    assert by.id is not None
    papers = replace(draft.progress.papers, answers={**draft.answers, **given})
    progress = replace(draft.progress, papers=papers)
    owner = User.objects.get(pk=by.id)
    return {key: model_papers.adopt(progress, key, draft.applicant, owner) for key in dict.fromkeys(keys)}


def adopt_made(draft_id: UUID, key: str, made: DocumentRef, *, by: Actor, seen: int | None = None) -> int:
    """Put the document of an adopted model to its material, in the place of what is there."""

    def alter(draft: OpenDraft, row: Draft) -> None:
        held = DraftMaterial.objects.filter(draft=draft.id, key=key)
        there = list(held.values_list("document_id", flat=True))
        keep([made.id], by)
        held.delete()
        _release(there)
        DraftMaterial.objects.create(draft_id=draft.id, key=key, document_id=made.id)
        row.deferred = [each for each in row.deferred if each != key]

    return drafts.change(draft_id, by, alter, seen=seen)


def remove(draft_id: UUID, key: str, document: UUID, *, by: Actor) -> int:
    """Take a file away from a material; one that is not there stays away."""

    def alter(draft: OpenDraft, row: Draft) -> None:
        if DraftMaterial.objects.filter(draft=draft.id, key=key, document=document).delete()[0]:
            _release([document])

    return drafts.change(draft_id, by, alter)


def bring_later(draft_id: UUID, key: str, later: bool, *, by: Actor, seen: int | None = None) -> int:
    """Promise to bring a deferrable material after acceptance (容缺受理), or not to. Raises NotAsked."""

    def alter(draft: OpenDraft, row: Draft) -> None:
        wanted = draft.progress.material(key)
        if wanted is None or wanted.status is not MaterialStatus.DEFERRABLE:
            raise refusals.NotAsked(key)
        kept = {each for each in row.deferred if each != key}
        row.deferred = sorted(kept | {key}) if later else sorted(kept)
        promised = {each: at for each, at in draft.signed.items() if each != deferral_key(key)}
        row.signed = {**promised, deferral_key(key): now().isoformat()} if later else promised

    return drafts.change(draft_id, by, alter, seen=seen)


def sign(draft_id: UUID, parts: Sequence[str], *, by: Actor, seen: int | None = None) -> int:
    """Sign the promises of these parts and of no others (告知承诺制). Raises NotAsked."""

    def alter(draft: OpenDraft, row: Draft) -> None:
        if not set(parts) <= {promise.part for promise in draft.progress.promises}:
            raise refusals.NotAsked(", ".join(parts))
        deferrals = {key: at for key, at in draft.signed.items() if key.startswith(DEFERRAL)}
        row.signed = {**deferrals, **{part: draft.signed.get(part, now().isoformat()) for part in parts}}

    return drafts.change(draft_id, by, alter, seen=seen)


def choose_routes(draft_id: UUID, ordinary: Collection[str], *, by: Actor, seen: int | None = None) -> int:
    """Go the ordinary way at these parts, which offer a promise, and at no others. Raises NotAsked."""

    def alter(draft: OpenDraft, row: Draft) -> None:
        if draft.corrects or not set(ordinary) <= choices_of((draft.published.base or draft.published).service):
            raise refusals.NotAsked(", ".join(sorted(ordinary)))
        row.ordinary = sorted(set(ordinary) - set(draft.barred))
        row.signed = {key: at for key, at in draft.signed.items() if key not in ordinary}

    return drafts.change(draft_id, by, alter, seen=seen)


def discard(draft_id: UUID, *, by: Actor) -> None:
    """Throw a draft away, with what was answered. Raises NoSuchDraft."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(fill_in(by), pk=draft_id, submitted_as__isnull=True).first()
        if row is None:
            raise refusals.NoSuchDraft
        _release(drafts.forget([row]))


def forget_expired(limit: int = 500) -> int:
    """Delete drafts whose time is over, submitted ones too: what was submitted lives on in the application."""
    with transaction.atomic():
        rows = list(Draft.objects.filter(expires_at__lte=now()).order_by("expires_at")[:limit])
        submitted = {row.pk for row in rows if row.submitted_as_id is not None}
        drafts.forget(row for row in rows if row.pk in submitted)
        _release(drafts.forget(row for row in rows if row.pk not in submitted))
    return len(rows)


def begin_correction(number: str, part: str, *, by: Actor) -> UUID:
    """The person's open draft of the correction that was asked of a part, begun with what was submitted; what was
    worked out of its answers follows them again.

    Raises NoSuchApplication, NotPossible (nothing is to be corrected there).
    """
    application = find(number, by)
    assert by.id is not None
    stage = from_bytes(application.case.state).parts.get(part)
    if stage is None:
        raise refusals.NoSuchApplication
    if stage.stage.value != "correcting":
        raise CaseNotPossible(*possible.NOT_CORRECTING)
    at = now()
    follows = _questions_of(application, part) & set(application.worked_out)
    with transaction.atomic():
        row, new = Draft.objects.get_or_create(
            corrects=application.case,
            part=part,
            submitted_as=None,
            defaults={
                "owner_id": by.id,
                "applicant_id": application.applicant_id,
                "mandate_id": speaker(application, by).mandate,
                "service": application.service,
                "service_version": application.service_version,
                "answers": {code: each for code, each in application.answers.items() if code not in follows},
                "signed": application.signed,
                "ordinary": application.ordinary,
                "deferred": list(stage.awaiting),
                "created_at": at,
                "changed_at": at,
                "expires_at": at + KEPT_FOR,
            },
        )
        if new:
            DraftMaterial.objects.bulk_create(
                DraftMaterial(draft=row, key=each.key, document_id=each.document_id)
                for each in ApplicationMaterial.objects.filter(
                    application=application, replaced_at__isnull=True
                ).order_by("id")
            )
    return row.pk


def _questions_of(application: Application, part: str) -> set[str]:
    published = published_of(application)
    matter = next(each.matter for each in parts_of(published.service) if each.key == part)
    return {question.element.code for question in matter.questions}


def bring_deferred(number: str, key: str, brought: Sequence[UUID], *, by: Actor) -> None:
    """Bring what was left for later: every part that awaits the material has it from now on.

    Raises NoSuchApplication, NotAsked (no part awaits it), NotPossible.
    """
    with transaction.atomic():
        application = find(number, by, lock=True)
        material, parts = awaited(application).get(key, (None, ()))
        if material is None:
            raise refusals.NotAsked(key)
        if not 0 < len(brought) <= MOST_FILES:
            raise refusals.too_many_files(MOST_FILES)
        take(material, list(dict.fromkeys(brought)), by)
        evidence.set_aside(application)
        at = now()
        ApplicationMaterial.objects.bulk_create(
            ApplicationMaterial(application=application, key=key, document_id=document, brought_at=at)
            for document in dict.fromkeys(brought)
        )
        submitted = evidence.commit_to(application.pk)
        for part in parts:
            cases.arrive(PartRef(number, part), key, by=speaker(application, by), submission=submitted)


def withdraw(number: str, part: str, reason: str, *, by: Actor, seen: int | None = None) -> None:
    """Withdraw a part before it is decided; `reason` may be empty.

    Raises NoSuchApplication, cases NotPossible, cases Changed.
    """
    application = find(number, by)
    if part not in from_bytes(application.case.state).parts:
        raise refusals.NoSuchApplication
    cases.withdraw(
        PartRef(number, part, seen), canonical(reason, multiline=True, max_length=1000), by=speaker(application, by)
    )


def ask_hearing(number: str, part: str, reason: str, *, by: Actor) -> None:
    """Ask for a hearing (听证) in a part. Raises as `withdraw`."""
    hearings.ask(_part(number, part, by), canonical(reason, multiline=True, max_length=1000), by=_speaker(number, by))


def answer_hearing(number: str, part: str, comes: bool, words: str, *, by: Actor) -> None:
    """Say whether one comes to the hearing that was called, and what one wants to say. Raises as `withdraw`."""
    said = canonical(words, multiline=True, max_length=1000)
    hearings.answer(_part(number, part, by), comes, said, by=_speaker(number, by))


def _part(number: str, part: str, by: Actor) -> PartRef:
    if part not in from_bytes(find(number, by).case.state).parts:
        raise refusals.NoSuchApplication
    return PartRef(number, part)


def _speaker(number: str, by: Actor) -> Actor:
    return speaker(find(number, by), by)


def awaited(application: Application) -> dict[str, tuple[Material, tuple[str, ...]]]:
    """Deferred materials that have not come yet, each with the parts that await it."""
    published = published_of(application)
    matters = {part.key: part.matter for part in parts_of(published.service)}
    found: dict[str, tuple[Material, tuple[str, ...]]] = {}
    for key, part in from_bytes(application.case.state).parts.items():
        for awaiting in part.awaiting if part.stage.is_open else ():
            material = next((each for each in matters[key].materials if each.key == awaiting), None)
            if material is not None:
                found[awaiting] = (material, (*found.get(awaiting, (material, ()))[1], key))
    return found


def find(number: str, by: Actor, *, lock: bool = False) -> Application:
    """An application that one may follow. Raises NoSuchApplication."""
    rows = Application.objects.filter(follow(by), case__number=number).select_related("case")
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise refusals.NoSuchApplication(number)
    return found


def speaker(application: Application, by: Actor) -> Actor:
    """Whoever acts on it, speaking for the applicant: under the mandate where they sent it for somebody."""
    mandate = by.mandate if application.applicant_id == by.person else application.mandate_id
    return by.speaking_for(application.applicant_id, mandate)


def take(material: Material, brought: Sequence[UUID], by: Actor) -> None:
    """Check that these are the person's documents and of an accepted kind, and keep them from now on."""
    keep([each for each, known in look_at([(material, brought)], by).items() if not known.kept], by)


class Looked(NamedTuple):
    """What is known of a document: its kind, the SHA-256 of its bytes, and whether something needs it already."""

    media: str
    sha256: str
    kept: bool


def look_at(brought: Sequence[tuple[Material, Sequence[UUID]]], by: Actor) -> dict[UUID, Looked]:
    """Check that these are the person's documents, each of a kind that its material accepts. One query."""
    wanted = {each for _material, files in brought for each in files}
    found = Document.objects.filter(pk__in=wanted, owner=by.id, state=State.ACCEPTED)
    rows = found.values_list("pk", "media_type", "sha256", "attached_at")
    held = {pk: Looked(media, sha256, attached is not None) for pk, media, sha256, attached in rows}
    for material, files in brought:
        for each in files:
            if each not in held:
                raise refusals.no_such_document()
            if held[each].media not in material.media:
                raise refusals.wrong_media(accepted_kinds(material))
    return held


def keep(unattached: Sequence[UUID], by: Actor) -> None:
    """Keep the person's documents from now on, although nothing has needed them so far."""
    if unattached:
        assert by.id is not None
        owner = User.objects.get(pk=by.id)
        for each in unattached:
            documents.attach(each, owner)


def accepted_kinds(material: Material) -> Words:
    """The accepted kinds of file as people know them: PDF, JPEG."""
    kinds = [media.rpartition("/")[2].upper() for media in material.media]
    return Words("、".join(kinds), ", ".join(kinds))


def _release(unneeded: Sequence[UUID]) -> None:
    """Let go of documents that neither a draft nor an application names any more."""
    still: set[Any] = set(DraftMaterial.objects.filter(document__in=unneeded).values_list("document_id", flat=True))
    still |= set(ApplicationMaterial.objects.filter(document__in=unneeded).values_list("document_id", flat=True))
    for each in unneeded:
        if each not in still:
            documents.release(each)
