"""Departments whose rows lie in memory, behind real gateways: grants, masks and the log are the real ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.library.centre import city
from yiwang.foundation.kernel.time import now
from yiwang.library.centre import signing_key
from yiwang.library.gateways import filtering
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.fragment import Keys, Order, Predicate, Value
from yiwang.library.gateways.gateway import Offline, Quality, RuleScore
from yiwang.library.gateways.local import LocalGateway
from yiwang.library.gateways.stopping import Stop
from yiwang.library.gateways.types import plain_schema

RESIDENTS = [
    {"resident_id": "110000199003070220", "name": "王晓兰", "born": date(1990, 3, 7), "district": "999901"},
    {"resident_id": "110000195106120130", "name": "陈建国", "born": date(1951, 6, 12), "district": "999902"},
    {"resident_id": "110000198609210449", "name": "罗文静", "born": date(1986, 9, 21), "district": "999901"},
]
SHOPS = [
    {"code": f"S{number:03}", "name": f"小店{number}", "district": f"99990{number % 2 + 1}", "area": Decimal(number)}
    for number in range(1, 26)
]


class MemoryRows:
    """Rows by product; what is not in `tables` is offline."""

    def __init__(self, tables: Mapping[str, list[dict[str, Any]]]) -> None:
        self.tables = dict(tables)
        self.scores: dict[str, int] = {}
        """bad rows by rule, for the next check of quality"""

    def scan(
        self,
        product: Product,
        fields: tuple[str, ...],
        where: Predicate | None,
        keys: Keys | None,
        after: Value,
        order: tuple[Order, ...],
        limit: int,
        stop: Stop,
    ) -> Iterator[pa.RecordBatch]:
        if product.name not in self.tables:
            raise Offline(product.department, product.reference, "the disk is being exchanged")
        schema = plain_schema(product, [field.name for field in product.fields])
        rows = [{field.name: row.get(field.name) for field in product.fields} for row in self.tables[product.name]]
        table = pa.Table.from_pylist(rows, schema=schema)
        table = filtering.beyond(filtering.with_keys(filtering.kept(table, where), keys), product.cursor, after)
        return iter(filtering.in_order(table, order, limit).select(list(fields)).to_batches())

    def as_of(self, product: Product) -> datetime | None:
        return datetime(2025, 3, 12, tzinfo=UTC)

    def quality(self, product: Product) -> Quality:
        if product.name not in self.tables:
            raise Offline(product.department, product.reference, "the disk is being exchanged")
        total = len(self.tables[product.name])
        scores = tuple(RuleScore(rule, total, bad) for rule, bad in self.scores.items())
        return Quality(product.reference, now(), total, now(), scores)


def gateways(folder: Path) -> tuple[dict[str, LocalGateway], dict[str, MemoryRows]]:
    """The gateways of the little city's two departments that share, and the rows behind them."""
    rows = {
        "security": MemoryRows({"residents": RESIDENTS}),
        "market": MemoryRows({"shops": SHOPS}),
    }
    trust = signing_key.key().trust()
    found = {
        department: LocalGateway(
            department,
            [product for product in city.PRODUCTS if product.department == department],
            rows[department],
            folder=folder / department,
            trust=trust,
            mask_secret=b"m" * 32,
        )
        for department in rows
    }
    return found, rows
