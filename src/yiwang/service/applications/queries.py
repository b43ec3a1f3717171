"""What others ask about drafts and applications; a fixed number of SQL queries each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from yiwang.casework.cases import lines
from yiwang.casework.cases.models import Task
from yiwang.casework.cases.permissions import see_task
from yiwang.casework.cases.queries import case_view, facts_of
from yiwang.casework.cases.record import plan_of
from yiwang.casework.cases.refusals import NoSuchCase
from yiwang.casework.cases.state import CaseState, from_bytes
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import VISITOR, Actor, actor_of
from yiwang.foundation.directory.models import User, UserKind
from yiwang.foundation.documents.actions import DocumentRef, reference
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_tracking_code
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date, now
from yiwang.foundation.ui.clock_line import ClockLine
from yiwang.service.applications import lookups
from yiwang.service.applications.actions import speaker
from yiwang.service.applications.glance import PartGlance, glances
from yiwang.service.applications.known import NOTHING_TOLD, Told
from yiwang.service.applications.models import (
    Application,
    ApplicationMaterial,
    Draft,
    EarlierAnswers,
    OnSiteCheck,
)
from yiwang.service.applications.permissions import fill_in, follow
from yiwang.service.applications.reception import SIGNATURE
from yiwang.service.applications.refusals import NoSuchApplication
from yiwang.service.applications.routes import published_of
from yiwang.service.applications.standing import Standing, standing
from yiwang.service.applications.submission import second_fact, tracking_digest
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.catalogue.package import Suggestion
from yiwang.service.catalogue.queries import PublishedService
from yiwang.service.catalogue.service import parts_of, suggestions_of


@dataclass(frozen=True, slots=True)
class DraftCard:
    """An open draft in a list; `corrects` is the number of the case that it corrects. `applicant`: for whom, where that
    is somebody else."""

    id: UUID
    title: Words
    changed_at: datetime
    expires_at: datetime
    corrects: str
    applicant: str


@dataclass(frozen=True, slots=True)
class Card:
    """An application in a list; `applicant`: whose, where it is somebody else's."""

    number: str
    title: Words
    received_at: datetime
    standing: Standing
    line: ClockLine | None
    closed: bool
    applicant: str


@dataclass(frozen=True, slots=True)
class Followed:
    """Where an application is, for whoever may know: what the status page and the tracking page begin with.

    `speaker` is who asked, speaking for the applicant; `applicant` their name, where that is somebody else.
    """

    case_id: int
    number: str
    published: PublishedService
    title: Words
    received_at: datetime
    closed_at: datetime | None
    state: CaseState
    parts: tuple[PartGlance, ...]
    standing: Standing
    line: ClockLine | None
    speaker: Actor = VISITOR
    applicant: str = ""


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """A file of a material; `replaced_at` once a correction brought a better one."""

    key: str
    document: DocumentRef
    brought_at: datetime
    replaced_at: datetime | None


@dataclass(frozen=True, slots=True)
class Changed:
    """What answers said before the correction of a part."""

    part: str
    answers: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Papers:
    """What was submitted: answers by element, promises with the moment of signing, files, and what was changed.

    `facts`: what grants of the case have created since. `told`: what the library told. `worked_out`: the suggestions
    that stood as answers, by element.
    """

    published: PublishedService
    applicant: int
    answers: Mapping[str, Any]
    facts: Mapping[str, str]
    signed: Mapping[str, str]
    files: tuple[SubmittedFile, ...]
    changed: tuple[Changed, ...]
    told: Told = NOTHING_TOLD
    worked_out: Mapping[str, Suggestion] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """The application and part whose promise an on-site check looks at."""

    number: str
    part: str
    papers: Papers


MOST = 50


def drafts_of(by: Actor) -> tuple[DraftCard, ...]:
    """A person's open drafts, the one changed last first. One query, and one for each service among them."""
    rows = list(
        Draft.objects.filter(fill_in(by), submitted_as__isnull=True, expires_at__gt=now())
        .select_related("corrects", "applicant")
        .order_by("-changed_at", "id")[:MOST]
    )
    versions = _Versions()
    return tuple(
        DraftCard(
            row.pk,
            versions.of(row.service, row.service_version).service.name,
            row.changed_at,
            row.expires_at,
            row.corrects.number if row.corrects else "",
            "" if row.applicant_id == by.person else row.applicant.name,
        )
        for row in rows
    )


def open_drafts(by: Actor, code: str) -> frozenset[int]:
    """The persons for whom this account has an open draft for a service."""
    found = Draft.objects.filter(fill_in(by), service=code, submitted_as__isnull=True, corrects__isnull=True)
    return frozenset(found.values_list("applicant", flat=True)[:MOST])


def applications_of(by: Actor, *, before: int | None = None, limit: int = 20) -> tuple[tuple[Card, ...], int | None]:
    """A page of the applications that one may follow, newest first, and where the next page begins (`before`).

    Two queries, and one for each service among them.
    """
    rows = Application.objects.filter(follow(by)).select_related("case", "applicant").order_by("-case_id")
    if before is not None:
        rows = rows.filter(case_id__lt=before)
    found = list(rows[: limit + 1])
    departments, versions = directory.department_names(), _Versions()
    cards = []
    for row in found[:limit]:
        seen = _followed(row, departments, versions.of(row.service, row.service_version).on_routes(row.ordinary))
        whose = "" if row.applicant_id == by.person else row.applicant.name
        cards.append(
            Card(seen.number, seen.title, seen.received_at, seen.standing, seen.line, bool(seen.closed_at), whose)
        )
    return tuple(cards), found[limit - 1].pk if len(found) > limit else None


