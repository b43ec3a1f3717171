"""The administrator's pages for officers who come, move and go."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yiwang.foundation.directory import queries
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.officers import actions, forms
from yiwang.foundation.directory.queries import OfficerRow
from yiwang.foundation.directory.refusals import NotPossible
from yiwang.foundation.ui.language import said


def join(request: HttpRequest) -> HttpResponse:
    """Open an officer's account; its first password is shown on the answer and never again."""
    form = forms.NewOfficer(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _first_password(request, actions.join(form.as_joiner(), by=actor_of(request.user)))
        except NotPossible as refused:
            form.add_error({"posts": "post"}.get(refused.field, refused.field), said(refused.words))
    return render(request, "directory/join.html", {"form": form}, status=422 if form.errors else 200)


def move(request: HttpRequest, user_id: int) -> HttpResponse:
    """From one post to another, in one deed."""
    officer = _officer(user_id)
    form = forms.Moving(officer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        gone, taken = form.cleaned_data["gone"], form.cleaned_data["taken"]
        try:
            actions.move(
                user_id,
                gone=[gone] if gone else [],
                taken=[taken] if taken else [],
                by=actor_of(request.user),
                successor=form.to,
            )
            return _done("moved")
        except NotPossible as refused:
            field = refused.field if refused.field in form.fields else "taken"
            form.add_error(field, said(refused.words))
    context = {"form": form, "officer": officer}
    return render(request, "directory/move.html", context, status=422 if form.errors else 200)


def leave(request: HttpRequest, user_id: int) -> HttpResponse:
    """Ask, then let an officer go."""
    officer = _officer(user_id)
    form = forms.Going(officer, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.leave(user_id, by=actor_of(request.user), successor=form.to)
            return _done("left")
        except NotPossible as refused:
            form.add_error("successor", said(refused.words))
    context = {"form": form, "officer": officer}
    return render(request, "directory/leave.html", context, status=422 if form.errors else 200)


def renew(request: HttpRequest, user_id: int) -> HttpResponse:
    """A new first password for somebody who has lost theirs, or their second factor."""
    officer = _officer(user_id)
    if request.method == "POST":
        return _first_password(request, actions.renew_sign_in(user_id, by=actor_of(request.user)))
    return render(request, "directory/renew.html", {"officer": officer})


def _officer(user_id: int) -> OfficerRow:
    found = next((row for row in queries.officers() if row.id == user_id and row.is_active), None)
    if found is None:
        raise Http404
    return found


def _first_password(request: HttpRequest, joined: actions.Joined) -> HttpResponse:
    response = render(request, "directory/first_password.html", {"joined": joined})
    response.headers["Cache-Control"] = "no-store"
    return response


def _done(what: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('directory:people')}?{urlencode({'done': what})}")
