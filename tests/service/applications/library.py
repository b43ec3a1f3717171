"""The demonstration city's departments behind real gateways, with the few rows that a test needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from yiwang.library.centre import facts, gateways, queries, signing_key
from yiwang.library.gateways import filtering
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.gateway import Offline, Quality
from yiwang.library.gateways.local import LocalGateway
from yiwang.library.gateways.stopping import Stop
from yiwang.library.gateways.types import plain_schema

WANG = "110000199003070220"
CHEN = "110000195106120130"
PATIENCE = 120.0
"""No test waits for a clock: a busy machine answers late, not never."""
TODAY = datetime(2025, 3, 1, tzinfo=UTC)

SHOP: Mapping[str, Any] = {
    "record": "2020-1",
    "unit": "319901-1",
    "owner": "王晓兰",
    "owner_id": WANG,
    "address": "望江区滨江路88号",
    "floor_area": Decimal("320"),
    "floor": "ground",
    "storey": 1,
    "tenure": "own",
    "use": "shop",
    "plan_filed": True,
    "in_force": True,
    "registered": date(2020, 5, 1),
    "updated": TODAY,
}
SECOND_SHOP: Mapping[str, Any] = {
    **SHOP,
    "record": "2021-7",
    "unit": "319901-9",
    "address": "青石区老街路3号",
    "floor_area": Decimal("45.5"),
    "plan_filed": False,
}
AT_HOME: Mapping[str, Any] = {
    "record": "r1",
    "resident_id": WANG,
    "name": "王晓兰",
    "birth_date": date(1990, 3, 7),
    "address": "望江区滨江路112号2幢301室",
    "household_here": True,
    "lives_here": True,
    "updated": TODAY,
}
HEALTHY: Mapping[str, Any] = {
    "certificate": "H-1",
    "name": "王晓兰",
    "resident_id": WANG,
    "work": "food",
    "issued": date(2025, 1, 5),
    "valid_until": date(2026, 1, 4),
    "updated": TODAY,
}
REGISTERS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "natural-resources.property": (SHOP,),
    "public-security.residents": (AT_HOME,),
    "health.certificates": (HEALTHY,),
}


class Registers:
    """One department's rows, by product. `silent`: it does not answer; `asked`: how often it was asked."""

    def __init__(self, department: str, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self.department = department
        self.rows = rows
        self.silent = False
        self.asked = 0

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
        self.asked += 1
        if self.silent:
            raise Offline(self.department, product.reference, "switched off")
        table = pa.Table.from_pylist([dict(row) for row in self.rows.get(product.code, ())], plain_schema(product))
        table = filtering.beyond(filtering.with_keys(filtering.kept(table, where), keys), product.cursor, after)
        yield from filtering.in_order(table, order, limit).select(fields).to_batches()

    def as_of(self, product: Product) -> datetime | None:
        return TODAY

    def quality(self, product: Product) -> Quality:
        return Quality(product.reference, TODAY, 1, None, ())


class Library:
    """The city's gateways, each with its log in a folder of its own."""

    def __init__(self, folder: Path, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self.registers: dict[str, Registers] = {}
        self.gateways: dict[str, LocalGateway] = {}
        for department in sorted({product.department for product in queries.products()}):
            self.registers[department] = Registers(department, rows)
            self.gateways[department] = LocalGateway(
                department,
                queries.products(department),
                self.registers[department],
                folder=folder / department,
                trust=signing_key.key().trust(),
                mask_secret=b"k" * 32,
            )

    def switch(self, department: str, *, off: bool) -> None:
        self.registers[department].silent = off

    def looks(self, department: str) -> list[Any]:
        return list(self.gateways[department].accesses())


@contextmanager
def connected(folder: Path, rows: Mapping[str, Sequence[Mapping[str, Any]]] = REGISTERS) -> Iterator[Library]:
    library = Library(folder, rows)
    patience, facts.SECONDS = facts.SECONDS, PATIENCE
    try:
        with gateways.instead(library.gateways):
            yield library
    finally:
        facts.SECONDS = patience
        for each in library.gateways.values():
            each.close()
