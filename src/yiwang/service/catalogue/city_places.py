"""The city's places as answers to questions about where something is."""

from __future__ import annotations

from collections.abc import Iterable

from yiwang.foundation.places.published import Place, PlaceKind
from yiwang.foundation.standards.elements import Choice
from yiwang.foundation.standards.recognition import full_name
from yiwang.foundation.standards.vocabulary import Places


def as_answers(places: Iterable[Place]) -> Places:
    """Districts by their names, streets by theirs and their district's, district by district."""
    known = {each.code: each for each in places}
    of = {kind: [each for each in known.values() if each.kind is kind] for kind in PlaceKind}
    districts = tuple(Choice(each.code, each.name) for each in of[PlaceKind.DISTRICT])
    city = tuple(Choice(each.code, each.name) for each in of[PlaceKind.CITY])
    streets = tuple(
        Choice(street.code, full_name(street.name, known[street.parent].name if street.parent else None))
        for district in of[PlaceKind.DISTRICT]
        for street in of[PlaceKind.STREET]
        if street.parent == district.code
    )
    return Places({"district": districts, "street": streets}, {"district": city, "street": (*city, *districts)})
