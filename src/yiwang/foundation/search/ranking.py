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

from yiwang.foundation.search.lexicon import Aspect, Lexicon
from yiwang.foundation.search.question import Concept, Question, Wording


@dataclass(frozen=True, slots=True)
class Field:
    weight: float
    flattening: float
    """BM25's b: 0 lets a long text count its words fully, 1 divides by its length."""
    said: bool = False
    """Each of its lines is something that people say."""


FIELDS: Mapping[str, Field] = {
    "name": Field(3.0, 0.5, said=True),
    "name_en": Field(3.0, 0.5, said=True),
    "also_called": Field(2.5, 0.2, said=True),
    "scenarios": Field(1.6, 0.1, said=True),
    "guidance": Field(0.6, 0.6),
    "department": Field(0.4, 0.3),
}
"""The fields a document may have; a term counts by the field it stands in."""

SATURATION = 1.4
"""BM25's k1."""

COVERAGE = 0.6
"""The part of a score that depends on how much of the question a document answers."""
WHOLE = 3
"""How steeply an official name loses that a document holds in part only."""
ASKED = 1.2
"""What an aspect that was asked for is worth."""
FAINT = 0.03
"""What scores less than this part of the best is no answer."""
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
    rare = rarity(len(weighted), len(lengths))
    ordinals = array("I", sorted(weighted))
    scores = array("d", (rare * weighted[o] * (SATURATION + 1) / (weighted[o] + SATURATION) for o in ordinals))
    return TermScores(rare, ordinals, scores)


def rarity(holders: int, documents: int) -> float:
    """BM25's inverse document frequency: more than 0 even for a term that every document holds."""
    return math.log(1 + (documents - holders + 0.5) / (holders + 0.5))


def rank(
    question: Question,
    found: Mapping[str, TermScores],
    titles: Sequence[str],
    lexicon: Lexicon,
    limit: int,
) -> list[tuple[int, float]]:
    """Ordinals with their scores, best first, equal scores in the order of the ordinals."""
    total: dict[int, float] = {}
    covered: dict[int, float] = {}
    whole = 0.0
    rarest = rarity(0, len(titles))
    for concept in (*question.concepts, *question.sayings):
        importance, scores, shares = _concept(concept, found, rarest)
        whole += importance
        for ordinal, score in scores.items():
            total[ordinal] = total.get(ordinal, 0.0) + score
            covered[ordinal] = covered.get(ordinal, 0.0) + importance * shares[ordinal]
    for ordinal in total:
        share = covered[ordinal] / whole if whole else 1.0
        total[ordinal] *= 1 - COVERAGE + COVERAGE * share
    best = nsmallest(max(CANDIDATES, limit), total.items(), key=lambda item: (-round(item[1], DECIMALS), item[0]))
    asked = {aspect.name for aspect in lexicon.aspects if aspect.is_asked_in(question.text)}
    ranked = [
        (ordinal, round(score * _correction(lexicon.aspects_named_in(titles[ordinal]), asked), DECIMALS))
        for ordinal, score in best
    ]
    ranked.sort(key=lambda item: (-item[1], item[0]))
    least = ranked[0][1] * FAINT if ranked else 0.0
    return [item for item in ranked[:limit] if item[1] >= least]


def _concept(
    concept: Concept, found: Mapping[str, TermScores], rarest: float
) -> tuple[float, dict[int, float], dict[int, float]]:
    """How much the concept matters, and for each document its score and the share of the concept it holds."""
    wordings: list[tuple[Wording, list[TermScores], float]] = []
    for wording in concept.wordings:
        known = [found[term] for term in wording.terms if term in found]
        if known:
            absent = len(wording.terms) - len(known) if wording.whole else 0
            wordings.append((wording, known, sum(term.rarity for term in known) + absent * rarest))
    # A long name must not shout down the rest of the question, so that a wording counts with the root of its length;
    # nor the shorter names of the same concept, so that it is brought halfway to the strongest of them.
    strongest = max((rarity / _root(wording) for wording, _, rarity in wordings), default=0.0)
    importance = 0.0
    best: dict[int, float] = {}
    shares: dict[int, float] = {}
    for wording, known, rarity in wordings:
        calm = wording.weight / _root(wording)
        if wording.whole:
            calm *= math.sqrt(strongest * _root(wording) / rarity)
        importance = max(importance, rarity * wording.weight / _root(wording))
        scores, held = _wording(known, rarity)
        for ordinal, score in scores.items():
            score *= calm * (held[ordinal] ** WHOLE if wording.whole else 1.0)
            if score > best.get(ordinal, 0.0):
                best[ordinal] = score
                shares[ordinal] = held[ordinal]
    return importance, best, shares


def _root(wording: Wording) -> float:
    return math.sqrt(len(wording.terms))


def _wording(known: Sequence[TermScores], rarity: float) -> tuple[dict[int, float], dict[int, float]]:
    scores: dict[int, float] = {}
    held: dict[int, float] = {}
    for term in known:
        share = term.rarity / rarity
        for ordinal, score in zip(term.ordinals, term.scores, strict=True):
            scores[ordinal] = scores.get(ordinal, 0.0) + score
            held[ordinal] = held.get(ordinal, 0.0) + share
    return scores, held


def _correction(named: Sequence[Aspect], asked: set[str]) -> float:
    factor = 1.0
    for aspect in named:
        factor *= ASKED if aspect.name in asked else aspect.unasked
    return factor
