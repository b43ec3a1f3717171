"""What a situation requires: questions, materials, parts and plan, computed from the answers so far. Pure.

Answers are flat, by element: `{"premises.floor_area": "120", "shop_sign.wanted": true}`. A condition on something that
is not answered yet does not hold. `possible_materials` says what may still come to be wanted, so that a person sees the
longest list first and watches it shrink as answers come.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from yiwang.casework.cases.plan import Deferral, LetterSpec, PartPlan, Plan
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_resident_id
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.rules import holds, parse
from yiwang.foundation.standards.elements import Element
from yiwang.foundation.standards.recognition import place_named
from yiwang.service.catalogue.package import (
    VERDICTS,
    Bundle,
    BundlePart,
    Check,
    Material,
    Matter,
    Question,
    Service,
    Suggestion,
)

TODAY = "today"
"""The one name a condition may use that is not an element: the city's date."""

UNKNOWN: dict[str, object] = {}
"""What stands for an answer not given yet. FEEL's null would not do: `null != "domestic"` is true. An empty context is
like nothing an answer can be, so that comparing it gives neither true nor false."""

Answers = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ChosenPart:
    """A part that the situation wants, and the tasks in it that the situation spares."""

    key: str
    skipped: frozenset[str]


class MaterialStatus(StrEnum):
    NEEDED = "needed"
    DEFERRABLE = "deferrable"
    """May follow after acceptance, if the applicant so chooses."""
    EXEMPT = "exempt"
    """Not asked: the government holds it, or this very application brings it."""
    AWAITED = "awaited"
    """Not asked: the department that can prove it does not answer now; it comes by itself when it does."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the city's library says of an applicant's materials, by key, with the department that was asked.

    `unproved` were asked for and nothing proves them: the applicant brings them. Of what is in none of the three the
    library knows nothing; what another department issues is then looked up by officers.
    """

    proved: Mapping[str, str] = field(default_factory=dict)
    awaited: Mapping[str, str] = field(default_factory=dict)
    unproved: frozenset[str] = frozenset()


NOTHING_HELD = Held()


@dataclass(frozen=True, slots=True)
class RequiredMaterial:
    """A material of the situation, the parts that want it, and whether the applicant must bring it.

    For an exempt material `source` is the department that has it.
    """

    material: Material
    parts: tuple[str, ...]
    status: MaterialStatus
    source: str


def parts_of(service: Service) -> tuple[BundlePart, ...]:
    """A bundle's parts; a matter alone is one part, called by its own code."""
    return service.parts if isinstance(service, Bundle) else (BundlePart(service.code, service),)


def elements_of(service: Service) -> Mapping[str, Element]:
    """Every element the service may ask, by code, in the order of asking."""
    known = _elements.get(id(service))
    if known is None or known[0] is not service:
        if len(_elements) >= MOST_SERVICES:
            _elements.clear()
        found = {question.element.code: question.element for question in every_question(service)}
        known = _elements[id(service)] = service, found
    return known[1]


MOST_SERVICES = 500
_elements: dict[int, tuple[Service, Mapping[str, Element]]] = {}
"""By the object: what a service asks never changes, and comparing one costs more than this spares."""


def situation(service: Service, answers: Answers, today: date | None = None) -> dict[str, object]:
    """The answers as FEEL sees them: typed, with what they tell without asking (age from the identity number).

    What is not answered, or not in the kind of its element, is UNKNOWN; what the service never asks is left out.
    """
    on = today or time.city_date(time.now())
    context: dict[str, object] = {TODAY: on}
    for code, element in elements_of(service).items():
        try:
            value = element.typed(answers.get(code))
        except ValueError:
            value = None
        context[code] = UNKNOWN if value is None else value
    for element in _derived(service):
        context[element.code] = UNKNOWN
        number = context.get(element.derived_from or "")
        if isinstance(number, str):
            try:
                context[element.code] = element.derive(check_resident_id(number), on)
            except InvalidIdentifier:
                continue
    return context


