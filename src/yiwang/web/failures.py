"""What is answered where no view answers: pages for people, problems for programs under /api/."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from yiwang.foundation.directory.access import API_PREFIX
from yiwang.foundation.ui.problems import problem_for_programs
from yiwang.web import views


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if _is_program(request):
        return problem_for_programs(400, "bad_request", _("What you sent cannot be read."))
    return views.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if _is_program(request):
        return problem_for_programs(403, "forbidden", _("This operation is not for your account."))
    return views.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if _is_program(request):
        return problem_for_programs(404, "not_found", _("There is no such thing, or it is not yours."))
    return views.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_program(request):
        return problem_for_programs(500, "server_error", _("Something broke on our side. Try again in a few minutes."))
    return views.server_error(request)


def _is_program(request: HttpRequest) -> bool:
    return request.path_info.startswith(API_PREFIX)
