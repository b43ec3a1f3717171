"""How a record is known to the centre: by a keyed digest, and by its key sealed so that it can be asked for again.

Both keys lie in the city's data directory. Who has the database alone learns nothing of a record.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from decimal import Decimal
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.contract import Field, Product
from yiwang.library.gateways.fragment import AllOf, Compare, Predicate, Value
from yiwang.library.gateways.signing import secret_kept_in

BETWEEN = "\x1f"
"""Between the parts of a key of several fields."""


class Unreadable(Exception):
    """A sealed key that was sealed under another key, or for another shape of the product."""


def digest(product: str, key: str) -> str:
    """How a record is known here; who has the key of the city's data directory and the record can tell, nobody else."""
    said = f"{_code(product)}{BETWEEN}{key}".encode()
    return hmac.new(secret_kept_in(_folder() / "subjects-key"), said, hashlib.sha256).hexdigest()


def seal(product: str, key: str) -> bytes:
    """The record's key, sealed (AES-SIV, RFC 5297): the same for the same key, so that no run writes what stands."""
    return _cipher().encrypt(key.encode(), [_code(product).encode()])


def unseal(product: str, sealed: bytes) -> str:
    """Raises Unreadable."""
    try:
        return _cipher().decrypt(sealed, [_code(product).encode()]).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable(product) from error


def where(product: Product, key: str) -> Predicate:
    """The condition that finds the record again. Raises Unreadable."""
    parts = key.split(BETWEEN)
    if len(parts) != len(product.key):
        raise Unreadable(product.reference)
    try:
        values = [_typed(product.by_name[name], part) for name, part in zip(product.key, parts, strict=True)]
    except (ArithmeticError, ValueError) as error:
        raise Unreadable(product.reference) from error
    return AllOf(tuple(Compare(name, "=", value) for name, value in zip(product.key, values, strict=True)))


def _typed(field: Field, text: str) -> Value:
    match field.kind:
        case ElementKind.INTEGER | ElementKind.MONEY:
            return int(text)
        case ElementKind.DECIMAL:
            return Decimal(text)
        case ElementKind.DATE:
            return date.fromisoformat(text)
        case ElementKind.BOOLEAN:
            return text == "True"
        case _:
            return text


def _cipher() -> AESSIV:
    return AESSIV(secret_kept_in(_folder() / "subjects-sealing-key", 64))


def _code(product: str) -> str:
    return product.partition("@")[0]


def _folder() -> Path:
    return Path(settings.YIWANG_DATA_DIR) / "library"
