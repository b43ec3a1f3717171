"""What was submitted for a case, over the API: for officers, what the desk's page shows in its panel."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema, Status

from yiwang.casework.cases.api_shapes import DeskProblem, Number
from yiwang.casework.cases.queries import case_view
from yiwang.casework.cases.refusals import NoSuchCase
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.documents.actions import DocumentRef
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.language import said
from yiwang.service.applications import queries, sources
from yiwang.service.applications.api_shapes import Value
from yiwang.service.applications.progress import Papers as Filled
from yiwang.service.applications.progress import Progress
from yiwang.service.applications.queries import Papers
from yiwang.service.catalogue.package import Bundle, Service
from yiwang.service.catalogue.service import elements_of, parts_of

router = Router(tags=["desk"])


class AnswerOut(Schema):
    """`before`: what it said before a correction changed it (`corrected`). `source`: which department's data it is or
    differs from, or what it was worked out of, in words. Money is in fen, dates are 2026-03-09."""

    element: str
    name: Words
    value: Value
    corrected: bool
    before: Value = None
    source: Words | None = None


class FileOut(Schema):
    """`replaced_at`: since when a better one stands in its place. `GET /documents/{id}` has the bytes."""

    document: DocumentRef
    brought_at: datetime
    replaced_at: datetime | None


class PaperOut(Schema):
    """`status`: needed, deferrable, awaited (a department will still say) or exempt, where `source` is the department
    that knows and `proof` says what it told."""

    key: str
    name: Words
    status: str
    source: str
    proof: Words | None
    parts: list[str]
    files: list[FileOut]


class SignedPromiseOut(Schema):
    part: str
    name: Words
    text: Words
    signed_at: datetime


class PapersOut(Schema):
    """What was submitted for the parts of your departments. `number`: the case for which it was submitted, which for an
    on-site check is the one it checks. `facts`: what grants of that case created since."""

    number: str
    service: str
    service_version: int
    parts: list[str]
    answers: list[AnswerOut]
    facts: dict[str, str]
    materials: list[PaperOut]
    promises: list[SignedPromiseOut]


@router.get(
    "/cases/{number}/papers",
    url_name="read-papers",
    response={200: PapersOut, 404: DeskProblem},
    summary="Answers, documents and promises of a case of my department",
)
def read_papers(request: HttpRequest, number: Number) -> Status:
    """Of the parts in which your departments have a task. A case for which nobody applied has none."""
    try:
        view = case_view(number, actor_of(request.user))
    except NoSuchCase:
        return _none()
    full = frozenset(part.key for part in view.parts if part.full)
    submitted = queries.papers(view.id)
    if submitted is not None:
        return Status(200, _out(number, submitted, full))
    checked = queries.checked(view.id)
    if checked is not None and full:
        return Status(200, _out(checked.number, checked.papers, frozenset({checked.part})))
    return _none()


def asked_in(service: Service, parts: frozenset[str]) -> frozenset[str]:
    """The elements that these parts of a service, and the bundle as a whole, ask for."""
    own = [question for part in parts_of(service) if part.key in parts for question in part.matter.questions]
    shared = service.questions if isinstance(service, Bundle) else ()
    return frozenset(question.element.code for question in (*own, *shared))


def _out(number: str, papers: Papers, parts: frozenset[str]) -> PapersOut:
    service = papers.published.service
    brought = frozenset(file.key for file in papers.files if file.replaced_at is None)
    progress = Progress(papers.published, Filled(papers.answers, brought, told=papers.told))
    mine = [part for part in parts_of(service) if part.key in parts]
    before = {code: value for change in reversed(papers.changed) for code, value in change.answers.items()}
    asked = asked_in(service, parts)
    departments = directory.department_names()
    created = {fact for part in parts_of(service) for fact in part.matter.creates}
    return PapersOut(
        number=number,
        service=papers.published.code,
        service_version=papers.published.version,
        parts=sorted(part.key for part in mine),
        answers=[
            AnswerOut(
                element=code,
                name=element.name,
                value=papers.answers[code],
                corrected=code in before,
                before=before.get(code),
                source=_words(
                    sources.of_answer(
                        element,
                        papers.answers[code],
                        progress.known.get(code),
                        departments,
                        papers.worked_out.get(code),
                    )
                ),
            )
            for code, element in elements_of(service).items()
            if code in papers.answers and code in asked
        ],
        facts={fact: value for fact, value in papers.facts.items() if fact in created},
        materials=[
            PaperOut(
                key=each.material.key,
                name=each.material.name,
                status=each.status.value,
                source=each.source,
                proof=sources.of_proof(papers.told, each.material.key, departments),
                parts=sorted(parts & set(each.parts)),
                files=[
                    FileOut(document=file.document, brought_at=file.brought_at, replaced_at=file.replaced_at)
                    for file in papers.files
                    if file.key == each.material.key
                ],
            )
            for each in progress.materials
            if parts & set(each.parts)
        ],
        promises=[
            SignedPromiseOut(
                part=part.key,
                name=part.matter.name,
                text=part.matter.commitment.text,
                signed_at=datetime.fromisoformat(papers.signed[part.key]),
            )
            for part in mine
            if part.matter.commitment is not None and part.key in papers.signed
        ],
    )


def _words(source: Words | str) -> Words | None:
    return source if isinstance(source, Words) else None


def _none() -> Status:
    words = Words("没有这个办件的申请材料，或者不归您办。", "There are no papers of such a case, or it is not yours.")
    return Status(404, DeskProblem(code="not_found", detail=said(words)))
