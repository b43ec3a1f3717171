"""The JSON API under /api/v1/: every package brings its router, this file joins them and says what errors look like."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from yiwang.casework.cases import api as cases
from yiwang.foundation.directory import api as directory
from yiwang.service.applications import api as applications
from yiwang.service.catalogue import api as catalogue

api = NinjaAPI(
    title="Yiwang",
    version="1",
    description=(
        "Everything a person can do on the pages, for programs. Send `Authorization: Bearer <token>`; "
        "`POST /tokens` gives one. Errors carry `code` for programs and `detail` in the language of Accept-Language."
    ),
    urls_namespace="api",
    docs_url=None,
    auth=directory.SIGNED_IN,
)
api.add_router("", directory.router)
api.add_router("", cases.router)
api.add_router("", catalogue.router)
api.add_router("", applications.router)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422: each field that is missing or wrong, by the path that leads to it; what was sent is not repeated."""
    errors = [
        {"field": ".".join(str(step) for step in each["loc"][1:]), "code": each["type"], "detail": each["msg"]}
        for each in error.errors
    ]
    return _problem(request, 422, "invalid", _("Some fields are missing or wrong."), errors=errors)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return _problem(request, 404, "not_found", _("There is no such thing, or it is not yours."))


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _problem(request, error.status_code, "refused", str(error))


def _problem(request: HttpRequest, status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    return api.create_response(request, {"code": code, "detail": detail, **more}, status=status)
