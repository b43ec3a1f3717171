"""What others ask about places."""

from __future__ import annotations

from collections.abc import Iterable

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.places.models import Place as PlaceRow
from yiwang.foundation.places.published import Place, PlaceKind


def city() -> Place | None:
    """The city itself; None before its places were loaded."""
    row = PlaceRow.objects.filter(kind=PlaceKind.CITY).first()
    return None if row is None else _place(row)


def everywhere() -> tuple[Place, ...]:
    """The city, its districts and streets, in the order of its file. One query."""
    return tuple(_place(row) for row in PlaceRow.objects.select_related("parent"))


def districts() -> tuple[Place, ...]:
    """The city's districts in the order of its file."""
    return tuple(_place(row) for row in PlaceRow.objects.filter(kind=PlaceKind.DISTRICT).select_related("parent"))


def streets(district: str) -> tuple[Place, ...]:
    """The streets of a district, by the district's code."""
    rows = PlaceRow.objects.filter(kind=PlaceKind.STREET, parent__code=district).select_related("parent")
    return tuple(_place(row) for row in rows)


def place(code: str) -> Place | None:
    """The place of this code, if there is one."""
    row = PlaceRow.objects.filter(code=code).select_related("parent").first()
    return None if row is None else _place(row)


def names(codes: Iterable[str]) -> dict[str, Words]:
    """The names of places by code, in one query (none where none is asked); unknown codes are left out."""
    wanted = set(codes)
    found = PlaceRow.objects.filter(code__in=wanted).values_list("code", "name_zh", "name_en") if wanted else ()
    return {code: Words(zh, en) for code, zh, en in found}


def _place(row: PlaceRow) -> Place:
    parent = row.parent.code if row.parent is not None else None
    window = Words(row.window_zh, row.window_en) if row.window_zh else None
    return Place(row.code, Words(row.name_zh, row.name_en), PlaceKind(row.kind), parent, window)
