"""The pages of a failed attempt: say it, keep the code, see the answer."""

from __future__ import annotations

import re
from uuid import uuid4

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yiwang.foundation.directory import limits, sign_in
from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.foundation.kernel.text import UnacceptableText
from yiwang.foundation.ui.language import said
from yiwang.foundation.ui.problems import too_many_requests
from yiwang.service.applications import failed_attempts
from yiwang.service.applications.failed_attempts import LONGEST, Attempt, Heard
from yiwang.service.applications.pages import actor, go, of_application, read_or_send
from yiwang.service.applications.refusals import NoSuchApplication, NotPossible
from yiwang.service.catalogue import queries as catalogue

_ONCE = re.compile(r"[0-9a-f]{32}")


@read_or_send
@never_cache
def failed_attempt(request: HttpRequest) -> HttpResponse:
    """Say what could not be done; `service` and `case` are filled in where a link led here."""
    by = actor(request)
    asked = request.POST if request.method == "POST" else request.GET
    about = asked.get("case", "")[:32]
    code = asked.get("service", "")[:120]
    published = failed_attempts.may_be_about(about, by) if about else None
    about = about if published is not None else ""
    if published is None and code:
        try:
            published = catalogue.service(code)
        except catalogue.NotPublished:
            code = ""
    typed, error = request.POST.get("words", "")[: 2 * LONGEST], ""
    once = request.POST.get("once", "")
    once = once if _ONCE.fullmatch(once) else uuid4().hex
    if request.method == "POST":
        attempt = Attempt(typed, code if not about else "", about)
        try:
            heard, wait = _send(request, attempt, once, by)
        except (NotPossible, UnacceptableText) as refused:
            error = said(refused.words)
        except NoSuchApplication:
            error = _("Something was changed on another page. Look it over once more, then submit.")
        else:
            if wait is not None:
                return wait
            assert heard is not None
            if by.kind is ActorKind.RESIDENT:
                return go("applications:my-failed-attempt", heard.number)
            address = request.build_absolute_uri(reverse("applications:track"))
            return render(request, "applications/failed_attempt_heard.html", {"heard": heard, "address": address})
    context = {
        "once": once,
        "code": code,
        "about": about,
        "service": published.service.name if published is not None else "",
        "typed": typed,
        "error": error,
        "errors": {"words": error} if error else {},
        "longest": LONGEST,
        "signed_in": by.kind is ActorKind.RESIDENT,
    }
    return render(request, "applications/failed_attempt.html", context, status=422 if error else 200)


@require_safe
@never_cache
@of_application
def my_failed_attempt(request: HttpRequest, number: str) -> HttpResponse:
    """What I said, and the answer."""
    context = {"found": failed_attempts.mine(number, actor(request)), "mine": True}
    return render(request, "applications/failed_attempt_followed.html", context)


def client_of(by: Actor, request: HttpRequest) -> str:
    """Whose idempotency keys these are: the account's, or those of a visitor's address."""
    return str(by) if by.id is not None else f"visitor {limits.network_of(sign_in.address_of(request))}"


def _send(request: HttpRequest, attempt: Attempt, once: str, by: Actor) -> tuple[Heard | None, HttpResponse | None]:
    """What was heard, or the page that says to wait. What was sent before is answered as before."""
    try:
        admitted = limits.admit(limits.Purpose.FAILED_ATTEMPT, "", sign_in.address_of(request))
    except limits.TooManyAttempts as refused:
        return None, too_many_requests(request, refused.wait)
    answer = failed_attempts.report(attempt, key=once, client=client_of(by, request), by=by)
    admitted.succeeded()
    return msgspec.json.decode(answer.body, type=Heard), None
