"""Suggestions as a department writes them: reading `suggest:`, and whether what it says can be worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from yiwang.foundation import rules
from yiwang.foundation.rules import FeelSyntaxError, tree
from yiwang.foundation.standards.elements import Element
from yiwang.foundation.standards.reading import Section, near
from yiwang.service.catalogue.package import Bundle, Service, Suggestion
from yiwang.service.catalogue.plan_check import circles
from yiwang.service.catalogue.service import TODAY, every_question, parts_of, suggestions_of

Report = Callable[..., None]


def read_suggestions(root: Section, lines: dict[tuple[str, ...], int]) -> tuple[Suggestion, ...]:
    """The `suggest:` list of a matter or bundle: `- discharge.kind: {value: ..., because: {zh: ..., en: ...}}`."""
    return tuple(_each(root, lines))


def _each(root: Section, lines: dict[tuple[str, ...], int]) -> Iterator[Suggestion]:
    for code, entry in root.entries("suggest", shorthand="value"):
        lines["suggest", code] = entry.line()
        value = entry.text("value", max_length=500)
        because = entry.words("because", max_length=120)
        basis = entry.text("basis", required=False, max_length=200)
        entry.finish()
        if value is not None and because is not None:
            yield Suggestion(code, value, because, basis)


def check_suggestions(service: Service, report: Report) -> None:
    """Report suggestions of what is not asked, that read what is not asked, give another kind of answer or one that the
    question does not have, or wait for each other in a circle."""
    asked = {question.element.code: question for question in every_question(service)}
    types = {TODAY: "date", **{code: question.element.feel_type for code, question in asked.items()}}
    derived = [*service.derived, *(each for part in parts_of(service) for each in part.matter.derived)]
    types |= {each.code: each.feel_type for each in derived}
    for each in service.suggestions:
        where = ("suggest", each.element)
        question = asked.get(each.element)
        if question is None:
            remedy = near(each.element, sorted(asked), "Suggest one of")
            report(where, f"“{each.element}” is suggested and never asked.", remedy)
            continue
        if not question.required:
            report(where, f"“{each.element}” may stay empty, so that nothing can be suggested.", "Make it required.")
        _check_value(each, question.element, types, report)
    for code in circles(_reads(service, types)):
        if any(each.element == code for each in service.suggestions):
            report(("suggest", code), f"“{code}” waits for itself: its suggestion runs in a circle.", "Break it.")


def _check_value(each: Suggestion, element: Element, types: Mapping[str, str], report: Report) -> None:
    where = ("suggest", each.element)
    try:
        expression = rules.parse(each.value)
    except FeelSyntaxError as error:
        report(where, f"“{each.value}” cannot be read: {error.message}.", f"Correct it at character {error.column}.")
        return
    wrong = rules.check(expression, types, wanted=element.feel_type)
    for message in wrong:
        report(where, f"“{each.value}” does not fit: {message}.", f"Give what “{each.element}” is: {element.kind}.")
    codes = {choice.code for choice in element.choices}
    unknown = [text for text in _outcomes(expression.tree) if codes and text not in codes]
    for text in unknown if not wrong else ():
        report(where, f"“{each.element}” has no answer “{text}”.", f"It has {', '.join(sorted(codes))}.")


def _outcomes(node: tree.Node) -> Iterator[object]:
    """What an expression may give, as far as it is written out: both branches of an `if`, the items of a list."""
    if isinstance(node, tree.Literal):
        if node.value is not None:
            yield node.value
    elif isinstance(node, tree.If):
        for _condition, outcome in node.branches:
            yield from _outcomes(outcome)
        yield from _outcomes(node.otherwise)
    elif isinstance(node, tree.Items):
        for item in node.items:
            yield from _outcomes(item)


def _reads(service: Service, types: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What each element's suggestion and conditions read."""
    found: dict[str, set[str]] = {}

    def add(code: str, text: str | None) -> None:
        reads = found.setdefault(code, set())
        if text is not None:
            try:
                reads |= rules.parse(text).uses(types) - {TODAY}
            except FeelSyntaxError:
                return

    for question in service.questions if isinstance(service, Bundle) else ():
        add(question.element.code, question.when)
    for part in parts_of(service):
        for question in part.matter.questions:
            add(question.element.code, question.when)
    for code, each in suggestions_of(service).items():
        add(code, each.value)
    for told in (*service.derived, *(each for part in parts_of(service) for each in part.matter.derived)):
        found.setdefault(told.code, set()).add(told.derived_from or "")
    return {code: tuple(sorted(reads & set(found))) for code, reads in found.items()}
