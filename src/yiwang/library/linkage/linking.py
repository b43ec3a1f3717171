"""Link or deduplicate registers once: from their records to groups of one subject, without truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from yiwang.library.linkage import blocking, scoring
from yiwang.library.linkage.blocking import Pass
from yiwang.library.linkage.clusters import Pair, components, grown, unweighed
from yiwang.library.linkage.comparisons import Comparison, comparisons
from yiwang.library.linkage.engine import Engine, OnDuckDB
from yiwang.library.linkage.features import Register, common_meanings, features
from yiwang.library.linkage.model import THRESHOLD, Model, probability, train

ONCE = 0.01
"""A register whose records have fewer likely partners among themselves than this share names each subject once."""


class NothingToCompare(Exception):
    """The registers have no column in common that tells subjects apart."""


@dataclass(frozen=True)
class Trained:
    """What is needed to weigh pairs: what is compared, where records meet, what agreement is worth."""

    compared: tuple[Comparison, ...]
    passes: tuple[Pass, ...]
    model: Model
    once: frozenset[int]
    """the registers, by number, that name each subject once"""


@dataclass(frozen=True)
class Linked:
    """`groups` hold the numbers of records (in the order of the registers) that are one subject, two or more of them;
    every other record stands alone. `weights` are of the pairs looked at, in bits."""

    trained: Trained
    records: int
    met: int
    groups: list[list[int]]
    weights: Mapping[Pair, float]

    @property
    def unsure(self) -> list[tuple[int, int, float]]:
        """The pairs that a person should look at, with their probabilities, the least sure first."""
        doubtful = [(*pair, probability(weight)) for pair, weight in self.weights.items() if abs(weight) < UNSURE]
        return sorted(doubtful, key=lambda it: (abs(it[2] - 0.5), it[:2]))

    @property
    def subjects(self) -> int:
        return self.records - sum(len(group) - 1 for group in self.groups)


UNSURE = 6.0
"""Bits: closer to even than 64 : 1."""


CERTAIN = 1000.0
"""Bits: the weight of what a person has decided, beyond what all comparisons together can say."""


def link(
    registers: Sequence[Register],
    engine: OnDuckDB,
    *,
    pairs_on: Engine | None = None,
    judged: Mapping[Pair, bool] | None = None,
) -> Linked:
    """Train on DuckDB, then weigh every pair there or on another engine. Raises NothingToCompare.

    `judged`: pairs (the smaller number first) that a person has looked at, and whether they are the same. What is the
    same comes into one group and what is different never does; where both follow, they stay apart.
    """
    compared = comparisons(common_meanings(registers))
    records = sum(map(len, registers))
    if not any(each.keys for each in compared):
        raise NothingToCompare
    table = features(registers, compared)
    trained, met = _trained(engine, compared, table, records)
    if pairs_on is not None:
        pairs_on.hold("rarity", engine.arrow("select * from rarity"))
        scoring.hold_features(pairs_on, compared, table, frozen=True)
        scoring.meet(pairs_on, trained.passes)
        scoring.show_patterns(pairs_on, compared)
    on = pairs_on or engine
    scoring.weigh(on, trained.model, patterns(on, "scored"))
    weights = weights_of(on)
    sources = table.column("source").to_pylist()
    trained = Trained(compared, trained.passes, trained.model, _named_once(registers, sources, weights))
    groups, weights = grouped(on, trained, weights, sources, decided=settled(judged or {}))
    return Linked(trained, records, met, groups, weights)


def settled(judged: Mapping[Pair, bool]) -> dict[Pair, bool]:
    """With what follows: whoever is the same as the same one is the same, as long as nobody said otherwise."""
    same = components(pair for pair, alike in judged.items() if alike)
    follows = {(one, other): True for group in same for at, one in enumerate(group) for other in group[at + 1 :]}
    return follows | {pair: False for pair, alike in judged.items() if not alike}


def _trained(engine: OnDuckDB, compared: tuple[Comparison, ...], table: pa.Table, records: int) -> tuple[Trained, int]:
    scoring.hold_features(engine, compared, table)
    passes = blocking.choose(compared, blocking.count_keys(engine, records, compared), records)
    if not passes:
        raise NothingToCompare
    scoring.meet(engine, passes)
    scoring.show_patterns(engine, compared)
    evidence = scoring.evidence(engine, compared, records)
    return Trained(compared, passes, train(compared, evidence), frozenset()), sum(evidence.met.values())


def patterns(engine: Engine, scored: str) -> list[int]:
    return [int(str(pattern)) for (pattern,) in engine.rows(f"select distinct pattern from {scored}")]


def weights_of(engine: Engine, weighed: str = "weighed") -> dict[Pair, float]:
    table = engine.arrow(f"select a, b, weight from {weighed}")
    ones, others, weights = (table.column(name).to_pylist() for name in ("a", "b", "weight"))
    return dict(zip(zip(ones, others, strict=True), weights, strict=True))


def _named_once(registers: Sequence[Register], sources: Sequence[int], weights: Mapping[Pair, float]) -> frozenset[int]:
    """With one register there is nothing else to find than its doubles."""
    if len(registers) == 1:
        return frozenset()
    inside = [0.0] * len(registers)
    for (one, other), weight in weights.items():
        if sources[one] == sources[other]:
            inside[sources[one]] += probability(weight)
    return frozenset(at for at, register in enumerate(registers) if inside[at] < ONCE * len(register))


def grouped(
    engine: Engine,
    trained: Trained,
    weights: dict[Pair, float],
    sources: Sequence[int] | Mapping[int, int],
    *,
    decided: Mapping[Pair, bool] | None = None,
) -> tuple[list[list[int]], dict[Pair, float]]:
    """Groups of one subject, after weighing the pairs inside connected groups that met in no block."""
    decided = decided or {}
    weights = weights | {pair: CERTAIN if alike else -CERTAIN for pair, alike in decided.items()}
    likely = components(pair for pair, weight in weights.items() if weight > THRESHOLD)
    if missing := list(unweighed(likely, weights)):
        ones, others = zip(*missing, strict=True)
        engine.hold("missing", pa.table({"a": pa.array(ones, pa.int64()), "b": pa.array(others, pa.int64())}))
        scoring.show_patterns(
            engine, trained.compared, "missing", "scored_missing", scoring.involved(engine, trained.compared, "missing")
        )
        scoring.weigh(engine, trained.model, patterns(engine, "scored_missing"), "scored_missing", "weighed_missing")
        weights = weights | weights_of(engine, "weighed_missing")
    return grown(likely, weights, apart(trained, sources, decided)), weights


def apart(
    trained: Trained, sources: Sequence[int] | Mapping[int, int], decided: Mapping[Pair, bool]
) -> Callable[[int, int], bool]:
    def never(one: int, other: int) -> bool:
        if (alike := decided.get((min(one, other), max(one, other)))) is not None:
            return not alike
        return sources[one] == sources[other] and sources[one] in trained.once

    return never
