"""Pages on which a browser is asked for a passkey."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from yiwang.foundation.directory import limits, sign_in
from yiwang.foundation.directory.models import Passkey, User
from yiwang.foundation.directory.refusals import NotPossible
from yiwang.foundation.directory.second_factors import entering, forms, passkeys
from yiwang.foundation.directory.second_factors.actions import WrongFactor
from yiwang.foundation.directory.second_factors.views import with_password, with_recovery_codes
from yiwang.foundation.ui.frame import safe_next
from yiwang.foundation.ui.language import said
from yiwang.foundation.ui.problems import too_many_requests

_ADDING, _PROVING = "passkey_adding", "passkey_proving"


def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone: the device has verified its holder."""
    half = entering.half(request)
    onward = safe_next(request, request.POST.get("next") or request.GET.get("next") or (half[1] if half else ""))
    error, origin = "", _origin(request)
    if request.method == "POST":
        state = request.session.pop(_PROVING, None)
        try:
            if not state:
                raise WrongFactor
            user = passkeys.prove(state, request.POST.get("response", ""), origin, address=sign_in.address_of(request))
            return entering.enter(request, user, onward, strong=True)
        except WrongFactor:
            error = _("No passkey answered that belongs to an account here. Try again, or sign in otherwise.")
        except limits.TooManyAttempts as refused:
            return too_many_requests(request, refused.wait)
    challenge = passkeys.begin_proving(origin)
    request.session[_PROVING] = dict(challenge.state)
    context = {"options": challenge.options, "error": error, "next": onward}
    return render(request, "directory/sign_in_by_passkey.html", context, status=422 if error else 200)


@sensitive_post_parameters("password")
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Let the browser make a passkey for this account."""
    user, form, origin = _holder(request), forms.NewPasskey(request.POST or None), _origin(request)

    def do() -> HttpResponse:
        state = request.session.pop(_ADDING, None)
        if not state:
            raise WrongFactor
        passkeys.add(user, form.cleaned_data["name"], state, form.cleaned_data["response"], origin)
        return with_recovery_codes(request, user)

    try:
        answer = with_password(request, form, do, wrong=_("The device made no passkey. Try again."))
    except NotPossible as refused:
        form.add_error(None, said(refused.words))
        answer = None
    if answer is not None:
        return answer
    options = ""
    try:
        challenge = passkeys.begin_adding(user, origin)
        request.session[_ADDING], options = dict(challenge.state), challenge.options
    except NotPossible as refused:
        if request.method != "POST":
            form = forms.NewPasskey({})
            form.full_clean()
            form.errors.clear()
        form.add_error(None, said(refused.words))
    context = {"form": form, "options": options}
    return render(request, "directory/add_passkey.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("password")
def remove_passkey(request: HttpRequest, number: int) -> HttpResponse:
    """Take a passkey away."""
    user, form = _holder(request), forms.Again(request.POST or None)
    row = Passkey.objects.filter(user=user, pk=number).first()
    if row is None:
        raise Http404

    def do() -> HttpResponse:
        passkeys.remove(user, number)
        return HttpResponseRedirect(reverse("directory:second-factors") + "?done=removed")

    answer = with_password(request, form, do)
    context = {"form": form, "question": _("Remove the passkey “%(name)s”?") % {"name": row.name}}
    return answer or render(request, "directory/again.html", context, status=422 if form.errors else 200)


def _origin(request: HttpRequest) -> str:
    return f"{'https' if request.is_secure() else 'http'}://{request.get_host()}"


def _holder(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
