"""How a contract gives figures to those who may see no row; `contracts` shows the rest of the file.

statistics: {people: 10}                 # exactly, of groups of so many persons or more; 10 where it is left out

statistics:
  privacy:                               # or with noise (differential privacy), whatever else is asked or known
    epsilon: 0.5                         # what each question costs; the noise of a count is about 1/epsilon
    budget:  10                          # all that one department may spend on the product
    renewed: yearly                      # the budget is full again each 1 January; left out: never
    rows_each: 1                         # rows with which one person counts; left out: 1
    bounds:                              # values are clamped to them before they are added; without: only counted
      monthly: [0, 200000]
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from yiwang.foundation.standards.reading import Section, near
from yiwang.library.gateways.budget import MILLION
from yiwang.library.gateways.contract import Field, Privacy, Statistics
from yiwang.library.gateways.statistic import NUMBERS

FEWEST, MOST = 3, 10_000
"""persons of a group that may be told"""
LARGEST = Decimal(10)
"""epsilon of one question: more is hardly any noise"""
MOST_ROWS = 100
FURTHEST = 10**12
_FORM = "Write “people: 10”, or “privacy: {epsilon: 0.5, budget: 10}”."


def read_statistics(root: Section, fields: tuple[Field, ...], *, many_rows_each: bool) -> Statistics | None:
    section = root.section("statistics")
    if section is None:
        return None
    has_people, has_privacy = section.has("people"), section.has("privacy")
    people = section.integer("people", minimum=FEWEST, maximum=MOST, default=10)
    noise = section.section("privacy")
    privacy = _privacy(noise, fields, many_rows_each=many_rows_each) if noise is not None else None
    section.finish()
    if has_people == has_privacy:
        section.report("Figures are told of groups that are large enough, or with noise.", _FORM)
    if has_privacy and privacy is None:
        return None
    return Statistics(people or 10, privacy)


def _privacy(section: Section, fields: tuple[Field, ...], *, many_rows_each: bool) -> Privacy | None:
    before = len(section.findings)
    epsilon, budget = _amount(section, "epsilon", LARGEST), _amount(section, "budget", LARGEST * 1_000)
    renewed = section.one_of("renewed", ("yearly",), required=False) or ""
    rows_each = section.integer("rows_each", minimum=1, maximum=MOST_ROWS, default=1) or 1
    bounds = _bounds(section, fields)
    section.finish()
    if epsilon is not None and budget is not None and budget < epsilon:
        section.report("The budget does not pay for one question.", f"Write “budget: {epsilon}” or more.", "budget")
    if rows_each > 1 and not many_rows_each:
        section.report("Nobody has more than one row here.", "Remove “rows_each”.", "rows_each")
    if len(section.findings) > before or epsilon is None or budget is None:
        return None
    return Privacy(epsilon, budget, renewed, rows_each, bounds)


def _amount(section: Section, key: str, most: Decimal) -> Decimal | None:
    value = section.decimal(key)
    if value is None and not section.has(key):
        section.report(f"“{key}” is missing.", f"Add “{key}: 0.5”.")
    if value is not None and not (0 < value <= most and value * MILLION == int(value * MILLION)):
        message = f"“{key}” must be more than 0 and at most {most}, with six decimals at most."
        section.report(message, f"Write “{key}: 0.5”.", key)
        return None
    return value


def _bounds(section: Section, fields: tuple[Field, ...]) -> Mapping[str, tuple[int, int]]:
    bounds = section.section("bounds")
    if bounds is None:
        return {}
    numbers = [each.name for each in fields if each.kind in NUMBERS]
    found: dict[str, tuple[int, int]] = {}
    for name, value in bounds.fields.items():
        bounds.asked.add(name)
        match value:
            case [int(low), int(high)] if -FURTHEST <= low < high <= FURTHEST and type(low) is type(high) is int:
                found[name] = low, high
            case _:
                bounds.report("Bounds are two whole numbers, the lower one first.", f"Write “{name}: [0, 100]”.", name)
        if name not in numbers:
            remedy = near(name, numbers, "Such fields are") if numbers else "Remove “bounds”."
            bounds.report(f"“{name}” is no field of whole numbers.", remedy, name)
    return found
