"""The applicant's page of a hearing (听证): ask for one, see when and where it is, say whether one comes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.casework.cases.queries import case_view
from yiwang.casework.cases.refusals import NoSuchCase
from yiwang.casework.cases.refusals import NotPossible as CaseNotPossible
from yiwang.foundation.kernel.text import UnacceptableText
from yiwang.foundation.ui.language import said
from yiwang.service.applications import actions, queries
from yiwang.service.applications.pages import actor, go, of_application, read_or_send
from yiwang.service.applications.refusals import NoSuchApplication

LONGEST = 1000


@read_or_send
@of_application
def hearing(request: HttpRequest, number: str, part: str) -> HttpResponse:
    """One part's hearing."""
    by = actor(request)
    found = queries.followed(number, by)
    try:
        shown = case_view(number, found.speaker).part(part)
    except NoSuchCase as missing:
        raise NoSuchApplication(number) from missing
    error, field = "", "words"
    typed = request.POST.get("words", "")[: LONGEST + 1]
    if request.method == "POST":
        comes = request.POST.get("comes", "")
        try:
            if "answer_hearing" in shown.verbs and comes not in ("yes", "no"):
                error, field = _("Say whether you come."), "comes"
            elif "answer_hearing" in shown.verbs:
                actions.answer_hearing(number, part, comes == "yes", typed, by=by)
                return go("applications:hearing", number, part)
            else:
                actions.ask_hearing(number, part, typed, by=by)
                return go("applications:hearing", number, part)
        except (CaseNotPossible, UnacceptableText) as refused:
            error = said(refused.words)
    context = {
        "part": shown,
        "hearing": shown.hearing,
        "asks": "ask_hearing" in shown.verbs,
        "answers": "answer_hearing" in shown.verbs,
        "choices": [("yes", _("I come")), ("no", _("I do not come"))],
        "comes": {True: "yes", False: "no"}.get(shown.hearing.comes, "")
        if shown.hearing and shown.hearing.comes is not None
        else "",
        "typed": typed,
        "longest": LONGEST,
        "errors": {field: error} if error else {},
        "back": reverse("applications:application", args=[number]),
    }
    return render(request, "applications/hearing.html", context, status=422 if error else 200)
