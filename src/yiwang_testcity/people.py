"""Households and the people in them, as they truly are. What the registers make of them stands in `noise`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from yiwang_testcity import names, numbers, places
from yiwang_testcity.names import spread
from yiwang_testcity.places import Address, Street

HOUSEHOLDS = spread(
    {
        "alone": 17,
        "elder": 8,
        "couple": 14,
        "elders": 12,
        "one_child": 22,
        "two_children": 8,
        "single_parent": 5,
        "three_generations": 10,
        "flat_share": 4,
    },
    1000,
)
"""Kinds of household and how frequent they are, in hundredths."""

LOCAL_SHARE = 0.66
"""Households whose register is in the city; the others came from elsewhere and live on residence permits."""


@dataclass(slots=True)
class Person:
    """A person as they are on the day of the picture. `order` is unique in the city; `since`: came from elsewhere."""

    order: int
    name: str
    sex: str
    born: date
    resident_id: str
    phone: str
    home: Address
    local: bool
    household: int
    relation: str
    since: date
    former_name: str = ""
    old_home: Address | None = None
    old_phone: str = ""
    spouse: Person | None = None
    married: date | None = None
    divorced: date | None = None
    died: date | None = None
    left: date | None = None
    poor: bool = False
    exact: bool = False
    """their rows are right in every register: they have a story to tell"""

    def age(self, on: date) -> int:
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))

    @property
    def here(self) -> bool:
        return self.died is None and self.left is None


@dataclass
class Maker:
    """Makes people of one shard, one household after the other; the same for the same chance."""

    streets: Sequence[Street]
    chance: Random
    ids: numbers.ResidentIds
    today: date
    order: Callable[[], int]
    household: Callable[[], int]
    surname: str = field(default="", init=False)

    def household_of(self, kind: str) -> list[Person]:
        """One household; its head comes first."""
        self._begin()
        draw = self.chance.random
        if kind == "alone":
            return [self._person("head", 20 + int(draw() * 40), "male" if draw() < 0.52 else "female")]
        if kind == "elder":
            return [self._person("head", 62 + int(draw() ** 1.4 * 36), "male" if draw() < 0.36 else "female")]
        if kind == "couple":
            return self._couple(24 + int(draw() * 34))
        if kind == "elders":
            return self._couple(60 + int(draw() ** 1.3 * 30))
        if kind == "one_child":
            parents = self._couple(26 + int(draw() * 26))
            return [*parents, self._child(*parents)]
        if kind == "two_children":
            parents = self._couple(30 + int(draw() * 18))
            elder = self._child(*parents)
            return [*parents, elder, self._child(*parents)]
        if kind == "single_parent":
            parent = self._person("head", 28 + int(draw() * 24), "female" if draw() < 0.78 else "male")
            parent.divorced = parent.married = self._between(parent.born.replace(day=1), 24, 28)
            return [parent, self._child(parent)]
        if kind == "three_generations":
            parents = self._couple(32 + int(draw() * 20))
            child = self._child(*parents)
            grand = self._couple(parents[0].age(self.today) + 24 + int(draw() * 8), surname=parents[0].name[:1])
            grand[0].relation, grand[1].relation = "parent", "parent"
            return [*parents, child, *grand]
        return [self._person("head", 19 + int(draw() * 22), "male" if draw() < 0.6 else "female", "") for _ in range(3)]

    def _begin(self) -> None:
        draw = self.chance.random
        self._home = places.home(self.streets, self.chance)
        self._old_home = places.home(self.streets, self.chance) if draw() < 0.3 else None
        self._local = draw() < LOCAL_SHARE
        self._number = self.household()
        self._since = self.today - timedelta(days=60 + int(draw() ** 2 * 9000))
        self._poor = draw() < 0.022

    def _couple(self, age: int, surname: str | None = None) -> list[Person]:
        draw = self.chance.random
        husband = self._person("head", age, "male", surname)
        wife = self._person("spouse", max(20, age - 2 + int(draw() * 6) - 2), "female")
        husband.spouse, wife.spouse = wife, husband
        wedding = self._between(max(husband.born, wife.born), 22, 30)
        husband.married = wife.married = wedding
        if draw() < 0.03 and wedding < self.today - timedelta(days=700):
            husband.divorced = wife.divorced = wedding + (self.today - wedding) / 2
        return [husband, wife]

    def _child(self, parent: Person, other: Person | None = None) -> Person:
        draw = self.chance.random
        youngest = min(parent.age(self.today), other.age(self.today) if other else 99)
        age = max(0, youngest - 22 - int(draw() * 10))
        of = other if other and draw() < 0.05 else parent
        return self._person("child", age, "male" if draw() < 0.52 else "female", family_name(of.name))

    def _person(self, relation: str, age: int, sex: str, surname: str | None = None) -> Person:
        draw, today = self.chance.random, self.today
        born = today - timedelta(days=int(age * 365.2425 + draw() * 365))
        family = surname or names.surname(self.chance)
        name = family + names.given_name(sex, born.year, self.chance)
        # One in five of the settled was first registered elsewhere and moved their register here.
        native = self._local and draw() < 0.8
        place = self._home.street.district if native else numbers.PROVINCES[int(draw() * len(numbers.PROVINCES))]
        person = Person(
            order=self.order(),
            name=name,
            sex=sex,
            born=born,
            resident_id=self.ids.next(place, born, sex),
            phone=numbers.phone(self.chance) if age >= 12 else "",
            home=self._home,
            local=self._local,
            household=self._number,
            relation=relation,
            since=max(born, self._since),
        )
        if draw() < 0.025:
            person.former_name = family + names.given_name(sex, born.year, self.chance)
        if self._old_home is not None:
            person.old_home = self._old_home
        if draw() < 0.35 and person.phone:
            person.old_phone = numbers.phone(self.chance)
        gone = draw()
        if age > 60 and gone < 0.002 * (age - 55):
            person.died = today - timedelta(days=int(draw() * 700))
        elif gone > 0.985:
            person.left = max(born, today - timedelta(days=int(draw() * 700)))
        person.poor = self._poor
        return person

    def _between(self, born: date, youngest: int, oldest: int) -> date:
        """A day at an age between the two, in the past."""
        years = youngest + self.chance.random() * (oldest - youngest)
        return min(born + timedelta(days=int(years * 365.2425)), self.today - timedelta(days=1))


def family_name(name: str) -> str:
    return name[:2] if name[:2] in names.SURNAMES else name[:1]


def households(maker: Maker, people: int) -> Iterator[list[Person]]:
    """Households until there are so many people; the last may be short of some."""
    made = 0
    while made < people:
        kind = HOUSEHOLDS[int(maker.chance.random() * len(HOUSEHOLDS))]
        members = maker.household_of(kind)[: people - made]
        made += len(members)
        yield members
