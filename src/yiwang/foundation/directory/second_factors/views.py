"""Pages of second factors: showing one at sign-in, adding one, taking one away, recovery codes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import segno
from django import forms as django_forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from yiwang.foundation.directory import duties, limits, sealed, sign_in
from yiwang.foundation.directory.models import Passkey, RecoveryCode, TotpDevice, User
from yiwang.foundation.directory.second_factors import actions, entering, forms, totp
from yiwang.foundation.ui.problems import problem, too_many_requests

_NEW_SEED = "new_totp"
ISSUER = "Yiwang"


@sensitive_post_parameters("code")
def second_factor(request: HttpRequest) -> HttpResponse:
    """After the password: the code of the app, a recovery code, or a passkey."""
    found = entering.half(request)
    if found is None:
        return problem(
            request,
            200,
            _("Sign in first"),
            _("This page asks for your second factor after your password. It waits for ten minutes."),
            action=_("Sign in"),
            href=reverse("directory:sign-in"),
        )
    user, onward = found
    form = forms.Shown(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.prove(user, form.cleaned_data["code"], address=sign_in.address_of(request))
            return entering.enter(request, user, onward, strong=True)
        except actions.WrongFactor:
            form.add_error("code", _wrong())
        except limits.TooManyAttempts as refused:
            return too_many_requests(request, refused.wait)
    context = {
        "form": form,
        "app": TotpDevice.objects.filter(user=user).exists(),
        "passkeys": Passkey.objects.filter(user=user).exists(),
    }
    return render(request, "directory/second_factor.html", context, status=422 if form.errors else 200)


def second_factors(request: HttpRequest) -> HttpResponse:
    """What one has beside the password."""
    user = _holder(request)
    context = {
        "app": TotpDevice.objects.filter(user=user).first(),
        "passkeys": Passkey.objects.filter(user=user).order_by("added_at", "pk"),
        "codes_left": RecoveryCode.objects.filter(user=user, used_at__isnull=True).count(),
        "demanded": duties.is_demanded(user) and not duties.is_strong(request),
        "done": request.GET.get("done", ""),
    }
    return render(request, "directory/second_factors.html", context)


@sensitive_post_parameters("code", "password")
def add_totp(request: HttpRequest) -> HttpResponse:
    """Show a secret to an authenticator app; keep it once the app has shown a code."""
    user = _holder(request)
    secret = sealed.opened(str(request.session.get(_NEW_SEED, "")), _NEW_SEED)
    if secret is None:
        secret = totp.new_secret()
        request.session[_NEW_SEED] = sealed.seal(secret, _NEW_SEED)
    form = forms.NewApp(request.POST or None)

    def do() -> HttpResponse:
        actions.add_totp(user, secret, form.cleaned_data["code"])
        del request.session[_NEW_SEED]
        return with_recovery_codes(request, user)

    answer = with_password(request, form, do)
    if answer is not None:
        return answer
    uri = totp.address(secret, user.username, ISSUER)
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    context = {"form": form, "picture": _picture(uri), "secret": grouped, "uri": uri}
    return _secret(render(request, "directory/totp.html", context, status=422 if form.errors else 200))


@sensitive_post_parameters("password")
def remove_totp(request: HttpRequest) -> HttpResponse:
    """Take the authenticator app away."""
    user, form = _holder(request), forms.Again(request.POST or None)

    def do() -> HttpResponse:
        actions.remove_totp(user)
        return HttpResponseRedirect(reverse("directory:second-factors") + "?done=removed")

    answer = with_password(request, form, do)
    context = {"form": form, "question": _("Remove the authenticator app?")}
    return answer or render(request, "directory/again.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("password")
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes; the earlier ones end."""
    user, form = _holder(request), forms.Again(request.POST or None)
    answer = with_password(request, form, lambda: _show(request, actions.new_recovery_codes(user)))
    context = {"form": form, "question": _("Make new recovery codes?"), "ends": True}
    return answer or render(request, "directory/again.html", context, status=422 if form.errors else 200)


def with_password(
    request: HttpRequest, form: django_forms.Form, do: Callable[[], HttpResponse], *, wrong: str = ""
) -> HttpResponse | None:
    """What `do` answers, once the password is proven; None when the form is to be shown (again).

    `wrong`: what to say of the whole form where `do` raises WrongFactor; left out, the code is wrong.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        sign_in.prove_again(_holder(request), form.cleaned_data["password"], address=sign_in.address_of(request))
        return do()
    except sign_in.WrongCredentials:
        form.add_error("password", _("This is not your password."))
    except actions.WrongFactor:
        form.add_error(None if wrong else "code", wrong or _wrong())
    except limits.TooManyAttempts as refused:
        return too_many_requests(request, refused.wait)
    return None


def with_recovery_codes(request: HttpRequest, user: User) -> HttpResponse:
    """A factor was added: the session is strong now; whoever has no recovery codes gets some."""
    duties.strengthen(request)
    if RecoveryCode.objects.filter(user=user, used_at__isnull=True).exists():
        return HttpResponseRedirect(reverse("directory:second-factors") + "?done=added")
    return _show(request, actions.new_recovery_codes(user))


def _show(request: HttpRequest, codes: tuple[str, ...]) -> HttpResponse:
    return _secret(render(request, "directory/recovery_codes.html", {"codes": codes}))


def _secret(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


def _picture(uri: str) -> Any:
    """The QR code as SVG that stands in the page itself."""
    drawn = io.BytesIO()
    segno.make(uri, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=True, nl=False, scale=4, border=4, dark="#000", light="#fff"
    )
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 (drawn here, of squares)


def _wrong() -> str:
    return _("This code is not right, or it was used already. Wait for the next one.")


def _holder(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
