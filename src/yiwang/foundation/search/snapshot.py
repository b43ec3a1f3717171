"""The index in a process's memory: read once per generation, its terms as they are first asked for.

Another process may rebuild an index at any moment. What is held here is named by the generation's digest, and every
read brings the digest along in the same statement, so that two generations never mix. What is held is bounded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock

from yiwang.foundation.search.models import Entry, Index, Posting
from yiwang.foundation.search.postings import unpack
from yiwang.foundation.search.ranking import FIELDS, TermScores, term_scores

MAX_SNAPSHOTS = 4
MAX_TERMS = 50_000
MAX_POSTINGS = 2_000_000
"""Postings held per snapshot, 12 bytes each; the terms asked for longest ago are dropped first."""


class Rebuilt(Exception):
    """The index changed between two reads: begin again."""


class Snapshot:
    """One generation of an index."""

    def __init__(self, index: str, generation: str, rows: Sequence[tuple[str, str, list[int]]]) -> None:
        self.index = index
        self.generation = generation
        self.keys = tuple(row[0] for row in rows)
        self.titles = tuple(row[1] for row in rows)
        self._lengths = tuple(tuple(row[2]) for row in rows)
        self._averages = tuple(
            sum(lengths[number] for lengths in self._lengths) / len(rows) if rows else 0.0
            for number in range(len(FIELDS))
        )
        # A term that the index does not hold is remembered too, as None.
        self._terms: OrderedDict[str, TermScores | None] = OrderedDict()
        self._postings = 0
        self._lock = Lock()

    def scores(self, terms: Iterable[str]) -> dict[str, TermScores]:
        """The scores of those terms that occur; one query for all that are not in memory. Raises Rebuilt."""
        terms = tuple(terms)
        with self._lock:
            held = {term: self._terms[term] for term in terms if term in self._terms}
            for term in held:
                self._terms.move_to_end(term)
        missing = [term for term in terms if term not in held]
        if missing:
            read = self._read(missing)
            held.update(read)
            with self._lock:
                self._keep(read)
        return {term: scores for term in terms if (scores := held[term]) is not None}

    def size(self) -> int:
        """How many terms are in memory."""
        return len(self._terms)

    def _read(self, terms: Sequence[str]) -> dict[str, TermScores | None]:
        rows = list(
            Posting.objects.filter(index__name=self.index, term__in=terms).values_list(
                "term", "occurrences", "index__generation"
            )
        )
        if not rows and generation_of(self.index) != self.generation:
            raise Rebuilt
        read: dict[str, TermScores | None] = dict.fromkeys(terms)
        for term, packed, generation in rows:
            if generation != self.generation:
                raise Rebuilt
            read[term] = term_scores(tuple(unpack(bytes(packed))), self._lengths, self._averages)
        return read

    def _keep(self, read: dict[str, TermScores | None]) -> None:
        for term, scores in read.items():
            if term not in self._terms:
                self._terms[term] = scores
                self._postings += len(scores.ordinals) if scores else 0
        while len(self._terms) > MAX_TERMS or self._postings > MAX_POSTINGS:
            _, dropped = self._terms.popitem(last=False)
            self._postings -= len(dropped.ordinals) if dropped else 0


_snapshots: OrderedDict[tuple[str, str], Snapshot] = OrderedDict()
_lock = Lock()


def generation_of(index: str) -> str | None:
    """The digest of the index's current generation; None when it was never built."""
    return Index.objects.filter(name=index).values_list("generation", flat=True).first()


def current(index: str) -> Snapshot | None:
    """The index as it stands, from memory when that is still it; None when it was never built."""
    generation = generation_of(index)
    if generation is None:
        return None
    with _lock:
        known = _snapshots.get((index, generation))
        if known is not None:
            _snapshots.move_to_end((index, generation))
            return known
    rows = list(
        Entry.objects.filter(index__name=index)
        .order_by("ordinal")
        .values_list("key", "title", "lengths", "index__generation")
    )
    if rows:
        generation = rows[0][3]
    snapshot = Snapshot(index, generation, [row[:3] for row in rows])
    with _lock:
        known = _snapshots.setdefault((index, generation), snapshot)
        while len(_snapshots) > MAX_SNAPSHOTS:
            _snapshots.popitem(last=False)
    return known


def held() -> int:
    """How many generations of all indexes are in memory."""
    return len(_snapshots)


def clear() -> None:
    """Forget everything; it is read again when it is asked for."""
    with _lock:
        _snapshots.clear()
