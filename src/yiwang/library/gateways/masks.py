"""Masks (脱敏): what a consumer sees of a granted field. Worked out on whole columns of Arrow.

The key of hashes is derived (HKDF-SHA-256, RFC 5869) from a secret that the city's gateways share and the centre does
not know, for one purpose and one consumer: two departments' hashes of a person are equal for the analyst of that
purpose and for nobody else (ADR 0075). Identifiers are brought into one form before they are hashed.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yiwang.foundation.kernel.text import canonical_json
from yiwang.foundation.kernel.time import city_zone
from yiwang.foundation.standards.elements import FEEL_TYPES, ElementKind
from yiwang.library.gateways.contract import Field
from yiwang.library.gateways.grant import Mask, MaskKind

IDENTIFIERS = frozenset({ElementKind.RESIDENT_ID, ElementKind.USCC})
UNITS = ("month", "year")
HASH_LENGTH = 32
"""hexadecimal digits of a hash that are given out: 128 bits"""


@lru_cache(maxsize=1_024)
def hash_key(secret: bytes, purpose: str, consumer: str) -> bytes:
    """The key of hashes for one purpose and consumer department."""
    info = canonical_json({"consumer": consumer, "purpose": purpose})
    return HKDF(SHA256(), 32, salt=b"yiwang-library-mask", info=info).derive(secret)


def check_mask(field: Field, mask: Mask) -> str:
    """Why the field cannot be masked so; empty where it can. A grant with such a mask is not issued."""
    shape = FEEL_TYPES.get(field.kind, "string")
    if mask.kind in (MaskKind.NONE, MaskKind.NULL):
        return ""
    if shape == "list":
        return f"{field.name} holds several choices: show it, withhold it (null), or leave it out"
    if mask.kind is MaskKind.HASH:
        return ""
    if mask.kind is MaskKind.PARTIAL:
        return _check_partial(field, mask, shape)
    if shape in ("date", "date and time") and mask.unit not in UNITS:
        return f"{field.name} is generalised to a unit: month or year"
    if shape == "number" and mask.step < 1:
        return f"{field.name} is generalised to a step of 1 or more"
    if shape == "string" and mask.keep_first < 1:
        return f"{field.name} is generalised to its first characters: keep_first of 1 or more"
    if shape == "boolean":
        return f"{field.name} is yes or no: there is nothing between showing and withholding it"
    return ""


def _check_partial(field: Field, mask: Mask, shape: str) -> str:
    if shape != "string":
        return f"{field.name} is no text: only a text can be shown in part"
    if mask.keep_first < 0 or mask.keep_last < 0:
        return f"{field.name}: keep_first and keep_last count characters"
    return ""


def masked(column: pa.ChunkedArray, field: Field, mask: Mask, key: bytes) -> pa.ChunkedArray:
    """The column as the consumer sees it. Null stays null."""
    match mask.kind:
        case MaskKind.NONE:
            return column
        case MaskKind.NULL:
            return pa.chunked_array([pa.nulls(len(column), column.type)])
        case MaskKind.PARTIAL:
            return _partial(column, mask)
        case MaskKind.HASH:
            return _hashed(column, field, key)
        case MaskKind.GENERALISE:
            return _generalised(column, mask)


def canonical_identifiers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Identifiers in their one form: no spaces around, capital letters."""
    return pc.utf8_upper(pc.utf8_trim_whitespace(column))


def _partial(column: pa.ChunkedArray, mask: Mask) -> pa.ChunkedArray:
    length = pc.utf8_length(column)
    hidden = pc.subtract(length, mask.keep_first + mask.keep_last)
    # Where nothing would be hidden, everything is: a short name is not shown whole.
    whole = pc.less_equal(hidden, 0)
    stars = pc.binary_repeat("*", pc.if_else(whole, length, hidden))
    nothing = pa.scalar("", pa.string())
    first = pc.if_else(whole, nothing, pc.utf8_slice_codeunits(column, 0, mask.keep_first))
    last = nothing
    if mask.keep_last:
        last = pc.if_else(whole, nothing, pc.utf8_slice_codeunits(column, -mask.keep_last, None))
    return pc.binary_join_element_wise(first, stars, last, "")


def _hashed(column: pa.ChunkedArray, field: Field, key: bytes) -> pa.ChunkedArray:
    texts = column if pa.types.is_string(column.type) else pc.cast(column, pa.string())
    if field.kind in IDENTIFIERS:
        texts = canonical_identifiers(texts)
    encoded = pa.chunked_array(texts).combine_chunks().dictionary_encode() if len(texts) else None
    if encoded is None:
        return pa.chunked_array([pa.array([], pa.string())])
    # HMAC written out (RFC 2104): `hmac.digest` costs twice as much, and there may be a million of them.
    padded = key.ljust(64, b"\x00")
    inner, outer = bytes(each ^ 0x36 for each in padded), bytes(each ^ 0x5C for each in padded)
    hashes = [
        sha256(outer + sha256(inner + each.encode()).digest()).hexdigest()[:HASH_LENGTH]
        for each in encoded.dictionary.to_pylist()
    ]
    return pa.chunked_array([pa.array(hashes, pa.string()).take(encoded.indices)])


def _generalised(column: pa.ChunkedArray, mask: Mask) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_date(kind):
        return pc.floor_temporal(column, unit=mask.unit)
    if pa.types.is_timestamp(kind):
        # The city's month, not that of Greenwich.
        local = pc.cast(column, pa.timestamp(kind.unit, tz=city_zone().key))
        return pc.cast(pc.floor_temporal(local, unit=mask.unit), kind)
    if pa.types.is_integer(kind):
        quotient = pc.divide(column, mask.step)
        low = pc.multiply(quotient, mask.step)
        return pc.if_else(pc.greater(low, column), pc.subtract(low, mask.step), low)
    if pa.types.is_decimal(kind):
        step = pa.scalar(Decimal(mask.step), type=kind)
        return pc.cast(pc.round_to_multiple(column, multiple=step, round_mode="down"), kind)
    return pc.utf8_slice_codeunits(column, 0, mask.keep_first)
