"""How far "ask once" has come: what each service asks, what its departments look up, and what would spare most.

Twice: for the services as they are published, where every question counts that some situation asks; and for the
applications that were really sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from yiwang.foundation.kernel.text import Words
from yiwang.library.centre import queries as library
from yiwang.library.centre.facts import Wanted, questions_for
from yiwang.service.applications import identity, lookups
from yiwang.service.applications.asking import PURPOSE, posts_of
from yiwang.service.applications.known import Told
from yiwang.service.applications.models import Application, ApplicationMaterial, LookUp
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.catalogue.package import Service
from yiwang.service.catalogue.service import elements_of, parts_of

MOST_APPLICATIONS = 5_000
"""The newest ones are counted."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one service. Questions: typed by the person, told by their account, told by the library. Materials: brought by
    the person, proved by the library, looked up by officers or made by the application itself."""

    code: str
    name: Words
    applications: int
    asked: float
    from_account: float
    prefilled: float
    brought: float
    proved: float
    spared: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A question or paper that people still give. `asks` counts how often; `why` says what is missing: `product` (no
    contract has it) or `grant` (one has it, and nobody who asks may read it)."""

    kind: str
    key: str
    name: Words
    asks: int
    why: str
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    published: tuple[Counts, ...]
    real: tuple[Counts, ...]
    gaps: tuple[Gap, ...]


def report() -> Report:
    """Counted anew each time. Reads no department's data."""
    services = [catalogue.service(code) for code in catalogue.offered("matter", "bundle")]
    covered = {each.code: _covered(each.service) for each in services}
    published = tuple(_published(each.code, each.service, covered[each.code]) for each in services)
    real, typed = _real()
    return Report(published, real, _gaps([(each.code, each.service) for each in services], covered, typed))


def _covered(service: Service) -> tuple[frozenset[str], frozenset[str]]:
    """Elements and materials that products under grants of the service's own posts tell."""
    elements: dict[str, tuple[str, ...]] = {}
    materials: dict[str, tuple[str, ...]] = {}
    every = tuple(dict.fromkeys(post for part in parts_of(service) for post in posts_of(part.matter)))
    for code in elements_of(service):
        asking = [
            post
            for part in parts_of(service)
            if any(question.element.code == code for question in part.matter.questions)
            for post in posts_of(part.matter)
        ]
        elements[code] = tuple(dict.fromkeys(asking)) or every
    for part in parts_of(service):
        for material in part.matter.materials:
            materials[material.key] = (*materials.get(material.key, ()), *posts_of(part.matter))
    found = questions_for(Wanted(elements, materials), PURPOSE)
    return (
        frozenset(code for each in found for code in each.elements),
        frozenset(key for each in found for key in each.materials),
    )


def _published(code: str, service: Service, covered: tuple[frozenset[str], frozenset[str]]) -> Counts:
    asked = set(elements_of(service)) - _created(service)
    account = asked & set(identity.KNOWN)
    told = (asked & covered[0]) - account
    results = {part.matter.result.licence for part in parts_of(service)}
    wanted = {material.key: material for part in parts_of(service) for material in part.matter.materials}
    made = {key for key, material in wanted.items() if material.licence and material.licence in results}
    proved = (set(wanted) & covered[1]) - made
    officers = {key for key, material in wanted.items() if material.source != "applicant"} - made - proved
    return Counts(
        code=code,
        name=service.name,
        applications=0,
        asked=len(asked) - len(account) - len(told),
        from_account=len(account),
        prefilled=len(told),
        brought=len(wanted) - len(made) - len(proved) - len(officers),
        proved=len(proved),
        spared=len(made) + len(officers),
    )


def _created(service: Service) -> set[str]:
    return {fact for part in parts_of(service) for fact in part.matter.creates}


def _real() -> tuple[tuple[Counts, ...], Counter[tuple[str, str]]]:
    """Means over the applications of each service, and how often each element and material was given by hand."""
    sums: dict[str, list[float]] = {}
    names: dict[str, Words] = {}
    typed: Counter[tuple[str, str]] = Counter()
    for row, told, papers in _applications():
        published = catalogue.service(row.service, row.service_version)
        known = told.known(elements_of(published.service)) if told.lookups else {}
        account = set(row.answers) & set(identity.KNOWN)
        library = {code for code in row.answers if code in known and row.answers[code] == known[code].value} - account
        by_hand = set(row.answers) - account - library
        typed.update(("question", code) for code in by_hand)
        typed.update(("material", key) for key in papers)
        names[row.service] = published.service.name
        counts = (1, len(by_hand), len(account), len(library), len(papers), len(told.held.proved))
        held = sums.setdefault(row.service, [0.0] * len(counts))
        for place, count in enumerate(counts):
            held[place] += count
    found = []
    for code, totals in sorted(sums.items()):
        number = int(totals[0])
        means = [round(each / number, 2) for each in totals[1:]]
        found.append(Counts(code, names[code], number, means[0], means[1], means[2], means[3], means[4], 0))
    return tuple(found), typed


def _applications() -> Iterator[tuple[Application, Told, set[str]]]:
    rows = list(Application.objects.order_by("-case_id")[:MOST_APPLICATIONS])
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        ids = [row.pk for row in some]
        told: dict[int, list[Any]] = {}
        for each in LookUp.objects.filter(application__in=ids).order_by("id"):
            told.setdefault(each.application_id or 0, []).append(lookups.read(each))
        papers: dict[int, set[str]] = {}
        for owner, key in ApplicationMaterial.objects.filter(application__in=ids).values_list("application", "key"):
            papers.setdefault(owner, set()).add(key)
        for row in some:
            yield row, Told(tuple(told.get(row.pk, ()))), papers.get(row.pk, set())


def _gaps(
    services: list[tuple[str, Service]],
    covered: dict[str, tuple[frozenset[str], frozenset[str]]],
    typed: Counter[tuple[str, str]],
) -> tuple[Gap, ...]:
    """What is still given by hand, most often first: by the applications sent, else by the services that ask."""
    asks: Counter[tuple[str, str]] = Counter()
    names: dict[tuple[str, str], Words] = {}
    for code, service in services:
        created = _created(service)
        for key, element in elements_of(service).items():
            if key not in covered[code][0] and key not in created and key not in identity.KNOWN:
                asks["question", key] += 1
                names["question", key] = element.name
        for part in parts_of(service):
            for material in part.matter.materials:
                if material.source == "applicant" and material.key not in covered[code][1]:
                    asks["material", material.key] += 1
                    names["material", material.key] = material.name
    products = library.products()
    found = []
    for (kind, key), number in asks.items():
        holding = tuple(
            product.code
            for product in products
            if (key in product.proves if kind == "material" else any(each.element == key for each in product.fields))
        )
        count = typed[kind, key] or number
        found.append(Gap(kind, key, names[kind, key], count, "grant" if holding else "product", holding))
    return tuple(sorted(found, key=lambda gap: (-gap.asks, gap.why, gap.kind, gap.key)))
