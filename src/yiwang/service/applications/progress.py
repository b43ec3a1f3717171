"""How far an application has come: what the situation asks, what is there, what is missing and comes next. Pure.

A changed earlier answer can make later ones irrelevant: they stay in the draft, in case the person changes their mind,
but nothing follows from them and they are not submitted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.plan import PartPlan, TaskKind, working_days
from yiwang.foundation.directory.levels import Level, highest
from yiwang.foundation.kernel.calendar import Limit
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Element
from yiwang.service.applications.answers import computed
from yiwang.service.applications.known import NOTHING_TOLD, Known, Told
from yiwang.service.catalogue.package import BundlePart, Commitment, Material, Question, Service, Suggestion
from yiwang.service.catalogue.queries import PublishedService
from yiwang.service.catalogue.service import (
    MaterialStatus,
    RequiredMaterial,
    chosen_parts,
    elements_of,
    materials_for,
    parts_of,
    possible_materials,
    questions_for,
    rule_grants,
    suggested,
    suggestions_of,
)

Answers = Mapping[str, Any]
OF_ANSWERS = ("_settled", "relevant", "worked_out", "parts", "asking", "questions", "possible")
"""What of a `Progress` follows from the answers alone."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What an applicant has filled in: answers by element, materials by key (how many files), those to bring later,
    the parts whose promise is signed; and what the city's library told."""

    answers: Answers
    brought: frozenset[str] = frozenset()
    deferred: frozenset[str] = frozenset()
    signed: frozenset[str] = frozenset()
    told: Told = NOTHING_TOLD


class Kind(StrEnum):
    QUESTION = "question"
    MATERIAL = "material"
    COMMITMENT = "commitment"


