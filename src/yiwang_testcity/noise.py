"""How registers come to disagree: what a clerk heard, mistyped, never asked, or never changed again.

Each register has its own rates (shares of its rows); `docs/testcity.md` lists them. What was done to a row is kept with
the truth, never in the register.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from yiwang_testcity import names, numbers
from yiwang_testcity.people import Person


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of rows. Who has no former name, old home or old telephone cannot have that kind of error."""

    homophone: float = 0.0
    look_alike: float = 0.0
    traditional: float = 0.0
    name_cut: float = 0.0
    former_name: float = 0.0
    """of the rows of people who once had another name"""
    date_swapped: float = 0.0
    date_wrong: float = 0.0
    id_missing: float = 0.0
    id_wrong: float = 0.0
    id_old: float = 0.0
    """of the rows of people born before 1985: the number of 15 digits"""
    old_address: float = 0.0
    """of the rows of people who have moved"""
    short_address: float = 0.0
    old_phone: float = 0.0
    """of the rows of people whose telephone has changed"""
    phone_missing: float = 0.0
    twice: float = 0.0
    """the same person has a second row, written on another day"""
    stale: float = 0.0
    """of the rows of people who died or moved away: the register does not know"""


POLICE = Rates(
    homophone=0.0005, look_alike=0.0005, traditional=0.0005, former_name=0.02, date_swapped=0.0005, old_address=0.04,
    old_phone=0.3, phone_missing=0.08, twice=0.001, stale=0.1,
)  # fmt: skip
MARKET = Rates(
    homophone=0.006, look_alike=0.005, traditional=0.004, name_cut=0.002, former_name=0.2, id_missing=0.02,
    id_wrong=0.008, id_old=0.05, old_address=0.3, short_address=0.05, old_phone=0.5, phone_missing=0.1, stale=0.6,
)  # fmt: skip
PROPERTY = Rates(
    homophone=0.01, look_alike=0.008, traditional=0.015, name_cut=0.002, former_name=0.4, id_missing=0.06,
    id_wrong=0.01, id_old=0.25, short_address=0.08, old_phone=0.6, phone_missing=0.25, twice=0.008, stale=0.9,
)  # fmt: skip
HEALTH = Rates(
    homophone=0.018, look_alike=0.012, traditional=0.004, name_cut=0.004, former_name=0.1, date_swapped=0.012,
    date_wrong=0.006, id_missing=0.04, id_wrong=0.02, id_old=0.01, old_address=0.3, short_address=0.2, old_phone=0.3,
    phone_missing=0.05, twice=0.02, stale=0.8,
)  # fmt: skip
WELFARE = Rates(
    homophone=0.012, look_alike=0.008, traditional=0.006, name_cut=0.002, former_name=0.2, date_swapped=0.01,
    date_wrong=0.004, id_missing=0.03, id_wrong=0.01, id_old=0.06, old_address=0.4, short_address=0.1, old_phone=0.4,
    phone_missing=0.15, twice=0.01, stale=0.15,
)  # fmt: skip
CARDS = Rates(
    homophone=0.02, look_alike=0.015, traditional=0.02, name_cut=0.005, former_name=0.3, date_swapped=0.02,
    date_wrong=0.01, id_missing=0.1, id_wrong=0.02, id_old=0.12, old_address=0.5, short_address=0.3, old_phone=0.5,
    phone_missing=0.2, twice=0.025, stale=0.5,
)  # fmt: skip

RATES = {
    "residents": POLICE,
    "enterprises": MARKET,
    "shareholders": MARKET,
    "property": PROPERTY,
    "leases": PROPERTY,
    "certificates": HEALTH,
    "low_income": WELFARE,
    "benefit_accounts": WELFARE,
    "marriages": WELFARE,
    "senior_cards": CARDS,
}
"""Register → its rates."""


