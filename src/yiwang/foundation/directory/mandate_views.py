"""Pages for acting for somebody else: who acts for me, for whom I act; give, ask, agree, end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.foundation.directory import limits, mandates, queries, sign_in
from yiwang.foundation.directory.actions import NotPossible
from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.directory.mandate_forms import NewDelegation, NewMandate
from yiwang.foundation.directory.mandates import MandateCard, NoSuchMandate
from yiwang.foundation.directory.queries import EnterpriseCard
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.fields import posted
from yiwang.foundation.ui.language import said
from yiwang.foundation.ui.problems import too_many_requests

if TYPE_CHECKING:
    from yiwang.foundation.ui.fields import Posted

_namers: list[Callable[[str], Words | None]] = []


def register_namer(name_of: Callable[[str], Words | None]) -> None:
    """Let a higher package name the services that mandates reach, by code; None for one that it does not know."""
    _namers.append(name_of)


_listers: list[Callable[[], Sequence[tuple[str, Words]]]] = []


def register_services(listed: Callable[[], Sequence[tuple[str, Words]]]) -> None:
    """Let a higher package say which services there are, by code and name, in their order."""
    _listers.append(listed)


def overview(request: HttpRequest) -> HttpResponse:
    """Who may act for me, and for whom I may."""
    by = actor_of(request.user)
    assert by.person is not None
    cards = mandates.of(by.person)
    context = {
        "asked": [_row(card) for card in cards if card.state == "asked" and card.principal_id == by.person],
        "for_me": [_row(card) for card in cards if card.state == "current" and card.principal_id == by.person],
        "by_me": [_row(card) for card in cards if card.state != "over" and card.agent_id == by.person],
        "over": [_row(card) for card in cards if card.state == "over"],
        "represents": bool(_represented(request)),
        "done": request.GET.get("done", ""),
    }
    return render(request, "directory/mandates.html", context)


def give(request: HttpRequest) -> HttpResponse:
    """Let somebody act for me."""
    return _make(request, "directory:give-mandate", mandates.give, "given")


def delegate(request: HttpRequest) -> HttpResponse:
    """As an enterprise's legal representative, let somebody of the staff act for it."""
    enterprises = _represented(request)
    services = [(code, said(name)) for listed in _listers for code, name in listed()]
    form = NewDelegation(enterprises, services)
    if request.method == "POST":
        day = posted("last_day", "date", cast("Posted", request.POST))
        sent = request.POST.copy()
        sent["last_day"] = str(day)
        form = NewDelegation(enterprises, services, sent)
    if request.method == "POST" and form.is_valid():
        by = actor_of(request.user)
        try:
            attempt = limits.admit(limits.Purpose.LOOK_UP, f"mandate:{by.id}", sign_in.address_of(request))
        except limits.TooManyAttempts as refused:
            return too_many_requests(request, refused.wait)
        given = form.cleaned_data
        try:
            mandates.delegate(
                given["enterprise"], given["name"], given["resident_id"], form.terms(tuple(given["services"])), by=by
            )
            attempt.succeeded()
            return _done("given")
        except NotPossible as refused:
            attempt.failed()
            form.add_error({"until": "last_day"}.get(refused.field, refused.field) or None, said(refused.words))
    context = {
        "form": form,
        "enterprises": enterprises,
        "services": services,
        "records": [("true", _("Departments may show them what they hold about the enterprise and me"))],
    }
    return render(request, "directory/delegate.html", context, status=422 if form.errors else 200)


def _represented(request: HttpRequest) -> tuple[EnterpriseCard, ...]:
    assert request.user.pk is not None
    return queries.represented_by(request.user.pk)


def ask(request: HttpRequest) -> HttpResponse:
    """Ask somebody to be allowed to act for them."""
    return _make(request, "directory:ask-for-mandate", mandates.ask_for, "asked")


def agree(request: HttpRequest, mandate: int) -> HttpResponse:
    """Agree to what was asked of me."""
    return _settle(mandates.agree, mandate, actor_of(request.user), "agreed")


def end(request: HttpRequest, mandate: int) -> HttpResponse:
    """End it, or say no to it."""
    return _settle(mandates.end, mandate, actor_of(request.user), "ended")


def _make(request: HttpRequest, route: str, deed: Callable[..., int], done: str) -> HttpResponse:
    service = request.POST.get("service") or request.GET.get("service", "")
    name = service_name(service) if service else None
    if service and name is None:
        raise Http404
    if request.method != "POST":
        return _page(request, route, NewMandate(), service, name)
    day = posted("last_day", "date", cast("Posted", request.POST))
    form = NewMandate({**request.POST.dict(), "last_day": day})
    if not form.is_valid():
        return _page(request, route, form, service, name)
    by = actor_of(request.user)
    try:
        # Whoever guesses numbers would learn whom the city knows.
        attempt = limits.admit(limits.Purpose.LOOK_UP, f"mandate:{by.id}", sign_in.address_of(request))
    except limits.TooManyAttempts as refused:
        return too_many_requests(request, refused.wait)
    try:
        terms = form.terms((service,) if service else ())
        deed(form.cleaned_data["name"], form.cleaned_data["resident_id"], terms, by=by)
    except NotPossible as refused:
        attempt.failed()
        form.add_error({"until": "last_day"}.get(refused.field, refused.field) or None, said(refused.words))
        return _page(request, route, form, service, name)
    attempt.succeeded()
    return _done(done)


def _page(request: HttpRequest, route: str, form: NewMandate, service: str, name: Words | None) -> HttpResponse:
    giving = route == "directory:give-mandate"
    context = {
        "form": form,
        "service": service,
        "service_name": name,
        "giving": giving,
        "action": reverse(route),
        "records": [
            (
                "true",
                _("Departments may show them what they hold about me, so that nothing is typed twice")
                if giving
                else _("I would like to see what departments hold about them, so that nothing is typed twice"),
            )
        ],
    }
    return render(request, "directory/mandate.html", context, status=422 if form.errors else 200)


def _settle(deed: Callable[..., None], mandate: int, by: Actor, done: str) -> HttpResponse:
    try:
        deed(mandate, by=by)
    except NoSuchMandate as missing:
        raise Http404 from missing
    return _done(done)


def _done(what: str) -> HttpResponse:
    answer = HttpResponseRedirect(f"{reverse('directory:mandates')}?{urlencode({'done': what})}")
    answer.status_code = 303
    return answer


def service_name(code: str) -> Words | None:
    return next((name for each in _namers if (name := each(code)) is not None), None)


def _row(card: MandateCard) -> dict[str, Any]:
    names = [service_name(code) or Words(code, code) for code in card.services]
    return {"card": card, "services": names}
