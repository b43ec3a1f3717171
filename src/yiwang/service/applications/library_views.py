"""The pages on which an applicant meets what departments hold: may it be read, which of it is meant, what is wrong."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.text import UnacceptableText, Words
from yiwang.foundation.standards.elements import Element, ElementKind
from yiwang.foundation.ui.fields import Posted, posted
from yiwang.foundation.ui.language import language, said
from yiwang.foundation.ui.shapes import Row
from yiwang.library.centre import corrections
from yiwang.service.applications import answers, asking, disputes, drafts, sources
from yiwang.service.applications.answers import WrongAnswer
from yiwang.service.applications.drafts import OpenDraft
from yiwang.service.applications.known import NONE_OF_THEM, LookUp, readable
from yiwang.service.applications.pages import actor, go, of_draft, onward, read_or_send
from yiwang.service.applications.progress import asked_as
from yiwang.service.applications.refusals import NotAsked
from yiwang.service.catalogue.service import elements_of


@read_or_send
@of_draft
def consent(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Whose record would be read, what for; "no" leaves the question to the person."""
    by = actor(request)
    held = drafts.read(draft, by)
    wanted = asking.wanted_consents(held, by, decided=True)
    if not wanted:
        raise NotAsked
    errors: dict[str, str] = {}
    if request.method == "POST":
        given = {each.product.reference: request.POST.get(each.product.code, "") for each in wanted}
        errors = {
            each.product.code: _("Choose one: both are all right.")
            for each in wanted
            if given[each.product.reference] not in ("true", "false")
        }
        if not errors:
            asking.consent(draft, {product: said == "true" for product, said in given.items()}, by=by)
            return onward(draft, by)
    names = directory.department_names()
    elements = elements_of(held.published.service)
    materials = {each.material.key: each.material.name for each in held.progress.materials}
    context = {
        "draft": held,
        "asked": [
            {
                "field": each.product.code,
                "title": each.product.title,
                "department": names.get(each.product.department, each.product.department),
                "for": [
                    *(asked_as(elements[code]) for code in each.elements if code in elements),
                    *(materials[key] for key in each.materials if key in materials),
                ],
                "basis": each.issued.grant.basis,
                "value": _yes_no(held.consents.get(each.product.reference)),
                "error": errors.get(each.product.code, ""),
            }
            for each in wanted
        ],
        "choices": [("true", _("Yes, look it up")), ("false", _("No, I give it myself"))],
        "errors": errors,
        "back": reverse("applications:draft", args=[draft]),
    }
    return render(request, "applications/consent.html", context, status=422 if errors else 200)


@read_or_send
@of_draft
def record(request: HttpRequest, draft: UUID, product: str) -> HttpResponse:
    """A register holds several things of the person: which is meant, or none of them."""
    by = actor(request)
    held = drafts.read(draft, by)
    offered = next((each for each in held.told.lookups if _code(each) == product and each.elements), None)
    if offered is None or not offered.rows:
        raise NotAsked(product)
    error = ""
    if request.method == "POST":
        chosen = request.POST.get("record", "")
        if chosen in ("none", *(str(number) for number in range(len(offered.rows)))):
            asking.choose(draft, offered.product, NONE_OF_THEM if chosen == "none" else int(chosen), by=by)
            return onward(draft, by)
        error = _("Choose one to go on.")
    picked, product_read = offered.chosen, asking.product_of(offered)
    of_enterprises = product_read is not None and product_read.represents is not None
    context = {
        "draft": held,
        "heading": _("Which of your businesses is it for?") if of_enterprises else _("Which one is it about?"),
        "title": offered.title,
        "source": sources.of_lookup(offered, directory.department_names()),
        "choices": [
            *((str(number), *_described(held, offered, number)) for number in range(len(offered.rows))),
            ("none", _("None of these"), _("Then we ask you.")),
        ],
        "value": "" if picked is None else "none" if picked < 0 else str(picked),
        "error": error,
        "errors": {"record": error} if error else {},
        "back": reverse("applications:draft", args=[draft]),
    }
    return render(request, "applications/record.html", context, status=422 if error else 200)


@read_or_send
@of_draft
def dispute(request: HttpRequest, draft: UUID, element: str) -> HttpResponse:
    """What the record says, and what the applicant says it should."""
    by = actor(request)
    held = drafts.read(draft, by)
    known, question = held.progress.known.get(element), held.progress.question(element)
    if known is None or question is None:
        raise NotAsked(element)
    asked = question.element
    words = request.POST.get("words", "")
    value: Any = held.answers.get(element) if held.answers.get(element) != known.value else ""
    errors: dict[str, str] = {}
    if request.method == "POST":
        value = posted(element, asked.kind, cast(Posted, request.POST))
        try:
            given = answers.typed(asked, value)
            if given is None:
                errors[element] = _("Answer this question to go on.")
            elif given == known.value:
                errors[element] = _("This is what the record says. Write what is right, or go back.")
            else:
                disputes.dispute(draft, element, given, words, by=by)
                return go("applications:review", draft)
        except WrongAnswer as wrong:
            errors[element] = said(wrong.words)
        except UnacceptableText as wrong:
            errors["words"] = said(wrong.words)
    context = {
        "draft": held,
        "question": question,
        "held": answers.shown(asked, known.value, language()),
        "source": sources.of_lookup(known.lookup, directory.department_names()),
        "department": directory.department_names().get(known.lookup.department, known.lookup.department),
        "value": value,
        "words_said": words,
        "longest": corrections.LONGEST,
        "error": errors.get(element, ""),
        "words_error": errors.get("words", ""),
        "errors": errors,
        "product": _code(known.lookup),
        "back": reverse("applications:review", args=[draft]),
    }
    return render(request, "applications/dispute.html", context, status=422 if errors else 200)


def _yes_no(agreed: bool | None) -> str:
    return "" if agreed is None else "true" if agreed else "false"


def _code(lookup: LookUp) -> str:
    return lookup.product.partition("@")[0]


def _described(held: OpenDraft, lookup: LookUp, number: int) -> tuple[str, str]:
    """A row in words: its first value as the name, the others below it. An enterprise is called by its name, also where
    the service asks only its code."""
    elements = elements_of(held.published.service)
    row = lookup.rows[number]
    shown: list[Row] = []
    product = asking.product_of(lookup)
    if product is not None and product.represents is not None:
        asked = set(lookup.elements.values())
        named = [each for each in product.fields if each.element and each.name not in asked and row.get(each.name)]
        shown = [Row(each.words, str(row[each.name])) for each in named]
    order = sorted((code for code in lookup.elements if code in elements), key=lambda code: _rank(elements[code]))
    for code in order:
        value = readable(elements.get(code), row.get(lookup.elements[code]))
        if value is not None:
            shown.append(Row(elements[code].name, answers.shown(elements[code], value, language())))
    if not shown:
        return _("Entry %(number)d") % {"number": number + 1}, ""
    colon = Words("：", ": ")
    rest = [f"{said(cast(Words, each.name))}{said(colon)}{each.value}" for each in shown[1:]]
    return str(shown[0].value), said(Words("，", ", ")).join(rest)


def _rank(element: Element) -> tuple[bool, str]:
    """People call a thing by its address."""
    return element.kind is not ElementKind.ADDRESS, element.code
