"""What a question asks for: its text without filler, cut into concepts, each with the ways in which it may be named."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from yiwang.foundation.kernel.text import bigrams
from yiwang.foundation.search.lexicon import Lexicon, Synonym
from yiwang.foundation.search.terms import MAX_TERM, fold, is_character, pieces, saying, terms, word

MAX_LENGTH = 200
"""Characters of a question that are read; the rest is left out."""

LONGEST_GAP = 7
WORD_FOR_WORD = 2.0
"""What a question weighs as a whole."""
SAID = 1.0
NAMED = 0.75
UNKNOWN = 0.7
MISSPELT = 0.5
CHARACTER = 0.25
"""What an official synonym, a word that the city's vocabulary does not know (and every pair of characters across two
words), a word nearly the same, a single character weigh against the person's own words."""
PARTED = 0.7
"""What the person's own words weigh in an expression of several parts, where one part alone may be met."""
MOST_EMPHASIS = 4
"""Pairs of characters up to which a longer expression weighs more."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say a concept. Of a `whole` wording a document must hold nearly all to count."""

    weight: float
    terms: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing asked for; the best of its wordings counts."""

    wordings: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    concepts: tuple[Concept, ...]
    """what is asked for, piece by piece"""

    @property
    def sayings(self) -> tuple[Concept, ...]:
        """The question as a whole: whoever wrote down just this is meant."""
        whole = saying(self.text)
        return (Concept((Wording(WORD_FOR_WORD, (whole,), whole=False),)),) if self.concepts and whole else ()

    def terms(self) -> tuple[str, ...]:
        """Every term to look up, each once, in a fixed order."""
        concepts = (*self.concepts, *self.sayings)
        every = (term for concept in concepts for wording in concept.wordings for term in wording.terms)
        return tuple(dict.fromkeys(every))


def ask(text: str, lexicon: Lexicon) -> Question:
    """Read a question of any kind of text; nothing in it is refused, and at most 200 characters are read."""
    text = lexicon.plain(fold(text, MAX_LENGTH))
    spans = _spans(text, lexicon)
    taken = frozenset(position for positions, _ in spans for position in positions)
    kept = _blanked(text, _filler(text, lexicon, taken))
    inside: list[list[str]] = [[] for _ in spans]
    concepts: list[Concept] = []
    for term, start, end in _located(kept):
        places = range(start, end)
        owner = next((n for n, (positions, _) in enumerate(spans) if all(p in positions for p in places)), None)
        if owner is None:
            concepts.append(Concept((Wording(UNKNOWN, (term,), whole=False), *_misspelt(term))))
        else:
            inside[owner].append(term)
    concepts.extend(
        Concept((Wording(CHARACTER, (character,), whole=False),))
        for place, character in enumerate(kept)
        if place not in taken and is_character(character)
    )
    for (_, synonym), literal in zip(spans, inside, strict=True):
        # Who says much of one thing means it more than what is mentioned in passing.
        emphasis = math.sqrt(min(max(synonym.length / 2, 1), MOST_EMPHASIS))
        own = SAID if len(synonym.said) == 1 else PARTED
        said = (Wording(emphasis * own, tuple(dict.fromkeys(literal)), whole=False),) if literal else ()
        named = tuple(Wording(emphasis * NAMED, tuple(terms(name)), whole=True) for name in synonym.named)
        concepts.append(Concept((*said, *named)))
    # Who repeats a word does not ask for two things.
    return Question(text, tuple(dict.fromkeys(concepts)))


def _misspelt(term: str) -> tuple[Wording, ...]:
    """A Latin word may be meant that shares most of its pieces."""
    cut = tuple(pieces(term))
    return (Wording(MISSPELT, cut, whole=True),) if cut else ()


def _spans(text: str, lexicon: Lexicon) -> list[tuple[frozenset[int], Synonym]]:
    """Where synonyms occur: the longest win, and no character belongs to two.

    Filler may stand inside of what is said: 「全家都没有工作」 says 「全家没工作」.
    """
    filler = _filler(text, lexicon, frozenset())
    places = [place for place in range(len(text)) if place not in filler]
    dense = "".join(text[place] for place in places)
    taken: set[int] = set()
    found: list[tuple[frozenset[int], Synonym]] = []
    for synonym in lexicon.that_may_occur_in(text, dense):
        occurrences = list(_occurrences(synonym.said, text))
        if filler and not synonym.said[0].isascii():
            for positions in _occurrences(synonym.said, dense):
                occurrences.append(frozenset(places[position] for position in positions))
        # What is said twice is still one thing.
        places_of_it: set[int] = set()
        for positions in occurrences:
            if taken.isdisjoint(positions):
                taken |= positions
                places_of_it |= positions
        if places_of_it:
            found.append((frozenset(places_of_it), synonym))
    return sorted(found, key=lambda span: min(span[0]))


def _occurrences(said: tuple[str, ...], text: str) -> Iterator[frozenset[int]]:
    """Where it is said, in the given order first. Speech turns whole words around, a single character it does not."""
    yield from _ordered(said, text)
    if len(said) > 1 and all(len(part) > 1 for part in said):
        yield from _ordered(said[::-1], text)


def _ordered(parts: tuple[str, ...], text: str) -> Iterator[frozenset[int]]:
    start = text.find(parts[0])
    while start >= 0:
        positions: set[int] = set()
        at = start
        for number, part in enumerate(parts):
            if number:
                at = text.find(part, at, at + LONGEST_GAP + len(part))
            if at < 0 or not _whole_words(text, at, at + len(part)):
                break
            positions.update(range(at, at + len(part)))
            at += len(part)
        else:
            yield frozenset(positions)
        start = text.find(parts[0], start + 1)


def _whole_words(text: str, start: int, end: int) -> bool:
    """False when a Latin word or a number is cut at either end."""
    return not (_joined(text, start) or _joined(text, end))


def _joined(text: str, at: int) -> bool:
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum()


def _filler(text: str, lexicon: Lexicon, taken: frozenset[int]) -> frozenset[int]:
    """The places of filler outside of the taken ones."""
    if lexicon.filler is None:
        return frozenset()
    free = "".join("\n" if position in taken else character for position, character in enumerate(text))
    return frozenset(place for filler in lexicon.filler.finditer(free) for place in range(*filler.span()))


def _blanked(text: str, filler: frozenset[int]) -> str:
    """Filler as blanks: every other character stays in its place, and nothing joins across a gap."""
    return "".join(" " if position in filler else character for position, character in enumerate(text))


def _located(text: str) -> Iterator[tuple[str, int, int]]:
    """The terms of a folded text with where they begin and end."""
    cursor = 0
    for term in bigrams(text):
        at = text.find(term, cursor)
        if at < 0:
            continue
        yield (word(term) if term.isascii() else term[:MAX_TERM]), at, at + len(term)
        # Pairs of Chinese characters overlap by one; words do not overlap.
        cursor = at + (1 if len(term) == 2 and not term.isascii() else len(term))
