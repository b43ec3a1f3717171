"""Aggregates in Spark's SQL: a sum of whole numbers is exact, an average is its quotient, as on DuckDB."""

from __future__ import annotations

from sqlglot import exp

from yiwang.library.reading.kinds import BOOLEAN, DOUBLE, HUGE, INTEGER, NULL, NotTheSame, Typed, exact, single
from yiwang.library.reading.spark_words import Say, boolean

_LONGEST = "decimal(38, {})"


def aggregated(node: exp.Expr, say: Say, only: str = "") -> Typed:
    """An aggregate, over the rows of which `only` (a FILTER clause, ready) holds. Raises NotTheSame."""
    if isinstance(node, exp.Count):
        of = node.this
        if isinstance(of, exp.Star) or of is None:
            return Typed(f"count(*){only}", INTEGER)
        if isinstance(of, exp.Distinct):
            if len(of.expressions) != 1 or of.args.get("on"):
                raise NotTheSame("count")
            return Typed(f"count(distinct {single(say(of.expressions[0]), 'count').sql}){only}", INTEGER)
        return Typed(f"count({say(of).sql}){only}", INTEGER)
    if isinstance(node.this, exp.Distinct | exp.Order):
        raise NotTheSame(node.key)
    of = say(node.this)
    if isinstance(node, exp.Sum):
        return _total(of, only)
    if isinstance(node, exp.Avg):
        if of.kind == DOUBLE:
            return Typed(f"avg({of.sql}){only}", DOUBLE)
        total = _total(of, only)
        return Typed(f"(cast({total.sql} as double) / nullif(count({of.sql}){only}, 0))", DOUBLE)
    if isinstance(node, exp.Min | exp.Max) and of.kind != NULL and not node.expressions:
        single(of, node.key)
        return Typed(f"{node.key}({of.sql}){only}", of.kind)
    if isinstance(node, exp.CountIf):
        return Typed(f"count_if({boolean(of, 'count_if')}){only}", HUGE)
    if isinstance(node, exp.LogicalAnd | exp.LogicalOr):
        word = "bool_and" if isinstance(node, exp.LogicalAnd) else "bool_or"
        return Typed(f"{word}({boolean(of, word)}){only}", BOOLEAN)
    raise NotTheSame(node.key)


def _total(of: Typed, only: str) -> Typed:
    if of.kind == DOUBLE:
        return Typed(f"sum({of.sql}){only}", DOUBLE)
    if not exact(of.kind):
        raise NotTheSame("sum")
    kind = of.kind if of.kind.name == "decimal" else HUGE
    return Typed(f"sum(cast({of.sql} as {_LONGEST.format(kind.scale)})){only}", kind)
