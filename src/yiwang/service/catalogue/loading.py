"""Publishing what a city's folder holds, or another catalogue's file, as often as one likes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.findings import Refused, errors
from yiwang.foundation.places import published as places
from yiwang.foundation.standards import loading as vocabulary
from yiwang.service.catalogue import actions, check, queries, supervision
from yiwang.service.catalogue.city_places import as_answers
from yiwang.service.catalogue.national import NationalMatter
from yiwang.service.catalogue.package import GuidanceOnly


@dataclass(frozen=True, slots=True)
class Loaded:
    """Codes of services: new or changed ones, and those that are offered no longer."""

    changed: tuple[str, ...]
    taken_back: tuple[str, ...]


def load(city: Path) -> Loaded:
    """Publish all matters and bundles of the folder.

    Those that are no longer in the folder are offered no longer; imported guidance stays. Raises Refused with findings
    where the folder has errors: then nothing is published.
    """
    services, findings = check.read(city)
    if errors(findings):
        raise Refused(findings)
    with transaction.atomic():
        vocabulary.load(city, as_answers(places.read(city)[0]))
        actions.name_supervision(supervision.read(city, [card.code for card in directory.posts()])[0])
        changed = actions.publish(services)
        kept = {service.code for service in services}
        gone = tuple(code for code in queries.offered("matter", "bundle") if code not in kept)
        actions.take_back(gone)
        actions.make_findable()
    return Loaded(changed, gone)


def take_in(matters: Iterable[NationalMatter], *, replace: bool = False) -> tuple[str, ...]:
    """Publish matters of another catalogue as guidance; the codes of those that were new or have changed.

    A matter that can be applied for here, known by its task code, needs no guidance and is passed over. With `replace`,
    guidance that is not among them is offered no longer.
    """
    with transaction.atomic():
        own = {each.task_code for each in queries.our_own()}
        guidance = [GuidanceOnly(matter) for matter in matters if matter.task_code not in own]
        changed = actions.publish(guidance)
        if replace:
            kept = {item.code for item in guidance}
            actions.take_back(code for code in queries.offered("guidance") if code not in kept)
        actions.make_findable()
    return changed
