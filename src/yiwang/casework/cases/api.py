"""The desk over the API: an officer's queue, a case, and every verb. `seen` is the revision a program looked at."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from yiwang.casework.cases import actions, bpmn, correspondence, hearings, queries
from yiwang.casework.cases.api_shapes import (
    AssignmentIn,
    CaseOut,
    CorrectionRequestIn,
    DecisionIn,
    DeliveryIn,
    Desk,
    DeskProblem,
    FeeIn,
    HandOverIn,
    HearingIn,
    Key,
    LetterId,
    LetterOut,
    MinutesIn,
    NoteIn,
    Number,
    PartOut,
    ProcedureIn,
    ReasonIn,
    ResultIn,
    SeenIn,
    TransferIn,
    WordsIn,
)
from yiwang.casework.cases.desk import LAST_PAGE, Filters, Show, Sort, queue
from yiwang.casework.cases.record import PartRef, TaskRef
from yiwang.casework.cases.refusals import Changed, NoSuchCase, NotPermitted, NotPossible
from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.kernel.text import UnacceptableText, Words, canonical
from yiwang.foundation.ui.language import language, said

router = Router(tags=["desk"])

ANSWERS = {200: PartOut, 204: None, 403: DeskProblem, 404: DeskProblem, 409: DeskProblem, 422: DeskProblem}


@router.get("/desk", url_name="desk", response=Desk, summary="Open tasks of my department")
def desk(
    request: HttpRequest,
    department: str = Query(..., max_length=40),
    show: Show = Show.ALL,
    matter: str = Query("", max_length=80),
    kind: str = Query("", max_length=10),
    text: str = Query("", max_length=60, description="A case number or how the applicant's name begins"),
    sort: Sort = Sort.DUE,
    page: int = Query(1, ge=1, le=LAST_PAGE),
) -> object:
    """Most urgent first. A department in which you hold no post is empty."""
    return queue(actor_of(request.user), Filters(department, show, matter, kind, text, sort, page))


@router.get(
    "/cases/{number}",
    url_name="read-case",
    response={200: CaseOut, 404: DeskProblem},
    summary="A case of my department",
)
def read_case(request: HttpRequest, number: Number) -> object:
    """The parts of your departments in full, the others in a line."""
    try:
        return Status(200, CaseOut.of(queries.case_view(number, actor_of(request.user))))
    except NoSuchCase:
        return _not_found(request)


@router.get(
    "/cases/{number}/plan",
    url_name="read-plan",
    response={404: DeskProblem},
    summary="The plan of a case as BPMN 2.0",
    openapi_extra={
        "responses": {
            200: {
                "description": "XML with diagram interchange; each task says its state",
                "content": {"application/xml": {"schema": {"type": "string"}}},
            }
        }
    },
)
def read_plan(
    request: HttpRequest, number: Number, part: str = Query("", max_length=40, description="Only this part")
) -> object:
    """For drawing, or for another system's process engine. Names are in the language of Accept-Language."""
    try:
        drawing = queries.plan_as_bpmn(number, actor_of(request.user), language(), part)
    except NoSuchCase:
        return _not_found(request)
    return HttpResponse(drawing, content_type=bpmn.MEDIA_TYPE)


@router.get(
    "/letters/{letter_id}",
    url_name="read-letter",
    response={200: LetterOut, 404: DeskProblem},
    summary="A numbered letter to an applicant",
)
def read_letter(request: HttpRequest, letter_id: LetterId) -> object:
    """Decisions and notices: mine, or those of a part in which my department has a task."""
    try:
        return Status(200, LetterOut.of_sent(correspondence.sent_letter(letter_id, actor_of(request.user))))
    except NoSuchCase:
        return _not_found(request)


def _verb(name: str, summary: str, path: str = "") -> Callable[[Callable[..., object]], Callable[..., object]]:
    return router.post(
        f"/cases/{{number}}/parts/{{part}}/{path}{name}", url_name=name, response=ANSWERS, summary=summary
    )


@_verb("accept", "Accept a part")
def accept(request: HttpRequest, number: Number, part: Key, body: SeenIn) -> object:
    """Its materials are complete; its work begins."""
    ref = PartRef(number, part, body.seen)
    return _do(request, ref, lambda by: actions.accept(ref, by=by))


