"""The exchange over the API, for a department's own system alone: sheets out, steps in, each idempotent."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import Query, Router, Status

from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.api import Problem
from yiwang.foundation.documents import queries as documents
from yiwang.foundation.documents.inspection import EXTENSIONS
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date, now
from yiwang.foundation.ui.language import said
from yiwang.service.exchange import actions, queries, reconciling, steps
from yiwang.service.exchange.api_shapes import (
    CountsIn,
    CountsOut,
    RefusedOut,
    SheetOut,
    SheetsOut,
    StepOut,
    StepsIn,
    StepsOut,
)
from yiwang.service.exchange.refusals import NoSuchSystem

router = Router(tags=["exchange"])
REFUSED: dict[Any, Any] = {404: Problem, 422: Problem}


@router.get("/exchange/cases", url_name="exchange-sheets", response={200: SheetsOut, 404: Problem}, summary="Sheets")
def read_sheets(
    request: HttpRequest,
    after: int = Query(0, ge=0, le=2**62, description="The last out_no that you hold"),
    limit: int = Query(20, ge=1, le=100),
) -> Status:
    """The files of the cases on which your posts work, in order; every change of a file is a new sheet."""
    try:
        system = queries.own_system(actor_of(request.user))
    except NoSuchSystem:
        return _closed()
    found = queries.sheets_after(system, after, limit + 1)
    cards = found[:limit]
    actions.mark_read(system, [card.number for card in cards])
    last = cards[-1].number if cards else after
    answer = SheetsOut(
        sheets=[SheetOut.of(card) for card in cards],
        next=last,
        more=len(found) > limit,
        again=queries.to_read_again(system, last),
    )
    return Status(200, answer)


@router.get(
    "/exchange/documents/{document}",
    url_name="exchange-document",
    response={404: Problem},
    summary="A document that a sheet names",
    openapi_extra={
        "responses": {
            200: {
                "description": "The document as an attachment",
                "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in sorted(EXTENSIONS)},
            }
        }
    },
)
def read_exchanged_document(request: HttpRequest, document: UUID) -> FileResponse | Status:
    """Compare its bytes with the sheet's `sha256`."""
    try:
        system = queries.own_system(actor_of(request.user))
    except NoSuchSystem:
        return _closed()
    found = documents.document(document) if queries.may_read(system, document) else None
    if found is None:
        return _problem(404, "not_found", Words("没有交换过这个文件。", "This document was never exchanged."))
    return FileResponse(
        documents.open_content(document), as_attachment=True, filename=found.name, content_type=found.media_type
    )


@router.post("/exchange/steps", url_name="report-steps", response={200: StepsOut, **REFUSED}, summary="Report steps")
def report_steps(request: HttpRequest, body: StepsIn) -> Status:
    """Each is taken in exactly once under its `step_no`, however often it comes: send again what you had no answer to.

    A step that comes before what it needs waits, three days at most.
    """
    try:
        system = queries.own_system(actor_of(request.user))
    except NoSuchSystem:
        return _closed()
    try:
        reported = [steps.of_fields({**each.dict(), "event_name": each.event_name.value}) for each in body.steps]
    except steps.WrongField as wrong:
        return _problem(422, "wrong_field", wrong.words, field=wrong.name)
    return Status(200, StepsOut(steps=[StepOut.of(outcome) for outcome in actions.report(system, reported)]))


@router.get(
    "/exchange/steps/{step_no}", url_name="read-step", response={200: StepOut, 404: Problem}, summary="A step's state"
)
def read_step(request: HttpRequest, step_no: str) -> Status:
    """What became of a step that waited."""
    try:
        system = queries.own_system(actor_of(request.user))
    except NoSuchSystem:
        return _closed()
    found = queries.steps_of(system, [step_no[:64]])
    if not found:
        return _problem(404, "not_found", Words("没有收到过这一步。", "This step never came."))
    card = found[0]
    reason = card.words if card.code else None
    return Status(200, StepOut(step_no=card.number, state=card.state, code=card.code, reason=reason))


@router.get(
    "/exchange/refusals",
    url_name="read-refusals",
    response={200: list[RefusedOut], 404: Problem},
    summary="Refused steps",
)
def read_refusals(
    request: HttpRequest, after: int = Query(0, ge=0, le=2**62), limit: int = Query(100, ge=1, le=200)
) -> Status:
    """With their reasons, in the order in which they came."""
    try:
        system = queries.own_system(actor_of(request.user))
    except NoSuchSystem:
        return _closed()
    return Status(200, [RefusedOut.of(card) for card in queries.refused_since(system, after, limit)])


@router.put(
    "/exchange/counts/{day}", url_name="send-counts", response={200: CountsOut, **REFUSED}, summary="Counts of a day"
)
def send_counts(request: HttpRequest, day: date, body: CountsIn) -> Status:
    """What you hold of each file that moved on that day; compared at once, and shown where it differs."""
    try:
        system = queries.own_system(actor_of(request.user))
    except NoSuchSystem:
        return _closed()
    if not 0 <= (city_date(now()) - day).days <= reconciling.OLDEST.days:
        words = Words("日期要在最近三十天里。", "The day must be one of the last thirty.")
        return _problem(422, "wrong_day", words, field="day")
    theirs = [
        reconciling.Held(each.project_no, each.sheet_count, each.sheet_digest, each.step_count, each.step_digest)
        for each in body.counts
    ]
    kept = reconciling.keep_counts(system, day, theirs)
    return Status(200, CountsOut(day=day, kept=kept, differences=reconciling.reconcile(system, day)))


def _closed() -> Status:
    words = Words("这个系统的交换没有开通。", "The exchange with this system is not open.")
    return _problem(404, "exchange_closed", words)


def _problem(status: int, code: str, words: Words, field: str | None = None) -> Status:
    return Status(status, Problem(code=code, detail=said(words), field=field))
