"""How much an agreement is worth: a Fellegi-Sunter model with a third class, trained without truth.

Two records are of one subject (match), of people who share a household (near), or of strangers (far). For each
comparison the model knows how often each level occurs in each class. `far` comes from random pairs and from how often
values occur, less what the matches take up; `match` from expectation maximisation over the pairs that met in blocks;
`near` agrees like a match on what a household shares and like strangers on what is one's own. A pair that met in no
block is taken for no match, so the expected number of matches over the number of all pairs is the prior, and choosing
pairs by what they agree on does not disturb the posterior.

Fellegi & Sunter 1969; EM as in Winkler 1988; weights in bits (log2).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yiwang.library.linkage.comparisons import Comparison, levels_of
from yiwang.library.linkage.meanings import Kind

ROUNDS = 40
STEADY = 1e-5
NEVER = 1e-7
FAMILY_SHARE = 0.5
"""How often people of one household share a family name."""
RELATIVES_NUMBER = 0.01
"""How often a record bears the number of a relative: a child under a parent's, a form filled in for somebody else."""
THRESHOLD = 0.0
"""In bits: a pair is taken for one subject when that is more likely than not. The threshold with the highest expected
F1 is half of that F1 (Lipton, Elkan & Naryanaswamy 2014), so 1:1 where most pairs are clear; no truth is needed."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Of one comparison: how often each level (from 1) occurs, among those that say something."""

    match: tuple[float, ...]
    near: tuple[float, ...]
    far: tuple[float, ...]


