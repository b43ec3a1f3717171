"""The work on pairs, as an engine does it: they meet in blocks, show their patterns, get their weights."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from yiwang.library.linkage import blocking
from yiwang.library.linkage.blocking import Pass
from yiwang.library.linkage.comparisons import Comparison, pattern_sql
from yiwang.library.linkage.engine import Engine
from yiwang.library.linkage.model import Evidence, Model

RANDOM_PAIRS = 60_000
RAREST, COMMONEST = 6.0, -4.0
"""Bits that agreeing on a rare value may add and on a common one take away."""
WORTH_KEEPING = -12.0
"""Bits below which a pair is not looked at again."""


def hold_features(
    engine: Engine, compared: Sequence[Comparison], table: pa.Table, *, frozen: bool = False, into: str = "features"
) -> None:
    """Make `features`, with how rare each value is, from the table that `features.features` made.

    `frozen`: take `rarity` (comparison, value, bits) as an earlier run left it, instead of making it of these records.
    """
    rare = [each for each in compared if each.rare]
    if not frozen:
        engine.hold("rarity", table.select(["r", *(each.features[0] for each in rare)]), _rarity_sql(rare))
    columns = "".join(f", {each.column}_by_value.bits as {each.column}_rare" for each in rare)
    joins = "".join(
        f" left join rarity as {each.column}_by_value on {each.column}_by_value.comparison = '{each.column}' "
        f"and {each.column}_by_value.value = given.{each.features[0]}"
        for each in rare
    )
    engine.hold(into, table, f"select given.*{columns} from given{joins}")


def _rarity_sql(rare: Sequence[Comparison]) -> str:
    """bits = log2 of how often two records agree by chance on any value, over how often on this one."""
    parts = [
        f"select '{each.column}' as comparison, value, greatest({COMMONEST}, least({RAREST}, "
        f"log2(sum(cast(n as double) * n) over () / sum(n) over () / n))) as bits "
        f"from (select {each.features[0]} as value, count(*) as n from given "
        f"where {each.features[0]} is not null group by 1) as counted"
        for each in rare
    ]
    nothing = "select '' as comparison, '' as value, cast(0 as double) as bits"
    return " union all ".join(parts) or nothing


def meet(engine: Engine, passes: Sequence[Pass]) -> None:
    """Make `keys` and `pairs` (a, b)."""
    engine.make("keys", blocking.keys_sql(passes, "features", engine.hash_function))
    engine.make("pairs", blocking.pairs_sql())


def show_patterns(
    engine: Engine,
    compared: Sequence[Comparison],
    pairs: str = "pairs",
    into: str = "scored",
    features: str = "features",
) -> None:
    """Make `scored` (a, b, pattern, rare). `features` names a table that has those of every record in `pairs`."""
    engine.make(into, patterns_sql(compared, pairs, features))


def involved(engine: Engine, compared: Sequence[Comparison], pairs: str) -> str:
    """The name of a table with what is compared of the records in some few pairs, fetched once for all that follows."""
    name = f"involved_in_{pairs}"
    columns = ", ".join(f"f.{column}" for column in sorted(set(_COLUMN.findall(patterns_sql(compared, pairs)))))
    records = f"select a as r from {pairs} union select b from {pairs}"
    engine.make(name, f"select {columns} from features as f join ({records}) as n on n.r = f.r")
    return name


_COLUMN = re.compile(r"\b[lr]\.(\w+)")
"""A feature as conditions name it, of the one record or of the other."""


def patterns_sql(compared: Sequence[Comparison], pairs: str, features: str = "features") -> str:
    rare = " + ".join(
        f"case when l.{each.features[0]} = r.{each.features[0]} then coalesce(l.{each.column}_rare, 0) else 0 end"
        for each in compared
        if each.rare
    )
    return (
        f"select p.a, p.b, {pattern_sql(compared)} as pattern, {rare or '0.0'} as rare "
        f"from {pairs} as p join {features} as l on l.r = p.a join {features} as r on r.r = p.b"
    )


def evidence(engine: Engine, compared: Sequence[Comparison], records: int) -> Evidence:
    """What the model is trained on. Expects `features` and `scored`; on DuckDB."""
    met = {
        int(str(pattern)): int(str(n)) for pattern, n in engine.rows("select pattern, count(*) from scored group by 1")
    }
    all_pairs = records * (records - 1) / 2
    drawn = min(RANDOM_PAIRS, int(all_pairs))
    engine.make(
        "random_pairs",
        f"select a, b from (select hash(i) % {max(1, records)} as a, "
        f"hash(i + {RANDOM_PAIRS + 17}) % {max(1, records)} as b "
        f"from range({drawn}) as t(i)) as drawn where a != b",
    )
    by_pattern = engine.rows(
        f"select pattern, count(*) from ({patterns_sql(compared, 'random_pairs')}) as shown group by 1"
    )
    agreeing = [
        float(str(engine.rows(
            "select coalesce(sum(n * (n - 1) / 2), 0) from (select count(*) as n from features "
            f"where {each.features[0]} is not null group by {each.features[0]}) as counted"
        )[0][0]))
        for each in compared
    ]  # fmt: skip
    return Evidence(met, {int(str(it)): int(str(n)) for it, n in by_pattern}, agreeing, all_pairs, records)


def weigh(engine: Engine, model: Model, patterns: Iterable[int], scored: str = "scored", into: str = "weighed") -> None:
    """Make `weighed` (a, b, pattern, weight): the pairs that are worth keeping."""
    weights: Mapping[int, float] = {each: model.weight(each) for each in patterns}
    kept = {each: weight for each, weight in weights.items() if weight > WORTH_KEEPING}
    engine.hold(
        "weights",
        pa.table({"pattern": pa.array(list(kept), pa.int64()), "bits": pa.array(list(kept.values()), pa.float64())}),
    )
    engine.make(
        into,
        f"select s.a, s.b, s.pattern, w.bits + s.rare as weight from {scored} as s join weights as w "
        "on w.pattern = s.pattern",
    )
