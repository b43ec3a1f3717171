"""One source for each element (一数一源): which department answers for it, and where none or several do."""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards import queries as standards
from yiwang.library.centre import queries
from yiwang.library.gateways.contract import Level

_ORDER = list(Level)


@dataclass(frozen=True, slots=True)
class ElementLine:
    """An element that products hold: `sources` are the departments that call themselves its one source.

    `others` are the further departments that hold it, `level` the highest that a contract gives it.
    """

    code: str
    name: Words
    sources: tuple[Words, ...]
    others: tuple[Words, ...]
    level: Level

    @property
    def state(self) -> str:
        """one, none or several"""
        return "one" if len(self.sources) == 1 else "several" if self.sources else "none"


def report() -> tuple[ElementLine, ...]:
    """Every element of every product in force, those without exactly one source first."""
    names = directory.department_names()
    sources: dict[str, dict[str, None]] = {}
    holders: dict[str, dict[str, None]] = {}
    levels: dict[str, Level] = {}
    for product in queries.products():
        for field in product.fields:
            if field.element is None:
                continue
            holders.setdefault(field.element, {})[product.department] = None
            if field.authoritative:
                sources.setdefault(field.element, {})[product.department] = None
            known = levels.get(field.element, Level.GENERAL)
            levels[field.element] = max(known, field.level, key=_ORDER.index)
    elements = standards.elements(holders)

    def office(code: str) -> Words:
        return names.get(code, Words(code, code))

    lines = [
        ElementLine(
            code=code,
            name=elements[code].name if code in elements else Words(code, code),
            sources=tuple(office(each) for each in sources.get(code, ())),
            others=tuple(office(each) for each in held if each not in sources.get(code, ())),
            level=levels[code],
        )
        for code, held in holders.items()
    ]
    return tuple(sorted(lines, key=lambda line: (line.state == "one", line.state, line.code)))
