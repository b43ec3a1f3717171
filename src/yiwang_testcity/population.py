"""A whole city from a number of residents, a seed and a day: the same three give the same city, row for row.

The city is made in shards of households that know nothing of one another, so that every processor has work. How many
shards there are does not depend on the machine.
"""

from __future__ import annotations

import gc
import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from random import Random

from yiwang_testcity import businesses, numbers, people, places, stories
from yiwang_testcity.businesses import Business, Unit
from yiwang_testcity.people import Maker, Person
from yiwang_testcity.places import Street
from yiwang_testcity.registers import buildings, certificates, enterprises, residents, transport, welfare
from yiwang_testcity.registers.shard import Shard, day_before
from yiwang_testcity.stories import Account
from yiwang_testcity.tables import BUS_STOPS, Rows

SHARDS = 16
MOST_RESIDENTS = 5_000_000
FOOD_AND_CARE = {"6210", "6233", "5225", "8040"}
"""Industries whose staff need health certificates."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What city is wanted; its streets, and the people who can sign in to it."""

    residents: int
    seed: int
    today: date
    streets: tuple[Street, ...]
    accounts: Mapping[str, Account]


def plan(residents: int, seed: int, today: date, city: Path) -> Plan:
    """A plan with the places and the sign-ins of a city's folder. Raises OSError, ValueError."""
    if not 1 <= residents <= MOST_RESIDENTS:
        raise ValueError(f"a city has 1 to {MOST_RESIDENTS:,} residents")
    return Plan(residents, seed, today, places.streets(city), stories.accounts(city))


def shards(plan: Plan, processes: int | None = None) -> Iterator[Rows]:
    """The rows of every shard, in order."""
    wanted = [(plan, number) for number in range(SHARDS)]
    processes = min(SHARDS, processes or os.cpu_count() or 1)
    if processes == 1 or plan.residents < 5_000:
        yield from (made(*each) for each in wanted)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(made, *zip(*wanted, strict=True))


def made(plan: Plan, number: int) -> Rows:
    """One shard."""
    with uncollected():
        return _Making(plan, number).rows()


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looking for garbage: nothing of a city is any before it is all there."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Making:
    def __init__(self, plan: Plan, number: int) -> None:
        self.plan = plan
        self.chance = Random(f"{plan.seed} {number}")  # noqa: S311 - it has to repeat, not to be secret
        self.shard = Shard(number, plan.today, self.chance)
        self.streets = plan.streets
        self._orders = itertools.count(number, SHARDS)
        self._households = itertools.count(number, SHARDS)
        self._units = itertools.count(number, SHARDS)
        self._businesses = itertools.count(number, SHARDS)
        self.adults: list[Person] = []

    def rows(self) -> Rows:
        count = self._share(self.plan.residents)
        if self.shard.number == 0:
            count -= self._stories(count)
            self._bus_stops()
        taken = [account.resident_id for account in self.plan.accounts.values()]
        maker = Maker(
            self.streets,
            self.chance,
            numbers.ResidentIds(self.shard.number, SHARDS, taken),
            self.plan.today,
            self._orders.__next__,
            self._households.__next__,
        )
        for household in people.households(maker, count):
            self._household(household)
        for _ in range(self._share(round(self.plan.residents * businesses.PER_HUNDRED / 100))):
            if self.adults:
                self._business()
        return self.shard.rows

    def _share(self, whole: int) -> int:
        """This shard's part of so many."""
        return whole // SHARDS + (self.shard.number < whole % SHARDS)

    def _household(self, household: Sequence[Person]) -> None:
        draw, today = self.chance.random, self.plan.today
        head = household[0]
        couple = len(household) > 1 and head.spouse is household[1]
        for person in household:
            residents.fill(self.shard, person)
            age = person.age(today)
            if age >= 20 and person.here:
                self.adults.append(person)
            if age >= 60 and draw() < 0.55:
                transport.card(self.shard, person)
            if person.local and ((age >= 60 and draw() < 0.7) or (person.poor and age >= 18)):
                welfare.benefit_account(self.shard, person)
            if 18 <= age < 65 and draw() < 0.025:
                certificates.fill(self.shard, person)
            spouse = person.spouse
            if spouse is not None and person.order < spouse.order:
                welfare.marriage(self.shard, person, spouse)
        if head.poor and head.local and draw() < 0.85:
            welfare.low_income(self.shard, household)
        self._dwelling(head, household[1] if couple else None)

    def _dwelling(self, head: Person, spouse: Person | None) -> None:
        """Most households own the flat they live in; many of the others rent it, and some of these leases are filed."""
        draw = self.chance.random
        owns = draw() < (0.78 if head.local else 0.25) and head.age(self.plan.today) >= 24
        owners: list[Person | Business] = [head]
        if owns and spouse is not None and draw() < 0.55:
            owners.append(spouse)
        if not owns:
            if not self.adults or draw() > 0.35:
                return
            owners = [self._anybody()]
        unit = businesses.dwelling(next(self._units), owners, head.home, self.plan.today, self.chance)
        if not owns:
            unit.tenant, unit.rented = head, self.shard.ago(900)
        buildings.fill(self.shard, unit)

    def _business(self) -> None:
        draw = self.chance.random
        partners = 1 if draw() < 0.72 else 2 + int(draw() * 3)
        owners = list({person.order: person for person in (self._anybody() for _ in range(partners))}.values())
        business = businesses.business(next(self._businesses), owners, self.streets, self.plan.today, self.chance)
        enterprises.fill(self.shard, business)
        if business.industry in FOOD_AND_CARE and business.status == "open":
            for person in {each.order: each for each in (self._anybody() for _ in range(1 + int(draw() * 4)))}.values():
                certificates.fill(self.shard, person)
            if draw() < 0.8:
                certificates.fill(self.shard, business.representative)
        buildings.fill(self.shard, self._premises(business))

    def _premises(self, business: Business) -> Unit:
        draw = self.chance.random
        first = business.representative
        whose = draw()
        owners: list[Person | Business] = (
            [first] if whose < 0.25 else [business] if whose < 0.5 and business.kind != "sole_trader" else []
        )
        rented = not owners
        if rented:
            owners = [self._anybody()]
        unit = businesses.premises(next(self._units), owners, business.address, self.plan.today, self.chance)
        if rented and draw() < 0.6:
            unit.tenant = first if draw() < 0.5 else business
            unit.rented = max(business.founded, self.shard.ago(1000))
        return unit

    def _anybody(self) -> Person:
        """An adult who lives in this shard of the city."""
        return self.adults[int(self.chance.random() * len(self.adults))]

    def _stories(self, most: int) -> int:
        """The people who can sign in; returns how many."""
        told = stories.tell(
            self.plan.accounts, self.streets, self.plan.today, self._orders.__next__, self._households.__next__
        )[:most]
        for each in told:
            residents.fill(self.shard, each.person)
            for unit in each.units:
                buildings.fill(self.shard, unit)
            if each.story.certified:
                certificates.fill(self.shard, each.person)
            if each.story.poor:
                welfare.low_income(self.shard, [each.person])
                welfare.benefit_account(self.shard, each.person)
        return len(told)

    def _bus_stops(self) -> None:
        changed = f"{day_before(self.plan.today, 12)} 09:00:00"
        self.shard.rows.tables[BUS_STOPS.name] += transport.stops(self.streets, self.chance, changed)
