"""The desk over the API: an officer's queue, a case, and every verb. `seen` is the revision a program looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from yiwang.casework.cases import actions, queries
from yiwang.casework.cases.desk import LAST_PAGE, Filters, Show, Sort, queue
from yiwang.casework.cases.record import PartRef, TaskRef
from yiwang.casework.cases.refusals import Changed, NoSuchCase, NotPermitted, NotPossible
from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.kernel.text import UnacceptableText, Words, canonical

router = Router(tags=["desk"])

Number = Annotated[str, Path(max_length=32, pattern=r"^[0-9]{6}-[0-9]{4}-[0-9]{7,12}$")]
Key = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9_-]+$")]
Seen = Annotated[int | None, Field(default=None, ge=0, le=2**31 - 1, description="The part's revision you looked at")]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


class Problem(Schema):
    """Why it did not happen: `code` for programs, `detail` for people; `changes` since you looked."""

    code: str
    detail: str
    revision: int | None = None
    changes: list[str] = []


class Row(Schema):
    case: str
    title: Words
    applicant: str
    part: str
    matter: str
    task: str
    kind: str
    post: str
    officer: int | None
    ready_at: datetime | None
    due: datetime | None
    stopped: bool
    days_left: int | None


class Desk(Schema):
    """One page of a department's open tasks; counts stop at 1,000."""

    rows: list[Row]
    page: int
    has_next: bool
    open: int
    late: int
    today: int


class TaskOut(Schema):
    key: str
    name: Words
    kind: str
    post: str
    state: str
    officer: int | None
    ready_at: datetime | None
    done_at: datetime | None
    due: datetime | None


class PartOut(Schema):
    key: str
    name: Words
    matter: str
    department: str
    stage: str
    clock: str
    revision: int
    opened_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    delivered_at: datetime | None
    promise: datetime | None
    statute: datetime | None
    at_least: bool
    provisional: bool
    correction: list[str]
    reason: str
    awaiting: list[str]
    tasks: list[TaskOut]
    full: bool
    verbs: list[str]


class HappenedOut(Schema):
    at: datetime
    type: str
    words: Words
    part: str | None
    said: list[str]


class CaseOut(Schema):
    number: str
    kind: str
    title: Words
    applicant: str
    received_at: datetime
    closed_at: datetime | None
    promise: datetime | None
    facts: dict[str, str]
    parts: list[PartOut]
    timeline: list[HappenedOut]


class SeenIn(Schema):
    seen: Seen


class CorrectionIn(SeenIn):
    items: Annotated[list[Text], Field(min_length=1, max_length=20)]


class ReasonIn(SeenIn):
    reason: Text


class ProcedureIn(SeenIn):
    procedure: Annotated[str, Field(max_length=40)]
    told: Text


class ResultIn(SeenIn):
    result: Text


class DecisionIn(SeenIn):
    granted: bool
    reason: Text
    facts: Annotated[
        dict[Annotated[str, Field(max_length=80)], Annotated[str, Field(max_length=80)]], Field(max_length=10)
    ] = {}


class DeliveryIn(SeenIn):
    means: Annotated[str, Field(pattern="^(collection|post)$")]


class NoteIn(SeenIn):
    text: Text


class WordsIn(SeenIn):
    words: Annotated[str, Field(max_length=2000)] = ""


class AssignmentIn(SeenIn):
    officer: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None


class HandOverIn(SeenIn):
    post: Annotated[str, Field(max_length=81)]
    reason: Text


ANSWERS = {200: PartOut, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


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
    "/cases/{number}", url_name="read-case", response={200: CaseOut, 404: Problem}, summary="A case of my department"
)
def read_case(request: HttpRequest, number: Number) -> object:
    """The parts of your departments in full, the others in a line."""
    try:
        return Status(200, _case_out(queries.case_view(number, actor_of(request.user))))
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
def request_correction(request: HttpRequest, number: Number, part: Key, body: CorrectionIn) -> object:
    """Once only, before acceptance (行政许可法 art. 32)."""
    ref = PartRef(number, part, body.seen)
    return _do(request, ref, lambda by: actions.request_correction(ref, [_text(item) for item in body.items], by=by))


@_verb("refuse-acceptance", "Refuse acceptance")
def refuse_acceptance(request: HttpRequest, number: Number, part: Key, body: ReasonIn) -> object:
    """With reasons that the applicant reads."""
    ref = PartRef(number, part, body.seen)
    return _do(request, ref, lambda by: actions.refuse_acceptance(ref, _text(body.reason), by=by))


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
    """Do it and answer with the part as it is now; whoever has no business with the case gets a 404."""
    by = actor_of(request.user)
    if not queries.may_see(ref.case, by):
        return _not_found(request)
    try:
        deed(by)
        return Status(200, _part_out(queries.case_view(ref.case, by).part(ref.part)))
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
        problem = Problem(
            code="changed",
            detail=words.in_language(_language(request)),
            revision=changed.revision if changed.revision >= 0 else None,
            changes=[change.type for change in changed.changes],
        )
        return Status(409, problem)


def _text(text: str) -> str:
    """Canonical text. Raises UnacceptableText."""
    return canonical(text, multiline=True, max_length=2000)


def _language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", "zh-hans"))


def _problem(request: HttpRequest, status: int, code: str, words: Words) -> Status:
    return Status(status, Problem(code=code, detail=words.in_language(_language(request))))


def _not_found(request: HttpRequest) -> Status:
    return _problem(
        request, 404, "not_found", Words("没有这个办件，或者不归您办。", "There is no such case, or it is not yours.")
    )


def _case_out(view: queries.CaseView) -> CaseOut:
    return CaseOut(
        number=view.number,
        kind=view.kind,
        title=view.title,
        applicant=view.applicant,
        received_at=view.received_at,
        closed_at=view.closed_at,
        promise=view.promise,
        facts=dict(view.facts),
        parts=[_part_out(part) for part in view.parts],
        timeline=[
            HappenedOut(at=entry.at, type=entry.type, words=entry.words, part=entry.part, said=list(entry.said))
            for entry in view.timeline
        ],
    )


def _part_out(part: queries.PartView) -> PartOut:
    return PartOut(
        key=part.key,
        name=part.name,
        matter=part.matter,
        department=part.department,
        stage=part.stage,
        clock=part.clock,
        revision=part.revision,
        opened_at=part.opened_at,
        accepted_at=part.accepted_at,
        ended_at=part.ended_at,
        delivered_at=part.delivered_at,
        promise=part.promise,
        statute=part.statute,
        at_least=part.at_least,
        provisional=part.provisional,
        correction=list(part.correction),
        reason=part.reason,
        awaiting=list(part.awaiting),
        tasks=[
            TaskOut(
                key=task.key,
                name=task.name,
                kind=task.kind,
                post=task.post,
                state=task.state,
                officer=task.officer,
                ready_at=task.ready_at,
                done_at=task.done_at,
                due=task.due,
            )
            for task in part.tasks
            if part.full
        ],
        full=part.full,
        verbs=sorted(part.verbs),
    )
