"""What the centre publishes: grants come and go. No personal data: officers by account, terms by field names."""

from __future__ import annotations

from datetime import datetime

import msgspec

from yiwang.foundation.ledger.events import event


@event("centre.GrantIssued")
class GrantIssued(msgspec.Struct, frozen=True, omit_defaults=True):
    """Signed after two people approved. `body` is the SHA-256 (hexadecimal) of the canonical JSON that was signed."""

    code: str
    owner: str
    product: str
    department: str
    post: str
    purpose: str
    expires: datetime
    body: str
    key_id: str
    approved_by: tuple[str, ...]
    standing: bool = False
    case: int = 0


@event("centre.GrantRevoked")
class GrantRevoked(msgspec.Struct, frozen=True):
    """Taken back; `because` is the salted digest of the reason, which stands in an erasable column."""

    because: str


Event = GrantIssued | GrantRevoked
