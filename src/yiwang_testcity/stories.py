"""The people who can sign in to the demonstration city, as the registers know them; their rows have no errors.

Names, identity numbers and telephones come from the city's own `people.yaml`; what is told here is the rest of their
lives. Somebody whom the file does not name, or names with another number, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import yaml

from yiwang_testcity import places
from yiwang_testcity.businesses import Unit
from yiwang_testcity.people import Person
from yiwang_testcity.places import Street


@dataclass(frozen=True, slots=True)
class Account:
    """A resident of the city's `people.yaml`."""

    name: str
    resident_id: str
    phone: str


@dataclass(frozen=True, slots=True)
class Story:
    """`home` and `shop` lie on a street's first road. `since_days`: for how long the person has lived here."""

    home: str
    local: bool = True
    since_days: int = 9000
    shop: str = ""
    shop_area: float = 0.0
    certified: bool = False
    poor: bool = False
    owns_home: bool = False
    rents_home: bool = False


STORIES: Mapping[str, Story] = {
    # Opens a restaurant in her own shop on the ground floor, has a valid health certificate.
    "wang": Story(home="望江区滨江路112号2幢301室", shop="望江区滨江路88号", shop_area=320.0, certified=True),
    # Retired, on low income, has no card for the buses yet.
    "chen": Story(home="青石区老街路26号5幢102室", poor=True, owns_home=True),
    # Came from elsewhere for work and rents a flat whose lease is filed.
    "luo": Story(home="松台区科创路9号3幢1204室", local=False, since_days=800, rents_home=True),
}


def accounts(city: Path) -> Mapping[str, Account]:
    """The residents who can sign in; none where the city has no such file."""
    path = city / "people.yaml"
    listed = yaml.safe_load(path.read_text()).get("residents", {}) if path.exists() else {}
    return {
        username: Account(each["name"], each["resident_id"], each.get("phone", ""))
        for username, each in listed.items()
        if "resident_id" in each
    }


@dataclass(frozen=True)
class Told:
    """A story as people and building units."""

    person: Person
    story: Story
    units: tuple[Unit, ...]


def tell(
    known: Mapping[str, Account],
    streets: Sequence[Street],
    today: date,
    order: Callable[[], int],
    household: Callable[[], int],
) -> list[Told]:
    """Those of the stories whose people the city has and whose streets it has."""
    told = []
    for username, story in STORIES.items():
        account = known.get(username)
        if account is None:
            continue
        try:
            home = places.written(story.home, streets)
            shop = places.written(story.shop, streets) if story.shop else None
        except ValueError:
            continue
        number = account.resident_id
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        person = Person(
            order=order(),
            name=account.name,
            sex="male" if int(number[16]) % 2 else "female",
            born=born,
            resident_id=number,
            phone=account.phone,
            home=home,
            local=story.local,
            household=household(),
            relation="head",
            since=max(born, today - timedelta(days=story.since_days)),
            poor=story.poor,
            exact=True,
        )
        units = []
        if shop is not None:
            units.append(_unit(1, str(shop), shop.street, story.shop_area, "shop", [person], today))
        if story.owns_home:
            units.append(_unit(2, str(home), home.street, 61.5, "dwelling", [person], today))
        if story.rents_home:
            unit = _unit(3, str(home), home.street, 47.8, "dwelling", [], today)
            unit.tenant, unit.rented = person, today - timedelta(days=300)
            units.append(unit)
        told.append(Told(person, story, tuple(units)))
    return told


def _unit(order: int, address: str, street: Street, area: float, use: str, owners: list[Person], today: date) -> Unit:
    storey = 1 if use == "shop" else int(address.rpartition("幢")[2].removesuffix("室")[:-2])
    return Unit(
        number=f"{street.district}{street.code[-3:]}GB99999F{order:08d}",
        certificate=f"澜（{today.year - 4}）{street.district_name}不动产权第99{order:05d}号",
        address=address,
        area=area,
        storey=storey,
        use=use,
        owners=list(owners),
        registered=today - timedelta(days=1500),
    )
