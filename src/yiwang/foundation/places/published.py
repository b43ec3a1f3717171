"""What a city publishes about its places: `places.yaml`, one line a place."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import yaml

from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.kernel.text import UnacceptableText, Words, canonical

MAX_BYTES = 512 * 1024
CITY = re.compile(r"[0-9]{4}00\Z")
DISTRICT = re.compile(r"[0-9]{6}\Z")
STREET = re.compile(r"[0-9]{9}\Z")


class PlaceKind(StrEnum):
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `code` has 6 digits for city and district (GB/T 2260), 9 for a street (GB/T 10114); `window` says
    where its offices receive people."""

    code: str
    name: Words
    kind: PlaceKind
    parent: str | None
    window: Words | None = None


def read(city: Path) -> tuple[tuple[Place, ...], list[Finding]]:
    """The city's places in the order of the file, and what is wrong with it."""
    path = city / "places.yaml"
    try:
        text = path.read_bytes()[: MAX_BYTES + 1].decode("utf-8")
        if len(text.encode()) > MAX_BYTES:
            return (), [
                Finding(path, 0, f"The file has more than {MAX_BYTES // 1024} KB.", "Keep to one line a place.")
            ]
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        return (), [Finding(path, 0, f"The file cannot be read: {error}.", "Put it there, as UTF-8.")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        return (), [Finding(path, line, "This is not valid YAML.", 'Write one “"code": {zh: ..., en: ...}” a line.')]
    findings: list[Finding] = []
    places: dict[str, Place] = {}
    lines: dict[str, int] = {}
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        line = key.start_mark.line + 1
        code = str(key.value)
        name = _words(path, line, value, findings, "name", (40, 80))
        window = _window(path, line, value, findings)
        kind = _kind(code)
        lines.setdefault(code, line)
        if kind is None:
            findings.append(
                Finding(path, line, f"“{code}” is not the code of a place.", "Write 6 or 9 digits in quotes.")
            )
        elif code in places:
            findings.append(Finding(path, line, f"The code {code} names two places.", "Give each its own."))
        elif name is not None:
            places[code] = Place(code, name, kind, None, window)
    return _tree(path, places, lines, findings), findings


def _kind(code: str) -> PlaceKind | None:
    if STREET.match(code):
        return PlaceKind.STREET
    if CITY.match(code):
        return PlaceKind.CITY
    return PlaceKind.DISTRICT if DISTRICT.match(code) else None


def _window(path: Path, line: int, value: yaml.Node, findings: list[Finding]) -> Words | None:
    """Where the place's windows are: `window: {zh: ..., en: ...}` behind its name."""
    pairs = value.value if isinstance(value, yaml.MappingNode) else []
    written = next((node for key, node in pairs if str(key.value) == "window"), None)
    return None if written is None else _words(path, line, written, findings, "window", (120, 200))


def _words(
    path: Path, line: int, value: yaml.Node, findings: list[Finding], called: str, longest: tuple[int, int]
) -> Words | None:
    pairs = value.value if isinstance(value, yaml.MappingNode) else []
    spoken = {str(key.value): str(text.value) for key, text in pairs if isinstance(text, yaml.ScalarNode)}
    missing = [name for code, name in (("zh", "Chinese"), ("en", "English")) if not spoken.get(code)]
    if missing:
        remedy = "Write “{zh: ..., en: ...}”."
        findings.append(Finding(path, line, f"The {called} is missing in {' and '.join(missing)}.", remedy))
        return None
    try:
        return Words(canonical(spoken["zh"], max_length=longest[0]), canonical(spoken["en"], max_length=longest[1]))
    except UnacceptableText as error:
        findings.append(
            Finding(path, line, f"The {called} cannot be kept ({error.reason}).", "Shorten it, without hidden marks.")
        )
        return None


def _tree(path: Path, places: dict[str, Place], lines: dict[str, int], findings: list[Finding]) -> tuple[Place, ...]:
    cities = [place.code for place in places.values() if place.kind is PlaceKind.CITY]
    if len(cities) != 1:
        findings.append(
            Finding(path, 0, "The file names no city, or more than one.", "Give one place a code ending in 00.")
        )
        return ()
    tree = []
    for place in places.values():
        parent: str | None = None
        if place.kind is PlaceKind.DISTRICT:
            parent = cities[0]
        elif place.kind is PlaceKind.STREET:
            parent = place.code[:6]
            if parent not in places:
                message = f"Street {place.code} lies in no district of the file."
                findings.append(Finding(path, lines[place.code], message, f"Add a line for {parent}."))
                continue
        tree.append(replace(place, parent=parent))
    order = list(PlaceKind)
    return tuple(sorted(tree, key=lambda place: order.index(place.kind)))
