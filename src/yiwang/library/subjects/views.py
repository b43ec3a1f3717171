"""Officers' pages about who is who: pairs in doubt, and one subject's record."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from yiwang.foundation.directory.actor import actor_of
from yiwang.library.centre import permissions
from yiwang.library.centre.refusals import NotPermitted
from yiwang.library.subjects import actions, golden, reviewing
from yiwang.library.subjects.forms import Whose


@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """The pairs that wait for this officer; no record is read."""
    by = actor_of(request.user)
    context = {"queue": reviewing.queue(by), "may": reviewing.may_review(by), **_around(request, "review")}
    return render(request, "subjects/reviews.html", context)


def review(request: HttpRequest, number: int) -> HttpResponse:
    """Two records side by side, and the question whether they are about the same one."""
    by = actor_of(request.user)
    problem, status = "", 200
    if request.method == "POST":
        answer = next((each for each in reviewing.ANSWERS if each == request.POST.get("answer")), None)
        if answer is None:
            problem, status = _("Choose an answer."), 422
        else:
            try:
                actions.give_opinion(number, answer, by=by)
            except (reviewing.NoSuchReview, NotPermitted):
                raise Http404 from None
            following = reviewing.following(by)
            return redirect("subjects:reviews") if following is None else redirect("subjects:review", number=following)
    try:
        pair = reviewing.pair(number, by)
    except reviewing.NoSuchReview:
        raise Http404 from None
    context = {"pair": pair, "problem": problem, **_around(request, "review")}
    return render(request, "subjects/review.html", context, status=status)


def subject(request: HttpRequest) -> HttpResponse:
    """What departments hold of one person or enterprise, put together for this look alone."""
    by = actor_of(request.user)
    standings = golden.standings(by.posts)
    form = Whose(request.POST or None, standings=standings, by=by)
    found, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            found, status = golden.assemble(data["who"], data["standing"], by, case=data["case"]), 200
    context = {
        "form": form,
        "standings": standings,
        "found": found,
        "things": [(thing, [(told, _age(told)) for told in thing.values]) for thing in found.things] if found else [],
        **_around(request, "subjects"),
    }
    return render(request, "subjects/subject.html", context, status=status)


def _age(told: golden.Told) -> str:
    """How old a value is, in the largest unit that says something."""
    if told.age is None:
        return ""
    days = told.age.days
    if days >= 730:
        return ngettext("%(n)d year old", "%(n)d years old", days // 365) % {"n": days // 365}
    if days >= 60:
        return ngettext("%(n)d month old", "%(n)d months old", days // 30) % {"n": days // 30}
    if days >= 1:
        return ngettext("%(n)d day old", "%(n)d days old", days) % {"n": days}
    return _("of today")


def _around(request: HttpRequest, section: str) -> dict[str, Any]:
    return {"section": section, "steward": bool(permissions.stewards(actor_of(request.user)))}
