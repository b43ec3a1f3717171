"""Checks as a department writes them: reading `checks:`, and whether their conditions can be decided.

checks:
  - grease_trap:
      holds: 'discharge.kind != "catering" or discharge.grease_trap'
      words: {zh: 餐饮排水要先过隔油池, en: Greasy water passes a grease trap first}
      basis: 城镇污水排入排水管网许可管理办法 第九条
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from yiwang.foundation.standards.reading import KEY, Section
from yiwang.service.catalogue.conditions import Known, check_condition
from yiwang.service.catalogue.package import Check, Matter


def read_checks(root: Section, lines: dict[tuple[str, ...], int]) -> tuple[Check, ...]:
    """The `checks:` list of a matter."""
    return tuple(_each(root, lines))


def _each(root: Section, lines: dict[tuple[str, ...], int]) -> Iterator[Check]:
    for key, entry in root.entries("checks", shorthand="holds"):
        lines["checks", key] = entry.line()
        holds = entry.text("holds", max_length=500)
        words = entry.words("words", max_length=200)
        basis = entry.text("basis", required=False, max_length=200)
        entry.finish()
        if not KEY.match(key):
            entry.report(f"“{key}” cannot name a check.", "Use small letters, digits and _.")
        if holds is not None and words is not None:
            yield Check(key, holds, words, basis)


def check_checks(matter: Matter, report: Callable[..., None]) -> None:
    """Report a check that does not parse, reads what the matter does not ask, or compares unlike things."""
    known = Known({question.element.code: question.element for question in matter.questions})
    for question in matter.questions:
        known.ask(question.element, matter.derived)
    for each in matter.checks:
        check_condition(each.holds, known, report, "checks", each.key)
