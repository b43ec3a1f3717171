"""Pages for signing in, opening an account, one's own account, and the administration of posts."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from yiwang.foundation.directory import actions, duties, forms, limits, proving, queries, sign_in, unsent
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.levels import Level
from yiwang.foundation.directory.models import User
from yiwang.foundation.directory.phones import codes
from yiwang.foundation.directory.second_factors import entering
from yiwang.foundation.directory.single_sign_on.provider import provider
from yiwang.foundation.ui.fields import Posted, posted
from yiwang.foundation.ui.frame import safe_next
from yiwang.foundation.ui.language import language, said
from yiwang.foundation.ui.problems import too_many_requests


@sensitive_post_parameters("password")
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Sign in with user name or phone and password; whoever is signed in already goes where they wanted."""
    onward = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(onward)
        return _sign_in(request, forms.SignIn(), onward)
    form = forms.SignIn(request.POST)
    if not form.is_valid():
        return _sign_in(request, form, onward)
    try:
        user = sign_in.prove(
            form.cleaned_data["identifier"], form.cleaned_data["password"], address=sign_in.address_of(request)
        )
    except sign_in.WrongCredentials:
        form.add_error(None, _("User name, phone or password is wrong."))
        return _sign_in(request, form, onward)
    except limits.TooManyAttempts as refused:
        return too_many_requests(request, refused.wait)
    return entering.enter(request, user, onward)


def sign_out(request: HttpRequest) -> HttpResponse:
    unsent.forget(request)
    sign_in.end_session(request)
    response = HttpResponseRedirect("/")
    # On a shared computer the back button must not show what the last person saw.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@sensitive_post_parameters("password", "resident_id", "phone", "name")
