"""Which offices are competent for what was submitted (管辖): an answer about a place, and the rule of each matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.plan import PartPlan
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.offices import DISTRICT_DIGITS
from yiwang.service.catalogue.competence import at_level
from yiwang.service.catalogue.package import Service
from yiwang.service.catalogue.queries import PublishedService
from yiwang.service.catalogue.service import parts_of


def settle(
    chosen: Sequence[ChosenPart], published: PublishedService, answers: Mapping[str, Any]
) -> tuple[ChosenPart, ...]:
    """The parts with their competent offices, as the directory has them now; a part that the city decides is left as
    it is. One query for each place."""
    places = _places(published.service, answers)
    return tuple(_settled(part, published.plan.by_key[part.key], places.get(part.key, "")) for part in chosen)


def district_of(parts: Sequence[ChosenPart]) -> str:
    """The district in which a case is decided, by the first part whose office an address picks; empty: the city."""
    return next((part.place[:DISTRICT_DIGITS] for part in parts if part.place), "")


def offices_at(place: str, part: PartPlan) -> dict[str, str]:
    """The competent branches, by those of the part's departments that have one."""
    competent = directory.competent_in(place) if place else {}
    return {department: office for department, office in competent.items() if department in part.departments}


def _settled(part: ChosenPart, plan: PartPlan, place: str) -> ChosenPart:
    if not place:
        return part
    return replace(part, place=place, offices=offices_at(place, plan))


def _places(service: Service, answers: Mapping[str, Any]) -> dict[str, str]:
    """The place of each part that an address decides about, at the level of its rule."""
    found = {}
    for part in parts_of(service):
        rule = part.matter.competent
        place = answers.get(rule.by) if rule is not None else None
        if rule is not None and isinstance(place, str):
            found[part.key] = at_level(place, rule.level)
    return found