@dataclass(frozen=True)
class Model:
    """`matches` and `near` are the shares of all pairs."""

    elements: tuple[str, ...]
    rates: tuple[Rates, ...]
    matches: float
    near: float

    def weight(self, pattern: int) -> float:
        """log2 of the odds that a pair with this pattern is one subject."""
        match, near, far = (
            math.log2(max(share, 1e-300)) for share in (self.matches, self.near, 1 - self.matches - self.near)
        )
        for level, rates in zip(levels_of(pattern, len(self.rates)), self.rates, strict=True):
            if level:
                match += math.log2(rates.match[level - 1])
                near += math.log2(rates.near[level - 1])
                far += math.log2(rates.far[level - 1])
        high = max(near, far)
        return match - high - math.log2(2 ** (near - high) + 2 ** (far - high))

    def to_json(self) -> str:
        return json.dumps(
            {
                "elements": self.elements,
                "matches": self.matches,
                "near": self.near,
                "rates": [{"match": each.match, "near": each.near, "far": each.far} for each in self.rates],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Model:
        """Raises KeyError or ValueError for what is no model."""
        said = json.loads(text)
        rates = tuple(Rates(tuple(it["match"]), tuple(it["near"]), tuple(it["far"])) for it in said["rates"])
        return cls(tuple(said["elements"]), rates, float(said["matches"]), float(said["near"]))


def probability(weight: float) -> float:
    return 1 / (1 + 2 ** -max(-1000.0, min(1000.0, weight)))


@dataclass(frozen=True)
class Evidence:
    """What training looks at. `met`: pattern → pairs that met in blocks. `random`: pattern → random pairs.

    `agreeing`: for each comparison how many of all pairs agree exactly; `all_pairs` how many there are.
    """

    met: Mapping[int, int]
    random: Mapping[int, int]
    agreeing: Sequence[float]
    all_pairs: float
    records: int


def train(compared: Sequence[Comparison], evidence: Evidence) -> Model:
    """The model of these records; the same for the same evidence. Without pairs: one that takes nothing for a match."""
    count = len(compared)
    patterns = sorted(evidence.met)
    levels = [levels_of(pattern, count) for pattern in patterns]
    pairs = [evidence.met[pattern] for pattern in patterns]
    by_chance = [_by_chance(comparison, at, evidence) for at, comparison in enumerate(compared)]
    rates = tuple(_start(comparison, chance) for comparison, chance in zip(compared, by_chance, strict=True))
    matches = min(0.5, 0.3 * evidence.records / max(1.0, evidence.all_pairs))
    model = Model(tuple(it.meaning.element for it in compared), rates, matches, matches)
    for _ in range(ROUNDS):
        expected = [_expected(model, each) for each in levels]
        new = _maximised(model, compared, by_chance, evidence.all_pairs, levels, pairs, expected)
        moved = abs(new.matches - model.matches) / max(new.matches, 1e-12)
        model = new
        if moved < STEADY:
            break
    return model


def _by_chance(comparison: Comparison, at: int, evidence: Evidence) -> list[float]:
    """How many of all pairs show each level, as the random ones tell; the first as it is counted."""
    seen = [0.0] * len(comparison.names)
    drawn = 0
    for pattern, pairs in evidence.random.items():
        drawn += pairs
        if level := levels_of(pattern, at + 1)[at]:
            seen[level - 1] += pairs
    scale = evidence.all_pairs / max(1, drawn)
    counted = [(each + 0.3) * scale for each in seen]
    counted[0] = evidence.agreeing[at]
    return counted


def _start(comparison: Comparison, by_chance: Sequence[float]) -> Rates:
    levels = len(comparison.names)
    rest = [0.5**at for at in range(1, levels)]
    match = [0.75, *(0.25 * each / sum(rest) for each in rest)]
    far = _shares(by_chance)
    return Rates(tuple(match), _near(comparison, match, far), far)


def _near(comparison: Comparison, match: Sequence[float], far: Sequence[float]) -> tuple[float, ...]:
    if comparison.shared:
        return tuple(match)
    if comparison.meaning.kind is Kind.RESIDENT_ID:
        return (RELATIVES_NUMBER, *(rate * (1 - RELATIVES_NUMBER) for rate in far[1:]))
    if comparison.told:
        told = comparison.names.index(comparison.told)
        return tuple(
            FAMILY_SHARE + (1 - FAMILY_SHARE) * rate if at == told else (1 - FAMILY_SHARE) * rate
            for at, rate in enumerate(far)
        )
    return tuple(far)


def _shares(counts: Sequence[float]) -> tuple[float, ...]:
    total = sum(counts)
    floored = [max(each / total, NEVER) if total else 1 / len(counts) for each in counts]
    return tuple(each / sum(floored) for each in floored)


def _expected(model: Model, levels: Sequence[int]) -> tuple[float, float]:
    """The probabilities that a pair with these levels is a match, and that it is near."""
    match, near, far = model.matches, model.near, 1 - model.matches - model.near
    for level, rates in zip(levels, model.rates, strict=True):
        if level:
            match *= rates.match[level - 1]
            near *= rates.near[level - 1]
            far *= rates.far[level - 1]
    total = match + near + far
    return (match / total, near / total) if total else (0.0, 0.0)


def _maximised(
    model: Model,
    compared: Sequence[Comparison],
    by_chance: Sequence[Sequence[float]],
    all_pairs: float,
    levels: Sequence[Sequence[int]],
    pairs: Sequence[int],
    expected: Sequence[tuple[float, float]],
) -> Model:
    matched = [[0.0] * len(comparison.names) for comparison in compared]
    matches = near = 0.0
    for each, number, (is_match, is_near) in zip(levels, pairs, expected, strict=True):
        near += number * is_near
        if is_match < 1e-9:
            continue
        share = number * is_match
        matches += share
        for at, level in enumerate(each):
            if level:
                matched[at][level - 1] += share
    rates = []
    for comparison, seen, counts in zip(compared, matched, by_chance, strict=True):
        # A little of the start stays, so that what a small register never shows is not taken for impossible.
        start = _start(comparison, counts).match
        match = _shares([each + 0.5 * prior for each, prior in zip(seen, start, strict=True)])
        far = _shares([max(every - taken, 0.3) for every, taken in zip(counts, seen, strict=True)])
        rates.append(Rates(match, _near(comparison, match, far), far))
    return Model(
        model.elements,
        tuple(rates),
        max(matches, 0.5) / all_pairs if all_pairs else 0.0,
        max(near, 0.5) / all_pairs if all_pairs else 0.0,
    )
