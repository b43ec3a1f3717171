"""Going to the identity provider and coming back: to sign in, or to connect one's account."""

from __future__ import annotations

import logging
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.foundation.directory.models import ExternalIdentity, User
from yiwang.foundation.directory.refusals import NotPossible
from yiwang.foundation.directory.second_factors import entering
from yiwang.foundation.directory.single_sign_on import actions
from yiwang.foundation.directory.single_sign_on import provider as providers
from yiwang.foundation.directory.single_sign_on.provider import Journey, Provider, ProviderFailed, Told
from yiwang.foundation.ui.frame import safe_next
from yiwang.foundation.ui.language import said
from yiwang.foundation.ui.problems import problem

log = logging.getLogger(__name__)
_JOURNEY = "single_sign_on"
_TOLD = "single_sign_on_told"


def set_out(request: HttpRequest) -> HttpResponse:
    """Go to the provider, to sign in."""
    found = providers.provider()
    if found is None:
        return _not_offered(request)
    return _go(request, found, safe_next(request, request.GET.get("next")))


def come_back(request: HttpRequest) -> HttpResponse:
    """From the provider: sign in who is connected, or ask whoever is signed in whether to connect."""
    found, kept = providers.provider(), request.session.pop(_JOURNEY, None)
    if found is None or not isinstance(kept, dict):
        return _not_offered(request)
    onward = str(kept.pop("next"))
    try:
        told = providers.come_back(
            found, Journey(**kept), request.GET.get("state", ""), request.GET.get("code", "")[:2000]
        )
    except ProviderFailed as failed:
        log.warning("single sign-on: %s", failed.why)
        return _failed(request, found)
    if isinstance(request.user, User):
        request.session[_TOLD] = asdict(told)
        return HttpResponseRedirect(reverse("directory:connect"))
    user = actions.account_of(told)
    if user is None:
        return _stranger(request, found)
    return entering.enter(request, user, onward, strong=told.two_factors)


def connect(request: HttpRequest) -> HttpResponse:
    """Connect the account that one has there, end the connection, or set out to make one."""
    user, found = request.user, providers.provider()
    assert isinstance(user, User)
    if found is None:
        return _not_offered(request)
    told, error = request.session.get(_TOLD), ""
    if request.method == "POST":
        if "set_out" in request.POST:
            return _go(request, found, "/", page=True)
        if "disconnect" in request.POST:
            actions.disconnect(user)
            return HttpResponseRedirect(reverse("directory:connect"))
        if isinstance(told, dict):
            del request.session[_TOLD]
            try:
                actions.connect(user, Told(**told), found)
                return HttpResponseRedirect(reverse("directory:connect"))
            except NotPossible as refused:
                error, told = said(refused.words), None
    context = {
        "provider": found.name,
        "told": told,
        "error": error,
        "connected": ExternalIdentity.objects.filter(user=user, issuer=found.issuer).first(),
    }
    return render(request, "directory/connect.html", context, status=422 if error else 200)


def _go(request: HttpRequest, found: Provider, onward: str, *, page: bool = False) -> HttpResponse:
    """`page`: a form was sent, and our own policy lets no form lead elsewhere: a link on a page does."""
    redirect = request.build_absolute_uri(reverse("directory:single-sign-on-back"))
    try:
        address, journey = providers.set_out(found, redirect)
    except ProviderFailed as failed:
        log.warning("single sign-on: %s", failed.why)
        return _failed(request, found)
    request.session[_JOURNEY] = {**asdict(journey), "next": onward}
    if page:
        return render(request, "directory/set_out.html", {"provider": found.name, "address": address})
    return HttpResponseRedirect(address)


def _failed(request: HttpRequest, found: Provider) -> HttpResponse:
    return problem(
        request,
        # Below 500: a session is not saved with those, and an answer from the provider would be heard twice.
        403,
        _("%(name)s did not tell us who you are") % {"name": said(found.name)},
        _("Try again in a few minutes, or sign in with your user name and password."),
        action=_("Sign in"),
        href=reverse("directory:sign-in"),
    )


def _stranger(request: HttpRequest, found: Provider) -> HttpResponse:
    return problem(
        request,
        403,
        _("No account here is connected to it yet"),
        _("Sign in here once with your password, or open an account. Then connect it on your account page."),
        action=_("Sign in"),
        href=f"{reverse('directory:sign-in')}?next={reverse('directory:connect')}",
    )


def _not_offered(request: HttpRequest) -> HttpResponse:
    return problem(
        request,
        200,
        _("There is nothing to come back from"),
        _("Begin on the sign-in page."),
        action=_("Sign in"),
        href=reverse("directory:sign-in"),
    )
