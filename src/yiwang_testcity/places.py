"""Addresses in the invented city: districts and streets from its own `places.yaml`, roads and houses made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import yaml

ROADS = (
    "人民路", "建设路", "解放路", "和平路", "新华路", "文化路", "胜利街", "幸福路", "长乐路",
    "永安街", "光明路", "朝阳路", "东风路", "育才路", "青年路", "工农路", "健康路", "花园路",
    "站前路", "公园路", "体育路", "民生街", "兴业路", "安康路", "玉兰路", "梅园路", "竹林路",
    "杏花巷", "桃源路", "柳堤路", "金桥路", "银杏路", "清泉路", "平安里", "团结巷", "友谊路",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Street:
    """A street of the city (街道) with its roads."""

    code: str
    name: str
    district: str
    district_name: str
    roads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """`room` is empty for a house or shop of its own."""

    street: Street
    road: str
    house: int
    building: int = 0
    room: str = ""

    def __str__(self) -> str:
        building = f"{self.building}幢" if self.building else ""
        room = f"{self.room}室" if self.room else ""
        return f"{self.street.district_name}{self.road}{self.house}号{building}{room}"

    def with_street(self) -> str:
        """As a clerk writes it who names the street's office as well."""
        return f"{self.street.district_name}{self.street.name}{str(self)[len(self.street.district_name) :]}"

    def dashed(self) -> str:
        """As people write it in a hurry: 滨江路88-3-502."""
        parts = [str(part) for part in (self.house, self.building, self.room) if part]
        return f"{self.road}{'-'.join(parts)}"


def streets(city: Path) -> tuple[Street, ...]:
    """The streets of a city's `places.yaml`. Raises OSError, ValueError."""
    places: dict[str, dict[str, str]] = yaml.safe_load((city / "places.yaml").read_text())
    found = []
    for code, name in places.items():
        if len(code) == 9:
            own = name["zh"].removesuffix("街道").removesuffix("镇").removesuffix("乡")
            start = int(code) * 5 % len(ROADS)
            roads = (f"{own}路", *(ROADS[(start + step * 7) % len(ROADS)] for step in range(6)))
            found.append(Street(code, name["zh"], code[:6], places[code[:6]]["zh"], roads))
    if not found:
        raise ValueError(f"{city / 'places.yaml'} names no street")
    return tuple(found)


def home(streets: Sequence[Street], chance: Random) -> Address:
    draw = chance.random
    street = streets[int(draw() * len(streets))]
    road = street.roads[int(draw() * len(street.roads))]
    building = 1 + int(draw() * 24)
    return Address(street, road, 1 + int(draw() * 380), building, f"{1 + int(draw() * 18)}{1 + int(draw() * 4):02d}")


def shop(streets: Sequence[Street], chance: Random) -> Address:
    draw = chance.random
    street = streets[int(draw() * len(streets))]
    road = street.roads[int(draw() * len(street.roads))]
    return Address(street, road, 1 + int(draw() * 380), 0, f"{1 + int(draw() * 6)}{1 + int(draw() * 12):02d}")


def written(text: str, streets: Sequence[Street]) -> Address:
    """An address of a story, such as 望江区滨江路88号, found again among the city's streets. Raises ValueError."""
    for street in streets:
        for road in street.roads[:1]:
            start = f"{street.district_name}{road}"
            if text.startswith(start) and (house := text.removeprefix(start).partition("号"))[0].isdigit():
                building, _, room = house[2].rpartition("幢")
                return Address(street, road, int(house[0]), int(building or 0), room.removesuffix("室"))
    raise ValueError(f"no street of the city has the address {text}")
