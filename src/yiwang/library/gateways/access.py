"""An access: who asks, for whom, why; and what the owner's log keeps of it before a row is released."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiwang.foundation.kernel.readable import readable


@dataclass(frozen=True, slots=True)
class Consent:
    """A person's or enterprise's agreement that one product is read about them, for one purpose, until then."""

    subject: str
    """the identifier"""
    product: str
    """`health.certificates@1`"""
    purpose: str
    given_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class SignedConsent:
    """The consent's canonical JSON as the centre signed it."""

    body: bytes
    signature: bytes
    key_id: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Who looks, as the centre vouches for it. `case` is the number of the case it is for, empty where there is none.

    `subject` is the identifier of the person or enterprise that a point look-up is about; empty for a query.
    `disclose_after`: disclosure to the person concerned is delayed (never erased) until then, for an investigation.
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
    consents: tuple[SignedConsent, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """One leaf of the owner's log. `subjects` are keyed digests of the identifiers whose rows were released: who holds
    the identifier finds the record, the log by itself names nobody. `everyone`: the whole product was read, so it is
    about every person or enterprise in it, and none is listed. `statistics`: figures were told, no row. `refused`: why
    nothing was read at all (`refusals.NotGranted`), of `fields` and about `subjects` that were asked for; `grant` is
    empty then, and of so many `times` this was the last."""

    position: int
    at: datetime
    asker: Asker
    """its `subject` is empty, see `subjects`; its `consents` are left out"""
    grant: str
    product: str
    fields: tuple[str, ...]
    rows: int
    subjects: tuple[bytes, ...]
    statistics: bool = False
    everyone: bool = False
    refused: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The log's state, signed by the gateway (RFC 6962)."""

    department: str
    size: int
    root: bytes
    at: datetime
    signature: bytes
    key_id: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an access stands in the log: the record's leaf bytes, its inclusion proof, the head.

    `subjects` of the record are not all in the leaf where there are many: the leaf then holds the SHA-256 of their
    digests, so that a receipt shown to one person says nothing of the others.
    """

    record: AccessRecord
    leaf: bytes
    proof: tuple[bytes, ...]
    head: TreeHead


readable(AccessRecord, Asker, Consent, Receipt, TreeHead)
