"""A grant's state as its events lead to it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from yiwang.library.centre.events import Event, GrantIssued, GrantRevoked


@dataclass(frozen=True, slots=True)
class GrantStanding:
    """The columns of a grant that its events decide."""

    code: str
    owner: str
    product: str
    department: str
    post: str
    purpose: str
    expires: datetime
    body: str
    key_id: str
    standing: bool
    case: int
    state: str
    issued_at: datetime
    revoked_at: datetime | None = None
    because: str = ""


def evolve(state: GrantStanding | None, event: Event, at: datetime) -> GrantStanding:
    """Raises ValueError for a history that cannot be: a grant revoked before it was issued, or issued twice."""
    if isinstance(event, GrantIssued):
        if state is not None:
            raise ValueError(f"{event.code} is issued twice")
        return GrantStanding(
            code=event.code,
            owner=event.owner,
            product=event.product,
            department=event.department,
            post=event.post,
            purpose=event.purpose,
            expires=event.expires,
            body=event.body,
            key_id=event.key_id,
            standing=event.standing,
            case=event.case,
            state="issued",
            issued_at=at,
        )
    assert isinstance(event, GrantRevoked)
    if state is None or state.revoked_at is not None:
        raise ValueError("only a grant in force is revoked")
    return replace(state, state="revoked", revoked_at=at, because=event.because)


def to_bytes(state: GrantStanding) -> bytes:
    return msgspec.json.encode(state, order="sorted")
