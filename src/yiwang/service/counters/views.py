"""Pages of a window: open it, welcome somebody, begin what they came for, hand out results, say goodbye."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.casework.cases.refusals import NotPossible as CaseNotPossible
from yiwang.foundation.directory import limits, sign_in
from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.directory.in_person import WhoseAccount
from yiwang.foundation.directory.refusals import NotPossible as DirectoryNotPossible
from yiwang.foundation.kernel.text import UnacceptableText
from yiwang.foundation.ui.language import said
from yiwang.foundation.ui.problems import problem, too_many_requests
from yiwang.service.applications import pages
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.counters import actions, appointments, queries
from yiwang.service.counters.forms import OpenWindow, Welcome
from yiwang.service.counters.models import Channel
from yiwang.service.counters.queries import VisitCard
from yiwang.service.counters.refusals import NoSuchVisit, NotPossible

read_or_send = require_http_methods(["GET", "HEAD", "POST"])
MOST_FOUND = 10


def of_visit(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of a visit: one at another window does not exist; what cannot be done now says why."""

    @wraps(view)
    def wrapped(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *arguments, **named)
        except NoSuchVisit as missing:
            raise Http404 from missing
        except (NotPossible, CaseNotPossible) as refused:
            return problem(
                request, 409, _("This cannot be done now"), said(refused.words), href=reverse("counters:desk")
            )

    return wrapped


def go(route: str, *arguments: object) -> HttpResponseRedirect:
    answer = HttpResponseRedirect(reverse(route, args=arguments))
    answer.status_code = 303
    return answer


@read_or_send
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """Open a window; then welcome whoever comes."""
    by = actor_of(request.user)
    shift = queries.shift(by)
    if shift is None or "window" in request.POST:
        return _open(request, by)
    if shift.visit is not None:
        return go("counters:visit", shift.visit)
    form = Welcome(request.POST or None)
    whose = ""
    if request.method == "POST" and form.is_valid():
        try:
            # Whoever guesses numbers would learn whom the city knows.
            attempt = limits.admit(limits.Purpose.LOOK_UP, f"counter:{by.id}", sign_in.address_of(request))
        except limits.TooManyAttempts as refused:
            return too_many_requests(request, refused.wait)
        try:
            begun = actions.welcome(form.visitor(), by=by)
        except WhoseAccount as asked:
            attempt.succeeded()
            whose = asked.username
        except (NotPossible, DirectoryNotPossible) as refused:
            attempt.failed()
            form.add_error(refused.field if refused.field in form.fields else None, said(refused.words))
        else:
            attempt.succeeded()
            return go("counters:visit", begun)
    context = {
        "shift": shift,
        "at_window": shift.hall.channel is Channel.COUNTER,
        "form": form,
        "expected": appointments.expected(by),
        "whose": f"{whose[:2]}***" if whose else "",
        "seen": [("true", _("I have compared the identity card with their face"))],
        "accounts": [("yes", _("Yes, it is theirs")), ("no", _("No: shut it"))],
    }
    return render(request, "counters/welcome.html", context, status=422 if form.errors or whose else 200)


def _open(request: HttpRequest, by: Actor) -> HttpResponse:
    halls = queries.halls(by)
    form = OpenWindow(halls, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.open_window(form.cleaned_data["hall"], form.cleaned_data["window"], by=by)
            return go("counters:desk")
        except NotPossible as refused:
            form.add_error(refused.field if refused.field in form.fields else None, said(refused.words))
    context = {"form": form, "halls": halls}
    return render(request, "counters/open.html", context, status=422 if form.errors else 200)


@require_POST
@of_visit
def close(request: HttpRequest) -> HttpResponse:
    """Get up."""
    actions.close_window(by=actor_of(request.user))
    return go("counters:desk")


@require_safe
@never_cache
@of_visit
def visit(request: HttpRequest, visit: int) -> HttpResponse:
    """Who is served, what for, and what was done."""
    return _visit(request, _card(visit, actor_of(request.user)))


@require_POST
@of_visit
def caller(request: HttpRequest, visit: int) -> HttpResponse:
    """The caller says the code that their phone shows."""
    by = actor_of(request.user)
    try:
        actions.confirm_caller(visit, request.POST.get("code", "")[:20], by=by)
    except NotPossible as refused:
        if refused.field != "code":
            raise
        return _visit(request, _card(visit, by), said(refused.words))
    return go("counters:visit", visit)


@require_POST
@of_visit
def begin(request: HttpRequest, visit: int) -> HttpResponse:
    """Begin, or go on with, what they came for."""
    by = actor_of(request.user)
    _card(visit, by)
    try:
        draft = actions.begin(visit, request.POST.get("code", "")[:80], by=by)
    except catalogue.NotPublished:
        return go("counters:visit", visit)
    return pages.onward(draft, by)


@require_POST
@never_cache
@of_visit
def sign_in_of_visitor(request: HttpRequest, visit: int) -> HttpResponse:
    """A first password for the visitor: it is on the answer to this request and nowhere else."""
    by = actor_of(request.user)
    _card(visit, by)
    try:
        handed = actions.hand_over_sign_in(visit, by=by)
    except DirectoryNotPossible as refused:
        there = reverse("counters:visit", args=[visit])
        return problem(request, 409, _("This cannot be done now"), said(refused.words), href=there)
    return render(request, "counters/first_password.html", {"handed": handed, "visit": visit})


@require_POST
@of_visit
def end(request: HttpRequest, visit: int) -> HttpResponse:
    """Goodbye; the next one."""
    actions.end(visit, by=actor_of(request.user))
    return go("counters:desk")


@read_or_send
@of_visit
def hand_out(request: HttpRequest, visit: int, number: str, part: str) -> HttpResponse:
    """Give or post a result."""
    by = actor_of(request.user)
    card = _card(visit, by)
    wanted = next((each for each in card.results if (each.number, each.part) == (number, part)), None)
    if wanted is None:
        return go("counters:visit", visit)
    error = ""
    if request.method == "POST":
        tracking, posted = request.POST.get("tracking", "")[:80], request.POST.get("means") == "post"
        if posted and not tracking:
            error = _("Write the carrier's number.")
        else:
            try:
                actions.hand_out(visit, number, part, tracking if posted else "", by=by)
                return go("counters:visit", visit)
            except UnacceptableText as refused:
                error = said(refused.words)
    context = {
        "visit": card,
        "result": wanted,
        "means": [("collection", _("Here, into their hand")), ("post", _("By post"))],
        "error": error,
        "errors": {"tracking": error} if error else {},
        "typed": {"means": request.POST.get("means", "collection"), "tracking": request.POST.get("tracking", "")},
    }
    return render(request, "counters/hand_out.html", context, status=422 if error else 200)


def _card(visit: int, by: Actor) -> VisitCard:
    card = queries.visit(visit, by)
    if card is None:
        raise NoSuchVisit(visit)
    return card


def _visit(request: HttpRequest, card: VisitCard, error: str = "") -> HttpResponse:
    wanted = request.GET.get("q", "").strip()[:100]
    if wanted:
        found = [each for each in catalogue.search(wanted, MOST_FOUND) if each.kind != "guidance"]
    context = {
        "visit": card,
        "wanted": wanted,
        "services": found if wanted else catalogue.listed(),
        "error": error,
        "errors": {"code": error} if error else {},
    }
    return render(request, "counters/visit.html", context, status=422 if error else 200)
