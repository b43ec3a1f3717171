"""The port through which the desk asks about a kind of case that only a higher package knows.

`applications` registers "application" at start-up; hotline tickets, alarms and inspections will register theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from yiwang.foundation.kernel.text import Words


@dataclass(frozen=True, slots=True)
class Panel:
    """What a kind shows inside the desk's case page: a template and its context."""

    template: str
    context: Mapping[str, Any]


class Kind(Protocol):
    name: Words
    """"application", as the desk says it"""

    def panel(self, case_id: int, parts: frozenset[str]) -> Panel | None:
        """Answers and materials of these parts (those the officer may see in full)."""

    def proposed_facts(self, case_id: int, part: str) -> Mapping[str, str]:
        """What the decision form offers for the facts that a grant creates."""


_kinds: dict[str, Kind] = {}


def register(key: str, kind: Kind) -> None:
    if key in _kinds:
        raise RuntimeError(f"two kinds of case are called {key}")
    _kinds[key] = kind


def kind(key: str) -> Kind | None:
    return _kinds.get(key)