def register(request: HttpRequest) -> HttpResponse:
    """Open an account as a resident, be signed in, and have name and number checked where a register answers."""
    onward = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    form = forms.Registration(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _register(request, form, onward)
    try:
        attempt = limits.admit(limits.Purpose.REGISTER, "", sign_in.address_of(request))
        user = actions.register(form.as_new_resident(language()))
    except limits.TooManyAttempts as refused:
        return too_many_requests(request, refused.wait)
    except actions.NotPossible as refused:
        attempt.failed()
        form.add_error(refused.field, said(refused.words))
        return _register(request, form, onward)
    attempt.succeeded()
    sign_in.begin_session(request, user)
    # Without the register's word the account stands all the same; its holder is told where more is needed.
    with suppress(proving.NotPossible, limits.TooManyAttempts):
        proving.confirm_real_name(user, address=sign_in.address_of(request))
    return HttpResponseRedirect(onward)


def account(request: HttpRequest) -> HttpResponse:
    """One's own account: who the directory says one is, language, password, tokens."""
    user = _holder(request)
    form = forms.Language(request.POST or None, initial={"language": user.language})
    if request.method == "POST" and form.is_valid():
        actions.choose_language(user, form.cleaned_data["language"])
        return _done("directory:account", "language")
    context = {
        "holder": user,
        "identity": queries.identity(user.pk),
        "level": queries.levels()[level] if (level := queries.level_of(user)) else None,
        "by_code": codes.are_offered(),
        "provider": found.name if (found := provider()) else None,
        "posts": [post for post in queries.posts() if post.code in actor_of(user).posts],
        "language": form["language"],
        "tokens": queries.tokens(user.pk),
        "done": request.GET.get("done", ""),
    }
    return render(request, "directory/account.html", context)


def identity(request: HttpRequest) -> HttpResponse:
    """The identity levels, which of them one has, and the check of name and number at the register."""
    user, error = _holder(request), ""
    if request.method == "POST":
        try:
            proving.confirm_real_name(user, address=sign_in.address_of(request))
            return _done("directory:identity", "verified")
        except proving.NotPossible as refused:
            error = said(refused.words)
        except limits.TooManyAttempts as refused:
            return too_many_requests(request, refused.wait)
    level = queries.level_of(user) or Level.UNVERIFIED
    context = {
        "levels": queries.levels().values(),
        "reached": [each for each in Level if level.reaches(each)],
        "online": not level.reaches(Level.REAL_NAME),
        "proofs": queries.proofs(user.pk),
        "done": request.GET.get("done", "") == "verified",
        "error": error,
    }
    return render(request, "directory/identity.html", context, status=422 if error else 200)


@sensitive_post_parameters("current", "new")
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; other sessions end, this one goes on with a new key."""
    user = _holder(request)
    form = forms.PasswordChange(user, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _password(request, form)
    try:
        sign_in.prove_again(user, form.cleaned_data["current"], address=sign_in.address_of(request))
        actions.change_password(user, form.cleaned_data["new"])
    except sign_in.WrongCredentials:
        form.add_error("current", _("This is not your password."))
        return _password(request, form)
    except limits.TooManyAttempts as refused:
        return too_many_requests(request, refused.wait)
    except ValidationError as refused:
        form.add_error("new", refused)
        return _password(request, form)
    strong = request.session.get(duties.STRONG)
    update_session_auth_hash(request, user)
    if strong:
        request.session[duties.STRONG] = strong
    return _done("directory:account", "password")


@sensitive_post_parameters("password")
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token for the API; it is shown on the answer to this request and never again."""
    user = _holder(request)
    form = forms.NewToken(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _token(request, form)
    try:
        sign_in.prove_again(user, form.cleaned_data["password"], address=sign_in.address_of(request))
        issued = actions.issue_token(user, form.cleaned_data["name"])
    except sign_in.WrongCredentials:
        form.add_error("password", _("This is not your password."))
        return _token(request, form)
    except limits.TooManyAttempts as refused:
        return too_many_requests(request, refused.wait)
    except actions.NotPossible as refused:
        form.add_error(None, said(refused.words))
        return _token(request, form)
    response = render(request, "directory/token.html", {"issued": issued})
    response.headers["Cache-Control"] = "no-store"
    return response


def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    if not actions.revoke_token(_holder(request), token_id):
        raise Http404
    return _done("directory:account", "token")


def people(request: HttpRequest) -> HttpResponse:
    """The administrator's list of officers and their terms."""
    return render(
        request, "directory/people.html", {"officers": queries.officers(), "done": request.GET.get("done", "")}
    )


def appoint(request: HttpRequest) -> HttpResponse:
    """Give an officer a post for a term."""
    if request.method != "POST":
        return _appoint(request, forms.NewAppointment(initial={"officer": request.GET.get("officer", "")}))
    sent = cast("Posted", request.POST)
    days = {name: posted(name, "date", sent) for name in ("first_day", "last_day")}
    form = forms.NewAppointment(
        {"officer": request.POST.get("officer", ""), "post": request.POST.get("post", ""), **days}
    )
    if not form.is_valid():
        return _appoint(request, form)
    try:
        actions.appoint(
            int(form.cleaned_data["officer"]),
            form.cleaned_data["post"],
            by=actor_of(_holder(request)),
            since=form.since,
            until=form.until,
        )
    except actions.NotPossible as refused:
        field = {"user": "officer", "post": "post", "until": "last_day"}[refused.field]
        form.add_error(field, said(refused.words))
        return _appoint(request, form)
    return _done("directory:people", "appointed")


def end_appointment(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Ask, then end a term from this moment."""
    found = queries.term(appointment_id)
    if found is None:
        raise Http404
    officer, term = found
    if request.method == "POST":
        actions.end_appointment(appointment_id, by=actor_of(_holder(request)))
        return _done("directory:people", "ended")
    return render(request, "directory/end_appointment.html", {"officer": officer, "term": term})


def _sign_in(request: HttpRequest, form: forms.SignIn, onward: str) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "next": onward, "ended": request.GET.get("ended") == "1"}
    context["kept"] = request.GET.get("kept") == "1"
    context["by_code"] = codes.are_offered()
    found = provider()
    context["provider"] = found.name if found else None
    return render(request, "directory/sign_in.html", context, status=422 if form.errors else 200)


def _register(request: HttpRequest, form: forms.Registration, onward: str) -> HttpResponse:
    return render(
        request, "directory/register.html", {"form": form, "next": onward}, status=422 if form.errors else 200
    )


def _password(request: HttpRequest, form: forms.PasswordChange) -> HttpResponse:
    return render(
        request,
        "directory/password.html",
        {"form": form, "first": form.holder.must_change_password},
        status=422 if form.errors else 200,
    )


def _token(request: HttpRequest, form: forms.NewToken) -> HttpResponse:
    return render(request, "directory/new_token.html", {"form": form}, status=422 if form.errors else 200)


def _appoint(request: HttpRequest, form: forms.NewAppointment) -> HttpResponse:
    return render(request, "directory/appoint.html", {"form": form}, status=422 if form.errors else 200)


def _done(route: str, what: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(route)}?{urlencode({'done': what})}")


def _holder(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
