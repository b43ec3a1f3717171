"""How far "ask once" has come: what each service asks, what its departments look up, and what would spare most.

Twice: for the services as they are published, where every question counts that some situation asks; and for the
applications that were really sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from yiwang.foundation.documents.inspection import TEXT
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.centre import queries as library
from yiwang.service.applications import identity, lookups
from yiwang.service.applications.known import Told
from yiwang.service.applications.models import Application, ApplicationMaterial, LookUp
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.catalogue.looked_up import LookedUp, looked_up
from yiwang.service.catalogue.package import Service
from yiwang.service.catalogue.service import elements_of, parts_of, suggestions_of
from yiwang.service.catalogue.words import APPLICANT

CHOSEN = (ElementKind.BOOLEAN, ElementKind.CHOICE, ElementKind.CHOICES)
"""Kinds of element that are answered by pressing, not by typing."""
MOST_APPLICATIONS = 5_000
"""The newest ones are counted."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one service. Of the questions asked, who answers: the person's account, the library, a suggestion, or the
    person (`typed` words and numbers, `chosen` answers of those offered). Of the materials: `exempt` are proved, made
    by the application itself or looked up by officers; of some the department's text is adopted; the rest is uploaded.
    """

    code: str
    name: Words
    applications: int
    asked: float
    from_account: float
    prefilled: float
    suggested: float
    typed: float
    chosen: float
    exempt: float
    adopted: float
    uploaded: float


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
    covered = {each.code: looked_up(each.service) for each in services}
    published = tuple(_published(each.code, each.service, covered[each.code]) for each in services)
    real, typed = _real()
    return Report(published, real, _gaps([(each.code, each.service) for each in services], covered, typed))


def _published(code: str, service: Service, covered: LookedUp) -> Counts:
    elements = elements_of(service)
    asked = set(elements) - _created(service)
    account = asked & set(identity.KNOWN)
    told = (asked & covered.elements) - account
    suggested = (asked & set(suggestions_of(service))) - account - told
    by_hand = asked - account - told - suggested
    chosen = sum(elements[each].kind in CHOSEN for each in by_hand)
    results = {part.matter.result.licence for part in parts_of(service)}
    wanted = {material.key: material for part in parts_of(service) for material in part.matter.materials}
    exempt = {
        key
        for key, material in wanted.items()
        if key in covered.materials
        or material.source != APPLICANT
        or (material.licence and material.licence in results)
    }
    adopted = {key for key, material in wanted.items() if material.model is not None} - exempt
    return Counts(
        code=code,
        name=service.name,
        applications=0,
        asked=len(asked),
        from_account=len(account),
        prefilled=len(told),
        suggested=len(suggested),
        typed=len(by_hand) - chosen,
        chosen=chosen,
        exempt=len(exempt),
        adopted=len(adopted),
        uploaded=len(wanted) - len(exempt) - len(adopted),
    )


def _created(service: Service) -> set[str]:
    return {fact for part in parts_of(service) for fact in part.matter.creates}


def _real() -> tuple[tuple[Counts, ...], Counter[tuple[str, str]]]:
    """Means over the applications of each service, and how often each element and material was given by hand."""
    sums: dict[str, list[float]] = {}
    names: dict[str, Words] = {}
    given: Counter[tuple[str, str]] = Counter()
    for row, told, adopted, uploaded in _applications():
        published = catalogue.service(row.service, row.service_version)
        elements = elements_of(published.service)
        known = told.known(elements) if told.lookups else {}
        account = set(row.answers) & set(identity.KNOWN)
        library = {code for code in row.answers if code in known and row.answers[code] == known[code].value} - account
        suggested = set(row.worked_out) - account - library
        by_hand = set(row.answers) - account - library - suggested
        chosen = sum(code in elements and elements[code].kind in CHOSEN for code in by_hand)
        given.update(("question", code) for code in by_hand)
        given.update(("material", key) for key in uploaded)
        names[row.service] = published.service.name
        asked = (len(row.answers), len(account), len(library), len(suggested), len(by_hand) - chosen, chosen)
        counts = (1, *asked, len(told.held.proved), len(adopted), len(uploaded))
        held = sums.setdefault(row.service, [0.0] * len(counts))
        for place, count in enumerate(counts):
            held[place] += count
    found = []
    for code, totals in sorted(sums.items()):
        number = int(totals[0])
        found.append(Counts(code, names[code], number, *(round(each / number, 2) for each in totals[1:])))
    return tuple(found), given


def _applications() -> Iterator[tuple[Application, Told, set[str], set[str]]]:
    """Each with what the library told, the materials whose model was adopted, and those uploaded."""
    rows = list(Application.objects.order_by("-case_id")[:MOST_APPLICATIONS])
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        ids = [row.pk for row in some]
        told: dict[int, list[Any]] = {}
        for each in LookUp.objects.filter(application__in=ids).order_by("id"):
            told.setdefault(each.application_id or 0, []).append(lookups.read(each))
        adopted: dict[int, set[str]] = {}
        uploaded: dict[int, set[str]] = {}
        brought = ApplicationMaterial.objects.filter(application__in=ids, replaced_at__isnull=True)
        for owner, key, media in brought.values_list("application", "key", "document__media_type"):
            (adopted if media == TEXT else uploaded).setdefault(owner, set()).add(key)
        for row in some:
            of_library = Told(tuple(told.get(row.pk, ())))
            yield row, of_library, adopted.get(row.pk, set()), uploaded.get(row.pk, set())


def _gaps(
    services: list[tuple[str, Service]],
    covered: dict[str, LookedUp],
    typed: Counter[tuple[str, str]],
) -> tuple[Gap, ...]:
    """What is still given by hand, most often first: by the applications sent, else by the services that ask."""
    asks: Counter[tuple[str, str]] = Counter()
    names: dict[tuple[str, str], Words] = {}
    for code, service in services:
        created, suggestions = _created(service), suggestions_of(service)
        for key, element in elements_of(service).items():
            told = key in covered[code].elements or key in identity.KNOWN or key in suggestions
            if not told and key not in created:
                asks["question", key] += 1
                names["question", key] = element.name
        for part in parts_of(service):
            for material in part.matter.materials:
                by_hand = material.source == APPLICANT and material.model is None
                if by_hand and material.key not in covered[code].materials:
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
