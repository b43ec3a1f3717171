"""An access: who asks, for whom, why; and what the owner's log keeps of it before a row is released."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asker:
    """Who looks, as the centre vouches for it. `case` is the number of the case it is for, empty where there is none.

    `subject` is the identifier of the person or enterprise that a point look-up is about; empty for a query.
    `investigation`: disclosure to the person concerned is delayed (never erased) until `disclose_after`.
    """

    actor: str
    """`officer:12`, `machine`"""
    name: str
    department: str
    post: str
    purpose: str
    case: str = ""
    subject: str = ""
    disclose_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """One leaf of the owner's log. `subjects` are keyed digests of the identifiers whose rows were released: who holds
    the identifier finds the record, the log by itself names nobody."""

    position: int
    at: datetime
    asker: Asker
    """its `subject` is empty: see `subjects`"""
    grant: str
    product: str
    fields: tuple[str, ...]
    rows: int
    subjects: tuple[bytes, ...]
    statistics: bool = False


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The log's state, signed by the gateway (RFC 6962)."""

    department: str
    size: int
    root: bytes
    at: datetime
    signature: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an access stands in the log: the record's leaf bytes, its inclusion proof, the head."""

    record: AccessRecord
    leaf: bytes
    proof: tuple[bytes, ...]
    head: TreeHead
