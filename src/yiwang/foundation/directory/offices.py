"""Where authorities are competent: a department in the whole city, its branches in one district or street. Pure.

A branch is a department of its own, with desks, posts and a head; `code_of` names it after its department and place, so
that `market-319901/stalls` is the post `market/stalls` in the district 319901.
"""

from __future__ import annotations

from collections.abc import Collection

DISTRICT_DIGITS, STREET_DIGITS = 6, 9
LEVELS = ("district", "street")
"""Where branches are, besides the department itself in the whole city."""


def code_of(department: str, place: str) -> str:
    """The code of a department's branch in a place."""
    return f"{department}-{place}"


def around(place: str) -> tuple[str, ...]:
    """A place and the district around it, the smaller first (codes of GB/T 2260 and GB/T 10114)."""
    return (place, place[:DISTRICT_DIGITS]) if len(place) > DISTRICT_DIGITS else (place,)


def level_of(place: str) -> str:
    """`district` or `street`, as a place's code says."""
    return LEVELS[len(place) > DISTRICT_DIGITS]


def nearest(branches: Collection[tuple[str, str]], department: str, place: str) -> str:
    """The one office of a department that is competent in a place: its branch there, else the one around it, else the
    department itself. `branches` are pairs of department and place."""
    for each in around(place):
        if (department, each) in branches:
            return code_of(department, each)
    return department