def followed(number: str, by: Actor) -> Followed:
    """An application that one may follow. Raises NoSuchApplication."""
    row = Application.objects.filter(follow(by), case__number=number).select_related("case", "applicant").first()
    if row is None:
        raise NoSuchApplication(number)
    seen = _followed(row, directory.department_names(), published_of(row))
    return replace(
        seen, speaker=speaker(row, by), applicant="" if row.applicant_id == by.person else row.applicant.name
    )


def speaker_in(case_id: int, by: Actor) -> Actor:
    """The same one, speaking for the applicant of a case that they may follow."""
    row = Application.objects.filter(follow(by), pk=case_id).first()
    return by if row is None else speaker(row, by)


def tracked(code: str, fact: str, number: str = "") -> Followed:
    """The application to which a tracking code belongs, for whoever also knows its second fact: the last four
    characters of the applicant's identity number. With `number`, that one only.

    Whether a code is wrong, of nobody, or the fact does not fit: the same NoSuchApplication after the same work.
    """
    try:
        plain = check_tracking_code(code)
    except InvalidIdentifier:
        plain = ""
    digest = tracking_digest(plain, second_fact(fact.strip()))
    row = Application.objects.filter(tracking=digest).select_related("case").first()
    if row is None or (number and row.case.number != number):
        raise NoSuchApplication
    return _followed(row, directory.department_names(), published_of(row))


def papers(case_id: int) -> Papers | None:
    """What was submitted for a case; asks nobody's right. None for a case without an application. Five queries."""
    row = Application.objects.filter(pk=case_id).select_related("case").first()
    return None if row is None else _papers(row)


def checked(case_id: int) -> Checked | None:
    """What an on-site check looks at; None for any other case."""
    row = OnSiteCheck.objects.filter(pk=case_id).select_related("application__case").first()
    return None if row is None else Checked(row.application.case.number, row.part, _papers(row.application))


def correction_asked(number: str, part: str, by: Actor) -> tuple[str, ...]:
    """What the department wrote when it asked for the correction of a part; nothing when none is asked."""
    try:
        return case_view(number, by).part(part).correction
    except NoSuchCase:
        return ()


def may_read(user: User, document_id: UUID) -> bool:
    """Whether an officer may read a document, because they may see a part that uses the material; or a
    resident, because it is of an application that they may follow."""
    by = actor_of(user)
    if user.kind == UserKind.RESIDENT:
        theirs = Application.objects.filter(follow(by)).values("pk")
        return ApplicationMaterial.objects.filter(document=document_id, application__in=theirs).exists()
    if user.kind != UserKind.OFFICER:
        return False
    used = (
        ApplicationMaterial.objects.filter(document=document_id)
        .filter(Exists(Task.objects.filter(see_task(by), case=OuterRef("application"))))
        .select_related("application")[:MOST]
    )
    for row in used:
        published = published_of(row.application)
        parts = {
            part.key
            for part in parts_of(published.service)
            if row.key == SIGNATURE or any(material.key == row.key for material in part.matter.materials)
        }
        if Task.objects.filter(see_task(by), case=row.application_id, part__in=parts).exists():
            return True
    return False


def was_handed_in(user: User, document_id: UUID) -> bool:
    """Whether it is a paper that a clerk took in for somebody and that stands in their application: from then on the
    clerk reads it no more than any other."""
    if user.kind != UserKind.OFFICER:
        return False
    return ApplicationMaterial.objects.filter(document=document_id).exists()


def _papers(row: Application) -> Papers:
    files = ApplicationMaterial.objects.filter(application=row).select_related("document").order_by("id")
    published = published_of(row)
    suggestions = suggestions_of(published.service) if row.worked_out else {}
    return Papers(
        published=published,
        applicant=row.applicant_id,
        answers=row.answers,
        facts=facts_of(row.case_id, row.case.state),
        signed=row.signed,
        files=tuple(
            SubmittedFile(each.key, reference(each.document), each.brought_at, each.replaced_at) for each in files
        ),
        changed=tuple(
            Changed(each.part, each.answers, each.at)
            for each in EarlierAnswers.objects.filter(application=row).order_by("id")
        ),
        told=lookups.of_application(row.pk),
        worked_out={code: suggestions[code] for code in row.worked_out if code in suggestions},
    )


class _Versions:
    """Service versions, each looked up once however many rows name it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], PublishedService] = {}

    def of(self, code: str, version: int) -> PublishedService:
        if (code, version) not in self._known:
            self._known[code, version] = catalogue.service(code, version)
        return self._known[code, version]


def _followed(row: Application, departments: Mapping[str, Words], published: PublishedService) -> Followed:
    at = now()
    case = row.case
    plan, state = plan_of(case.plan_id), from_bytes(case.state)
    waiting = any(part.awaiting for part in state.parts.values())
    owed = lookups.of_application(case.pk).held.awaited if waiting else {}
    parts = glances(state, plan, published.service, departments, CHINA, at, owed)
    line = lines.case_line(state, plan, CHINA, at)
    if line is None and len(state.parts) == 1:
        key = next(iter(state.parts))
        line = lines.part_line(state.parts[key], plan.by_key[key], CHINA, at)
    return Followed(
        case_id=case.pk,
        number=case.number,
        published=published,
        title=Words(case.title_zh, case.title_en),
        received_at=case.received_at,
        closed_at=case.closed_at,
        state=state,
        parts=parts,
        standing=standing(parts, city_date(at)),
        line=line,
    )
