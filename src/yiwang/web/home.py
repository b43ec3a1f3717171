"""What the home page shows beside its one question: spoken examples, life events, my cases."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from yiwang.foundation.kernel.text import Words
from yiwang.service.catalogue import queries as catalogue

EXAMPLES = (
    Words("我想开一家餐馆", "I want to open a restaurant"),
    Words("店里要排污水", "My shop discharges waste water"),
    Words("刻一枚公章", "A company seal"),
    Words("门口挂招牌", "Put up a shop sign"),
)
"""Four things people say, as they say them."""

MOST = 8
"""So many life events stand on the home page at most; the others are among all services."""


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One row of the ruled list."""

    name: Words
    summary: Words
    days: Words
    departments: Words
    href: str


def examples() -> tuple[Words, ...]:
    return EXAMPLES


def life_events() -> tuple[LifeEvent, ...]:
    """The bundles on offer, with promised days and number of departments. Two SQL queries."""
    return tuple(
        LifeEvent(
            card.name,
            card.summary,
            card.promise,
            Words(f"{len(card.departments)}个部门", f"{len(card.departments)} department{_plural(card.departments)}"),
            _address(card.code),
        )
        for card in catalogue.bundles()[:MOST]
    )


def _plural(things: tuple[object, ...]) -> str:
    return "" if len(things) == 1 else "s"


def _address(code: str) -> str:
    try:
        return reverse("catalogue:service", args=[code])
    except NoReverseMatch:
        return f"/matters/{code}/"
