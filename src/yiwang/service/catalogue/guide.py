"""A service as people read about it before they apply: one form for the page and for the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from yiwang.casework.cases.plan import working_days
from yiwang.foundation.directory.levels import Level
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Element, ElementKind
from yiwang.service.catalogue.competence import Office
from yiwang.service.catalogue.condition_words import in_words
from yiwang.service.catalogue.package import BundlePart, Delivery, Matter, Service
from yiwang.service.catalogue.service import elements_of, every_question, parts_of, suggestions_of
from yiwang.service.catalogue.words import APPLICANT

SERVES_WORDS = {
    "person": Words("个人", "persons"),
    "sole_trader": Words("个体工商户", "sole traders"),
    "enterprise": Words("企业", "enterprises"),
    "organisation": Words("其他组织", "other organisations"),
}
DELIVERY_WORDS = {
    Delivery.ONLINE: Words("手机里就能看，不用来取", "It is electronic; nothing to collect"),
    Delivery.COLLECTION: Words("办好了来取一次", "You collect it once"),
    Delivery.POST: Words("寄给您", "It is posted to you"),
}
AFTERWARDS = Words("批准以后", "after the permit is granted")
DEPENDS = Words("看您的回答", "Depends on your answers")


@dataclass(frozen=True, slots=True)
class GuideChoice:
    """One of the answers that a question allows."""

    code: str
    words: Words
    hint: Words | None


@dataclass(frozen=True, slots=True)
class GuideQuestion:
    """A question some situation asks, for programs that apply: `when` is the FEEL condition, by element, and
    `suggest` the FEEL expression whose value it is taken to be until somebody answers. `found_in` is the address in
    which the place that is asked may be recognised.

    `kind` is the element's; a number lies from `minimum` to `maximum` (money: fen), a text has at most `max_length`
    characters.
    """

    element: str
    kind: ElementKind
    question: Words
    unit: Words | None
    hint: Words | None
    choices: tuple[GuideChoice, ...]
    minimum: Decimal | None
    maximum: Decimal | None
    max_length: int
    required: bool
    when: str | None
    suggest: str | None
    found_in: str | None
    why: Words | None
    basis: str | None


@dataclass(frozen=True, slots=True)
class GuideMaterial:
    """A material as the guide lists it. `when` says in words when it is needed; `held_by` who gives it instead; `model`
    is the department's text that may be adopted instead."""

    key: str
    name: Words
    hint: Words | None
    deferrable: bool
    when: Words | None
    held_by: Words | None
    basis: str | None
    model: Words | None


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One task of the plan, who does it, and within what."""

    name: Words
    department: Words
    within: Words | None
    when: Words | None


@dataclass(frozen=True, slots=True)
class GuideProcedure:
    """A procedure that may stop the clock (行政许可法 art. 45)."""

    name: Words
    basis: str
    at_most: Words


@dataclass(frozen=True, slots=True)
class GuideOffice:
    """The office that decides in one place, by its own task code (实施编码), and where its windows are."""

    place: str
    place_name: Words
    department: Words
    task_code: str
    window: Words | None


@dataclass(frozen=True, slots=True)
class GuidePart:
    """A part of a bundle, or the matter itself. It waits for the parts `needs`, named in `after`; `promise_days` is its
    promise in working days. Where districts or streets decide, `offices` has one for each place, and `competent_by` is
    the element whose answer picks it."""

    key: str
    code: str
    name: Words
    department: Words
    promise: Words
    promise_days: float
    statute: Words
    when: Words | None
    needs: tuple[str, ...]
    after: tuple[Words, ...]
    result: Words
    valid: Words | None
    delivery: Words
    basis: tuple[str, ...]
    steps: tuple[GuideStep, ...]
    procedures: tuple[GuideProcedure, ...]
    committed: bool
    ordinary: Words | None
    """how long it takes who does not promise"""
    instant: bool
    catalogue_code: str
    task_code: str
    competent_by: str | None
    offices: tuple[GuideOffice, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """What, who, which papers, how long, what it costs, on which law, in which steps, what departments look up, and how
    sure the city must be of who applies."""

    code: str
    version: int
    kind: str
    name: Words
    summary: Words
    guidance: Words
    serves: tuple[Words, ...]
    departments: tuple[Words, ...]
    promise: Words
    promise_days: float
    statute: Words | None
    visits: int
    fee_fen: int
    fee_basis: str | None
    questions: tuple[GuideQuestion, ...]
    materials: tuple[GuideMaterial, ...]
    parts: tuple[GuidePart, ...]
    explain: Words | None
    looks_up: Words | None = None
    identity: Level = Level.UNVERIFIED

    @property
    def most_questions(self) -> int:
        """How many questions a person answers at most; what is worked out is not asked."""
        return sum(question.suggest is None for question in self.questions)


def guide_to(
    service: Service,
    version: int,
    departments: Mapping[str, Words],
    looks_up: Words | None = None,
    offices: Mapping[str, tuple[Office, ...]] | None = None,
) -> Guide:
    """The guide to a published service; `departments` are names by code, `looks_up` says what nobody need type,
    `offices` are those that decide, by part."""

    def named(code: str) -> Words:
        return departments.get(code) or Words(code, code)

    elements = elements_of(service)
    parts = parts_of(service)
    alone = service if isinstance(service, Matter) else None
    return Guide(
        code=service.code,
        version=version,
        kind=service.kind,
        name=service.name,
        summary=service.summary,
        guidance=service.guidance,
        serves=tuple(SERVES_WORDS[code] for code in service.serves),
        departments=tuple(named(code) for code in service.departments),
        promise=service.promise.words(),
        promise_days=working_days(service.promise),
        statute=alone.statute.words() if alone else None,
        visits=service.visits,
        fee_fen=service.fee_fen,
        fee_basis=alone.fee_basis if alone else None,
        questions=_questions(service),
        materials=_materials(parts, elements, named),
        parts=tuple(_part(part, parts, elements, named, (offices or {}).get(part.key, ())) for part in parts),
        explain=alone.rule.explain if alone and alone.rule else None,
        looks_up=looks_up,
        identity=service.identity,
    )


def condition(text: str | None, elements: Mapping[str, Element]) -> Words | None:
    """When something applies, in words; None when always."""
    return None if text is None else in_words(text, elements) or DEPENDS


def _questions(service: Service) -> tuple[GuideQuestion, ...]:
    """Each element once, as it is first asked; what a part creates is not asked."""
    created = {fact for part in parts_of(service) for fact in part.matter.creates}
    found: dict[str, GuideQuestion] = {}
    suggestions = suggestions_of(service)
    for question in every_question(service):
        element = question.element
        if element.code in created or element.code in found:
            continue
        found[element.code] = GuideQuestion(
            element=element.code,
            kind=element.kind,
            question=element.question or element.name,
            unit=element.unit,
            hint=element.hint,
            choices=tuple(GuideChoice(choice.code, choice.words, choice.hint) for choice in element.choices),
            minimum=element.minimum,
            maximum=element.maximum,
            max_length=element.max_length,
            required=question.required,
            when=question.when,
            suggest=suggestions[element.code].value if element.code in suggestions and not element.found_in else None,
            found_in=element.found_in,
            why=question.why,
            basis=question.basis,
        )
    return tuple(found.values())


Named = Callable[[str], Words]


def _materials(
    parts: tuple[BundlePart, ...], elements: Mapping[str, Element], named: Named
) -> tuple[GuideMaterial, ...]:
    """Every material some situation wants: those always needed first, then by situation, then what nobody brings."""
    brought = {part.matter.result.licence: part.matter.department for part in parts if part.matter.result.licence}
    found: dict[str, GuideMaterial] = {}
    for part in parts:
        for material in part.matter.materials:
            known = found.get(material.key)
            # A part that not everybody has asks for its materials only with it.
            when = None if material.when is None and part.when is None else material.when or part.when
            if known is not None and (known.when is None or when is not None):
                continue
            held_by = brought.get(material.licence) if material.licence else None
            if held_by is None and material.source != APPLICANT:
                held_by = material.source
            found[material.key] = GuideMaterial(
                key=material.key,
                name=material.name,
                hint=material.hint,
                deferrable=material.deferrable,
                when=condition(when, elements),
                held_by=named(held_by) if held_by else None,
                basis=material.basis,
                model=material.model,
            )
    return tuple(sorted(found.values(), key=lambda material: (material.held_by is not None, material.when is not None)))


def _part(
    part: BundlePart,
    parts: tuple[BundlePart, ...],
    elements: Mapping[str, Element],
    named: Named,
    offices: tuple[Office, ...],
) -> GuidePart:
    matter = part.matter
    names = {other.key: other.matter.name for other in parts}
    return GuidePart(
        key=part.key,
        code=matter.code,
        name=matter.name,
        department=named(matter.department),
        promise=matter.promise.words(),
        promise_days=working_days(matter.promise),
        statute=matter.statute.words(),
        when=condition(part.when, elements),
        needs=part.needs,
        after=tuple(names[need] for need in part.needs),
        result=matter.result.name,
        valid=_valid(matter.result.valid),
        delivery=DELIVERY_WORDS[matter.result.delivery],
        basis=matter.basis,
        steps=tuple(
            GuideStep(
                task.name,
                named(task.department),
                task.within.words() if task.within else None,
                condition(task.when, elements),
            )
            for task in matter.tasks
        )
        + _check_afterwards(matter, named),
        procedures=tuple(
            GuideProcedure(procedure.name, procedure.basis, procedure.at_most.words())
            for procedure in matter.special_procedures
        ),
        committed=matter.commitment is not None,
        ordinary=matter.commitment.ordinary.promise.words()
        if matter.commitment and matter.commitment.ordinary
        else None,
        instant=matter.instant,
        catalogue_code=matter.catalogue_code,
        task_code=matter.task_code,
        competent_by=matter.competent.by if matter.competent else None,
        offices=tuple(
            GuideOffice(each.place, each.place_name, each.name, each.task_code, each.window) for each in offices
        ),
    )


def _check_afterwards(matter: Matter, named: Named) -> tuple[GuideStep, ...]:
    promised = matter.commitment
    if promised is None:
        return ()
    department = named(promised.check_by.partition("/")[0])
    return (GuideStep(promised.check_name, department, promised.check_within.words(), AFTERWARDS),)


def _valid(valid: str | None) -> Words | None:
    """“5 years” → 5 年."""
    if valid is None:
        return None
    amount, unit = valid.split()
    return Words(f"{amount} {_UNITS[unit.rstrip('s')]}", valid)


_UNITS = {"year": "年", "month": "个月", "day": "天"}
