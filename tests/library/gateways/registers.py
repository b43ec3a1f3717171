"""A small department for tests: a register of residents, and who may read it."""

from datetime import UTC, datetime
from typing import Any

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Choice, ElementKind
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.contract import Field, Product, Sharing, Subject
from yiwang.library.gateways.grant import CLEAR, Grant


def words(text: str) -> Words:
    return Words(text, text)


RESIDENTS = Product(
    department="police",
    name="residents",
    major=1,
    minor=0,
    title=words("Residents"),
    summary=words("Who lives in the city"),
    basis=("law",),
    sharing=Sharing.CONDITIONAL,
    fields=(
        Field("id", ElementKind.RESIDENT_ID, words("Number"), personal=True),
        Field("name", ElementKind.TEXT, words("Name"), personal=True),
        Field(
            "district",
            ElementKind.CHOICE,
            words("District"),
            choices=(Choice("north", words("North")), Choice("south", words("South"))),
        ),
        Field("born", ElementKind.DATE, words("Born"), personal=True),
        Field("rooms", ElementKind.INTEGER, words("Rooms")),
        Field("area", ElementKind.DECIMAL, words("Area")),
        Field("retired", ElementKind.BOOLEAN, words("Retired")),
        Field("income", ElementKind.MONEY, words("Income")),
    ),
    key=("id",),
    subject=Subject.PERSON,
    subject_field="id",
    cursor="rooms",
)


def grant(**changes: Any) -> Grant:
    fields = {each.name: CLEAR for each in RESIDENTS.fields if each.name != "income"}
    kept: dict[str, Any] = {
        "id": "grant-1",
        "department": "market",
        "post": "market/food",
        "product": RESIDENTS.reference,
        "fields": fields,
        "purpose": "application",
        "basis": "law",
        "expires": datetime(2026, 1, 1, tzinfo=UTC),
        "approved_by": ("officer:1", "officer:2"),
        **changes,
    }
    return Grant(**kept)


def asker(**changes: Any) -> Asker:
    kept: dict[str, Any] = {
        "actor": "officer:7",
        "name": "Li Lei",
        "department": "market",
        "post": "market/food",
        "purpose": "application",
        "case": "C-1",
        **changes,
    }
    return Asker(**kept)
