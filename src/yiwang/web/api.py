"""The JSON API under /api/v1/: every package brings its router, this file joins them and says what errors look like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import JSONRenderer

from yiwang.casework.cases import api as cases
from yiwang.casework.cases import load_views
from yiwang.foundation.directory import api as directory
from yiwang.foundation.directory.access import operation_name
from yiwang.foundation.directory.api import Problem
from yiwang.foundation.documents import api as documents
from yiwang.foundation.notifications import api as notifications
from yiwang.foundation.ui.problems import PROBLEM_JSON
from yiwang.library.centre import api as library
from yiwang.library.centre import my_api
from yiwang.library.subjects import api as subjects
from yiwang.service.applications import api as applications
from yiwang.service.applications import checks_api, desk_papers, failed_attempt_api, payment_api
from yiwang.service.catalogue import api as catalogue
from yiwang.service.exchange import api as exchange


class FieldProblem(Schema):
    field: str
    code: str
    detail: str


class InvalidFields(Problem):
    """What an operation may answer before it runs; `errors` names the fields that are missing or wrong."""

    errors: list[FieldProblem] = []


class Readable(JSONRenderer):
    """Chinese as Chinese: half as long, and a person can read it."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


class CityApi(NinjaAPI):
    """Sends errors as problems, and describes those that every operation may meet before it runs."""

    def create_response(
        self,
        request: HttpRequest,
        data: Any,
        *,
        status: int | None = None,
        temporal_response: HttpResponse | None = None,
    ) -> HttpResponse:
        response = super().create_response(request, data, status=status, temporal_response=temporal_response)
        if response.status_code >= 400:
            response.headers["Content-Type"] = PROBLEM_JSON
        return response

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation_name(operation)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        described = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        described["components"]["schemas"].update(_schemas())
        for methods in described["paths"].values():
            for operation in methods.values():
                _describe_problems(operation)
        return described


def _schemas() -> dict[str, Any]:
    body = InvalidFields.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**body.pop("$defs", {}), "InvalidFields": body}


def _describe_problems(operation: dict[str, Any]) -> None:
    """Every refusal that the border, the access table or the reading of fields may answer."""
    responses = operation["responses"]
    met = [400]
    met += [401, 403] if operation.get("security") else []
    met += [404, 422] if operation.get("parameters") or operation.get("requestBody") else []
    met += [414] if any(parameter["in"] == "query" for parameter in operation.get("parameters", ())) else []
    met += [403, 413, 415] if operation.get("requestBody") else []
    for status in met:
        known = {"description": _MEANING[status], "content": {PROBLEM_JSON: {"schema": _INVALID}}}
        responses.setdefault(status, known)
    for status, answer in responses.items():
        if int(status) >= 400 and "application/json" in answer.get("content", {}):
            answer["content"] = {PROBLEM_JSON: answer["content"]["application/json"]}
    operation["responses"] = {str(status): responses[status] for status in sorted(responses, key=int)}


_INVALID = {"$ref": "#/components/schemas/InvalidFields"}
_MEANING = {
    400: "What was sent cannot be read",
    401: "Not signed in, or the token is unknown",
    403: "Not for this account, or forged",
    404: "There is no such thing, or it is not yours",
    413: "Too much at once",
    414: "The address is too long",
    415: "Another content type is needed",
    422: "Fields are missing or wrong",
}

api = CityApi(
    title="Yiwang",
    version="1",
    description=(
        "Everything a person can do on the pages, for programs. Send `Authorization: Bearer <token>`; "
        "`POST /tokens` gives one. Errors carry `code` for programs and `detail` in the language of Accept-Language."
    ),
    urls_namespace="api",
    docs_url=None,
    renderer=Readable(),
    auth=directory.SIGNED_IN,
)
api.add_router("", directory.router)
api.add_router("", cases.router)
api.add_router("", load_views.router)
api.add_router("", my_api.router)
api.add_router("", catalogue.router)
api.add_router("", library.router)
api.add_router("", subjects.router)
api.add_router("", applications.router)
api.add_router("", desk_papers.router)
api.add_router("", failed_attempt_api.router)
api.add_router("", payment_api.router)
api.add_router("", exchange.router)
api.add_router("", checks_api.router)
api.add_router("", checks_api.desk_router)
api.add_router("", documents.router)
api.add_router("", notifications.router)


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