@_verb("request-correction", "Tell once and completely what to correct")
def request_correction(request: HttpRequest, number: Number, part: Key, body: CorrectionRequestIn) -> object:
    """Once only, before acceptance (行政许可法 art. 32)."""
    ref = PartRef(number, part, body.seen)
    return _do(request, ref, lambda by: actions.request_correction(ref, [_text(item) for item in body.items], by=by))


@_verb("refuse-acceptance", "Refuse acceptance")
def refuse_acceptance(request: HttpRequest, number: Number, part: Key, body: ReasonIn) -> object:
    """With reasons that the applicant reads."""
    ref = PartRef(number, part, body.seen)
    return _do(request, ref, lambda by: actions.refuse_acceptance(ref, _text(body.reason), by=by))


@_verb("transfer", "Pass a part to the competent office")
def transfer(request: HttpRequest, number: Number, part: Key, body: TransferIn) -> object:
    """Before acceptance, to the offices of another place (移送); with reasons that the applicant reads."""
    ref = PartRef(number, part, body.seen)
    return _do(request, ref, lambda by: actions.transfer(ref, body.place, _text(body.reason), by=by))


@_verb("start-special-procedure", "Start a listed special procedure")
def start_special_procedure(request: HttpRequest, number: Number, part: Key, body: ProcedureIn) -> object:
    """The part's clocks stand still while it runs (行政许可法 art. 45)."""
    ref = PartRef(number, part, body.seen)
    told = body.told
    return _do(request, ref, lambda by: actions.start_special_procedure(ref, body.procedure, _text(told), by=by))


@_verb("end-special-procedure", "Record the result of the special procedure")
def end_special_procedure(request: HttpRequest, number: Number, part: Key, body: ResultIn) -> object:
    """The clocks run again."""
    ref = PartRef(number, part, body.seen)
    return _do(request, ref, lambda by: actions.end_special_procedure(ref, _text(body.result), by=by))


@_verb("call-hearing", "Call a hearing")
def call_hearing(request: HttpRequest, number: Number, part: Key, body: HearingIn) -> object:
    """Told to the applicant in a numbered notice, seven working days ahead at least (行政许可法 art. 48)."""
    ref = PartRef(number, part, body.seen)
    place, subject = canonical(body.place, max_length=120), _text(body.subject)
    return _do(request, ref, lambda by: hearings.call(ref, body.at, place, subject, body.chair, by=by))


@_verb("decline-hearing", "Decline the hearing that the applicant asked for")
def decline_hearing(request: HttpRequest, number: Number, part: Key, body: ReasonIn) -> object:
    """With reasons that the applicant reads."""
    ref = PartRef(number, part, body.seen)
    return _do(request, ref, lambda by: hearings.decline(ref, _text(body.reason), by=by))


@_verb("cancel-hearing", "Cancel a called hearing")
def cancel_hearing(request: HttpRequest, number: Number, part: Key, body: ReasonIn) -> object:
    """Another may be called."""
    ref = PartRef(number, part, body.seen)
    return _do(request, ref, lambda by: hearings.cancel(ref, _text(body.reason), by=by))


@_verb("record-minutes", "Record the minutes of a hearing")
def record_minutes(request: HttpRequest, number: Number, part: Key, body: MinutesIn) -> object:
    """By its chair, once it has begun; the decision rests on them."""
    ref = PartRef(number, part, body.seen)

    def deed(by: Actor) -> object:
        return hearings.record_minutes(ref, _text(body.minutes), attended=body.attended, signed=body.signed, by=by)

    return _do(request, ref, deed)


@_verb("extend", "Extend the legal limit once")
def extend(request: HttpRequest, number: Number, part: Key, body: ReasonIn) -> object:
    """The promise stays (行政许可法 art. 42)."""
    ref = PartRef(number, part, body.seen)
    return _do(request, ref, lambda by: actions.extend(ref, _text(body.reason), by=by))


@_verb("decide", "Grant or refuse a part")
def decide(request: HttpRequest, number: Number, part: Key, body: DecisionIn) -> object:
    """A grant names the facts that it creates, such as enterprise.uscc."""
    ref = PartRef(number, part, body.seen)
    facts = {name: _text(value) for name, value in body.facts.items()}
    return _do(request, ref, lambda by: actions.decide(ref, body.granted, _text(body.reason), by=by, facts=facts))


