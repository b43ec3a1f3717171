"""Pages with a code by text message: signing in with it, and confirming that a phone is one's own."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from yiwang.foundation.directory import limits, sign_in
from yiwang.foundation.directory.models import User
from yiwang.foundation.directory.phones import codes, forms
from yiwang.foundation.directory.refusals import NotPossible
from yiwang.foundation.directory.second_factors import entering
from yiwang.foundation.ui.frame import safe_next
from yiwang.foundation.ui.language import said
from yiwang.foundation.ui.problems import problem, too_many_requests


@sensitive_post_parameters("code", "phone")
def sign_in_by_code(request: HttpRequest) -> HttpResponse:
    """Ask for the phone, send a code to it, and sign in who types it."""
    onward = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if not codes.are_offered():
        return _not_offered(request)
    page, address = "directory/sign_in_by_code.html", sign_in.address_of(request)
    if request.method != "POST":
        return _page(request, page, forms.Phone(), onward)
    try:
        if "code" not in request.POST:
            asked = forms.Phone(request.POST)
            if not asked.is_valid():
                return _page(request, page, asked, onward)
            codes.send_to_sign_in(asked.cleaned_data["phone"], address=address)
            return _page(request, page, forms.code_for(asked.cleaned_data["phone"]), onward)
        typed = forms.Code(request.POST)
        if typed.is_valid():
            user = codes.sign_in(typed.cleaned_data["phone"], typed.cleaned_data["code"], address=address)
            return entering.enter(request, user, onward)
    except codes.WrongCode:
        typed.add_error("code", _wrong())
    except limits.TooManyAttempts as refused:
        return too_many_requests(request, refused.wait)
    return _page(request, page, typed, onward)


@sensitive_post_parameters("code", "phone")
def confirm_phone(request: HttpRequest) -> HttpResponse:
    """Confirm one's phone, or take another, with a code sent to it."""
    user = request.user
    assert isinstance(user, User)
    if not codes.are_offered():
        return _not_offered(request)
    page, address = "directory/phone.html", sign_in.address_of(request)
    if request.method != "POST":
        return _page(request, page, forms.Phone(initial={"phone": user.person.phone if user.person else ""}))
    try:
        if "code" not in request.POST:
            asked = forms.Phone(request.POST)
            if not asked.is_valid():
                return _page(request, page, asked)
            codes.send_to_confirm(user, asked.cleaned_data["phone"], address=address)
            return _page(request, page, forms.code_for(asked.cleaned_data["phone"]))
        typed = forms.Code(request.POST)
        if typed.is_valid():
            codes.confirm(user, typed.cleaned_data["phone"], typed.cleaned_data["code"], address=address)
            return HttpResponseRedirect(f"{reverse('directory:account')}?{urlencode({'done': 'phone'})}")
    except codes.WrongCode:
        typed.add_error("code", _wrong())
    except NotPossible as refused:
        typed.add_error("code", said(refused.words))
    except limits.TooManyAttempts as refused:
        return too_many_requests(request, refused.wait)
    return _page(request, page, typed)


def _page(request: HttpRequest, page: str, form: forms.Phone | forms.Code, onward: str = "/") -> HttpResponse:
    context = {"form": form, "sent": isinstance(form, forms.Code), "next": onward, "phone": form["phone"].value()}
    return render(request, page, context, status=422 if form.errors else 200)


def _wrong() -> str:
    return _("This is not the code that we sent last, or it works no longer. Have another sent.")


def _not_offered(request: HttpRequest) -> HttpResponse:
    return problem(
        request,
        200,
        _("There are no codes by text message here"),
        _("Sign in with your user name and password."),
        action=_("Sign in"),
        href=reverse("directory:sign-in"),
    )
