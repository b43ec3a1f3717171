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
from yiwang.foundation.ledger.writing import insert

KEPT_FOR = timedelta(days=7)


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
    fingerprint = _fingerprint(body)
    with transaction.atomic():
        _wait_for_turn(client, key)
        if (stored := _stored(client, key, fingerprint)) is not None:
            return stored
        answer = do()
        row = {
            "client": client,
            "key": key,
            "body_hash": fingerprint,
            "status": answer.status,
            "answer": answer.body,
            "expires": time.now() + KEPT_FOR,
        }
        insert(Answered, [row])
        return answer


def answered(client: str, key: str, body: bytes) -> Answer | None:
    """The stored answer, where there is one: for what is worked out before `once`, and may fail by then. Raises
    KeyReused."""
    return _stored(client, key, _fingerprint(body))


def forget_expired() -> int:
    """Delete answers past their time; returns how many."""
    return Answered.objects.filter(expires__lte=time.now()).delete()[0]


def _wait_for_turn(client: str, key: str) -> None:
    """Requests with one key go one after the other: SQLite has one writer anyway, PostgreSQL takes a lock by name."""
    if connection.vendor == "postgresql":
        name = hashlib.sha256(f"{client}\n{key}".encode()).digest()[:8]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(name, signed=True)])


def _fingerprint(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _stored(client: str, key: str, fingerprint: str) -> Answer | None:
    # Asked while everybody waits: the ORM would take ten times as long to phrase it.
    at = connection.ops.adapt_datetimefield_value(time.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body_hash, status, answer, expires <= %s FROM ledger_answered WHERE client = %s AND key = %s",
            [at, client, key],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    body_hash, status, answer, expired = row
    if expired:
        Answered.objects.filter(client=client, key=key).delete()
        return None
    if body_hash != fingerprint:
        raise KeyReused(key)
    return Answer(status=status, body=answer, repeated=True)