def chosen_parts(service: Service, answers: Answers) -> tuple[ChosenPart, ...]:
    """The parts that the situation wants, each with its skipped tasks."""
    context = situation(service, answers)
    return tuple(
        ChosenPart(part.key, frozenset(task.key for task in part.matter.tasks if not _holds(task.when, context)))
        for part in _wanted(service, context)
    )


def questions_for(service: Service, answers: Answers) -> tuple[Question, ...]:
    """The questions of the situation, each element once, in the order of asking.

    What a chosen part creates (the new enterprise's code) is never asked; what it would need is known by then.
    """
    context = situation(service, answers)
    wanted = _wanted(service, context)
    created = {fact for part in wanted for fact in part.matter.creates}
    asked: dict[str, Question] = {}
    own = service.questions if isinstance(service, Bundle) else ()
    for question in (*own, *(question for part in wanted for question in part.matter.questions)):
        code = question.element.code
        if code not in asked and code not in created and _holds(question.when, context):
            asked[code] = question
    return tuple(asked.values())


def suggestions_of(service: Service) -> dict[str, Suggestion]:
    """The suggestions by element; a bundle's own stand in the place of its parts'. A place that may be recognised in an
    address is one, too."""
    own = service.suggestions
    parts = [each for part in parts_of(service) for each in part.matter.suggestions]
    found: dict[str, Suggestion] = {}
    for each in (*own, *parts):
        found.setdefault(each.element, each)
    for code, element in elements_of(service).items():
        if element.found_in is not None:
            found.setdefault(code, Suggestion(code, element.found_in, RECOGNISED))
    return found


RECOGNISED = Words("您填的地址里写着。", "The address that you gave names it.")
"""Why a place is not asked."""


def suggested(service: Service, answers: Answers, elements: Collection[str]) -> dict[str, object]:
    """What suggestions say of these elements, as FEEL computes it; one that reads an answer not given says nothing. A
    place is recognised in its address, or left to be asked."""
    wanted = {code: each for code, each in suggestions_of(service).items() if code in elements}
    if not wanted:
        return {}
    context = situation(service, answers)
    found: dict[str, object] = {}
    for code, each in wanted.items():
        if each.because is RECOGNISED:
            place = place_named(elements_of(service)[code], str(answers.get(each.value) or ""))
            found |= {code: place} if place else {}
            continue
        expression = parse(each.value)
        if not any(context[name] is UNKNOWN for name in expression.uses(context)):
            value = expression.evaluate(context)
            if value is not None:
                found[code] = value
    return found


def materials_for(service: Service, answers: Answers, held: Held = NOTHING_HELD) -> tuple[RequiredMaterial, ...]:
    """The materials of the situation, each once, with the parts that want it and its status.

    What the library says nothing of and another department issues is not asked of the applicant: officers look it up.
    """
    context = situation(service, answers)
    wanted = _wanted(service, context)
    brought = {part.matter.result.licence: part.matter.department for part in wanted if part.matter.result.licence}
    found: dict[str, tuple[Material, list[str]]] = {}
    for part in wanted:
        for material in part.matter.materials:
            if _holds(material.when, context):
                known, parts = found.setdefault(material.key, (material, []))
                parts.append(part.key)
                if known.deferrable and not material.deferrable:
                    found[material.key] = (material, parts)
    return tuple(
        RequiredMaterial(material, tuple(parts), *_status(material, brought, held))
        for material, parts in found.values()
    )


def possible_materials(service: Service, answers: Answers) -> tuple[Material, ...]:
    """What the situation does not want yet and may come to want, as far as open questions decide; never what another
    department has. In the order of the service, each once."""
    context = situation(service, answers)
    still_open = _still_open(service, answers, context)
    wanted = {each.material.key for each in materials_for(service, answers)}
    found: dict[str, Material] = {}
    for part in parts_of(service):
        for material in part.matter.materials:
            held = material.source != "applicant" or material.key in wanted
            might = _might(part.when, context, still_open) and _might(material.when, context, still_open)
            if might and not held:
                found.setdefault(material.key, material)
    return tuple(found.values())


def plan_for(service: Service) -> Plan:
    """The plan of a published service: every part it may have. Raises PlanError where it cannot be run."""
    promise = service.promise if isinstance(service, Bundle) else None
    plan = Plan(service.name, tuple(part_plan(part) for part in parts_of(service)), promise)
    plan.check()
    return plan


