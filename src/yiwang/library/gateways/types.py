"""The Arrow types in which values of a product travel."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.contract import Field, Product
from yiwang.library.gateways.grant import CLEAR, Mask, MaskKind

DECIMAL = pa.decimal128(18, 6)
"""Exact, as sums over a department's figures should be; six places are enough for areas, shares and coordinates."""

MOMENT = pa.timestamp("us", tz="UTC")

_BY_KIND: dict[ElementKind, pa.DataType] = {
    ElementKind.INTEGER: pa.int64(),
    ElementKind.MONEY: pa.int64(),
    ElementKind.DECIMAL: DECIMAL,
    ElementKind.BOOLEAN: pa.bool_(),
    ElementKind.DATE: pa.date32(),
    ElementKind.CHOICES: pa.list_(pa.string()),
    ElementKind.MOMENT: MOMENT,
}


def arrow_type(field: Field, mask: Mask = CLEAR) -> pa.DataType:
    """Text for every kind that is not named, and for what a mask turns into text. Money counts in fen."""
    if mask.kind in (MaskKind.HASH, MaskKind.PARTIAL):
        return pa.string()
    return _BY_KIND.get(field.kind, pa.string())


def schema_of(product: Product, fields: Iterable[tuple[str, Mask]]) -> pa.Schema:
    """The schema of a reading of these fields, in this order. Raises KeyError for a field that is not the product's."""
    return pa.schema([(name, arrow_type(product.by_name[name], mask)) for name, mask in fields])


def plain_schema(product: Product, fields: Iterable[str] | None = None) -> pa.Schema:
    """The schema as it comes from the source, before masks; every field where none are named. Raises KeyError."""
    names = [field.name for field in product.fields] if fields is None else list(fields)
    return pa.schema([(name, arrow_type(product.by_name[name])) for name in names])