@_verb("deliver", "Hand the result over")
def deliver(request: HttpRequest, number: Number, part: Key, body: DeliveryIn) -> object:
    """Where a grant is not delivered online."""
    ref = PartRef(number, part, body.seen)
    return _do(request, ref, lambda by: actions.deliver(ref, body.means, by=by))


@_verb("take-fee", "Record a fee that was paid at the window")
def take_fee(request: HttpRequest, number: Number, part: Key, body: FeeIn) -> object:
    """Against the receipt that was given for it; the sum is the matter's."""
    ref = PartRef(number, part, body.seen)
    return _do(request, ref, lambda by: actions.take_fee(ref, _text(body.receipt), by=by))


@_verb("revoke", "Revoke a granted result")
def revoke(request: HttpRequest, number: Number, part: Key, body: ReasonIn) -> object:
    """For instance because a signed promise was false."""
    ref = PartRef(number, part, body.seen)
    return _do(request, ref, lambda by: actions.revoke(ref, _text(body.reason), by=by))


@_verb("note", "Add a note for colleagues")
def note(request: HttpRequest, number: Number, part: Key, body: NoteIn) -> object:
    """The applicant does not see it."""
    ref = PartRef(number, part, body.seen)
    return _do(request, ref, lambda by: actions.note(ref, _text(body.text), by=by))


@_verb("pick", "Take a task", "tasks/{task}/")
def pick(request: HttpRequest, number: Number, part: Key, task: Key, body: SeenIn) -> object:
    """A colleague who holds it keeps it."""
    ref = TaskRef(number, part, task, body.seen)
    return _do(request, ref, lambda by: actions.pick(ref, by=by))


@_verb("assign", "Give a task to a colleague", "tasks/{task}/")
def assign(request: HttpRequest, number: Number, part: Key, task: Key, body: AssignmentIn) -> object:
    """Nobody (null) puts it back for everybody."""
    ref = TaskRef(number, part, task, body.seen)
    return _do(request, ref, lambda by: actions.assign(ref, body.officer, by=by))


@_verb("hand-over", "Hand a task to another post", "tasks/{task}/")
def hand_over(request: HttpRequest, number: Number, part: Key, task: Key, body: HandOverIn) -> object:
    """With the reason on record."""
    ref = TaskRef(number, part, task, body.seen)
    return _do(request, ref, lambda by: actions.hand_over(ref, body.post, _text(body.reason), by=by))


@_verb("complete", "Mark a task as done", "tasks/{task}/")
def complete(request: HttpRequest, number: Number, part: Key, task: Key, body: WordsIn) -> object:
    """What needed it opens."""
    ref = TaskRef(number, part, task, body.seen)
    return _do(request, ref, lambda by: actions.complete(ref, by=by, words=_text(body.words) if body.words else ""))


def _do(request: HttpRequest, ref: PartRef | TaskRef, deed: Callable[[Actor], object]) -> object:
    """Do it and answer with the part as it is now, or with nothing where the case lies with others since; whoever has
    no business with the case gets a 404."""
    by = actor_of(request.user)
    if not queries.may_see(ref.case, by):
        return _not_found(request)
    try:
        deed(by)
        if not queries.may_see(ref.case, by):
            return Status(204, None)
        return Status(200, PartOut.of(queries.case_view(ref.case, by).part(ref.part)))
    except NoSuchCase:
        return _not_found(request)
    except NotPermitted:
        words = Words("您的岗位不能办这项。", "Your posts do not include this.")
        return _problem(request, 403, "not_permitted", words)
    except NotPossible as refused:
        return _problem(request, 409, refused.code, refused.words)
    except UnacceptableText as refused:
        return _problem(request, 422, "unacceptable_text", refused.words)
    except Changed as changed:
        words = Words("别人刚改过这件事，请重新读取。", "Somebody changed this meanwhile. Read it again.")
        problem = DeskProblem(
            code="changed",
            detail=said(words),
            revision=changed.revision if changed.revision >= 0 else None,
            changes=[change.type for change in changed.changes],
        )
        return Status(409, problem)


def _text(text: str) -> str:
    """Canonical text. Raises UnacceptableText."""
    return canonical(text, multiline=True, max_length=2000)


def _problem(request: HttpRequest, status: int, code: str, words: Words) -> Status:
    return Status(status, DeskProblem(code=code, detail=said(words)))


def _not_found(request: HttpRequest) -> Status:
    return _problem(
        request, 404, "not_found", Words("没有这个办件，或者不归您办。", "There is no such case, or it is not yours.")
    )
