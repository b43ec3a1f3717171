"""What an index is asked: which documents answer these words."""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.foundation.search import reading, snapshot
from yiwang.foundation.search.lexicon import Lexicon
from yiwang.foundation.search.question import ask
from yiwang.foundation.search.ranking import rank

MAX_LIMIT = 100
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Hit:
    key: str
    score: float
    """Comparable within one answer only; equal on every database."""


def search(index: str, text: str, limit: int = 20, lexicon: Lexicon | None = None) -> list[Hit]:
    """The best documents for a question in everyday words, best first, equal scores by key; at most 100.

    Any text is a question: of a long one 200 characters are read, what means nothing finds nothing, and so does an
    index that was never built. `lexicon` is the running city's unless another is given. At most 2 SQL queries, 3
    after a rebuild; one when the words were asked before.
    """
    lexicon = reading.current() if lexicon is None else lexicon
    question = ask(text, lexicon)
    wanted = question.terms()
    if not wanted:
        return []
    for _ in range(ATTEMPTS):
        held = snapshot.current(index)
        if held is None:
            return []
        try:
            found = held.scores(wanted)
        except snapshot.Rebuilt:
            continue
        ranked = rank(question, found, held.titles, lexicon, max(0, min(limit, MAX_LIMIT)))
        return [Hit(held.keys[ordinal], score) for ordinal, score in ranked]
    raise snapshot.Rebuilt
