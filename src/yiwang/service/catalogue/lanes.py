"""A bundle's departments at work, drawn as lines over working days: what waits starts further right. Pure geometry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yiwang.foundation.kernel.text import Words
from yiwang.service.catalogue.guide import Guide, GuidePart

WIDTH = 1072
ROW = 44
TOP = 28


@dataclass(frozen=True, slots=True)
class Lane:
    """One part: its line from `x` to `end` at height `y`, its name above at `text_y`; dashed: situational."""

    name: Words
    department: Words
    x: float
    end: float
    text_y: int
    y: int
    situational: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A working day on the scale; one of them is the promise."""

    x: float
    day: int
    promise: bool


@dataclass(frozen=True, slots=True)
class Lanes:
    width: int
    height: int
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]


def draw(guide: Guide) -> Lanes:
    """Lines of a bundle's parts, each as long as its promise, beginning where the parts it waits for end."""
    ends: dict[str, float] = {}
    begins: dict[str, float] = {}
    by_key = {part.key: part for part in guide.parts}
    for part in guide.parts:
        _place(part, by_key, begins, ends)
    last = max(max(ends.values(), default=0.0), guide.promise_days, 1.0)
    scale = WIDTH / last
    lanes = tuple(
        Lane(
            part.name,
            part.department,
            round(begins[part.key] * scale, 1),
            round(ends[part.key] * scale, 1),
            TOP + number * ROW + 18,
            TOP + number * ROW + 28,
            part.when is not None,
        )
        for number, part in enumerate(guide.parts)
    )
    ticks = tuple(Tick(round(day * scale, 1), day, day == guide.promise_days) for day in range(int(last) + 1))
    return Lanes(WIDTH, TOP + len(lanes) * ROW, lanes, ticks)


def _place(part: GuidePart, by_key: Mapping[str, GuidePart], begins: dict[str, float], ends: dict[str, float]) -> float:
    if part.key not in ends:
        waited = [_place(by_key[key], by_key, begins, ends) for key in part.needs if key in by_key]
        begins[part.key] = max(waited, default=0.0)
        ends[part.key] = begins[part.key] + part.promise_days
    return ends[part.key]