@dataclass(frozen=True, slots=True)
class Missing:
    """Something to do before submission; `key` is an element, a material or a part."""

    kind: Kind
    key: str
    name: Words


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to sign: the part that is granted on it and its words."""

    part: str
    name: Words
    commitment: Commitment
    signed: bool


@dataclass(frozen=True)
class Progress:
    """The application as its situation has it. `only`: the part that a correction is about; else every part."""

    published: PublishedService
    papers: Papers
    only: str = ""

    @property
    def service(self) -> Service:
        return self.published.service

    def after(self, answers: Answers, told: Told) -> Progress:
        """The application with these answers and what the library told by now. Nothing is worked out again that neither
        changes."""
        if told is self.papers.told and answers is self.papers.answers:
            return self
        found = Progress(self.published, replace(self.papers, answers=answers, told=told), self.only)
        if answers == self.papers.answers:
            found.__dict__.update({name: self.__dict__[name] for name in OF_ANSWERS if name in self.__dict__})
        return found

    @cached_property
    def relevant(self) -> dict[str, Any]:
        """The answers that count: those to questions that the other relevant answers lead to, given or worked out."""
        return self._settled.answers

    @cached_property
    def worked_out(self) -> dict[str, Suggestion]:
        """The elements that are answered by a suggestion, as nobody has answered them."""
        return {code: each for code, each in self._settled.worked_out.items() if self.question(code) is not None}

    @cached_property
    def _settled(self) -> Settled:
        return settle(self.service, self.papers.answers)

    @cached_property
    def parts(self) -> tuple[BundlePart, ...]:
        chosen = {choice.key for choice in chosen_parts(self.service, self.relevant)}
        return tuple(part for part in parts_of(self.service) if part.key in chosen)

    @cached_property
    def asking(self) -> dict[str, tuple[str, ...]]:
        """By element, the keys of the parts that ask it."""
        found: dict[str, tuple[str, ...]] = {}
        for part in self.parts:
            for code in dict.fromkeys(question.element.code for question in part.matter.questions):
                found[code] = (*found.get(code, ()), part.key)
        return found

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        asked = questions_for(self.service, self.relevant)
        if not self.only:
            return asked
        own = {question.element.code for part in self._corrected for question in part.matter.questions}
        return tuple(question for question in asked if question.element.code in own)

    @cached_property
    def materials(self) -> tuple[RequiredMaterial, ...]:
        """What the situation wants, with exempt ones and those that a department still owes."""
        wanted = materials_for(self.service, self.relevant, self.papers.told.held)
        return tuple(each for each in wanted if not self.only or self.only in each.parts)

    @cached_property
    def possible(self) -> tuple[Material, ...]:
        """What may still come to be wanted, depending on answers that are not there yet."""
        return () if self.only else possible_materials(self.service, self.relevant)

    @cached_property
    def to_bring(self) -> tuple[RequiredMaterial, ...]:
        return tuple(each for each in self.materials if each.status is not MaterialStatus.EXEMPT)

    @property
    def awaited(self) -> frozenset[str]:
        """Materials that a silent department owes, and that the applicant has not brought in its place."""
        owed = {each.material.key for each in self.materials if each.status is MaterialStatus.AWAITED}
        return frozenset(owed - self.papers.brought)

    @cached_property
    def known(self) -> dict[str, Known]:
        """What the library told of the elements that are asked."""
        found = self.papers.told.known(elements_of(self.service)) if self.papers.told.lookups else {}
        asked = {question.element.code for question in self.questions}
        return {code: each for code, each in found.items() if code in asked}

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        return tuple(
            Promise(part.key, part.matter.name, part.matter.commitment, part.key in self.papers.signed)
            for part in (self._corrected if self.only else self.parts)
            if part.matter.commitment is not None
        )

    @property
    def _corrected(self) -> tuple[BundlePart, ...]:
        return tuple(part for part in parts_of(self.service) if part.key == self.only)

    def without(self, element: str) -> dict[str, Any]:
        """The answers that would count, had nobody answered this one."""
        return settle(self.service, {**self.papers.answers, element: None}).answers

    def question(self, element: str) -> Question | None:
        """The question about this element, if the situation asks it."""
        return next((question for question in self.questions if question.element.code == element), None)

    def material(self, key: str) -> RequiredMaterial | None:
        """The material of this key, if the applicant is to bring it."""
        return next((each for each in self.to_bring if each.material.key == key), None)

    def place_of(self, element: str) -> tuple[int, int]:
        """(number of this question from 1, about how many unanswered ones follow)."""
        codes = [question.element.code for question in self.questions]
        answered = {element, *self.relevant, *suggestions_of(self.service)}
        left = sum(code not in answered for code in codes)
        return codes.index(element) + 1, left

    def later(self, key: str) -> bool:
        """Whether a material will be brought after acceptance: deferrable, chosen so, and not here already."""
        found = self.material(key)
        deferrable = found is not None and found.status is MaterialStatus.DEFERRABLE
        return deferrable and key in self.papers.deferred and key not in self.papers.brought

    @property
    def deferred(self) -> frozenset[str]:
        """The materials that the applicant promises to bring after acceptance."""
        return frozenset(key for key in self.papers.deferred if self.later(key))

    def deferral(self, key: str) -> Limit | None:
        """How long after acceptance a deferrable material may take: the shortest of the parts that want it."""
        found = self.material(key)
        if found is None or found.status is not MaterialStatus.DEFERRABLE:
            return None
        limits = [part.matter.deferral for part in self.parts if part.key in found.parts and part.matter.deferral]
        return min(limits, key=working_days, default=None)

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """Everything still to do, in the order in which it is asked: first what nothing else may tell."""
        suggestions = suggestions_of(self.service)
        unanswered = [question.element for question in self.questions if self._unanswered(question)]
        unanswered.sort(key=lambda element: element.code in suggestions)
        found = [Missing(Kind.QUESTION, element.code, asked_as(element)) for element in unanswered]
        found += [
            Missing(Kind.MATERIAL, each.material.key, each.material.name)
            for each in self.to_bring
            if each.status is not MaterialStatus.AWAITED
            and each.material.key not in self.papers.brought
            and not self.later(each.material.key)
        ]
        found += [
            Missing(Kind.COMMITMENT, promise.part, promise.name) for promise in self.promises if not promise.signed
        ]
        return tuple(found)

    @property
    def next(self) -> Missing | None:
        return self.missing[0] if self.missing else None

    @property
    def identity(self) -> Level:
        """How sure the city must be of who applies, for the parts that the situation wants."""
        return highest(part.matter.identity for part in self.parts)

    @cached_property
    def chosen(self) -> tuple[ChosenPart, ...]:
        """The parts as a case receives them: tasks that the situation spares, materials still to come."""
        plan = self.published.plan.by_key
        deferred = self.deferred
        late = deferred | self.awaited
        return tuple(
            ChosenPart(
                key=choice.key,
                skipped=_skippable(plan[choice.key], choice.skipped),
                awaiting=tuple(
                    each.material.key
                    for each in self.materials
                    if choice.key in each.parts and each.material.key in late
                ),
                deferred=tuple(
                    each.material.key
                    for each in self.materials
                    if choice.key in each.parts and each.material.key in deferred
                ),
            )
            for choice in chosen_parts(self.service, self.relevant)
        )

    def granted_by_rule(self) -> dict[str, str]:
        """Parts that a published rule grants at once, with its words; what waits for anything is left to people."""
        waiting = {choice.key for choice in self.chosen if choice.awaiting}
        keys = {part.key for part in self.parts}
        return {
            part.key: part.matter.rule.explain.zh
            for part in self.parts
            if part.matter.rule is not None
            and part.key not in waiting
            and not any(need in keys for need in part.needs)
            and rule_grants(part.matter, self.relevant)
        }

    def submitted_answers(self) -> dict[str, Any]:
        """What is submitted: relevant answers that say something."""
        return {code: value for code, value in self.relevant.items() if value is not None}

    def _unanswered(self, question: Question) -> bool:
        code = question.element.code
        if question.required:
            return self.relevant.get(code) is None
        return code not in self.relevant


class Settled(NamedTuple):
    """The answers that count, and those of them that nobody gave: a suggestion fills them."""

    answers: dict[str, Any]
    worked_out: dict[str, Suggestion]


def settle(service: Service, given: Answers) -> Settled:
    """The answers that the situation asks for, found from nothing upward: conditions and suggestions look at answers
    that count only. An answer that was given stands, whatever is suggested."""
    suggestions = suggestions_of(service)
    asked = [question.element.code for question in questions_for(service, given)]
    if all(code in asked for code in given) and not any(_is_open(code, given, suggestions) for code in asked):
        return Settled({code: given[code] for code in asked if code in given}, {})
    elements = elements_of(service)
    kept, filled = dict[str, Any](), dict[str, Any]()
    for _round in range(len(given) + len(suggestions) + 1):
        asked = [question.element.code for question in questions_for(service, kept)]
        still_open = [code for code in asked if _is_open(code, given, suggestions)]
        worked_out = suggested(service, kept, still_open).items()
        filled = {code: computed(elements[code], value) for code, value in worked_out}
        known = {**given, **{code: value for code, value in filled.items() if value is not None}}
        found = {code: known[code] for code in asked if code in known}
        if found == kept:
            break
        kept = found
    return Settled(kept, {code: suggestions[code] for code in kept if filled.get(code) is not None})


def _is_open(code: str, given: Answers, suggestions: Mapping[str, Suggestion]) -> bool:
    return code in suggestions and given.get(code) is None


def asked_as(element: Element) -> Words:
    """The question as a person is asked it."""
    return element.question or element.name


def _skippable(part: PartPlan, skipped: frozenset[str]) -> tuple[str, ...]:
    kinds = (TaskKind.WORK, TaskKind.ARRIVAL)
    return tuple(task.key for task in part.tasks if task.key in skipped and task.kind in kinds)
