"""The submission: a draft, or a whole application sent at once, becomes a case. One transaction, one stored answer.

Web and API come here with the same papers and leave the same record. The answer holds number and tracking code; a
repeated request gets exactly it again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import transaction

from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.receipt import Applicant, Opening, Receipt, draw_up, open_case
from yiwang.casework.cases.record import CaseRef, PartRef
from yiwang.casework.cases.statements import salted_digest
from yiwang.foundation.directory import mandates
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.foundation.directory.models import User
from yiwang.foundation.directory.queries import Identity
from yiwang.foundation.kernel.identifiers import tracking_code
from yiwang.foundation.kernel.readable import readable
from yiwang.foundation.kernel.text import canonical_json
from yiwang.foundation.kernel.time import now
from yiwang.foundation.ledger.idempotency import Answer, answered, once
from yiwang.foundation.ledger.writing import insert_all
from yiwang.foundation.places import queries as places
from yiwang.service.applications import (
    actions,
    asking,
    drafts,
    evidence,
    identity,
    jurisdiction,
    lookups,
    model_papers,
    refusals,
    routes,
)
from yiwang.service.applications.known import NOTHING_TOLD, Told
from yiwang.service.applications.models import (
    Application,
    ApplicationMaterial,
    Draft,
    DraftMaterial,
    EarlierAnswers,
)
from yiwang.service.applications.models import LookUp as LookUpRow
from yiwang.service.applications.progress import Papers, Progress
from yiwang.service.applications.reception import SIGNATURE, Vouched
from yiwang.service.catalogue.package import Material
from yiwang.service.catalogue.queries import PublishedService
from yiwang.service.catalogue.routes import choices_of
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

    published: PublishedService
    answers: Mapping[str, Any]
    materials: Mapping[str, Sequence[UUID]]
    deferred: frozenset[str]
    signed: frozenset[str]
    declared: bool
    consents: Mapping[str, bool] = field(default_factory=dict)
    """by product, whether it may be read"""
    adopted: frozenset[str] = frozenset()
    """materials whose model is adopted"""
    ordinary: frozenset[str] = frozenset()
    """the parts that go the ordinary way, without a promise"""


class Held(NamedTuple):
    """An accepted document and the SHA-256 of its bytes."""

    id: UUID
    sha256: str


@dataclass(frozen=True, slots=True)
class _Ready:
    """What is to be received, all of it looked at: only the writing is left."""

    published: PublishedService
    opening: Opening
    person: Identity
    answers: Mapping[str, Any]
    signed: Mapping[str, str]
    files: Mapping[str, Sequence[Held]]
    salt: str
    worked_out: Sequence[str]
    taken: Sequence[UUID] = ()
    """documents that nothing has needed so far"""
    told: Told = NOTHING_TOLD
    asked_as: str = ""
    mandate: int | None = None


def submit(
    draft_id: UUID, version: int, *, declared: bool, by: Actor, vouched: Callable[[], Vouched] | None = None
) -> Submitted:
    """Submit the draft as the person saw it (`version`). Submitting it again gives the same answer.

    What a clerk filled in needs the applicant's own yes: `vouched` looks for it, and raises where there is none.

    Raises NoSuchDraft, AlreadySubmitted (by another request, longer ago than answers are kept), DraftChanged,
    IsCorrection, Incomplete, NotPossible.
    """

    def ready() -> _Ready:
        draft = drafts.read(draft_id, by)
        if draft.corrects:
            raise IsCorrection
        if draft.version != version:
            raise refusals.DraftChanged(draft.version)
        if not declared:
            raise refusals.not_declared()
        if by.kind is ActorKind.OFFICER and vouched is None:
            raise refusals.not_vouched()
        own = vouched() if vouched is not None else Vouched()
        files = {key: [Held(document.id, document.sha256) for document in held] for key, held in draft.files.items()}
        if own.signatures:
            files[SIGNATURE] = [Held(*each) for each in own.signatures]
        return _ready(
            draft.published,
            draft.progress,
            files,
            draft.signed,
            _person(draft.applicant),
            draft.channel,
            draft.mandate,
            [document for document, _sha256 in own.signatures],
            confirmed=own.confirmed,
            received_in=own.place,
        )

    def do(found: _Ready) -> Answer:
        case, answer = _open(found, by.speaking_for(found.person.person_id, found.mandate))
        _close(draft_id, version, case)
        if found.told.lookups:
            LookUpRow.objects.filter(draft=draft_id).update(draft=None, application=case.id)
        return answer

    stored = _once(by, f"draft:{draft_id}:{version}", b"submit", ready, do)
    return msgspec.json.decode(stored.body, type=Submitted)


def apply(whole: Whole, *, key: str, body: bytes, by: Actor, channel: str = "api") -> Answer:
    """Submit a whole application under an idempotency key; `body` is what was sent.

    Raises KeyReused, NotAsked, Incomplete, NotPossible.
    """
    return _once(by, f"apply:{key}", body, lambda: _read(whole, by, channel), lambda found: _open(found, by)[1])


def _once(by: Actor, key: str, body: bytes, ready: Callable[[], _Ready], do: Callable[[_Ready], Answer]) -> Answer:
    """Look at everything first, then write: nobody waits for the database while somebody thinks.

    What cannot be received any more may have been: then it gets its answer again.
    """
    try:
        found = ready()
    except Exception:
        if (stored := answered(str(by), key, body)) is not None:
            return stored
        raise
    return once(str(by), key, body, lambda: do(found))


def _read(whole: Whole, by: Actor, channel: str) -> _Ready:
    assert by.id is not None
    if not whole.declared:
        raise refusals.not_declared()
    if by.person is None:
        raise refusals.identity_unknown()
    person = _person(by.person)
    published = _on_routes(whole, by.person)
    known = elements_of(published.service)
    told = {code: value for code, value in identity.known(person).items() if code in known}
    papers = Papers(
        {**told, **whole.answers},
        frozenset(key for key, held in whole.materials.items() if held) | whole.adopted,
        whole.deferred,
        whole.signed,
    )
    progress, asked_as = Progress(published, papers), ""
    if by.mandate is None or mandates.card_of(by.mandate).records:
        progress, asked_as = asking.for_whole(progress, person, whole.consents, by)
    wanted = _wanted(whole, progress)
    brought = {material: list(dict.fromkeys(held)) for material, held in whole.materials.items()}
    found = actions.look_at([(wanted[material], held) for material, held in brought.items()], by)
    files = {material: [Held(each, found[each].sha256) for each in held] for material, held in brought.items()}
    taken = [each for each, known in found.items() if not known.kept]
    if whole.adopted and not progress.missing:
        owner = User.objects.get(pk=by.id)
        for material in sorted(whole.adopted):
            made = model_papers.adopt(progress, material, person.person_id, owner)
            files[material] = [Held(made.id, made.sha256)]
            taken.append(made.id)
    promises = [*whole.signed, *map(drafts.deferral_key, progress.deferred)]
    signed = dict.fromkeys(promises, now().isoformat())
    return _ready(published, progress, files, signed, person, channel, by.mandate, taken, asked_as)


def _wanted(whole: Whole, progress: Progress) -> Mapping[str, Material]:
    """The papers to bring, by key. Raises NotAsked for whatever was sent and is not asked."""
    known = elements_of(whole.published.service)
    for code in whole.answers:
        if code not in known:
            raise refusals.NotAsked(code)
    wanted = {each.material.key: each.material for each in progress.to_bring}
    for material in (*whole.materials, *whole.deferred):
        if material not in wanted:
            raise refusals.NotAsked(material)
    for material in whole.adopted:
        if material not in wanted or wanted[material].model is None or whole.materials.get(material):
            raise refusals.NotAsked(material)
    if not whole.signed <= {promise.part for promise in progress.promises}:
        raise refusals.NotAsked(", ".join(sorted(whole.signed)))
    return wanted


def _on_routes(whole: Whole, person_id: int) -> PublishedService:
    """The service on the ways that are asked for. Raises NotAsked, NotPossible (no promise is taken there)."""
    barred = routes.barred(whole.published, person_id, whole.answers)
    if not whole.ordinary <= choices_of(whole.published.service):
        raise refusals.NotAsked(", ".join(sorted(whole.ordinary)))
    for part in whole.signed & barred.keys():
        raise refusals.promise_barred(barred[part])
    return whole.published.on_routes({*whole.ordinary, *barred})


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
    said = draft.progress.relevant
    changed = {question.element.code: said.get(question.element.code) for question in draft.progress.questions}
    answers = {code: value for code, value in {**application.answers, **changed}.items() if value is not None}
    before = Progress(draft.published, Papers(application.answers))
    papers = Papers(answers, frozenset(draft.files), draft.deferred, frozenset(draft.signed), draft.told)
    progress = Progress(draft.published, papers, only=draft.part)
    if progress.missing:
        raise refusals.Incomplete(progress.missing)
    if {part.key for part in progress.parts} != {part.key for part in before.parts}:
        raise refusals.parts_change()
    at = now()
    kept = progress.submitted_answers()
    if (mandate := actions.speaker(application, by).mandate) is not None:
        _in_the_enterprises_name(mandate, kept)
    earlier = {
        code: application.answers.get(code)
        for code in sorted({*application.answers, *kept})
        if application.answers.get(code) != kept.get(code)
    }
    evidence.set_aside(application)
    if earlier:
        EarlierAnswers.objects.create(application=application, part=draft.part, answers=earlier, at=at)
    Application.objects.filter(pk=application.pk).update(
        answers=kept,
        worked_out=sorted(({*application.worked_out} - set(changed) | set(draft.progress.worked_out)) & set(kept)),
        signed={**application.signed, **{key: draft.signed[key] for key in draft.signed}},
    )
    _replace_materials(application, draft, progress, at)
    chosen = [choice for choice in progress.chosen if choice.key == draft.part]
    (choice,) = jurisdiction.settle(chosen, draft.published, kept)
    ref = cases.correct(
        PartRef(draft.corrects, draft.part),
        by=actions.speaker(application, by),
        skipped=choice.skipped,
        awaiting=choice.awaiting,
        deferred=choice.deferred,
        submission=evidence.commit_to(application.pk),
        place=choice.place,
        offices=choice.offices,
    )
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


def _in_the_enterprises_name(mandate: int, answers: Mapping[str, Any]) -> None:
    """Staff of an enterprise apply for it and for nothing else of whoever represents it. Raises NotPossible."""
    enterprise = mandates.card_of(mandate).enterprise
    if enterprise is not None and answers.get(asking.ENTERPRISE) != enterprise.uscc:
        raise refusals.not_for_this_enterprise(enterprise.name)


def _ready(
    published: PublishedService,
    progress: Progress,
    files: Mapping[str, Sequence[Held]],
    signed: Mapping[str, str],
    person: Identity,
    channel: str,
    mandate: int | None = None,
    taken: Sequence[UUID] = (),
    asked_as: str = "",
    confirmed: Mapping[str, str] | None = None,
    received_in: str = "",
) -> _Ready:
    if progress.missing:
        raise refusals.Incomplete(progress.missing)
    if (gap := identity.gap_of(person, mandate, progress.identity)) is not None:
        raise refusals.identity_level(gap)
    answers = progress.submitted_answers()
    if mandate is not None:
        _in_the_enterprises_name(mandate, answers)
    promised = {promise.part for promise in progress.promises}
    promised |= {drafts.deferral_key(key) for key in progress.deferred}
    promises = {name: at for name, at in sorted(signed.items()) if name in promised} | dict(confirmed or {})
    wanted = {each.material.key for each in progress.to_bring} | {SIGNATURE}
    submitted = {key: held for key, held in files.items() if key in wanted}
    salt = secrets.token_hex(16)
    parts = jurisdiction.settle(progress.chosen, published, answers)
    body = evidence.body(
        (published.code, published.version),
        answers,
        promises,
        ((key, each.sha256) for key, held in submitted.items() for each in held),
        lookups.committed(progress.papers.told),
        progress.worked_out,
    )
    receipt = Receipt(
        kind="application",
        title=published.service.name,
        plan=published.plan,
        parts=parts,
        applicant=Applicant(person.person_id, person.name, person.resident_id),
        area=area(),
        district=jurisdiction.district_of(parts),
        channel=channel,
        received_in=received_in,
        granted_by_rule=progress.granted_by_rule() if _is_proven(progress, answers, person) else {},
        submission=salted_digest(salt, body),
    )
    return _Ready(
        published=published,
        opening=draw_up(receipt),
        person=person,
        answers=answers,
        signed=promises,
        files=submitted,
        salt=salt,
        worked_out=sorted(progress.worked_out),
        taken=taken,
        told=progress.papers.told,
        asked_as=asked_as,
        mandate=mandate,
    )


def _is_proven(progress: Progress, answers: Mapping[str, Any], person: Identity) -> bool:
    """Whether a machine may rely on it: what the directory and the departments hold is what the answers say."""
    agreed = all(answers.get(code) == known.value for code, known in progress.known.items())
    return agreed and identity.is_proven(answers, person)


def _open(found: _Ready, by: Actor) -> tuple[CaseRef, Answer]:
    actions.keep(found.taken, by)
    case = open_case(found.opening, by=by)
    code = tracking_code()
    application = {
        "case_id": case.id,
        "owner_id": by.id,
        "applicant_id": found.person.person_id,
        "mandate_id": found.mandate,
        "service": found.published.code,
        "service_version": found.published.version,
        "answers": found.answers,
        "worked_out": found.worked_out,
        "signed": found.signed,
        "ordinary": sorted(found.published.ordinary),
        "tracking": tracking_digest(code, second_fact(found.person.resident_id)),
        "salt": found.salt,
    }
    at = now()
    materials = [
        {"application_id": case.id, "key": key, "document_id": document.id, "brought_at": at}
        for key, held in found.files.items()
        for document in held
    ]
    told = [
        {"application_id": case.id, "draft_id": None, "asked_as": found.asked_as, **lookups.columns(each)}
        for each in found.told.lookups
        if not each.id
    ]
    insert_all([(Application, [application]), (ApplicationMaterial, materials), (LookUpRow, told)])
    kept = Submitted(case.number, code, found.published.code, at)
    return case, Answer(CREATED, msgspec.json.encode(kept).decode())


def _close(draft_id: UUID, version: int, case: CaseRef) -> None:
    """The draft is done: what it held lives on in the application. Raises AlreadySubmitted when another was faster."""
    closed = Draft.objects.filter(pk=draft_id, version=version, submitted_as__isnull=True).update(
        submitted_as=case.id, answers={}, signed={}, deferred=[]
    )
    if not closed:
        raise refusals.AlreadySubmitted(case.number)
    DraftMaterial.objects.filter(draft=draft_id).delete()


def _person(person_id: int) -> Identity:
    person = directory.identity_of_person(person_id)
    if not person.resident_id:
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


readable(Submitted)
