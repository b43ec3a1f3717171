"""Rebuild rows from events and compare: what the record says against what the tables hold.

Rows with personal data are erasable and cannot be rebuilt. Events hold salted digests of them: a *witness* compares,
and tells what was altered and what was erased.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from yiwang.foundation.ledger import events
from yiwang.foundation.ledger.events import Recorded
from yiwang.foundation.ledger.models import Event


class Projection(Protocol):
    """The rows that a package derives from one stream's events. Registered at start-up."""

    stream: str

    def differences(self, stream_id: int, history: Sequence[Recorded]) -> list[str]:
        """What the stored rows say otherwise than the history, one sentence each."""

    def rewrite(self, stream_id: int, history: Sequence[Recorded]) -> None:
        """Make the stored rows what the history says."""

    def without_history(self) -> list[str]:
        """Rows that no event ever led to, one sentence each."""


@dataclass(frozen=True, slots=True)
class Testimony:
    """Of the erasable rows to which a history commits: what is not what it was, and what is gone. A sentence each."""

    altered: tuple[str, ...] = ()
    erased: tuple[str, ...] = ()


class Witness(Protocol):
    """Erasable rows of a package to which a stream's events commit. Registered at start-up."""

    stream: str

    def testify(self, stream_id: int, history: Sequence[Recorded]) -> Testimony:
        """Compare the rows that are still there with what the history commits to."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """`erased` is no difference: what people may have erased. Both hold the first of what was found."""

    streams: int
    events: int
    differences: tuple[str, ...]
    erased: tuple[str, ...] = ()


_projections: dict[str, Projection] = {}
_witnesses: dict[str, list[Witness]] = {}


def register(projection: Projection) -> None:
    _projections[projection.stream] = projection


def register_witness(witness: Witness) -> None:
    _witnesses.setdefault(witness.stream, []).append(witness)


def replay(*, write: bool = False, most: int = 1000) -> Replayed:
    """Replay every stream; with `write`, rows become what the events say. At most `most` differences are kept."""
    streams = seen = 0
    differences: list[str] = []
    erased: list[str] = []
    for name, projection in _projections.items():
        for stream_id, history in _streams(name):
            streams += 1
            seen += len(history)
            found = projection.differences(stream_id, history)
            if found and write:
                projection.rewrite(stream_id, history)
            for witness in _witnesses.get(name, ()):
                testimony = witness.testify(stream_id, history)
                found.extend(testimony.altered)
                erased.extend(testimony.erased[: max(0, most - len(erased))])
            differences.extend(found[: max(0, most - len(differences))])
        differences.extend(projection.without_history()[: max(0, most - len(differences))])
    return Replayed(streams, seen, tuple(differences), tuple(erased))


def history(stream: str, stream_id: int) -> list[Recorded]:
    """Every event of one stream in order, sealed or not (position 0)."""
    return [_recorded(row) for row in Event.objects.filter(stream=stream, stream_id=stream_id).order_by("version")]


def _streams(stream: str) -> Iterator[tuple[int, list[Recorded]]]:
    current: int | None = None
    collected: list[Recorded] = []
    rows = Event.objects.filter(stream=stream).order_by("stream_id", "version")
    for row in rows.iterator(chunk_size=2000):
        if row.stream_id != current and current is not None:
            yield current, collected
            collected = []
        current = row.stream_id
        collected.append(_recorded(row))
    if current is not None:
        yield current, collected


def _recorded(row: Event) -> Recorded:
    return Recorded(
        position=0,
        stream=row.stream,
        stream_id=row.stream_id,
        version=row.version,
        type=row.type,
        body=events.decode(row.type, row.body),
        at=row.at,
        actor=row.actor,
    )
