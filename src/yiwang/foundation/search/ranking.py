"""How documents are ranked: BM25 over weighted fields (Robertson & Zaragoza 2009, BM25F), then three corrections.

- A concept that can be worded in several ways counts once, by its best wording, so that a word with many synonyms
  does not outweigh the rest of the question.
- Coverage: a document that answers to all of the question ranks above one that repeats a part of it.
- Aspects: see `lexicon`.

Everything is summed in a fixed order and rounded, so that equal indexes give equal scores on every database.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from yiwang.foundation.search.lexicon import Aspect
from yiwang.foundation.search.question import Concept, Question, Wording


@dataclass(frozen=True, slots=True)
class Field:
    weight: float
    flattening: float
    """BM25's b: 0 lets a long text count its words fully, 1 divides by its length."""


FIELDS: Mapping[str, Field] = {
    "name": Field(3.0, 0.5),
    "name_en": Field(3.0, 0.5),
    "also_called": Field(2.5, 0.2),
    "scenarios": Field(1.6, 0.2),
    "guidance": Field(0.6, 0.6),
    "department": Field(0.4, 0.3),
}
"""The fields a document may have; a term counts by the field it stands in."""

SATURATION = 1.4
"""BM25's k1."""

COVERAGE = 0.6
ASKED = 1.3
CANDIDATES = 150
"""Documents that are looked at again for aspects; more than ever are shown."""
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class TermScores:
    """One term's documents (ordinals, ascending) with what it adds to each, already weighted by its rarity."""

    rarity: float
    ordinals: array[int]
    scores: array[float]


def term_scores(
    occurrences: Sequence[tuple[int, int, int]], lengths: Sequence[Sequence[int]], averages: Sequence[float]
) -> TermScores:
    """BM25F of one term. `lengths[ordinal][field]` and `averages[field]` count terms."""
    weighted: dict[int, float] = {}
    fields = tuple(FIELDS.values())
    for ordinal, number, count in occurrences:
        field = fields[number]
        relative = lengths[ordinal][number] / averages[number] if averages[number] else 1.0
        flattened = count / (1 - field.flattening + field.flattening * relative)
        weighted[ordinal] = weighted.get(ordinal, 0.0) + field.weight * flattened
    found = len(weighted)
    rarity = math.log(1 + (len(lengths) - found + 0.5) / (found + 0.5))
    ordinals = array("I", sorted(weighted))
    scores = array(
        "d", (rarity * weighted[o] * (SATURATION + 1) / (weighted[o] + SATURATION) for o in ordinals)
    )
    return TermScores(rarity, ordinals, scores)


def rank(
    question: Question,
    found: Mapping[str, TermScores],
    titles: Sequence[str],
    aspects: Sequence[Aspect],
    limit: int,
) -> list[tuple[int, float]]:
    """Ordinals with their scores, best first, equal scores in the order of the ordinals."""
    total: dict[int, float] = {}
    covered: dict[int, float] = {}
    whole = 0.0
    for concept in question.concepts:
        importance, scores, shares = _concept(concept, found)
        whole += importance
        for ordinal, score in scores.items():
            total[ordinal] = total.get(ordinal, 0.0) + score
            covered[ordinal] = covered.get(ordinal, 0.0) + importance * shares[ordinal]
    for ordinal in total:
        share = covered[ordinal] / whole if whole else 1.0
        total[ordinal] *= 1 - COVERAGE + COVERAGE * share
    best = nsmallest(max(CANDIDATES, limit), total.items(), key=lambda item: (-round(item[1], DECIMALS), item[0]))
    asked = {aspect.name for aspect in aspects if aspect.is_asked_in(question.text)}
    ranked = [
        (ordinal, round(score * _correction(titles[ordinal], aspects, asked), DECIMALS)) for ordinal, score in best
    ]
    ranked.sort(key=lambda item: (-item[1], item[0]))
    return ranked[:limit]


def _concept(
    concept: Concept, found: Mapping[str, TermScores]
) -> tuple[float, dict[int, float], dict[int, float]]:
    """How much the concept matters, and for each document its score and the share of the concept it holds."""
    importance = 0.0
    best: dict[int, float] = {}
    shares: dict[int, float] = {}
    for wording in concept.wordings:
        known = [found[term] for term in wording.terms if term in found]
        if not known:
            continue
        rarity, scores, held = _wording(wording, known)
        importance = max(importance, rarity)
        for ordinal, score in scores.items():
            if score > best.get(ordinal, 0.0):
                best[ordinal] = score
                shares[ordinal] = held[ordinal]
    return importance, best, shares


def _wording(wording: Wording, known: Sequence[TermScores]) -> tuple[float, dict[int, float], dict[int, float]]:
    scores: dict[int, float] = {}
    held: dict[int, float] = {}
    rarity = sum(term.rarity for term in known)
    for term in known:
        share = term.rarity / rarity
        for ordinal, score in zip(term.ordinals, term.scores, strict=True):
            scores[ordinal] = scores.get(ordinal, 0.0) + score
            held[ordinal] = held.get(ordinal, 0.0) + share
    # A long official name must not shout down the rest of the question: it counts with the root of its length.
    calm = wording.weight / math.sqrt(len(known))
    for ordinal in scores:
        scores[ordinal] *= calm * (held[ordinal] ** 3 if wording.whole else 1.0)
    return rarity * calm, scores, held


def _correction(title: str, aspects: Sequence[Aspect], asked: set[str]) -> float:
    factor = 1.0
    for aspect in aspects:
        if aspect.is_named_in(title):
            factor *= ASKED if aspect.name in asked else aspect.unasked
    return factor
