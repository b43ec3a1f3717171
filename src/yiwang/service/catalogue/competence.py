"""Which offices decide a matter, one in each place, and under which of the many task codes (实施编码) of its one
catalogue code (基本编码). Pure, but for `offices_of`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yiwang.foundation.directory import offices as levels
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.queries import BranchCard
from yiwang.foundation.kernel.identifiers import branch_uscc
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.places import queries as places
from yiwang.foundation.places.published import Place
from yiwang.foundation.standards.recognition import full_name
from yiwang.service.catalogue.package import Matter

AUTHORITY = 18
"""A task code begins with the credit code of the office that decides."""


@dataclass(frozen=True, slots=True)
class Office:
    """The office that decides a matter in a district or street, with where its windows are."""

    code: str
    name: Words
    place: str
    place_name: Words
    task_code: str
    window: Words | None


def at_level(place: str, level: str) -> str:
    """The place of a level that a place lies in: a street's district."""
    return place[: levels.DISTRICT_DIGITS] if level == levels.LEVELS[0] else place


def task_code(of_the_city: str, place: str, uscc: str = "") -> str:
    """The task code of a branch, beside that of the city's department: another office, the same matter. `uscc` is the
    branch's own credit code; where none is listed it follows from the department's."""
    own = uscc or branch_uscc(of_the_city[:AUTHORITY], place[: levels.DISTRICT_DIGITS], place[levels.DISTRICT_DIGITS :])
    return own + of_the_city[AUTHORITY:]


def task_code_in(matter: Matter, place: str) -> str:
    """The task code under which a matter is done for a place; that of the city's department where no branch decides."""
    if matter.competent is None or not place:
        return matter.task_code
    branch = directory.branch(levels.code_of(matter.department, at_level(place, matter.competent.level)))
    return matter.task_code if branch is None else task_code(matter.task_code, branch.place, branch.uscc)


def deciding(matter: Matter, branches: Iterable[BranchCard]) -> tuple[BranchCard, ...]:
    """The branches that decide a matter: those of its department, at its level."""
    if matter.competent is None:
        return ()
    return tuple(
        each
        for each in branches
        if each.department == matter.department and levels.level_of(each.place) == matter.competent.level
    )


def offices_of(matter: Matter) -> tuple[Office, ...]:
    """Every office that decides the matter; none where the city's department does. Two SQL queries."""
    if matter.competent is None:
        return ()
    there = {each.code: each for each in places.everywhere()}
    return tuple(
        Office(
            each.code,
            each.name,
            each.place,
            _called(there[each.place], there) if each.place in there else each.name,
            task_code(matter.task_code, each.place, each.uscc),
            _window(each.place, there),
        )
        for each in deciding(matter, directory.branches(matter.department))
    )


def _called(place: Place, there: dict[str, Place]) -> Words:
    district = there.get(place.code[: levels.DISTRICT_DIGITS])
    return full_name(place.name, None if district is None or district is place else district.name)


def _window(place: str, there: dict[str, Place]) -> Words | None:
    """The service hall of a place, else that of the district around it."""
    halls = (there[each].window for each in levels.around(place) if each in there)
    return next((hall for hall in halls if hall is not None), None)
