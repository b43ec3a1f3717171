"""Whether a bundle's parts fit together."""

from __future__ import annotations

from collections.abc import Callable

from yiwang.casework.cases.plan import PlanError, promised_path, working_days
from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.standards.elements import Element
from yiwang.service.catalogue.conditions import Known, check_condition
from yiwang.service.catalogue.package import Bundle
from yiwang.service.catalogue.plainness import long_sentences
from yiwang.service.catalogue.plan_check import circles
from yiwang.service.catalogue.reading import ReadBundle
from yiwang.service.catalogue.service import elements_of, plan_for
from yiwang.service.catalogue.suggestions import check_suggestions

Report = Callable[..., None]


def check_bundle(read_bundle: ReadBundle, bundle: Bundle, findings: list[Finding]) -> None:
    """Add what is wrong with the parts' conditions, needs, created facts and the bundle's promise."""

    def report(where: tuple[str, ...], message: str, remedy: str, severity: str = "error") -> None:
        line = read_bundle.lines.get(where, 1)
        findings.append(
            Finding(read_bundle.path, line, message, remedy, "warning" if severity == "warning" else "error")
        )

    _check_conditions(bundle, report)
    check_suggestions(bundle, report)
    sound = _check_needs(bundle, report)
    for sentence in long_sentences(bundle):
        report((), f"This sentence has more than 36 characters: “{sentence[:20]}...”.", "Say it in two.", "warning")
    if not sound:
        return
    _check_facts(bundle, report)
    try:
        longest = promised_path(plan_for(bundle))
    except PlanError:
        # The matter's own check has said what is wrong with its plan.
        return
    if longest > working_days(bundle.promise) + 1e-9:
        message = f"The parts, one after another, promise {longest:g} working days, the bundle {bundle.promise}."
        report(("promise",), message, "Promise more days, shorten a part, or let parts run in parallel.")


def _check_conditions(bundle: Bundle, report: Report) -> None:
    known = Known(elements_of(bundle))
    for question in bundle.questions:
        check_condition(question.when, known, report, "ask", question.element.code, "when")
        known.ask(question.element, bundle.derived)
    for part in bundle.parts:
        check_condition(part.when, known, report, "parts", part.key, "when")
        for question in part.matter.questions:
            known.ask(question.element, part.matter.derived)


def _check_needs(bundle: Bundle, report: Report) -> bool:
    sound = True
    parts = {part.key: part for part in bundle.parts}
    for part in bundle.parts:
        for need in part.needs:
            if need not in parts:
                message = f"Part “{part.key}” needs “{need}”, which this bundle does not have."
                report(("parts", part.key, "needs"), message, f"Parts are: {', '.join(parts)}.")
                sound = False
    for key in circles({part.key: part.needs for part in bundle.parts}):
        message = f"Part “{key}” can never begin: its needs run in a circle."
        report(("parts", key, "needs"), message, "Remove one of the needs.")
        sound = False
    return sound


def _check_facts(bundle: Bundle, report: Report) -> None:
    """A part that asks what another part creates must wait for it: nobody is asked for what does not exist yet."""
    before: dict[str, frozenset[str]] = {}
    parts = {part.key: part for part in bundle.parts}

    def waits_for(key: str) -> frozenset[str]:
        if key not in before:
            needs = parts[key].needs
            before[key] = frozenset(needs).union(*(waits_for(need) for need in needs))
        return before[key]

    creators = {fact: part.key for part in bundle.parts for fact in part.matter.creates}
    for part in bundle.parts:
        asked: dict[str, Element] = {question.element.code: question.element for question in part.matter.questions}
        for fact, creator in creators.items():
            if fact in asked and creator != part.key and creator not in waits_for(part.key):
                message = f"Part “{part.key}” asks “{fact}”, which part “{creator}” creates, but does not wait for it."
                report(("parts", part.key), message, f"Add “needs: {creator}”.")
