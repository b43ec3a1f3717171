"""What an administrator needs to see of the record: how far it is sealed and heard, and what is parked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from yiwang.foundation.ledger.hearing import consumers
from yiwang.foundation.ledger.models import Cursor, Event, Parked, Sealer


@dataclass(frozen=True, slots=True)
class Hearing:
    """A consumer and how many sealed positions it is behind."""

    name: str
    behind: int


@dataclass(frozen=True, slots=True)
class ParkedStream:
    """A stream that a consumer could not follow; `reason` is the last line of the error."""

    id: int
    consumer: str
    stream: str
    stream_id: int
    attempts: int
    since: datetime
    next_try: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """`unsealed` is exact up to a small lag: the highest event id less what is sealed, at least 0."""

    position: int
    unsealed: int
    hearings: tuple[Hearing, ...]
    parked: tuple[ParkedStream, ...]


def record(most: int = 100) -> Record:
    """Five queries, none of which counts the events."""
    sealer = Sealer.objects.filter(pk=1).first()
    position = sealer.last_position if sealer else 0
    newest = Event.objects.aggregate(newest=Max("id"))["newest"] or 0
    horizon = sealer.horizon if sealer else 0
    waiting = Event.objects.filter(id__gt=horizon)[:1000].count() if newest > horizon else 0
    cursors = dict(Cursor.objects.values_list("consumer", "position"))
    return Record(
        position=position,
        unsealed=waiting,
        hearings=tuple(
            Hearing(each.name, max(position - cursors.get(each.name, 0), 0))
            for each in sorted(consumers(), key=lambda each: each.name)
        ),
        parked=tuple(
            ParkedStream(
                row.pk,
                row.consumer,
                row.stream,
                row.stream_id,
                row.attempts,
                row.since,
                row.next_try,
                row.error.strip().rpartition("\n")[2],
            )
            for row in Parked.objects.order_by("next_try")[:most]
        ),
    )
