"""Four departments in memory, behind gateways that apply grants and masks to real rows.

Secrets are planted: fields that are not granted, values under masks and rows outside the row rule hold canaries that
depend on the `secret` the world is made with. Two worlds that differ in it alone must give the same answers to anybody.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import duckdb
import pyarrow as pa

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import ElementKind as Kind
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.contract import Field, Product, Sharing
from yiwang.library.gateways.fragment import AllOf, AnyOf, Compare, Fragment, IsNull, Not, OneOf, Predicate, StartsWith
from yiwang.library.gateways.gateway import Gateway, NotGranted, Offline, Reading
from yiwang.library.gateways.grant import CLEAR, Grant, Mask, MaskKind, SignedGrant
from yiwang.library.gateways.stopping import Stop
from yiwang.library.gateways.types import schema_of
from yiwang.library.reading import Answer, Granted, Shelf, answer

CANARY = "CANARY"
ASKER = Asker("officer:1", "陈静", "statistics", "statistics/analysis", "analysis")
DISTRICTS = ("east", "west", "north", "south")
Row = dict[str, Any]

ENTERPRISES = {
    "uscc": Kind.USCC,
    "name": Kind.TEXT,
    "kind": Kind.CHOICE,
    "district": Kind.CHOICE,
    "founded": Kind.DATE,
    "capital": Kind.MONEY,
    "staff": Kind.INTEGER,
    "active": Kind.BOOLEAN,
    "activities": Kind.CHOICES,
    "legal_person": Kind.TEXT,
    "phone": Kind.PHONE,
    "owner_id": Kind.RESIDENT_ID,
    "informant": Kind.TEXT,
}
FILINGS = {
    "id": Kind.TEXT,
    "uscc": Kind.USCC,
    "period": Kind.DATE,
    "amount": Kind.MONEY,
    "overdue": Kind.BOOLEAN,
    "rate": Kind.DECIMAL,
    "audit_note": Kind.TEXT,
}
INSPECTIONS = {
    "id": Kind.INTEGER,
    "uscc": Kind.USCC,
    "day": Kind.DATE,
    "score": Kind.INTEGER,
    "result": Kind.CHOICE,
    "remark": Kind.TEXT,
    "whistleblower": Kind.TEXT,
}
RESIDENTS = {
    "resident_id": Kind.RESIDENT_ID,
    "name": Kind.TEXT,
    "born": Kind.DATE,
    "district": Kind.CHOICE,
    "income": Kind.MONEY,
    "household": Kind.INTEGER,
    "illness": Kind.TEXT,
}
MASKS: Mapping[str, Mapping[str, Mask]] = {
    "market.enterprises": {
        "legal_person": Mask(MaskKind.NULL),
        "phone": Mask(MaskKind.PARTIAL, keep_first=3, keep_last=2),
        "owner_id": Mask(MaskKind.HASH),
    },
    "police.residents": {
        "resident_id": Mask(MaskKind.HASH),
        "name": Mask(MaskKind.PARTIAL, keep_first=1),
        "born": Mask(MaskKind.GENERALISE, unit="year"),
        "income": Mask(MaskKind.GENERALISE, step=100_000),
    },
}
NOT_GRANTED = {"informant", "audit_note", "whistleblower", "illness"}


def product(department: str, name: str, kinds: Mapping[str, Kind], key: str, major: int = 1) -> Product:
    fields = tuple(Field(each, kind, Words(each, each), personal=each == "name") for each, kind in kinds.items())
    words = Words(name, name)
    return Product(department, name, major, 0, words, words, (), Sharing.CONDITIONAL, fields, (key,), subject_field=key)


PRODUCTS = (
    product("market", "enterprises", ENTERPRISES, "uscc"),
    product("tax", "filings", FILINGS, "id", 2),
    product("health", "inspections", INSPECTIONS, "id"),
    product("police", "residents", RESIDENTS, "resident_id"),
)


def granted(which: Product, *, statistics_only: bool = False) -> Granted:
    masks = MASKS.get(which.code, {})
    fields = {each.name: masks.get(each.name, CLEAR) for each in which.fields if each.name not in NOT_GRANTED}
    grant = Grant(
        id=f"grant-{which.code}",
        department="statistics",
        post="statistics/analysis",
        product=which.reference,
        fields=fields,
        purpose="analysis",
        basis="统计法",
        expires=datetime(2026, 1, 1, tzinfo=UTC),
        needs_case=False,
        most_rows=1_000_000,
        statistics_only=statistics_only,
    )
    return Granted(which, grant, SignedGrant(grant.id.encode(), b"", "test"))


def shelf() -> Shelf:
    return Shelf([granted(each) for each in PRODUCTS])


def mask(value: Any, how: Mask) -> Any:
    if value is None or how.kind is MaskKind.NONE:
        return value
    if how.kind is MaskKind.NULL:
        return None
    if how.kind is MaskKind.HASH:
        # Of the public part of an identifier: a keyed hash tells as little of the rest.
        return f"h{random.Random(value.split('-')[0]).getrandbits(32):08x}"
    if how.kind is MaskKind.PARTIAL:
        last = how.keep_last
        return value[: how.keep_first] + "***" + (value[-last:] if last else "")
    return date(value.year, 1, 1) if isinstance(value, date) else value // how.step * how.step


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def holds(row: Row, where: Predicate | None) -> bool | None:
    """Three-valued, as SQL has it."""
    if where is None:
        return True
    if isinstance(where, AllOf | AnyOf):
        found = [holds(row, each) for each in where.items]
        decisive = isinstance(where, AnyOf)
        return decisive if decisive in found else None if None in found else not decisive
    if isinstance(where, Not):
        inner = holds(row, where.item)
        return None if inner is None else not inner
    if isinstance(where, IsNull):
        return row[where.field] is None
    assert isinstance(where, Compare | OneOf | StartsWith)
    value = row[where.field]
    if value is None:
        return None
    if isinstance(where, OneOf):
        return value in where.values
    if isinstance(where, StartsWith):
        return bool(value.startswith(where.text))
    assert type(value) is type(where.value), where
    return COMPARE[where.operator](value, where.value)


@dataclass
class MemoryGateway:
    """One department. `asked` keeps every fragment, `offline` makes it silent, `before` runs at each reading."""

    department: str
    product: Product
    rows: Sequence[Row]
    hidden: Callable[[Row], bool] = lambda _: False
    offline: bool = False
    asked: list[Fragment] = field(default_factory=list)
    before: Callable[[], None] | None = None

    def read(
        self,
        fragment: Fragment,
        grant: SignedGrant,
        asker: Asker,
        *,
        seconds: float = 30.0,
        stop: Stop | None = None,
    ) -> Reading:
        self.asked.append(fragment)
        if self.before:
            self.before()
        if self.offline:
            raise Offline(self.department, fragment.product, "connection refused")
        own = granted(self.product).grant
        said = set(fragment.where.fields()) if fragment.where else set()
        said |= {fragment.keys.field} if fragment.keys else set()
        for name in {*fragment.fields, *said}:
            if name not in own.fields:
                raise NotGranted("field", name)
        for name in said:
            if own.fields[name].kind is not MaskKind.NONE:
                raise NotGranted("masked", name)
        found = [row for row in self.rows if not self.hidden(row) and holds(row, fragment.where) is True]
        if fragment.keys is not None:
            keys, by = set(fragment.keys.values), fragment.keys.field
            found = [row for row in found if row[by] in keys]
        if fragment.limit is not None:
            found = found[: fragment.limit]
        schema = schema_of(self.product, [(name, own.fields[name]) for name in fragment.fields])
        columns = {name: [mask(row[name], own.fields[name]) for row in found] for name in fragment.fields}
        table = pa.table(columns, schema=schema)
        return Reading(schema, iter(table.to_batches(max_chunksize=100)), len(self.asked) - 1, None)


@dataclass
class World:
    gateways: dict[str, MemoryGateway]

    def ask(self, sql: str, **options: Any) -> Answer:
        gateways = cast("dict[str, Gateway]", self.gateways)
        asked: dict[str, Any] = {"shelf": shelf(), "gateways": gateways, "asker": ASKER}
        return answer(sql, **(asked | options))

    def masked_views(self) -> duckdb.DuckDBPyConnection:
        """The oracle: a plain DuckDB over what the asker may see, as `department.product`."""
        connection = duckdb.connect(":memory:")
        for gateway in self.gateways.values():
            given = granted(gateway.product)
            apart = MemoryGateway(gateway.department, gateway.product, gateway.rows, gateway.hidden)
            reading = apart.read(Fragment(given.product.reference, tuple(given.grant.fields)), given.signed, ASKER)
            connection.register("incoming", pa.Table.from_batches(list(reading.batches), reading.schema))
            connection.execute(f"create schema if not exists {gateway.department}")
            connection.execute(f"create table {gateway.product.code} as select * from incoming")
            connection.unregister("incoming")
        return connection

    def asked(self) -> list[Fragment]:
        return [fragment for gateway in self.gateways.values() for fragment in gateway.asked]

    def forget(self) -> None:
        for gateway in self.gateways.values():
            gateway.asked.clear()


def make(secret: str = "one", enterprises: int = 120) -> World:
    """The same city for every secret; only what nobody may see differs."""
    chance, dark = random.Random(7), random.Random(secret)

    def canary() -> str:
        return f"{CANARY}{dark.getrandbits(40):010x}"

    def uscc(number: int) -> str:
        return f"91310100MA{number:08d}"

    firms = [
        {
            "uscc": uscc(number),
            "name": f"{chance.choice('张王李赵')}记{chance.choice(('面馆', '茶楼', '五金', '餐厅'))}{number % 40}",
            "kind": chance.choice(("company", "sole_trader", "branch")),
            "district": None if chance.random() < 0.05 else chance.choice(DISTRICTS),
            "founded": date(2010, 1, 1) + timedelta(days=chance.randrange(5_000)),
            "capital": None if chance.random() < 0.1 else chance.randrange(1, 500) * 1_000_000,
            "staff": chance.randrange(0, 200),
            "active": chance.random() < 0.8,
            "activities": chance.sample(("food", "retail", "repair", "tea"), chance.randrange(0, 3)),
            "legal_person": canary(),
            "phone": f"138{canary()}{number % 100:02d}",
            "owner_id": f"{number % 60:06d}-{canary()}",
            "informant": canary(),
        }
        for number in range(enterprises)
    ]
    hidden = [
        firm | {"uscc": f"91{canary()}", "name": canary(), "capital": 7_777_000_000 + dark.randrange(10**6)}
        for firm in firms[:10]
    ]
    filings = [
        {
            "id": f"F{number:05d}",
            "uscc": None if chance.random() < 0.03 else uscc(chance.randrange(enterprises + 10)),
            "period": date(2024, chance.randrange(1, 13), 1),
            "amount": chance.randrange(0, 90_000_000),
            "overdue": chance.random() < 0.15,
            "rate": Decimal(chance.randrange(1, 25)) / 100,
            "audit_note": canary(),
        }
        for number in range(enterprises * 4)
    ]
    inspections = [
        {
            "id": number,
            "uscc": uscc(chance.randrange(enterprises)),
            "day": date(2024, 1, 1) + timedelta(days=chance.randrange(366)),
            "score": chance.randrange(40, 101),
            "result": chance.choice(("passed", "warned", "failed")),
            "remark": None if chance.random() < 0.3 else chance.choice(("通风不足", "证照齐全", "无异常")),
            "whistleblower": canary(),
        }
        for number in range(enterprises * 2)
    ]
    residents = [
        {
            "resident_id": f"{number:06d}-{canary()}",
            "name": chance.choice("张王李赵") + canary(),
            "born": date(1950 + chance.randrange(60), 1 + dark.randrange(12), 1 + dark.randrange(28)),
            "district": chance.choice(DISTRICTS),
            "income": chance.randrange(30) * 100_000 + dark.randrange(100_000),
            "household": chance.randrange(60),
            "illness": canary(),
        }
        for number in range(enterprises)
    ]
    rows: dict[str, list[Row]] = {
        "market": [*firms, *hidden],
        "tax": filings,
        "health": inspections,
        "police": residents,
    }
    gateways = {each.department: MemoryGateway(each.department, each, rows[each.department]) for each in PRODUCTS}
    gateways["market"].hidden = lambda row: CANARY in row["uscc"]
    return World(gateways)
