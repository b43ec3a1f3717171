"""Contracts and grants as JSON: how they rest in the database and cross to programs."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from yiwang.foundation.kernel.text import canonical_json
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.grant import Grant


def product_body(product: Product) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.to_builtins(product)
    if product.statistics is None:
        # Contracts from before there were figures keep their digest.
        del body["statistics"]
    return body


def product_of(body: dict[str, Any]) -> Product:
    return msgspec.convert(body, Product, strict=False)


def grant_body(grant: Grant) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.to_builtins(grant)
    return body


def grant_of(body: dict[str, Any]) -> Grant:
    return msgspec.convert(body, Grant, strict=False)


def digest(body: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON, hexadecimal."""
    return hashlib.sha256(canonical_json(body)).hexdigest()
