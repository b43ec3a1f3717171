"""Failed attempts over the API: say what could not be done, with an account or without; read the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from yiwang.casework.cases.api_shapes import Number
from yiwang.foundation.directory import limits, sign_in
from yiwang.foundation.kernel.text import UnacceptableText, Words
from yiwang.foundation.ui.language import said
from yiwang.service.applications import failed_attempts
from yiwang.service.applications.api_refusals import refusal, refusing
from yiwang.service.applications.api_shapes import ApplicationProblem, Code, IdempotencyKey
from yiwang.service.applications.failed_attempt_views import client_of
from yiwang.service.applications.failed_attempts import LONGEST, Attempt, Followed
from yiwang.service.applications.pages import actor

router = Router(tags=["applications"])


class AttemptIn(Schema):
    """`service`: the code of what could not be done; `about`: the number of an application of yours."""

    words: Annotated[str, Field(min_length=1, max_length=LONGEST, description="What could not be done")]
    service: Code | Annotated[str, Field(max_length=0)] = ""
    about: Annotated[str, Field(max_length=32)] = ""


class HeardOut(Schema):
    """The tracking code is told here and nowhere else."""

    number: str
    tracking_code: str
    received_at: datetime
    answer_due: datetime | None


class AttemptOut(Schema):
    """`found` and `answer` are empty until it is answered."""

    number: str
    words: str
    service: Words | None
    about: str
    received_at: datetime
    answer_due: datetime | None
    answered_at: datetime | None
    found: Words | None
    answer: str

    @staticmethod
    def of(found: Followed) -> AttemptOut:
        return AttemptOut(**{name: getattr(found, name) for name in Followed.__slots__})


class CodeIn(Schema):
    code: Annotated[str, Field(min_length=1, max_length=80)]


ANSWERS: dict[Any, Any] = dict.fromkeys((404, 409, 422, 429), ApplicationProblem)


@router.post(
    "/failed-attempts",
    auth=None,
    url_name="report-failed-attempt",
    response={201: HeardOut, **ANSWERS},
    summary="Say what could not be done, without any application",
)
@refusing
def report_failed_attempt(request: HttpRequest, body: AttemptIn, key: IdempotencyKey) -> Any:
    """It goes to the supervising office, never to the office concerned. No account is needed."""
    by = actor(request)
    try:
        admitted = limits.admit(limits.Purpose.FAILED_ATTEMPT, "", sign_in.address_of(request))
    except limits.TooManyAttempts as refused:
        return _too_often(refused)
    try:
        attempt = Attempt(body.words, body.service, body.about)
        stored = failed_attempts.report(attempt, key=key, client=client_of(by, request), by=by, channel="api")
    except UnacceptableText as wrong:
        return refusal(422, "unacceptable_text", said(wrong.words), field="words")
    admitted.succeeded()
    return HttpResponse(stored.body, status=stored.status, content_type="application/json; charset=utf-8")


@router.get(
    "/failed-attempts/{number}",
    url_name="read-failed-attempt",
    response={200: AttemptOut, 404: ApplicationProblem},
    summary="What I said could not be done, and the answer",
)
@refusing
def read_failed_attempt(request: HttpRequest, number: Number) -> Status:
    return Status(200, AttemptOut.of(failed_attempts.mine(number, actor(request))))


@router.post(
    "/track/failed-attempt",
    auth=None,
    url_name="track-failed-attempt",
    response={200: AttemptOut, 404: ApplicationProblem, 429: ApplicationProblem},
    summary="The answer to a failed attempt, by its tracking code",
)
@refusing
def track_failed_attempt(request: HttpRequest, body: CodeIn) -> Status:
    """A POST, so that no log of addresses holds a code."""
    try:
        attempt = limits.admit(limits.Purpose.LOOK_UP, "", sign_in.address_of(request))
    except limits.TooManyAttempts as refused:
        return _too_often(refused)
    found = failed_attempts.tracked(body.code)
    attempt.succeeded()
    return Status(200, AttemptOut.of(found))


def _too_often(refused: limits.TooManyAttempts) -> Status:
    detail = _("Too many attempts. Try again in %(minutes)d minutes.") % {"minutes": refused.minutes}
    return refusal(429, "too_many_attempts", detail)
