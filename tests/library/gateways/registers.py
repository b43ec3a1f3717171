"""A small department for tests: a register of residents, and who may read it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Choice, ElementKind
from yiwang.library.gateways import filtering
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.contract import Field, Product, Sharing, Subject
from yiwang.library.gateways.gateway import Quality
from yiwang.library.gateways.grant import CLEAR, Grant
from yiwang.library.gateways.stopping import Stop
from yiwang.library.gateways.types import plain_schema


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


WANG, LI, ZHAO = "11010519491231002X", "110105194912310038", "110105194912310054"
PEOPLE: list[dict[str, Any]] = [
    {
        "id": WANG,
        "name": "王芳",
        "district": "north",
        "born": date(1949, 12, 31),
        "rooms": 3,
        "area": Decimal("90.5"),
        "retired": True,
        "income": 500_000,
    },
    {
        "id": LI,
        "name": "李雷",
        "district": "south",
        "born": date(1990, 5, 20),
        "rooms": 2,
        "area": Decimal("60"),
        "retired": False,
        "income": 900_000,
    },
    {
        "id": ZHAO,
        "name": None,
        "district": None,
        "born": None,
        "rooms": None,
        "area": None,
        "retired": None,
        "income": None,
    },
]


class InMemory:
    """Rows without a database. `asked` keeps what was asked of it."""

    def __init__(self, people: Sequence[Mapping[str, Any]] = PEOPLE) -> None:
        self.table = pa.Table.from_pylist(list(people), schema=plain_schema(RESIDENTS))
        self.asked: list[Any] = []
        self.careless = False
        """gives every row, whatever it is asked"""
        self.fault: Exception | None = None

    def scan(
        self,
        product: Product,
        fields: tuple[str, ...],
        where: Any,
        keys: Any,
        after: Any,
        order: Any,
        limit: int,
        stop: Stop,
    ) -> Iterator[pa.RecordBatch]:
        self.asked.append((fields, where, keys, after, order, limit))
        if self.fault is not None:
            raise self.fault
        stop.check()
        table = self.table
        if not self.careless:
            table = filtering.beyond(filtering.with_keys(filtering.kept(table, where), keys), product.cursor, after)
            table = filtering.in_order(table, order, limit)
        yield from table.select(fields).to_batches(max_chunksize=2)

    def as_of(self, product: Product) -> datetime | None:
        return datetime(2025, 3, 1, tzinfo=UTC)

    def quality(self, product: Product) -> Quality:
        return Quality(product.reference, datetime(2025, 3, 1, tzinfo=UTC), self.table.num_rows, None, ())
