"""What a city publishes about identity levels: `identity.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yiwang.foundation.directory.levels import CARDS, Level, LevelCard
from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.standards.reading import near, read_file

LEVELS = tuple(level.value for level in Level)


@dataclass(frozen=True, slots=True)
class PublishedLevels:
    """The levels' words, and the least that a matter needs that says nothing: nothing, where the city says nothing."""

    cards: Mapping[Level, LevelCard] = field(default_factory=lambda: CARDS)
    default: Level = Level.UNVERIFIED


def read(city: Path) -> tuple[PublishedLevels, list[Finding]]:
    """Read the file of a city; one without it keeps the house's words."""
    findings: list[Finding] = []
    path = city / "identity.yaml"
    root = read_file(path, findings) if path.exists() else None
    if root is None:
        return PublishedLevels(), findings
    default = root.one_of("default", LEVELS)
    cards = dict(CARDS)
    for code, entry in root.entries("levels", shorthand="name", required=True):
        name, how = entry.words("name", max_length=20), entry.words("how", max_length=120)
        entry.finish()
        if code not in LEVELS:
            entry.report(f"There is no identity level “{code}”.", near(code, LEVELS, "Levels are"))
        elif name is not None and how is not None:
            cards[Level(code)] = LevelCard(Level(code), name, how)
    root.finish()
    return PublishedLevels(cards, Level(default) if default in LEVELS else Level.UNVERIFIED), findings