@dataclass(slots=True)
class Recorded:
    """A person as one row of one register has them. `errors` name what is wrong with it, after the fields of Rates."""

    name: str
    resident_id: str
    sex: str
    born: date
    phone: str
    address: str
    errors: list[str] = field(default_factory=list)


def recorded(person: Person, rates: Rates, chance: Random) -> Recorded:
    """One row's idea of a person."""
    draw = chance.random
    row = Recorded(person.name, person.resident_id, person.sex, person.born, person.phone, str(person.home))
    _name(row, person, rates, chance)
    if draw() < rates.date_swapped + rates.date_wrong:
        _birth(row, swapped=draw() * (rates.date_swapped + rates.date_wrong) < rates.date_swapped, chance=chance)
    _number(row, rates, chance)
    if person.old_home is not None and draw() < rates.old_address:
        row.address = str(person.old_home)
        row.errors.append("old_address")
    elif draw() < rates.short_address:
        row.address = person.home.dashed() if draw() < 0.5 else person.home.with_street()
        row.errors.append("short_address")
    if person.phone:
        if draw() < rates.phone_missing:
            row.phone = ""
            row.errors.append("phone_missing")
        elif person.old_phone and draw() < rates.old_phone:
            row.phone = person.old_phone
            row.errors.append("old_phone")
    return row


def _name(row: Recorded, person: Person, rates: Rates, chance: Random) -> None:
    draw = chance.random
    if person.former_name and draw() < rates.former_name:
        row.name = person.former_name
        row.errors.append("former_name")
    kind = draw()
    before = row.name
    if kind < rates.homophone:
        row.name, error = names.homophone(row.name, chance), "homophone"
    elif kind < rates.homophone + rates.look_alike:
        row.name, error = names.look_alike(row.name, chance), "look_alike"
    elif kind < rates.homophone + rates.look_alike + rates.traditional:
        row.name, error = names.traditional(row.name), "traditional"
    elif kind < rates.homophone + rates.look_alike + rates.traditional + rates.name_cut:
        row.name, error = (row.name[:-1] if len(row.name) > 2 else f"{row.name[0]} {row.name[1:]}"), "name_cut"
    else:
        return
    if row.name != before:
        row.errors.append(error)


def _birth(row: Recorded, *, swapped: bool, chance: Random) -> None:
    before = row.born
    if swapped:
        if before.day <= 12 and before.day != before.month:
            row.born = before.replace(month=before.day, day=before.month)
        else:  # the digits of the day: 12 for 21
            tens, ones = divmod(before.day, 10)
            turned = ones * 10 + tens
            row.born = before.replace(day=turned) if 1 <= turned <= 28 else before - timedelta(days=9)
    else:
        way = chance.random()
        if way < 0.4:  # the day by the lunar calendar, which runs some weeks behind
            row.born = before - timedelta(days=20 + int(chance.random() * 30))
        elif way < 0.7:
            row.born = before.replace(year=before.year + (1 if chance.random() < 0.5 else -1), day=min(before.day, 28))
        else:  # unknown day: the first of January
            row.born = before.replace(month=1, day=1)
    if row.born != before:
        row.errors.append("date_swapped" if swapped else "date_wrong")


def _number(row: Recorded, rates: Rates, chance: Random) -> None:
    draw = chance.random
    kind = draw()
    if kind < rates.id_missing:
        row.resident_id = ""
        row.errors.append("id_missing")
    elif kind < rates.id_missing + rates.id_wrong:
        place = 6 + int(draw() * 10)
        digits = row.resident_id
        if draw() < 0.5 and digits[place] != digits[place + 1]:
            row.resident_id = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        else:
            row.resident_id = (
                digits[:place] + str((int(digits[place]) + 1 + int(draw() * 9)) % 10) + digits[place + 1 :]
            )
        row.errors.append("id_wrong")
    elif row.born.year < 1985 and draw() < rates.id_old:
        row.resident_id = numbers.old_resident_id(row.resident_id)
        row.errors.append("id_old")
