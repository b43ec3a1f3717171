"""A service's answers as JSON Schema (2020-12), so that programs can check what they send. Pure."""

from __future__ import annotations

from typing import Any

from yiwang.foundation.standards.elements import Element, ElementKind
from yiwang.service.applications.answers import LARGEST
from yiwang.service.catalogue.queries import PublishedService
from yiwang.service.catalogue.service import elements_of, parts_of, suggestions_of

_PATTERNS = {
    ElementKind.RESIDENT_ID: r"^[0-9]{17}[0-9X]$",
    ElementKind.USCC: r"^[0-9A-HJ-NP-RTUWXY]{18}$",
}


def of_service(published: PublishedService) -> dict[str, Any]:
    """Every answer that the service may ask. Which of them a situation needs depends on the others: `x-when` gives the
    conditions in FEEL, one for each part that asks; an answer with none of them is always asked. `x-suggest` is what it
    is taken to be, in FEEL, until somebody gives another; `x-found-in` the address that may name a place."""
    service = published.service
    conditions: dict[str, list[str]] = {}
    needed: dict[str, bool] = {}
    own = getattr(service, "questions", ()) if service.kind == "bundle" else ()
    asked = [("", question) for question in own]
    for part in parts_of(service):
        asked += [(part.when or "", question) for question in part.matter.questions]
    always: set[str] = set()
    for part_when, question in asked:
        code = question.element.code
        needed[code] = needed.get(code, False) or question.required
        both = [f"({when})" for when in (part_when, question.when) if when]
        if both:
            conditions.setdefault(code, []).append(" and ".join(both))
        else:
            always.add(code)
    properties, suggestions = {}, suggestions_of(service)
    for code, element in elements_of(service).items():
        properties[code] = {**_of_element(element), "x-required": needed.get(code, False)}
        if code not in always and code in conditions:
            properties[code]["x-when"] = conditions[code]
        if element.found_in is not None:
            properties[code]["x-found-in"] = element.found_in
        elif code in suggestions:
            properties[code]["x-suggest"] = suggestions[code].value
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": service.name.en,
        "description": service.summary.en,
        "x-title-zh": service.name.zh,
        "x-version": published.version,
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _of_element(element: Element) -> dict[str, Any]:
    asked = element.question or element.name
    return {
        "title": element.name.en,
        "description": asked.en,
        "x-title-zh": element.name.zh,
        "x-question-zh": asked.zh,
        **_KINDS.get(element.kind, _text)(element),
    }


def _text(element: Element) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": element.max_length}


def _whole(element: Element) -> dict[str, Any]:
    return {"type": "integer", **_bounds(element)}


def _money(element: Element) -> dict[str, Any]:
    return {**_whole(element), "x-unit": "fen"}


def _decimal(element: Element) -> dict[str, Any]:
    unit = {"x-unit": element.unit.en} if element.unit else {}
    text = {"type": "string", "pattern": r"^[+-]?[0-9]{1,15}(\.[0-9]{1,6})?$"}
    return {"anyOf": [{"type": "number", **_bounds(element)}, text], **unit}


def _bounds(element: Element) -> dict[str, Any]:
    least = element.minimum if element.minimum is not None else -LARGEST
    most = element.maximum if element.maximum is not None else LARGEST
    return {"minimum": _json(least), "maximum": _json(most)}


def _json(number: Any) -> int | float:
    return int(number) if number == int(number) else float(number)


def _one_of(element: Element) -> dict[str, Any]:
    return {
        "type": "string",
        "oneOf": [
            {"const": choice.code, "title": choice.words.en, "x-title-zh": choice.words.zh}
            for choice in element.choices
        ],
    }


def _some_of(element: Element) -> dict[str, Any]:
    return {"type": "array", "items": _one_of(element), "minItems": 1, "uniqueItems": True}


def _patterned(element: Element) -> dict[str, Any]:
    return {"type": "string", "pattern": _PATTERNS[element.kind]}


_KINDS = {
    ElementKind.INTEGER: _whole,
    ElementKind.MONEY: _money,
    ElementKind.DECIMAL: _decimal,
    ElementKind.BOOLEAN: lambda element: {"type": "boolean"},
    ElementKind.DATE: lambda element: {"type": "string", "format": "date"},
    ElementKind.CHOICE: _one_of,
    ElementKind.CHOICES: _some_of,
    ElementKind.RESIDENT_ID: _patterned,
    ElementKind.USCC: _patterned,
    ElementKind.PHONE: lambda element: {"type": "string", "maxLength": 20},
}
