"""Append events, seal them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import connection, transaction

from yiwang.foundation.ledger import events
from yiwang.foundation.ledger.models import Event, Seal, Sealer
from yiwang.foundation.ledger.writing import insert


@dataclass(frozen=True, slots=True)
class Step:
    """One event and the serialised state it leads to."""

    body: msgspec.Struct
    state: bytes


def append(stream: str, stream_id: int, *, after_version: int, steps: Sequence[Step], at: datetime, actor: str) -> int:
    """Write the events `after_version + 1, ...` of a stream; returns the last version.

    Call it inside the transaction that changed the row, and after that change: the row's compare-and-set decides who
    wins, and sealing relies on the transaction having an id before an event has one.
    Raises django.db.IntegrityError where the version exists (the row's compare-and-set was forgotten).
    """
    insert(Event, rows_of(stream, stream_id, after_version=after_version, steps=steps, at=at, actor=actor))
    return after_version + len(steps)


def rows_of(
    stream: str, stream_id: int, *, after_version: int, steps: Sequence[Step], at: datetime, actor: str
) -> list[dict[str, object]]:
    """The rows that `append` writes: each event in JSON, and the salted digest of the state that it leads to."""
    rows: list[dict[str, object]] = []
    for offset, step in enumerate(steps, start=1):
        salt = secrets.token_bytes(16)
        rows.append(
            {
                "stream": stream,
                "stream_id": stream_id,
                "version": after_version + offset,
                "type": events.name_of(type(step.body)),
                "body": events.encode(step.body),
                "at": at,
                "actor": actor,
                "salt": salt.hex(),
                "digest": hashlib.sha256(salt + step.state).hexdigest(),
            }
        )
    return rows


def seal(limit: int = 1000) -> int:
    """Give positions to committed events that have none; returns how many. One sealer at a time, any process.

    A stream's events keep their order: version n+1 takes its id after version n has committed.
    """
    with transaction.atomic():
        Sealer.objects.get_or_create(pk=1)
        sealer = Sealer.objects.select_for_update().get(pk=1)
        snapshot = _snapshot()
        unsealed = list(
            Event.objects.filter(id__gt=sealer.horizon)
            .exclude(id__in=Seal.objects.filter(event_id__gt=sealer.horizon).values("event_id"))
            .order_by("id")
            .values_list("id", flat=True)[:limit]
        )
        Seal.objects.bulk_create(
            Seal(position=sealer.last_position + offset, event_id=event_id)
            for offset, event_id in enumerate(unsealed, start=1)
        )
        sealer.last_position += len(unsealed)
        if len(unsealed) < limit:
            _advance_horizon(sealer, snapshot)
        sealer.save()
        return len(unsealed)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    highest_id: int
    xmin: int
    xmax: int


def _snapshot() -> _Snapshot | None:
    """What is visible now; None on SQLite, where ids commit in order."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint, "
            "(SELECT coalesce(max(id), 0) FROM ledger_event) FROM pg_current_snapshot() AS s"
        )
        xmin, xmax, highest = cursor.fetchone()
    return _Snapshot(highest_id=highest, xmin=xmin, xmax=xmax)


def _advance_horizon(sealer: Sealer, snapshot: _Snapshot | None) -> None:
    if snapshot is None:
        newest = Seal.objects.order_by("-position").values_list("event_id", flat=True).first()
        sealer.horizon = newest or 0
        return
    if sealer.candidate_xmax and snapshot.xmin >= sealer.candidate_xmax:
        sealer.horizon = sealer.candidate
        sealer.candidate_xmax = 0
    if not sealer.candidate_xmax and snapshot.highest_id > sealer.horizon:
        sealer.candidate = snapshot.highest_id
        sealer.candidate_xmax = snapshot.xmax
