"""Grants come into force and go: the one write path of the ledger's stream "grant"."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction

from yiwang.casework.cases.statements import salted_digest
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.time import now
from yiwang.foundation.ledger.actions import Step, append
from yiwang.foundation.ledger.replay import history
from yiwang.library.centre import in_force, signing_key
from yiwang.library.centre.events import Event, GrantIssued, GrantRevoked
from yiwang.library.centre.models import Grant as GrantRow
from yiwang.library.centre.models import GrantState, ShareRequest
from yiwang.library.centre.replaying import STREAM
from yiwang.library.centre.state import GrantStanding, evolve, to_bytes
from yiwang.library.gateways.grant import Grant


def issue(
    grant: Grant, owner: str, approved_by: Iterable[str], *, by: Actor, request: ShareRequest | None = None
) -> GrantRow:
    """Sign a grant that these have approved and put it into force."""
    at = now()
    approved = replace(grant, approved_by=tuple(approved_by), issued_at=at)
    signed = signing_key.sign(approved)
    event = GrantIssued(
        code=grant.id,
        owner=owner,
        product=grant.product,
        department=grant.department,
        post=grant.post,
        purpose=grant.purpose,
        expires=grant.expires,
        body=hashlib.sha256(signed.body).hexdigest(),
        key_id=signed.key_id,
        approved_by=approved.approved_by,
        standing=request is None,
        case=request.pk if request is not None else 0,
    )
    with transaction.atomic():
        row = GrantRow.objects.create(
            code=grant.id,
            owner=owner,
            product=grant.product,
            department=grant.department,
            post=grant.post,
            purpose=grant.purpose,
            expires=grant.expires,
            standing=request is None,
            request=request,
            body=signed.body,
            signature=signed.signature,
            key_id=signed.key_id,
            issued_at=at,
        )
        _append(row, None, event, by)
        in_force.changed()
    return row


def revoke(row: GrantRow, because: str, *, by: Actor) -> bool:
    """Take a grant back; False where somebody has already."""
    at = now()
    salt = secrets.token_hex(16)
    with transaction.atomic():
        won = GrantRow.objects.filter(pk=row.pk, state=GrantState.ISSUED, version=row.version).update(
            state=GrantState.REVOKED, revoked_at=at, revoked_because=because, salt=salt, version=row.version + 1
        )
        if not won:
            return False
        state: GrantStanding | None = None
        for recorded in history(STREAM, row.pk):
            state = evolve(state, recorded.body, recorded.at)
        _append(row, state, GrantRevoked(because=salted_digest(salt, because)), by, after=row.version)
        in_force.changed()
    return True


def _append(row: GrantRow, state: GrantStanding | None, event: Event, by: Actor, after: int = 0) -> None:
    at = now() if state is not None else row.issued_at
    step = Step(event, to_bytes(evolve(state, event, at)))
    append(STREAM, row.pk, after_version=after, steps=[step], at=at, actor=str(by))
