"""What a city publishes about its places: `places.yaml`, the tree of city, districts and streets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.findings import Finding
from yiwang.foundation.standards.reading import Section, read_file


class PlaceKind(StrEnum):
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `code` has 6 digits for city and district (GB/T 2260), 9 for a street (GB/T 10114)."""

    code: str
    name: Words
    kind: PlaceKind
    parent: str | None


DISTRICT_CODE = re.compile(r"[0-9]{6}\Z")
STREET_CODE = re.compile(r"[0-9]{9}\Z")


def read(city: Path) -> tuple[tuple[Place, ...], list[Finding]]:
    """The city's places, parents first, and what is wrong with the file."""
    findings: list[Finding] = []
    root = read_file(city / "places.yaml", findings)
    if root is None:
        return (), findings
    places: list[Place] = []
    cities = list(_named(root, "city", DISTRICT_CODE, "6 digits"))
    if len(cities) != 1:
        root.report("The file names no city, or more than one.", 'Write “city:” with one “"code": {zh: ..., en: ...}”.')
    city_code = cities[0][0] if cities else ""
    places += [Place(code, name, PlaceKind.CITY, None) for code, name in cities[:1]]
    for code, entry in root.entries("districts", shorthand="name", required=True):
        name = entry.words("name", max_length=40)
        if not DISTRICT_CODE.match(code):
            entry.report(f"“{code}” is not the code of a district.", "Write 6 digits in quotes.")
            continue
        streets = list(_named(entry, "streets", STREET_CODE, "9 digits"))
        entry.finish()
        if name is None:
            continue
        places.append(Place(code, name, PlaceKind.DISTRICT, city_code))
        for street, street_name in streets:
            if not street.startswith(code):
                entry.report(f"Street “{street}” does not lie in district {code}.", f"Begin its code with {code}.")
            places.append(Place(street, street_name, PlaceKind.STREET, code))
    root.finish()
    return _each_once(places, root), findings


def _named(section: Section, key: str, form: re.Pattern[str], said: str) -> Iterator[tuple[str, Words]]:
    below = section.section(key)
    for code in list(below.fields) if below is not None else ():
        assert below is not None
        name = below.words(code, max_length=40)
        if not form.match(code):
            below.report(f"“{code}” is not the code of a place here.", f"Write {said} in quotes.", code)
        elif name is not None:
            yield code, name


def _each_once(places: list[Place], root: Section) -> tuple[Place, ...]:
    seen: dict[str, Place] = {}
    for place in places:
        if place.code in seen:
            root.report(f"The code {place.code} names two places.", "Give each its own.")
        seen.setdefault(place.code, place)
    return tuple(seen.values())
