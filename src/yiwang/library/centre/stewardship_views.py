"""Pages by which departments look after what they share: unread fields, one source each, the access log."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.foundation.directory.actor import actor_of
from yiwang.library.centre import minimisation, one_source, permissions, watching
from yiwang.library.centre.contract_words import LEVELS


@require_safe
def unused(request: HttpRequest) -> HttpResponse:
    """Granted fields that nobody has read, of grants that my departments gave or hold."""
    by = actor_of(request.user)
    context = {"lines": minimisation.report(by), "section": "unused", "steward": bool(permissions.stewards(by))}
    return render(request, "centre/unused.html", context)


@require_safe
def elements(request: HttpRequest) -> HttpResponse:
    """Every element and the one department that answers for it."""
    lines = one_source.report()
    context = {
        "lines": [(line, LEVELS[line.level]) for line in lines],
        "wrong": sum(line.state != "one" for line in lines),
        "section": "elements",
        "steward": bool(permissions.stewards(actor_of(request.user))),
    }
    return render(request, "centre/elements.html", context)


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Who read my departments' data: for their data stewards and heads."""
    by = actor_of(request.user)
    before = request.GET.get("before", "0")
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 12 else 0
    context = {
        "logs": watching.logs(by, request.GET.get("department", "")[:40], start),
        "section": "log",
        "steward": bool(permissions.stewards(by)),
    }
    return render(request, "centre/log.html", context)
