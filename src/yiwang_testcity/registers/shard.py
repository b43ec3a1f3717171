"""One shard of the city while its registers are written: its chance, its day, its rows."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from yiwang_testcity.businesses import Business
from yiwang_testcity.noise import RATES, Rates, Recorded, recorded
from yiwang_testcity.people import Person
from yiwang_testcity.tables import Row, Rows, Table

EXACT = Rates()


@functools.lru_cache(50_000)
def day_before(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()


@functools.lru_cache(100_000)
def compact(day: date) -> str:
    """19900307"""
    return day.isoformat().replace("-", "")


@functools.lru_cache(100_000)
def slashed(day: date) -> str:
    """1990/03/07"""
    return day.isoformat().replace("-", "/")


@dataclass
class Shard:
    """`number` of the shard goes into every row's key, so that shards can be made side by side."""

    number: int
    today: date
    chance: Random
    rows: Rows = field(default_factory=Rows)

    def __post_init__(self) -> None:
        self._serials: dict[str, int] = {}

    def key(self, prefix: str) -> str:
        serial = self._serials.get(prefix, 0) + 1
        self._serials[prefix] = serial
        return f"{prefix}{self.number:02d}{serial:07d}"

    def changed(self, since: date) -> str:
        """When a row was last written: in office hours of some day since then, recent days likelier."""
        days = max(1, (self.today - since).days)
        draw = self.chance.random
        back = 1 + int(draw() ** 2 * (days - 1))
        hour, second = divmod(30_600 + int(draw() * 32_400), 3600)
        return f"{day_before(self.today, back)} {hour:02d}:{second // 60:02d}:{second % 60:02d}"

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=int(self.chance.random() * days))

    def records(self, person: Person, register: str) -> Iterator[Recorded]:
        """How the register has the person: one row, or two where a clerk did not find the first."""
        rates = EXACT if person.exact else RATES[register]
        yield recorded(person, rates, self.chance)
        if rates.twice and self.chance.random() < rates.twice:
            again = recorded(person, rates, self.chance)
            again.errors.append("twice")
            yield again

    def knows(self, person: Person, register: str) -> bool:
        """True where the register has heard that the person died or moved away."""
        return not person.here and self.chance.random() >= RATES[register].stale

    def add(
        self,
        table: Table,
        row: Row,
        *,
        person: Person | None = None,
        business: Business | None = None,
        errors: Sequence[str],
    ) -> None:
        """A row and the truth about it. The row's key stands first."""
        self.rows.tables[table.name].append(row)
        self.rows.truth.append(
            (
                table.name,
                str(row[0]),
                None if person is None else person.order,
                None if business is None else business.order,
                " ".join(errors),
            )
        )
