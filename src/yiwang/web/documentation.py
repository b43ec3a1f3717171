"""The API's documentation page, drawn from the same OpenAPI document that programs read. No scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yiwang.web.api import api


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A parameter or a field of a body."""

    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation as the page shows it. `fields`: parameters first, then the body's; `answers`: status and schema."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    signed_in: bool
    fields: tuple[FieldRow, ...]
    answers: tuple[tuple[str, str], ...]


def page(request: HttpRequest) -> HttpResponse:
    return render(request, "web/api.html", {"groups": groups(api.get_openapi_schema())})


def groups(schema: Mapping[str, Any]) -> dict[str, list[OperationRow]]:
    """Operations by their package, in the order of the document."""
    found: dict[str, list[OperationRow]] = {}
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            tag = (operation.get("tags") or [""])[0]
            found.setdefault(tag, []).append(_operation(schema, path, method.upper(), operation))
    return found


def _operation(schema: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> OperationRow:
    return OperationRow(
        id=operation["operationId"],
        method=method,
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        signed_in=bool(operation.get("security")),
        fields=(*_parameters(schema, operation), *_body(schema, operation)),
        answers=tuple((str(status), _answer(answer)) for status, answer in operation["responses"].items()),
    )


def _answer(answer: Mapping[str, Any]) -> str:
    for content in answer.get("content", {}).values():
        return _kind(content["schema"])
    return ""


def _parameters(schema: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[FieldRow]:
    for each in operation.get("parameters", ()):
        description = each.get("description") or each["schema"].get("description", "")
        yield FieldRow(
            each["name"], f"{_kind(each['schema'])} ({each['in']})", each.get("required", False), description
        )


def _body(schema: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[FieldRow]:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        body = content["schema"]
        while "$ref" in body:
            body = _resolved(schema, body["$ref"])
        required = body.get("required", ())
        for name, each in body.get("properties", {}).items():
            yield FieldRow(name, _kind(each), name in required, each.get("description", ""))


def _resolved(schema: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = schema
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def _kind(schema: Mapping[str, Any]) -> str:
    """A schema in a word: `string`, `list of Token`, `integer or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "")
