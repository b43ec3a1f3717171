"""Senior citizens' cards, and the stops of the city's buses, which are open to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from yiwang_testcity.people import Person
from yiwang_testcity.places import Street
from yiwang_testcity.registers.shard import Shard, slashed
from yiwang_testcity.tables import SENIOR_CARDS, Row

CENTRE = (121.07, 31.52)
"""Longitude and latitude of the middle of the invented city."""


def card(shard: Shard, person: Person) -> None:
    state = "注销" if shard.knows(person, "senior_cards") else "挂失" if shard.chance.random() < 0.01 else "正常"
    for row in shard.records(person, "senior_cards"):
        issued = shard.ago(2600)
        shard.add(
            SENIOR_CARDS,
            (
                shard.key("K"),
                row.name,
                row.resident_id or None,
                slashed(row.born),
                row.address,
                row.phone or None,
                state,
                slashed(issued),
                shard.changed(issued),
            ),
            person=person,
            errors=row.errors,
        )


def stops(streets: Sequence[Street], chance: Random, changed: str) -> list[Row]:
    """Stops along every road: those of one line lie in its order."""
    found: list[Row] = []
    for place, street in enumerate(streets):
        east = CENTRE[0] + (place % 5 - 2) * 0.045
        north = CENTRE[1] + (place // 5 - 2) * 0.035
        for step, road in enumerate(street.roads):
            lines = sorted({1 + int(chance.random() * 60) for _ in range(3)})
            found.append(
                (
                    f"S{street.code}{step:02d}",
                    f"{road}{street.name[:2]}站",
                    street.district,
                    round(east + (step - 3) * 0.006 + chance.random() * 0.001, 6),
                    round(north + (step % 3 - 1) * 0.007 + chance.random() * 0.001, 6),
                    "/".join(f"{line}路" for line in lines),
                    changed,
                )
            )
    return found
