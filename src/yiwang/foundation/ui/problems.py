"""What says that something did not work and what to do about it: pages for people, problems for programs."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yiwang.foundation.kernel.text import Words

PROBLEM_JSON = "application/problem+json"
"""Errors of the API are RFC 9457 problems with members of our own: `code` for programs, `detail` for people."""


def problem_for_programs(status: int, code: str, detail: str, *, field: str = "") -> HttpResponse:
    """An error's status with why, `detail` in the language of the request; `field` is what was wrong in it."""
    body = {"code": code, "detail": detail, **({"field": field} if field else {})}
    return JsonResponse(body, status=status, content_type=PROBLEM_JSON, json_dumps_params={"ensure_ascii": False})


def problem(
    request: HttpRequest,
    status: int,
    title: Words | str,
    text: Words | str,
    *,
    action: Words | str = "",
    href: str = "/",
    template: str = "ui/problem.html",
) -> HttpResponse:
    """A page with an error's status, one sentence as heading, one paragraph and at most one link to go on."""
    context = {"status": status, "title": title, "text": text, "action": action or _("To the home page"), "href": href}
    return HttpResponse(render_to_string(template, context, request), status=status)


def too_many_requests(request: HttpRequest, wait: timedelta) -> HttpResponse:
    """429 with the time to wait, for people as text and for programs as Retry-After (seconds)."""
    seconds = max(1, round(wait.total_seconds()))
    minutes = -(-seconds // 60)
    text = ngettext(
        "Please try again in %(minutes)d minute. Nothing you have saved is lost.",
        "Please try again in %(minutes)d minutes. Nothing you have saved is lost.",
        minutes,
    ) % {"minutes": minutes}
    answer = problem(
        request, 429, _("That was too often in a short time"), text, action=_("Back to where you were"),
        href=request.get_full_path() if request.method == "GET" else "/",
    )  # fmt: skip
    answer["Retry-After"] = str(seconds)
    return answer
