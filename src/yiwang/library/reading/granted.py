"""What one asker may read: products, each through one grant of theirs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from yiwang.library.gateways.contract import Field, Product
from yiwang.library.gateways.grant import Grant, MaskKind, SignedGrant


@dataclass(frozen=True)
class Granted:
    """One product through one grant. `signed` is what its owner's gateway believes; `grant` is the same, opened."""

    product: Product
    grant: Grant
    signed: SignedGrant

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """By lower-case name, in the contract's order: what exists for the asker."""
        return {each.name.lower(): each for each in self.product.fields if each.name in self.grant.fields}

    def clear(self, name: str) -> bool:
        """The asker sees the field as it is: what they say of it may be said to the source."""
        return self.grant.fields[name].kind is MaskKind.NONE


class Shelf:
    """All that one asker may name: products by code (the newest major) and by reference, whatever the letters' case."""

    def __init__(self, granted: Iterable[Granted]) -> None:
        self._by_name: dict[str, Granted] = {}
        items = sorted(granted, key=lambda each: (each.product.code, each.product.major))
        for each in items:
            self._by_name[each.product.reference.lower()] = each
            self._by_name[each.product.code.lower()] = each
        self.items = tuple(items)
        digest = hashlib.sha256()
        for each in items:
            digest.update(each.product.reference.encode() + b"\0" + each.product.version.encode() + b"\0")
            digest.update(repr(sorted(each.grant.fields.items())).encode() + b"\0")
            digest.update(each.signed.body + b"\0" + each.signed.signature)
        self.digest = digest.digest()

    def find(self, name: str) -> Granted | None:
        return self._by_name.get(name.lower())
