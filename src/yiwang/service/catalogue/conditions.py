"""Whether a FEEL condition can be decided from what was asked before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from yiwang.foundation import rules
from yiwang.foundation.rules import FeelSyntaxError
from yiwang.foundation.standards.elements import Element
from yiwang.foundation.standards.reading import near
from yiwang.service.catalogue.service import TODAY


class Known:
    """What has been asked so far, and what the package asks at all."""

    def __init__(self, ever: Mapping[str, Element]) -> None:
        self.ever = ever
        self.types: dict[str, str] = {TODAY: "date"}

    def ask(self, element: Element, derived: Iterable[Element]) -> None:
        """The element is asked now; what it tells is known too."""
        self.types[element.code] = element.feel_type
        for told in derived:
            if told.derived_from == element.code:
                self.types[told.code] = told.feel_type


def check_condition(condition: str | None, known: Known, report: Callable[..., None], *where: str) -> None:
    """Report a condition that does not parse, asks what is not known by then, or compares unlike things."""
    if condition is None:
        return
    try:
        expression = rules.parse(condition)
    except FeelSyntaxError as error:
        report(where, f"“{condition}” cannot be read: {error.message}.", f"Correct it at character {error.column}.")
        return
    unknown = sorted(name for name in expression.names if name not in known.types)
    for name in unknown:
        if name in known.ever:
            report(where, f"The condition needs “{name}”, which is asked only later.", f"Ask {name} before this.")
        else:
            remedy = near(name, sorted(known.types), "Ask it first, or use one of")
            report(where, f"The condition needs “{name}”, which is never asked.", remedy)
    if unknown:
        return
    for message in rules.check(expression, known.types):
        report(where, f"“{condition}” does not fit: {message}.", "Compare things of the same kind.")
    for message in _unknown_choices(condition, expression.names, known):
        report(where, message, "Use one of the element's answers.")
    if not expression.names and not rules.holds(expression, {}):
        report(where, f"“{condition}” is never true.", "Remove it, or let it depend on an answer.")


def _unknown_choices(condition: str, names: Iterable[str], known: Known) -> list[str]:
    """Comparisons of a choice with an answer that it does not have: `discharge.kind = "domestik"`."""
    found = []
    for name in sorted(names):
        element = known.ever.get(name)
        if element is None or not element.choices:
            continue
        codes = {choice.code for choice in element.choices}
        for text in re.findall(re.escape(name) + r'\s*!?=\s*"([^"]*)"', condition):
            if text not in codes:
                found.append(f"“{name}” has no answer “{text}”; it has {', '.join(sorted(codes))}.")
    return found
