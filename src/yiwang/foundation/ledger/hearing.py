"""Hear through the ledger: effects elsewhere happen after commit, by consumers of sealed events.

A consumer's cursor moves in the transaction of its effect, so an effect in the database happens exactly once. What
leaves the database (mail, HTTP) goes through `jobs` with a deduplication key. A consumer that fails on an event parks
that event's stream only: the others go on, the parked one is tried again with growing waits, visibly.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

import msgspec
from django.db import transaction

from yiwang.foundation.kernel import time
from yiwang.foundation.ledger import events
from yiwang.foundation.ledger.events import Recorded
from yiwang.foundation.ledger.models import Cursor, Parked, Seal

log = logging.getLogger(__name__)

Handler = Callable[[Recorded], None]
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Consumer:
    name: str
    types: frozenset[str]
    handle: Handler


_consumers: dict[str, Consumer] = {}


def hears(*structs: type[msgspec.Struct], name: str) -> Callable[[Handler], Handler]:
    """Let a function hear events of these types, one by one in sealed order, under a cursor called `name`."""

    def register(handler: Handler) -> Handler:
        if name in _consumers:
            raise RuntimeError(f"two consumers are called {name}")
        _consumers[name] = Consumer(name, frozenset(events.name_of(struct) for struct in structs), handler)
        return handler

    return register


def consumers() -> Iterable[Consumer]:
    return tuple(_consumers.values())


def tell_all(batch: int = 100) -> int:
    """Let every consumer hear what is sealed and retry what is due; returns how many events were handled."""
    return sum(_tell(consumer, batch) + _retry(consumer, batch) for consumer in consumers())


def hear_again(parked_id: int) -> bool:
    """Let a parked stream be tried at the next round; False when it is not parked any more."""
    return bool(Parked.objects.filter(pk=parked_id).update(next_try=time.now()))


def _tell(consumer: Consumer, batch: int) -> int:
    newest = Seal.objects.order_by("-position").values_list("position", flat=True).first() or 0
    known = Cursor.objects.filter(consumer=consumer.name).values_list("position", flat=True).first()
    if known is not None and known >= newest:
        return 0
    with transaction.atomic():
        Cursor.objects.get_or_create(consumer=consumer.name)
        cursor = Cursor.objects.select_for_update().get(consumer=consumer.name)
        waiting = _recorded(consumer, after=cursor.position, until=newest, limit=batch)
        parked = set(Parked.objects.filter(consumer=consumer.name).values_list("stream", "stream_id"))
        for recorded in waiting:
            stream = (recorded.stream, recorded.stream_id)
            if stream not in parked and not _handle(consumer, recorded):
                parked.add(stream)
        cursor.position = waiting[-1].position if len(waiting) == batch else newest
        cursor.save()
    return len(waiting)


def _handle(consumer: Consumer, recorded: Recorded) -> bool:
    try:
        with transaction.atomic():
            consumer.handle(recorded)
    except Exception:
        log.exception("%s could not follow %s %s", consumer.name, recorded.stream, recorded.stream_id)
        moment = time.now()
        Parked.objects.create(
            consumer=consumer.name,
            stream=recorded.stream,
            stream_id=recorded.stream_id,
            position=recorded.position,
            error=traceback.format_exc()[-4000:],
            since=moment,
            next_try=moment + timedelta(seconds=10),
        )
        return False
    return True


def _retry(consumer: Consumer, batch: int) -> int:
    handled = 0
    due = Parked.objects.filter(consumer=consumer.name, next_try__lte=time.now()).order_by("next_try")
    for identity in list(due.values_list("id", flat=True)[:batch]):
        with transaction.atomic():
            cursor = Cursor.objects.select_for_update().get(consumer=consumer.name)
            parked = Parked.objects.select_for_update().filter(pk=identity).first()
            if parked is None:
                continue
            handled += _follow(consumer, parked, until=cursor.position)
    return handled


def _follow(consumer: Consumer, parked: Parked, *, until: int) -> int:
    """Hear the parked stream from where it stopped up to the cursor; it stays parked from the first new failure."""
    missed = _recorded(
        consumer,
        after=parked.position - 1,
        until=until,
        limit=10_000,
        only=(parked.stream, parked.stream_id),
    )
    for count, recorded in enumerate(missed):
        try:
            with transaction.atomic():
                consumer.handle(recorded)
        except Exception:
            log.exception("%s still cannot follow %s %s", consumer.name, recorded.stream, recorded.stream_id)
            parked.attempts += 1
            parked.position = recorded.position
            parked.error = traceback.format_exc()[-4000:]
            parked.next_try = time.now() + min(timedelta(seconds=10 * 2 ** min(parked.attempts, 12)), LONGEST_WAIT)
            parked.save()
            return count
    parked.delete()
    return len(missed)


def _recorded(
    consumer: Consumer, *, after: int, until: int, limit: int, only: tuple[str, int] | None = None
) -> list[Recorded]:
    found = Seal.objects.filter(position__gt=after, position__lte=until, event__type__in=consumer.types)
    if only is not None:
        found = found.filter(event__stream=only[0], event__stream_id=only[1])
    return [
        Recorded(
            position=seal.position,
            stream=seal.event.stream,
            stream_id=seal.event.stream_id,
            version=seal.event.version,
            type=seal.event.type,
            body=events.decode(seal.event.type, seal.event.body),
            at=seal.event.at,
            actor=seal.event.actor,
        )
        for seal in found.select_related("event").order_by("position")[:limit]
    ]
