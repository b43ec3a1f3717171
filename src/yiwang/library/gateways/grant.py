"""A grant (授权): who may read which fields and rows of a product, for which purpose, until when.

The city's centre signs it (Ed25519) after two people have approved; the owner's gateway believes the signature and
nothing else. Pure values: signing and checking stand in `signing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from yiwang.foundation.kernel.readable import readable


class MaskKind(StrEnum):
    NONE = "none"
    NULL = "null"
    """the value is withheld"""
    PARTIAL = "partial"
    """its first `keep_first` and last `keep_last` characters stay, every other one reads *"""
    HASH = "hash"
    """HMAC-SHA-256 under a key that the gateway derives for this purpose: equal values stay equal, nothing else"""
    GENERALISE = "generalise"
    """a date to its `unit` (month, year), a number down to a multiple of `step`, text to its first `keep_first`"""


@dataclass(frozen=True, slots=True)
class Mask:
    kind: MaskKind = MaskKind.NONE
    keep_first: int = 0
    keep_last: int = 0
    step: int = 0
    unit: str = ""


CLEAR = Mask()


@dataclass(frozen=True, slots=True)
class Grant:
    """`fields` maps each granted field to its mask; a field that is not named does not exist for the consumer.

    `rows` is FEEL over the product's fields (None: every row). `most_rows` caps one answer, `per_minute` the calls.
    `statistics_only`: no row may be released, only statistics at the gateway's threshold. `approved_by` names the two
    who approved, as `officer:12`.
    """

    id: str
    department: str
    """the consumer's"""
    post: str
    """the consumer's, such as `market/food`; `market/*` is any post of the department"""
    product: str
    """`market.enterprises@1`"""
    fields: Mapping[str, Mask]
    purpose: str
    basis: str
    expires: datetime
    rows: str | None = None
    needs_case: bool = True
    most_rows: int = 10_000
    per_minute: int = 600
    statistics_only: bool = False
    approved_by: tuple[str, ...] = ()
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignedGrant:
    """The grant's canonical JSON as it was signed, and the centre's signature over it."""

    body: bytes
    signature: bytes
    key_id: str


readable(Grant, SignedGrant)
