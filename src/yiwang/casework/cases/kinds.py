"""The port through which the desk asks about a kind of case that only a higher package knows.

`applications` registers "application" at start-up; hotline tickets, alarms and inspections will register theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.urls import reverse

from yiwang.casework.cases.queries import CaseView, PartView
from yiwang.foundation.directory.actor import Actor
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


@dataclass(frozen=True, slots=True)
class Draft:
    """Reasons drafted from the case for either decision. Text in a form: the officer changes and signs it."""

    grant: Words
    refuse: Words


Private = Callable[[CaseView], frozenset[str]]
"""What in a case tells who somebody is, so that no stranger is sent it."""
Drafter = Callable[[CaseView, PartView], Draft | None]
Aside = Callable[[CaseView, PartView, Actor], Panel | None]
"""What somebody above knows of a part besides its kind's panel, for this officer: looks at `part.full` and posts."""

_kinds: dict[str, Kind] = {}
_asides: dict[str, Aside] = {}
_openers: dict[str, Aside] = {}
_drafters: dict[str, Drafter] = {}
_private: dict[str, Private] = {}


def register(key: str, kind: Kind) -> None:
    if key in _kinds:
        raise RuntimeError(f"two kinds of case are called {key}")
    _kinds[key] = kind


def kind(key: str) -> Kind | None:
    return _kinds.get(key)


def register_aside(key: str, aside: Aside, *, first: bool = False) -> None:
    """`first`: it stands before the kind's panel, else after it."""
    if key in _asides or key in _openers:
        raise RuntimeError(f"two asides are called {key}")
    (_openers if first else _asides)[key] = aside


def register_private(kind: str, private: Private) -> None:
    _private[kind] = private


def private_words(view: CaseView) -> frozenset[str] | None:
    """What must not leave the house of this case; None where nobody can say, so that nothing leaves."""
    private = _private.get(view.kind)
    return None if private is None else private(view) | {view.applicant, *view.facts.values()}


def register_drafter(kind: str, drafter: Drafter) -> None:
    """Say who drafts the reasons of decisions on this kind of case."""
    _drafters[kind] = drafter


def draft_of(view: CaseView, part: PartView) -> Draft | None:
    """The reasons drafted for a part, on request; None where nobody drafts them."""
    drafter = _drafters.get(view.kind)
    return drafter(view, part) if drafter is not None else None


def drafts(kind: str) -> bool:
    """Whether reasons of decisions on this kind of case can be drafted."""
    return kind in _drafters


def asides(view: CaseView, part: PartView, by: Actor, *, first: bool = False) -> tuple[Panel, ...]:
    """What stands after the kind's panel, or before it (`first`), in the order of registration."""
    found = (aside(view, part, by) for aside in (_openers if first else _asides).values())
    return tuple(panel for panel in found if panel is not None)


_follow = ""


def register_follow(route: str) -> None:
    """Name the route, with a case's number as its one argument, on which an applicant follows it."""
    global _follow
    _follow = route


def follow_address(number: str) -> str:
    """The address on which the applicant follows a case; empty where there is none."""
    return reverse(_follow, args=[number]) if _follow else ""
