"""Blocking: which records meet at all. Several passes, each cheap, chosen so that hardly a pair escapes all of them.

A pass is a set of keys that two records must share. Whether it is cheap is counted on the records; how likely a pair
of one subject shares a key is only estimated (`BlockingKey.keeps`), and the passes are chosen one by one so that each
brings together the most pairs that those before it would miss (greedy cover over simulated pairs, as in Bilenko,
Kamath & Mooney 2006, but without truth). Blocks larger than `MOST_IN_BLOCK` are left out: what is common to so many
records says little, and the other passes stand in for them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from yiwang.library.linkage.comparisons import BlockingKey, Comparison
from yiwang.library.linkage.engine import Engine

MOST_IN_BLOCK = 120
MOST_PASSES = 14
MOST_KEYS_IN_PASS = 3
PAIRS_FOR_EACH_RECORD = 3.0
"""How many pairs a pass may expect to make, for each record."""
SIMULATED = 8_192
LEAST_GAIN = 2 / SIMULATED


@dataclass(frozen=True, slots=True)
class Pass:
    keys: tuple[BlockingKey, ...]

    @property
    def name(self) -> str:
        return " + ".join(key.name for key in self.keys)

    def sql(self) -> str:
        return " || chr(31) || ".join(f"({key.sql})" for key in self.keys)


@dataclass(frozen=True, slots=True)
class KeyCount:
    """`said`: the share of records that have the key. `collide`: the share of all pairs that share it."""

    said: float
    collide: float


def count_keys(engine: Engine, records: int, compared: Sequence[Comparison]) -> Mapping[str, KeyCount]:
    counts = {}
    for comparison in compared:
        for key in comparison.keys:
            grouped = f"select count(*) as n from features where ({key.sql}) is not null group by {key.sql}"
            ((said, pairs),) = engine.rows(
                f"select coalesce(sum(n), 0), coalesce(sum(cast(n as double) * (n - 1)), 0) from ({grouped}) as groups"
            )
            all_pairs = max(1.0, records * (records - 1.0))
            counts[key.name] = KeyCount(float(str(said)) / max(1, records), float(str(pairs)) / all_pairs)
    return counts


def choose(
    compared: Sequence[Comparison], counts: Mapping[str, KeyCount], records: int, *, seed: int = 1
) -> tuple[Pass, ...]:
    """The passes, best first. The same for the same records."""
    affordable = list(_affordable(compared, counts, records))
    if not affordable:
        return ()
    reached = _simulate(compared, counts, random.Random(seed))  # noqa: S311 - it has to repeat, not to be secret
    covers = [(each, _cover(each, reached)) for each in affordable]
    chosen: list[Pass] = []
    covered = 0
    while len(chosen) < MOST_PASSES:
        best, gain = max(((each, (cover & ~covered).bit_count()) for each, cover in covers), key=lambda it: it[1])
        if chosen and gain < LEAST_GAIN * SIMULATED:
            break
        chosen.append(best)
        covered |= _cover(best, reached)
    return tuple(chosen)


def _affordable(compared: Sequence[Comparison], counts: Mapping[str, KeyCount], records: int) -> Iterator[Pass]:
    """Every set of keys of different comparisons that is cheap, while none of its parts is."""
    keys = [(at, key) for at, comparison in enumerate(compared) for key in comparison.keys if counts[key.name].said]
    cheap: list[frozenset[str]] = []
    for size in range(1, MOST_KEYS_IN_PASS + 1):
        for some in combinations(keys, size):
            names = frozenset(key.name for _, key in some)
            if len({at for at, _ in some}) < size or any(part <= names for part in cheap):
                continue
            share = 1.0
            for _, key in some:
                share *= counts[key.name].collide
            if share * records / 2 <= PAIRS_FOR_EACH_RECORD:
                cheap.append(names)
                yield Pass(tuple(key for _, key in some))


def _simulate(
    compared: Sequence[Comparison], counts: Mapping[str, KeyCount], chance: random.Random
) -> Mapping[str, int]:
    """For each key the simulated pairs of one subject that share it, as bits. Keys of one comparison hang together."""
    reached: dict[str, int] = {}
    for comparison in compared:
        draws = [chance.random() for _ in range(SIMULATED)]
        said = [chance.random() for _ in range(SIMULATED)]
        for key in comparison.keys:
            both = counts[key.name].said ** 2
            bits = 0
            for at, (draw, has) in enumerate(zip(draws, said, strict=True)):
                bits |= (draw < key.keeps and has < both) << at
            reached[key.name] = bits
    return reached


def _cover(each: Pass, reached: Mapping[str, int]) -> int:
    bits = -1
    for key in each.keys:
        bits &= reached[key.name]
    return bits


def keys_sql(passes: Sequence[Pass], table: str, hash_function: str) -> str:
    """(pass, key, r) of every record that has the key."""
    return " union all ".join(
        f"select {at} as pass, {hash_function}({each.sql()}) as key, r from {table} where ({each.sql()}) is not null"
        for at, each in enumerate(passes)
    )


def pairs_sql(keys: str = "keys") -> str:
    """Every pair of records (`a` < `b`) that meet in a block, once."""
    return (
        f"with blocks as (select pass, key from {keys} group by pass, key "
        f"having count(*) between 2 and {MOST_IN_BLOCK}), "
        f"kept as (select k.pass, k.key, k.r from {keys} as k join blocks as b on k.pass = b.pass and k.key = b.key) "
        "select distinct x.r as a, y.r as b from kept as x join kept as y "
        "on x.pass = y.pass and x.key = y.key and x.r < y.r"
    )


def new_pairs_sql(first: int, keys: str = "keys", new: str = "new_keys") -> str:
    """The pairs that records from number `first` on make among themselves and with those before them."""
    return (
        f"with touched as (select distinct pass, key from {new}), "
        f"met as (select k.pass, k.key, k.r from {keys} as k join touched as t on k.pass = t.pass and k.key = t.key), "
        f"blocks as (select pass, key from met group by pass, key having count(*) between 2 and {MOST_IN_BLOCK}) "
        "select distinct x.r as a, y.r as b from met as x join met as y "
        "on x.pass = y.pass and x.key = y.key and x.r < y.r "
        f"join blocks as b on b.pass = x.pass and b.key = x.key where y.r >= {first}"
    )
