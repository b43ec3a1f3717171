"""A published service as JSON and back. The form is ours; the national fields are `exchange`'s."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from yiwang.foundation.kernel.text import canonical_json
from yiwang.service.catalogue.package import Bundle, GuidanceOnly, Matter

Publication = Matter | Bundle | GuidanceOnly

_TYPES: dict[str, type[Matter] | type[Bundle] | type[GuidanceOnly]] = {
    "matter": Matter,
    "bundle": Bundle,
    "guidance": GuidanceOnly,
}


def to_body(publication: Publication) -> dict[str, Any]:
    """Everything the publication holds, its elements included, as JSON can say it."""
    body: dict[str, Any] = msgspec.to_builtins(publication)
    return body


def from_body(body: dict[str, Any]) -> Publication:
    """The publication of a body. Raises msgspec.ValidationError for a body that `to_body` never wrote."""
    return msgspec.convert(body, _TYPES[body["kind"]], strict=False)


def digest(body: dict[str, Any]) -> str:
    """SHA-256 of the canonical body, hexadecimal: the version's identity."""
    return hashlib.sha256(canonical_json(body)).hexdigest()