def part_plan(part: BundlePart) -> PartPlan:
    """One part's plan, with acceptance and delivery added as the law has them. Raises PlanError."""
    matter = part.matter
    return PartPlan.build(
        key=part.key,
        matter=matter.code,
        name=matter.name,
        department=matter.department,
        statute=matter.statute,
        promise=matter.promise,
        tasks=matter.tasks,
        special_procedures=matter.special_procedures,
        needs=part.needs,
        creates=matter.creates,
        committed=matter.commitment is not None,
        accept_by=matter.accept_by,
        delivery_by=matter.result.delivered_by,
        extension=matter.extension,
        verdicts=VERDICTS.get(matter.act),
        letters=LetterSpec(matter.act.value, matter.basis),
        deferral=_deferral(matter),
        fee_fen=matter.fee_fen,
    )


def _deferral(matter: Matter) -> Deferral | None:
    names = {each.key: each.name for each in matter.materials if each.deferrable}
    return Deferral(matter.deferral, tuple(sorted(names.items()))) if matter.deferral and names else None


def rule_grants(matter: Matter, answers: Answers, today: date | None = None) -> bool:
    """Whether a machine may grant at once: the matter's rule is exactly true. Otherwise a person decides."""
    return matter.rule is not None and _holds(matter.rule.expression, situation(matter, answers, today))


def failed_checks(matter: Matter, answers: Answers, today: date | None = None) -> tuple[Check, ...]:
    """The published checks that these answers fail; one that an open answer leaves undecided does not fail."""
    context = situation(matter, answers, today)
    return tuple(each for each in matter.checks if parse(each.holds).evaluate(context) is False)


def every_question(service: Service) -> Iterator[Question]:
    """Every question of the service and its parts, in the order of asking; an element may come twice."""
    if isinstance(service, Bundle):
        yield from service.questions
    for part in parts_of(service):
        yield from part.matter.questions


def _derived(service: Service) -> Iterator[Element]:
    yield from service.derived
    if isinstance(service, Bundle):
        for part in service.parts:
            yield from part.matter.derived


def _wanted(service: Service, context: Mapping[str, object]) -> tuple[BundlePart, ...]:
    return tuple(part for part in parts_of(service) if _holds(part.when, context))


def _holds(condition: str | None, context: Mapping[str, object]) -> bool:
    return condition is None or holds(parse(condition), context)


def _might(condition: str | None, context: Mapping[str, object], still_open: frozenset[str]) -> bool:
    """Whether a condition holds, or may come to hold by what is still to be answered."""
    if condition is None:
        return True
    expression = parse(condition)
    value = expression.evaluate(context)
    return value if isinstance(value, bool) else bool(expression.uses(still_open))


def _still_open(service: Service, answers: Answers, context: Mapping[str, object]) -> frozenset[str]:
    """The elements that are not answered and may still be asked; conditions look back only, so one pass will do."""
    found: frozenset[str] = frozenset()
    own = service.questions if isinstance(service, Bundle) else ()
    asked: list[tuple[str | None, Question]] = [(None, question) for question in own]
    asked += [(part.when, question) for part in parts_of(service) for question in part.matter.questions]
    for part_when, question in asked:
        code = question.element.code
        if code not in answers and _might(part_when, context, found) and _might(question.when, context, found):
            found |= {code, *(told.code for told in _derived(service) if told.derived_from == code)}
    return found


def _status(material: Material, brought: Mapping[str, str], held: Held) -> tuple[MaterialStatus, str]:
    key = material.key
    if material.licence and material.licence in brought:
        return MaterialStatus.EXEMPT, brought[material.licence]
    if key in held.proved:
        return MaterialStatus.EXEMPT, held.proved[key]
    if key in held.awaited:
        return MaterialStatus.AWAITED, held.awaited[key]
    if material.source != "applicant" and key not in held.unproved:
        return MaterialStatus.EXEMPT, material.source
    if material.deferrable:
        return MaterialStatus.DEFERRABLE, "applicant"
    return MaterialStatus.NEEDED, "applicant"
