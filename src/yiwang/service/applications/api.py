"""Applications over the API: everything that the pages do, and a whole application in one request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from yiwang.casework.cases.api_shapes import HappenedOut, Number
from yiwang.casework.cases.queries import case_view
from yiwang.foundation.directory import limits, mandates, sign_in
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.documents import actions as documents
from yiwang.foundation.documents.actions import DocumentRef
from yiwang.foundation.documents.refusals import Refused
from yiwang.foundation.standards.elements import Element
from yiwang.foundation.ui.language import said
from yiwang.service.applications import actions, answers, asking, disputes, drafts, queries, schema, submission
from yiwang.service.applications.answers import WrongAnswer
from yiwang.service.applications.api_refusals import WrongAnswers, refusal, refusing
from yiwang.service.applications.api_shapes import (
    AnswersIn,
    ApplicationIn,
    ApplicationOut,
    ApplicationProblem,
    ApplicationsOut,
    CardOut,
    ChoiceIn,
    ConsentsIn,
    CorrectedOut,
    CorrectionIn,
    DisputeIn,
    DocumentsIn,
    DraftOut,
    IdempotencyKey,
    IfMatch,
    Key,
    KnownOut,
    MaterialIn,
    NewDraft,
    SignedIn,
    SubmitIn,
    SubmittedOut,
    TrackedOut,
    TrackIn,
    Upload,
    WithdrawalIn,
    WrongOut,
)
from yiwang.service.applications.hearing_shapes import HearingAnswerIn, HearingAskedIn
from yiwang.service.applications.pages import PURPOSE, actor, holder
from yiwang.service.applications.refusals import NoSuchApplication, NotAsked
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.catalogue.service import elements_of

router = Router(tags=["applications"])

REFUSED: dict[Any, Any] = dict.fromkeys((400, 404, 409, 422), ApplicationProblem)


@router.get(
    "/matters/{code}/schema",
    auth=None,
    url_name="service-schema",
    response={200: dict[str, Any], 404: ApplicationProblem},
    summary="The answers that a service may ask, as JSON Schema",
)
@refusing
def service_schema(request: HttpRequest, code: str) -> Status:
    return Status(200, schema.of_service(catalogue.service(code[:120])))


@router.post(
    "/documents",
    url_name="upload-document",
    response={201: documents.DocumentRef, 400: ApplicationProblem, 422: ApplicationProblem},
    summary="Upload a document",
)
def upload_document(request: HttpRequest, file: Upload) -> Status:
    """It is opened and checked at once, and deleted after a week unless an application or a draft uses it."""
    try:
        document = documents.receive(file, str(file.name or ""), holder(request), PURPOSE)
    except Refused as refused:
        return refusal(422, refused.reason, said(refused.words), field="file")
    return Status(201, document)


@router.post("/drafts", url_name="start-draft", response={200: DraftOut, 201: DraftOut, **REFUSED}, summary="Start")
@refusing
def start_draft(request: HttpRequest, body: NewDraft) -> Status:
    """A new draft (201), or the one that you have open for this service (200)."""
    by = actor(request)
    draft, new = actions.start(body.code, by=_for_whom(body.mandate, body.code, by))
    asking.look_up(draft, by=by)
    return Status(201 if new else 200, DraftOut.of(drafts.read(draft, by), by))


@router.get("/drafts/{draft}", url_name="read-draft", response={200: DraftOut, **REFUSED}, summary="Read a draft")
@refusing
def read_draft(request: HttpRequest, draft: UUID) -> Status:
    return _draft(request, draft)


@router.delete("/drafts/{draft}", url_name="discard-draft", response={204: None, **REFUSED}, summary="Discard a draft")
@refusing
def discard_draft(request: HttpRequest, draft: UUID) -> Status:
    """Throw the draft away, with what was answered."""
    actions.discard(draft, by=actor(request))
    return Status(204, None)


@router.patch(
    "/drafts/{draft}/answers", url_name="answer", response={200: DraftOut, **REFUSED}, summary="Answer questions"
)
@refusing
def answer(request: HttpRequest, draft: UUID, body: AnswersIn, if_match: IfMatch = None) -> Status:
    """Keeps these answers beside the others; null takes one back. All of them are kept, or none."""
    by = actor(request)
    known = elements_of(drafts.read(draft, by).published.service)
    actions.answer(draft, _answers(body.answers, known), by=by, seen=_seen(if_match))
    asking.look_up(draft, by=by)
    return _draft(request, draft)


@router.put(
    "/drafts/{draft}/consents",
    url_name="agree",
    response={200: DraftOut, **REFUSED},
    summary="Say what may be looked up",
)
@refusing
def agree(request: HttpRequest, draft: UUID, body: ConsentsIn, if_match: IfMatch = None) -> Status:
    """For products that the law lets be read only if you agree; "no" leaves the question to you."""
    asking.consent(draft, body.consents, by=actor(request), seen=_seen(if_match))
    return _draft(request, draft)


@router.put(
    "/drafts/{draft}/choices",
    url_name="choose-record",
    response={200: DraftOut, **REFUSED},
    summary="Say which record is meant",
)
@refusing
def choose_record(request: HttpRequest, draft: UUID, body: ChoiceIn, if_match: IfMatch = None) -> Status:
    asking.choose(draft, body.product, body.chosen, by=actor(request), seen=_seen(if_match))
    return _draft(request, draft)


@router.post(
    "/drafts/{draft}/disputes",
    url_name="dispute-record",
    response={200: DraftOut, **REFUSED},
    summary="Say that a record is wrong",
)
@refusing
def dispute_record(request: HttpRequest, draft: UUID, body: DisputeIn, if_match: IfMatch = None) -> Status:
    """Your answer goes into the application; a correction opens at the owner of the record."""
    by = actor(request)
    known = elements_of(drafts.read(draft, by).published.service)
    given = _answers({body.element: body.value}, known)[body.element]
    if given is None:
        raise NotAsked(body.element)
    disputes.dispute(draft, body.element, given, body.words, by=by, seen=_seen(if_match))
    return _draft(request, draft)


@router.put(
    "/drafts/{draft}/materials/{key}",
    url_name="bring-material",
    response={200: DraftOut, **REFUSED},
    summary="Bring a material",
)
@refusing
def bring_material(request: HttpRequest, draft: UUID, key: Key, body: MaterialIn, if_match: IfMatch = None) -> Status:
    """Documents uploaded before, in the place of those that are there; or the choice to bring it later, or to adopt the
    model text."""
    by = actor(request)
    if body.adopt:
        actions.adopt(draft, key, by=by, seen=_seen(if_match))
        return _draft(request, draft)
    with transaction.atomic():
        version = actions.bring(draft, key, body.documents, by=by, replace=True, seen=_seen(if_match))
        if body.later:
            actions.bring_later(draft, key, True, by=by, seen=version)
    return _draft(request, draft)


@router.put(
    "/drafts/{draft}/promises", url_name="sign-promises", response={200: DraftOut, **REFUSED}, summary="Sign promises"
)
@refusing
def sign_promises(request: HttpRequest, draft: UUID, body: SignedIn, if_match: IfMatch = None) -> Status:
    """Signs the promises of these parts and of no others. `ordinary`: the parts that go the ordinary way instead."""
    seen = _seen(if_match)
    if body.ordinary is not None:
        seen = actions.choose_routes(draft, body.ordinary, by=actor(request), seen=seen)
    actions.sign(draft, body.parts, by=actor(request), seen=seen)
    return _draft(request, draft)


@router.post(
    "/drafts/{draft}/submit",
    url_name="submit-draft",
    response={200: CorrectedOut, 201: SubmittedOut, **REFUSED},
    summary="Submit a draft",
)
@refusing
def submit_draft(request: HttpRequest, draft: UUID, body: SubmitIn) -> Status:
    """As you saw it (`version`). Sent again it gets the same answer. The draft of a correction answers 200."""
    by = actor(request)
    try:
        done = submission.submit(draft, body.version, declared=body.declared, by=by)
    except submission.IsCorrection:
        number = submission.correct(draft, body.version, declared=body.declared, by=by)
        return Status(200, CorrectedOut(number=number))
    return Status(
        201,
        SubmittedOut(
            number=done.number,
            tracking_code=done.tracking_code,
            service=done.service,
            received_at=done.received_at,
        ),
    )


@router.post(
    "/applications",
    url_name="apply",
    response={201: SubmittedOut, **REFUSED},
    summary="Submit a whole application in one request",
)
@refusing
def apply(request: HttpRequest, body: ApplicationIn, key: IdempotencyKey) -> Any:
    """Either all of it is received, or nothing is. The same key and body get the first answer again, byte by byte."""
    published = catalogue.service(body.code)
    whole = submission.Whole(
        published=published,
        answers=_answers(body.answers, elements_of(published.service)),
        materials=body.materials,
        deferred=frozenset(body.deferred),
        signed=frozenset(body.signed),
        declared=body.declared,
        consents=body.consents,
        adopted=frozenset(body.adopted),
        ordinary=frozenset(body.ordinary),
    )
    by = _for_whom(body.mandate, body.code, actor(request))
    stored = submission.apply(whole, key=key, body=request.body, by=by)
    return HttpResponse(stored.body, status=stored.status, content_type="application/json; charset=utf-8")


@router.get(
    "/applications", url_name="list-applications", response=ApplicationsOut, summary="My applications, newest first"
)
def list_applications(
    request: HttpRequest,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> ApplicationsOut:
    cards, older = queries.applications_of(actor(request), before=before, limit=limit)
    return ApplicationsOut(applications=[CardOut.of(card) for card in cards], before=older)


@router.get(
    "/applications/{number}",
    url_name="read-application",
    response={200: ApplicationOut, **REFUSED},
    summary="Where my application is",
)
@refusing
def read_application(request: HttpRequest, number: Number) -> Status:
    return _application(request, number)


@router.post(
    "/applications/{number}/parts/{part}/correct",
    url_name="correct-application",
    response={200: ApplicationOut, **REFUSED},
    summary="Correct what was asked for",
)
@refusing
def correct_application(request: HttpRequest, number: Number, part: Key, body: CorrectionIn) -> Status:
    """All at once: a correction is asked for once, and sent once."""
    by = actor(request)
    made = _models(number, part, body, by) if body.adopted else {}
    with transaction.atomic():
        draft = actions.begin_correction(number, part, by=by)
        known = elements_of(drafts.read(draft, by).published.service)
        version = actions.answer(draft, _answers(body.answers, known), by=by)
        for key, brought in body.materials.items():
            version = actions.bring(draft, key, brought, by=by, replace=True)
        for key, document in made.items():
            version = actions.adopt_made(draft, key, document, by=by)
        submission.correct(draft, version, declared=body.declared, by=by)
    return _application(request, number)


@router.post(
    "/applications/{number}/parts/{part}/withdraw",
    url_name="withdraw-application",
    response={200: ApplicationOut, **REFUSED},
    summary="Withdraw a part",
)
@refusing
def withdraw_application(request: HttpRequest, number: Number, part: Key, body: WithdrawalIn) -> Status:
    """Before it is decided; no reason is owed."""
    actions.withdraw(number, part, body.reason, by=actor(request))
    return _application(request, number)


@router.post(
    "/applications/{number}/parts/{part}/hearing",
    url_name="ask-hearing",
    response={200: ApplicationOut, **REFUSED},
    summary="Ask for a hearing",
)
@refusing
def ask_hearing(request: HttpRequest, number: Number, part: Key, body: HearingAskedIn) -> Status:
    """After acceptance and before the decision, with a reason."""
    actions.ask_hearing(number, part, body.reason, by=actor(request))
    return _application(request, number)


@router.put(
    "/applications/{number}/parts/{part}/hearing",
    url_name="answer-hearing",
    response={200: ApplicationOut, **REFUSED},
    summary="Say whether I come to the hearing",
)
@refusing
def answer_hearing(request: HttpRequest, number: Number, part: Key, body: HearingAnswerIn) -> Status:
    """The last answer counts."""
    actions.answer_hearing(number, part, body.comes, body.words, by=actor(request))
    return _application(request, number)


@router.post(
    "/applications/{number}/materials/{key}",
    url_name="bring-deferred",
    response={200: ApplicationOut, **REFUSED},
    summary="Bring a material that was left for later",
)
@refusing
def bring_deferred(request: HttpRequest, number: Number, key: Key, body: DocumentsIn) -> Status:
    actions.bring_deferred(number, key, body.documents, by=actor(request))
    return _application(request, number)


@router.post(
    "/track",
    auth=None,
    url_name="track-application",
    response={200: TrackedOut, 404: ApplicationProblem, 429: ApplicationProblem},
    summary="Look up a case with its tracking code, without signing in",
)
def track_application(request: HttpRequest, body: TrackIn) -> Status:
    """Wrong and absent codes are answered alike. A POST, so that no log of addresses holds a code."""
    try:
        attempt = limits.admit(limits.Purpose.LOOK_UP, "", sign_in.address_of(request))
    except limits.TooManyAttempts as refused:
        detail = _("Too many attempts. Try again in %(minutes)d minutes.") % {"minutes": refused.minutes}
        return refusal(429, "too_many_attempts", detail)
    try:
        found = queries.tracked(body.code, body.fact, body.number)
    except NoSuchApplication:
        attempt.failed()
        return refusal(404, "not_found", _("We found nothing with these."))
    attempt.succeeded()
    return Status(200, TrackedOut.of(found))


def _for_whom(mandate: int | None, code: str, by: Actor) -> Actor:
    """The resident, speaking under the mandate that they name. Raises NoSuchMandate."""
    return by if mandate is None else mandates.under(mandate, code, by=by)[0]


def _draft(request: HttpRequest, draft: UUID) -> Status:
    by = actor(request)
    return Status(200, DraftOut.of(drafts.read(draft, by), by))


def _models(number: str, part: str, body: CorrectionIn, by: Actor) -> dict[str, DocumentRef]:
    """The models that a correction adopts, made before its transaction."""
    held = drafts.read(actions.begin_correction(number, part, by=by), by)
    return actions.make_models(held, _answers(body.answers, elements_of(held.published.service)), body.adopted, by=by)


def _application(request: HttpRequest, number: str) -> Status:
    by = actor(request)
    found = queries.followed(number, by)
    view = case_view(number, found.speaker)
    papers = queries.papers(found.case_id)
    assert papers is not None
    shown = ApplicationOut(
        **TrackedOut.of(found).dict(),
        answers=dict(papers.answers),
        worked_out=sorted(papers.worked_out),
        facts=dict(view.facts),
        materials={},
        known=[KnownOut.of(each) for each in papers.told.known(elements_of(papers.published.service)).values()],
        timeline=[HappenedOut.of(entry) for entry in view.timeline],
        checks=[link.number for link in view.links if link.relation == "check"],
    )
    for part in shown.parts:
        seen = view.part(part.key)
        part.correction, part.reason, part.verbs = list(seen.correction), seen.reason, sorted(seen.verbs)
    for file in papers.files:
        if file.replaced_at is None:
            shown.materials.setdefault(file.key, []).append(file.document)
    return Status(200, shown)


def _answers(given: Mapping[str, object], known: Mapping[str, Element]) -> dict[str, Any]:
    """Read by their elements; every wrong one is named. Raises NotAsked, WrongAnswers."""
    found: dict[str, Any] = {}
    wrong = []
    for code, value in given.items():
        if code not in known:
            raise NotAsked(code)
        try:
            found[code] = answers.sent(known[code], value)
        except WrongAnswer as refused:
            wrong.append(WrongOut(element=code, code=refused.reason, detail=said(refused.words)))
    if wrong:
        raise WrongAnswers(wrong)
    return found


def _seen(if_match: str | None) -> int | None:
    """The version in an If-Match header; one that no draft ever had where it is something else."""
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
