"""What the home page shows beside its one question: spoken examples, life events, single services, my cases."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.models import User, UserKind
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.clock_line import ClockLine
from yiwang.service.applications import queries as applications
from yiwang.service.catalogue import queries as catalogue

EXAMPLES = (
    Words("我想开一家餐馆", "I want to open a restaurant"),
    Words("外地人办居住证", "A residence permit for a newcomer"),
    Words("八十岁老人的补贴", "Old age allowance"),
    Words("老人免费坐公交", "Free bus rides for the elderly"),
)
"""Four things people say, as they say them."""

MOST_EVENTS = 8
MOST_SINGLE = 8
MOST_CASES = 2
"""So much stands on the home page at most; the rest is one link away."""


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One row of the ruled list."""

    name: Words
    summary: Words
    days: Words
    departments: Words
    href: str


@dataclass(frozen=True, slots=True)
class Single:
    """A service that stands alone, with its department."""

    name: Words
    department: Words
    href: str


@dataclass(frozen=True, slots=True)
class MyCase:
    """One of my applications, with the one thing that I can do about it, if there is one."""

    title: Words
    number: str
    sentence: Words
    line: ClockLine | None
    href: str
    waits_for_me: bool


@dataclass(frozen=True, slots=True)
class MyDraft:
    """An application that I have begun."""

    title: Words
    href: str


@dataclass(frozen=True, slots=True)
class Mine:
    """What is mine; `cases` and `drafts` are the newest only."""

    cases: tuple[MyCase, ...]
    drafts: tuple[MyDraft, ...]


def life_events() -> tuple[LifeEvent, ...]:
    """The bundles on offer, with promised days and number of departments. Two SQL queries."""
    return tuple(
        LifeEvent(
            card.name,
            card.summary,
            card.promise,
            Words(f"{len(card.departments)}个部门", f"{len(card.departments)} department{_plural(card.departments)}"),
            reverse("catalogue:service", args=[card.code]),
        )
        for card in catalogue.bundles()[:MOST_EVENTS]
    )


def single_services() -> tuple[Single, ...]:
    """The first of the services that stand alone. Two SQL queries."""
    alone = [item for item in catalogue.listed() if item.kind != "bundle"]
    return tuple(
        Single(item.name, item.department, reverse("catalogue:service", args=[item.code]))
        for item in alone[:MOST_SINGLE]
    )


def mine(request: HttpRequest) -> Mine | None:
    """What a resident has begun and sent; None for visitors and for those who work here."""
    user = request.user
    if not isinstance(user, User) or user.kind != UserKind.RESIDENT:
        return None
    by = actor_of(user)
    cards, _more = applications.applications_of(by, limit=MOST_CASES)
    return Mine(
        tuple(
            MyCase(
                card.title,
                card.number,
                card.standing.heading,
                card.line,
                reverse("applications:application", args=[card.number]),
                bool(card.standing.correct or card.standing.bring),
            )
            for card in cards
        ),
        tuple(
            MyDraft(draft.title, reverse("applications:draft", args=[draft.id]))
            for draft in applications.drafts_of(by)[:MOST_CASES]
        ),
    )


def _plural(things: tuple[object, ...]) -> str:
    return "" if len(things) == 1 else "s"
