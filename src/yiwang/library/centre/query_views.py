"""The page for questions in SQL: ask, watch, stop, read the answer, take it along as CSV."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.ui.language import said
from yiwang.library.centre import actions, cells, forms, permissions, queries, questions
from yiwang.library.centre.models import Question
from yiwang.library.centre.question_words import ENGINES, method_words, why
from yiwang.library.centre.questions import Standing
from yiwang.library.centre.refusals import NotPermitted, NotPossible

SHOWN = 200
"""Rows on the page; the download has all."""
REFRESH = "3"
"""Seconds after which the page of an open question is looked at again."""


def query(request: HttpRequest) -> HttpResponse:
    """The form, and what may be used in it."""
    by = actor_of(request.user)
    known = questions.standings(by.posts)
    form = forms.Query(request.POST or None, standings=known, initial=_again(request))
    problem, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                number = actions.ask_question(data["text"], data["standing"], by=by, case=data["case"])
            except NotPermitted:
                problem, status = _("Your posts hold no grant for this."), 403
            except NotPossible as refused:
                problem, status = said(refused.words), 409
            else:
                return redirect("centre:question", number=number)
    shelves = [(each, questions.shelf_of(each).items) for each in known]
    closed = [item for _standing, items in shelves for item in items if item.grant.statistics_only]
    context = {
        "form": form,
        "problem": problem,
        "standings": known,
        "shelves": [
            (forms.standing_words(each), [(queries.sql_name(item.product), item) for item in items])
            for each, items in shelves
        ],
        "statistic": questions.example_of(closed[0]) if closed else "",
        "recent": questions.recent(by),
        **_around(request),
    }
    return render(request, "centre/query.html", context, status=status)


@require_safe
def question(request: HttpRequest, number: int) -> HttpResponse:
    """How far a question is, or its answer."""
    found = _question(request, number)
    is_open = found.state in questions.OPEN
    table = None if is_open else questions.rows_of(found.pk)
    shown = table.slice(0, SHOWN) if table is not None else None
    columns = [column.to_pylist() for column in shown.columns] if shown is not None else []
    titles = {step["product"]: queries.title_of(step["product"]) for step in [*found.steps, *found.progress]}
    for step in [*found.steps, *found.progress]:
        step["title"] = titles[step["product"]] if step["product"] else _("Joining the rows")
    context = {
        "question": found,
        "open": is_open,
        "why": why(found.code),
        "method": method_words(found.method, found.rows) if found.method else [],
        "engine": ENGINES.get(found.engine),
        "columns": shown.column_names if shown is not None else [],
        "rows": [[cells.text(value) for value in row] for row in zip(*columns, strict=True)],
        "forgotten": table is None,
        "steps": found.steps,
        "missing": [
            f"{said(queries.title_of(each['product']))} · {said(directory.post_name(each['department'] + '/*'))}"
            for each in found.missing
        ],
        **_around(request),
    }
    response = render(request, "centre/question.html", context)
    if is_open:
        response.headers["Refresh"] = REFRESH
    return response


@require_POST
def give_up(request: HttpRequest, number: int) -> HttpResponse:
    """Stop the answering."""
    try:
        actions.give_up_question(number, by=actor_of(request.user))
    except questions.NoSuchQuestion:
        raise Http404 from None
    return redirect("centre:question", number=number)


@require_safe
def answer_csv(request: HttpRequest, number: int) -> HttpResponseBase:
    """The rows of an answer as a file."""
    found = _question(request, number)
    table = questions.rows_of(found.pk)
    if table is None:
        raise Http404
    response = StreamingHttpResponse(cells.csv_lines(table), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="answer-{found.pk}.csv"'
    return response


def _question(request: HttpRequest, number: int) -> Question:
    try:
        return questions.question(number, actor_of(request.user))
    except questions.NoSuchQuestion:
        raise Http404 from None


def _again(request: HttpRequest) -> dict[str, str]:
    """An earlier question of one's own, to change it."""
    number = request.GET.get("again", "")
    if not (number.isascii() and number.isdigit() and len(number) < 12):
        return {}
    try:
        found = questions.question(int(number), actor_of(request.user))
    except questions.NoSuchQuestion:
        return {}
    return {"text": found.text, "standing": Standing(found.post, found.purpose).key, "case": found.case}


def _around(request: HttpRequest) -> dict[str, Any]:
    return {"section": "query", "steward": bool(permissions.stewards(actor_of(request.user)))}
