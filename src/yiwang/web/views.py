"""The pages that belong to no package: home, help, language, elders' version, and what is shown when nothing works."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yiwang.foundation.directory import unsent
from yiwang.foundation.ui.frame import ELDERS_COOKIE, safe_next
from yiwang.foundation.ui.problems import problem
from yiwang.web import home as front
from yiwang.web.access import TABLE

YEAR = 365 * 24 * 3600


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """One question, life events, single services, my cases."""
    page = {
        "examples": front.EXAMPLES,
        "events": front.life_events(),
        "singles": front.single_services(),
        "mine": front.mine(request),
    }
    return render(request, "web/home.html", page)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to get a human being, and how this works."""
    return render(request, "web/help.html")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language of all pages on this device and come back."""
    wanted = request.POST.get("language", "")
    answer = _back(request)
    if wanted in dict(settings.LANGUAGES):
        _remember(request, answer, settings.LANGUAGE_COOKIE_NAME, wanted)
    return answer


@require_POST
def elders(request: HttpRequest) -> HttpResponse:
    """Switch the elders' version on or off on this device and come back."""
    answer = _back(request)
    if request.POST.get("elders") == "1":
        _remember(request, answer, ELDERS_COOKIE, "1")
    else:
        answer.delete_cookie(ELDERS_COOKIE, samesite="Lax")
    return answer


def _back(request: HttpRequest) -> HttpResponseRedirect:
    answer = HttpResponseRedirect(safe_next(request, request.POST.get("next")))
    answer.status_code = 303
    return answer


def _remember(request: HttpRequest, answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem(
        request, 400, _("We could not read what your browser sent"),
        _("Please go back, load the page anew and try once more."), action=_("To the home page"),
    )  # fmt: skip


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem(
        request, 403, _("This page is not for your account"),
        _("If you think it should be, ask at a service window or call 12345."), action=_("To the home page"),
    )  # fmt: skip


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or cookies are off; nothing was executed. What was typed waits for whoever opened it."""
    rule = TABLE.get(request.resolver_match.view_name) if request.resolver_match else None
    if rule is not None and unsent.keep(request, rule):
        return problem(
            request, 403, _("This form was opened before you last signed in or out"),
            _("Nothing was sent. What you typed is kept for an hour and is back in the form when you open it again."),
            action=_("Open the form again"), href=request.path,
        )  # fmt: skip
    return problem(
        request, 403, _("This form has been open for too long"),
        _("Nothing was sent. Go back, load the page anew and send it again. Your browser must accept cookies."),
        action=_("To the home page"),
    )  # fmt: skip


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem(
        request, 404, _("There is no such page"),
        _("The address may be mistyped, or the page may belong to somebody else. Say in your own words what you need."),
        action=_("Search for a service"), href="/",
    )  # fmt: skip


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session: both may be what is broken."""
    tag = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    wanted = tag if tag in dict(settings.LANGUAGES) else translation.get_language_from_request(request)
    with translation.override(wanted):
        page: dict[str, Any] = {
            "status": 500,
            "title": _("Something broke on our side"),
            "text": _("What you had saved is still there. Please try again in a few minutes, or call 12345."),
            "action": _("To the home page"),
            "href": "/",
        }
        return HttpResponse(render_to_string("ui/problem.html", page), status=500)
