"""Earlier decisions on the same matter that are like this case, with their reasons (类案参考).

Like are those whose answers agree where the matter's own rules look: a choice that is the same, a number within ten per
cent. No score is learnt and none is shown: the page says what is the same and what is not. Nobody is named.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yiwang.casework.cases import precedents
from yiwang.casework.cases.kinds import Panel
from yiwang.casework.cases.precedents import Decision
from yiwang.casework.cases.queries import CaseView, PartView
from yiwang.casework.cases.state import Stage
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.text import Words, bigrams
from yiwang.foundation.rules import parse
from yiwang.foundation.standards.elements import Element, ElementKind
from yiwang.service.applications.models import Application
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.catalogue.package import Matter
from yiwang.service.catalogue.service import TODAY, UNKNOWN, elements_of, parts_of, situation

LOOKED_THROUGH = 200
SHOWN = 5
LEAST = Decimal("0.5")
"""The share of what the rules look at that must agree."""
NEAR = Decimal("0.1")
ALIKE = 0.9
"""Reasons whose pairs of characters agree so far (cosine) are one text in other words: shown once."""
_NUMBERS = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{17,18}(?![0-9A-Za-z])|(?<!\d)1[3-9]\d{9}(?!\d)", re.ASCII)
HIDDEN = "＊＊＊"


@dataclass(frozen=True, slots=True)
class Likeness:
    """What of the answers is the same and what is not, by element."""

    same: tuple[str, ...]
    other: tuple[str, ...]

    @property
    def share(self) -> Decimal:
        return Decimal(len(self.same)) / (len(self.same) + len(self.other)) if self.same else Decimal(0)


@dataclass(frozen=True, slots=True)
class Similar:
    """An earlier decision. `reason` names nobody; `times`: so many were decided so, in nearly the same words."""

    granted: bool
    at: datetime
    same: tuple[Words, ...]
    other: tuple[Words, ...]
    reason: str
    times: int


def looked_at(matter: Matter) -> frozenset[str]:
    """The elements (and what follows from them) that the matter's rules look at; what it asks of choices, numbers and
    yes or no where they look at nothing."""
    conditions = [each.when for each in matter.questions]
    conditions += [each.when for each in matter.materials] + [each.when for each in matter.tasks]
    conditions += [check.holds for check in matter.checks]
    conditions += [matter.rule.expression] if matter.rule is not None else []
    found = {name for text in conditions if text is not None for name in parse(text).names} - {TODAY}
    if found:
        return frozenset(found)
    plain = (ElementKind.CHOICE, ElementKind.BOOLEAN, ElementKind.INTEGER, ElementKind.DECIMAL, ElementKind.MONEY)
    return frozenset(each.element.code for each in matter.questions if each.element.kind in plain)


def likeness(names: frozenset[str], mine: Mapping[str, object], theirs: Mapping[str, object]) -> Likeness:
    """Compare two situations. What neither answers is left out; what one alone answers is not the same."""
    same: list[str] = []
    other: list[str] = []
    for name in sorted(names):
        one, two = mine.get(name, UNKNOWN), theirs.get(name, UNKNOWN)
        if one is not UNKNOWN or two is not UNKNOWN:
            (same if _agree(one, two) else other).append(name)
    return Likeness(tuple(same), tuple(other))


def similar(view: CaseView, part: PartView) -> tuple[Similar, ...]:
    """The most alike of the newest decisions, the newest first among equals. Five queries at most."""
    row = Application.objects.filter(pk=view.id).first()
    if row is None:
        return ()
    service = catalogue.service(row.service, row.service_version).service
    matter = next((each.matter for each in parts_of(service) if each.key == part.key), None)
    if matter is None:
        return ()
    names, mine = looked_at(matter), situation(matter, row.answers)
    earlier = precedents.decided(part.matter, part.department, most=LOOKED_THROUGH, apart_from=view.id)
    answers = dict(
        Application.objects.filter(pk__in=[each.case_id for each in earlier]).values_list("case_id", "answers")
    )
    ranked: list[tuple[Likeness, Decision]] = []
    for each in earlier:
        if each.case_id in answers:
            found = likeness(names, mine, situation(matter, answers[each.case_id]))
            if found.share >= LEAST:
                ranked.append((found, each))
    ranked.sort(key=lambda pair: (-pair[0].share, -pair[1].at.timestamp()))
    ranked = ranked[: SHOWN * 4]
    reasons = precedents.reasons(decision for _found, decision in ranked)
    elements = {**elements_of(matter), **{each.code: each for each in matter.derived}}
    shown: list[Similar] = []
    for found, decision in ranked:
        reason = reasons.get(decision.case_id)
        text = masked(reason.text, reason.applicant, answers[decision.case_id], elements) if reason else ""
        twin = next((n for n, each in enumerate(shown) if each.granted == decision.granted and _like(each, text)), None)
        if twin is not None:
            first = shown[twin]
            shown[twin] = Similar(first.granted, first.at, first.same, first.other, first.reason, first.times + 1)
        elif len(shown) < SHOWN:
            same, other = (
                tuple(elements[n].name for n in names if n in elements) for names in (found.same, found.other)
            )
            shown.append(Similar(decision.granted, decision.at, same, other, text, 1))
    return tuple(shown)


def masked(text: str, applicant: str, answers: Mapping[str, Any], elements: Mapping[str, Element]) -> str:
    """The text without the applicant's name, personal answers, addresses, names of enterprises, and long numbers."""
    hidden = {applicant}
    for code, value in answers.items():
        element = elements.get(code)
        telling = element is None or element.personal or element.kind in (ElementKind.TEXT, ElementKind.ADDRESS)
        if telling and isinstance(value, str):
            hidden.add(value)
    for each in sorted((each for each in hidden if len(each) > 1), key=len, reverse=True):
        text = text.replace(each, HIDDEN)
    return _NUMBERS.sub(HIDDEN, text)


def private_words(view: CaseView) -> frozenset[str]:
    """Every answer in words of this application: names, addresses, numbers of people and enterprises."""
    row = Application.objects.filter(pk=view.id).first()
    if row is None:
        return frozenset()
    elements = elements_of(catalogue.service(row.service, row.service_version).service)
    plain = (ElementKind.CHOICE, ElementKind.CHOICES, ElementKind.BOOLEAN, ElementKind.INTEGER, ElementKind.DECIMAL)
    return frozenset(
        value
        for code, value in row.answers.items()
        if isinstance(value, str) and (code not in elements or elements[code].kind not in plain)
    )


def similar_decisions(view: CaseView, part: PartView, by: Actor) -> Panel | None:
    """For officers of the department that decides, while the decision is ahead."""
    if view.kind != "application" or part.department not in by.departments or part.stage is not Stage.ACCEPTED:
        return None
    return Panel("applications/similar_panel.html", {"found": similar(view, part), "verdicts": part.verdicts})


def _agree(one: object, two: object) -> bool:
    if isinstance(one, Decimal) and isinstance(two, Decimal):
        return abs(one - two) <= NEAR * max(abs(one), abs(two))
    return one is not UNKNOWN and two is not UNKNOWN and one == two


def _like(shown: Similar, text: str) -> bool:
    return shown.reason == text or cosine(shown.reason, text) >= ALIKE


def cosine(one: str, two: str) -> float:
    """How far two texts agree in their pairs of characters: 0 to 1."""
    left, right = Counter(bigrams(one)), Counter(bigrams(two))
    length = math.sqrt(sum(n * n for n in left.values())) * math.sqrt(sum(n * n for n in right.values()))
    return sum(left[term] * right[term] for term in left.keys() & right.keys()) / length if length else 0.0
