"""Pages on which a department's people and administrators look after the exchange with its own system."""

from __future__ import annotations

import csv
import io

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import ActorKind, actor_of
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import to_city
from yiwang.service.exchange import actions, queries
from yiwang.service.exchange.queries import SystemCard
from yiwang.service.exchange.refusals import NoSuchSystem
from yiwang.service.exchange.steps import StepKind

KINDS = {
    StepKind.ACCEPT: Words("受理", "Acceptance"),
    StepKind.CORRECTION: Words("要求补正", "Correction asked"),
    StepKind.NOT_ACCEPT: Words("不予受理", "Not accepted"),
    StepKind.PROCESS: Words("办完一项任务", "A task done"),
    StepKind.SPECIAL_BEGIN: Words("特别程序开始", "Special procedure began"),
    StepKind.SPECIAL_END: Words("特别程序结束", "Special procedure ended"),
    StepKind.RESULT: Words("决定", "Decision"),
    StepKind.DELIVER: Words("送达", "Delivery"),
}
COLUMNS = ("project_no", "what", "here", "there", "day", "sent_again")


@require_safe
def systems(request: HttpRequest) -> HttpResponse:
    """The systems that this person looks after, and how each stands."""
    names = directory.department_names()
    found = [(card, names.get(card.department, card.department)) for card in queries.systems(actor_of(request.user))]
    return render(request, "exchange/systems.html", {"systems": found})


@require_safe
def system(request: HttpRequest, department: str) -> HttpResponse:
    """One system: what went out, what came in, what was refused, where the records differ."""
    card = _card(request, department)
    posts = [directory.post_name(post) for post in card.posts]
    context = {
        "system": card,
        "posts": posts,
        "troubled": [(step, _kind(step.kind)) for step in queries.troubled(department)],
        "back_dated": [(step, _kind(step.kind)) for step in queries.back_dated(department)[:50]],
        "differences": queries.differences(department)[: queries.MOST],
        "opens_cases": actor_of(request.user).kind is ActorKind.OFFICER,
    }
    return render(request, "exchange/system.html", context)


@require_safe
def differences_csv(request: HttpRequest, department: str) -> HttpResponse:
    """Where the two sides' records differ, for a spreadsheet."""
    _card(request, department)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in queries.differences(department):
        again = f"{to_city(each.resent_at):%Y-%m-%d %H:%M}" if each.resent_at else ""
        writer.writerow([_safe(each.project), each.kind, each.ours, each.theirs, each.day.isoformat(), again])
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="differences-{department}.csv"'
    return answer


@require_POST
def resend(request: HttpRequest, department: str) -> HttpResponse:
    """Put the sheets of a file out again. Whoever has them keeps them."""
    try:
        actions.resend(department, request.POST.get("project", "")[:80], by=actor_of(request.user))
    except NoSuchSystem:
        raise Http404 from None
    return redirect("exchange:system", department)


def _card(request: HttpRequest, department: str) -> SystemCard:
    try:
        return queries.system(department, actor_of(request.user))
    except NoSuchSystem:
        raise Http404 from None


def _kind(kind: str) -> Words:
    return KINDS[StepKind(kind)] if kind in set(StepKind) else Words(kind or "读不懂的一行", kind or "A row unread")


def _safe(text: str) -> str:
    """A cell that a spreadsheet takes for no formula: what the department wrote is not ours."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠") else text
