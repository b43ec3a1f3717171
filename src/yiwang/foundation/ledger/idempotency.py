"""Idempotency of requests: the same key and body get the same answer, once; another body under the key is refused.

After the Idempotency-Key header of the IETF draft "The Idempotency-Key HTTP Header Field".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from yiwang.foundation.kernel import time
from yiwang.foundation.ledger.models import Answered

KEPT_FOR = timedelta(days=7)
LONGEST_KEY = 128


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and the JSON text that goes with it. `repeated`: it was stored by an earlier request."""

    status: int
    body: str
    repeated: bool = False


class KeyReused(Exception):
    """The key came before with another body: answer 409."""


def once(client: str, key: str, body: bytes, do: Callable[[], Answer]) -> Answer:
    """Run `do` in a transaction unless this client's key was answered; store and return the answer.

    What `do` raises rolls everything back and leaves the key free. Raises KeyReused.
    """
    fingerprint = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        _wait_for_turn(client, key)
        if (stored := _stored(client, key, fingerprint)) is not None:
            return stored
        answer = do()
        Answered.objects.create(
            client=client,
            key=key,
            body_hash=fingerprint,
            status=answer.status,
            answer=answer.body,
            expires=time.now() + KEPT_FOR,
        )
        return answer


def forget_expired() -> int:
    """Delete answers past their time; returns how many."""
    return Answered.objects.filter(expires__lte=time.now()).delete()[0]


def _wait_for_turn(client: str, key: str) -> None:
    """Requests with one key go one after the other: SQLite has one writer anyway, PostgreSQL takes a lock by name."""
    if connection.vendor == "postgresql":
        name = hashlib.sha256(f"{client}\n{key}".encode()).digest()[:8]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(name, signed=True)])


def _stored(client: str, key: str, fingerprint: str) -> Answer | None:
    row = Answered.objects.filter(client=client, key=key).first()
    if row is None:
        return None
    if row.expires <= time.now():
        row.delete()
        return None
    if row.body_hash != fingerprint:
        raise KeyReused(key)
    return Answer(status=row.status, body=row.answer, repeated=True)
