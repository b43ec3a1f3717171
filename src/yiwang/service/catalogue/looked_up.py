"""What departments look up for whoever applies, so that it need not be typed or brought: known before anybody does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yiwang.foundation.kernel.text import Words
from yiwang.library.centre.facts import Question, Wanted, questions_for
from yiwang.library.gateways.contract import Subject
from yiwang.service.catalogue.package import Matter, Service
from yiwang.service.catalogue.service import elements_of, parts_of

PURPOSE = "application"


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Readings that some situation of a service leads to, with the elements and materials that they may tell."""

    questions: tuple[Question, ...]

    @property
    def elements(self) -> frozenset[str]:
        return frozenset(code for each in self.questions for code in each.elements)

    @property
    def materials(self) -> frozenset[str]:
        return frozenset(key for each in self.questions for key in each.materials)


def looked_up(service: Service) -> LookedUp:
    """As grants are now; nothing of what the service itself creates. Two SQL queries, for an enterprise's facts two
    more; nothing where no department answers."""
    created = {fact for part in parts_of(service) for fact in part.matter.creates}
    made = {part.matter.result.licence for part in parts_of(service)} - {None}
    every = tuple(dict.fromkeys(post for part in parts_of(service) for post in posts_of(part.matter)))
    elements: dict[str, tuple[str, ...]] = {}
    materials: dict[str, tuple[str, ...]] = {}
    for code in (each for each in elements_of(service) if each not in created):
        asking = [
            post
            for part in parts_of(service)
            if any(question.element.code == code for question in part.matter.questions)
            for post in posts_of(part.matter)
        ]
        elements[code] = tuple(dict.fromkeys(asking)) or every
    for part in parts_of(service):
        for material in part.matter.materials:
            if material.licence not in made:
                materials[material.key] = (*materials.get(material.key, ()), *posts_of(part.matter))
    wanted = Wanted(elements, materials)
    found = questions_for(wanted, PURPOSE)
    if any(each.product.represents in each.elements.values() for each in found):
        # Who stands for an enterprise need not tell what is held of it.
        found = (*found, *questions_for(wanted, PURPOSE, Subject.ENTERPRISE))
    return LookedUp(found)


def in_a_sentence(service: Service, departments: Mapping[str, Words]) -> Words | None:
    """“We look up … at …; you need not bring …”: None where nothing is looked up."""
    found = looked_up(service)
    if not found.questions:
        return None
    held: dict[str, dict[str, Words]] = {}
    for each in found.questions:
        held.setdefault(each.product.department, {})[each.product.code] = each.product.title
    papers = {
        material.key: material.name
        for part in parts_of(service)
        for material in part.matter.materials
        if material.key in found.materials
    }
    zh = "；".join(f"{_name(code, departments).zh}的{_zh(titles)}" for code, titles in held.items())
    en = "; ".join(f"{_name(code, departments).en}: {_en(titles)}" for code, titles in held.items())
    if not papers:
        return Words(
            f"您申请时，我们替您查{zh}。查到的您不用再填。",
            f"We look up for you: {en}. What we find you need not type.",
        )
    return Words(
        f"您申请时，我们替您查{zh}。查到的您不用再填，也不用带{_zh(papers)}。",
        f"We look up for you: {en}. What we find you need not type, nor bring as: {_en(papers)}.",
    )


def posts_of(matter: Matter) -> tuple[str, ...]:
    """The posts that work on a matter, in the order of its plan."""
    first = (matter.accept_by,) if matter.accept_by else ()
    return tuple(dict.fromkeys((*first, *(task.by for task in matter.tasks))))


def _name(code: str, departments: Mapping[str, Words]) -> Words:
    return departments.get(code) or Words(code, code)


def _zh(names: Mapping[str, Words]) -> str:
    return "、".join(name.zh for name in names.values())


def _en(names: Mapping[str, Words]) -> str:
    return ", ".join(
        name.en[:1].lower() + name.en[1:] if name.en[1:2].islower() else name.en for name in names.values()
    )
