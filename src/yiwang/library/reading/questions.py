"""A statistic asked in SQL: `select district, count(*), avg(staff) from market.enterprises where … group by district`.

One product, columns of it to group by, count(*), sum and avg, and conditions that its gateway can decide. Whoever may
only see statistics writes the same language as everybody else.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from yiwang.library.gateways.fragment import AllOf, Predicate
from yiwang.library.reading.conditions import Unfit, condition, conjuncts
from yiwang.library.reading.granted import Granted, Shelf
from yiwang.library.reading.refused import Refused
from yiwang.library.reading.relations import Frame, relate
from yiwang.library.reading.sql import parse
from yiwang.library.reading.statistics import Measure, Statistic


def statistic_of(sql: str, shelf: Shelf) -> tuple[Granted, Statistic]:
    """The product and what is asked of it; measures without bounds. Raises Refused."""
    tree = parse(sql)
    if not isinstance(tree, exp.Select) or any(
        value and name not in ("expressions", "from_", "where", "group", "order") for name, value in tree.args.items()
    ):
        raise Refused("statistic", "form")
    open_shelf = Shelf([replace(each, grant=replace(each.grant, statistics_only=False)) for each in shelf.items])
    relations = relate(tree, open_shelf)
    frame = relations.frame(tree)
    if len(relations.references) != 1 or len(frame.sources) != 1 or frame.sources[0].reference is None:
        raise Refused("statistic", "form")
    by: list[str] = []
    measures: list[Measure] = []
    for output in tree.expressions:
        bare = output.unalias()
        if isinstance(bare, exp.Column):
            by.append(_name(bare, frame))
        else:
            measures.append(_measure(bare, frame))
    group = tree.args.get("group")
    _check_groups(group, tree, by, frame)
    granted = shelf.find(relations.references[0].granted.product.reference)
    if granted is None:
        raise Refused("unknown_product")
    return granted, Statistic(tuple(measures), tuple(by), _where(tree, frame))


def _check_groups(group: exp.Group | None, tree: exp.Select, by: list[str], frame: Frame) -> None:
    """What is grouped by is what is shown beside the measures."""
    if group is not None and any(group.args.get(name) for name in ("rollup", "cube", "grouping_sets")):
        raise Refused("statistic", "group")
    if group is not None and group.args.get("all"):
        return
    named = []
    for each in group.expressions if group else ():
        if isinstance(each, exp.Literal) and each.this.isdigit() and 0 < int(each.this) <= len(tree.expressions):
            each = tree.expressions[int(each.this) - 1].unalias()
        named.append(_name(each, frame))
    if sorted(named) != sorted(by):
        raise Refused("statistic", "group")


def _name(column: exp.Expr, frame: Frame) -> str:
    found = frame.field_of(column)
    if found is None:
        raise Refused("statistic", column.sql("duckdb"))
    return found[1].name


def _measure(node: exp.Expr, frame: Frame) -> Measure:
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
        return Measure("count")
    if isinstance(node, exp.Sum | exp.Avg) and isinstance(node.this, exp.Column):
        return Measure("sum" if isinstance(node, exp.Sum) else "mean", _name(node.this, frame))
    raise Refused("statistic", node.sql("duckdb"))


def _where(tree: exp.Select, frame: Frame) -> Predicate | None:
    where = tree.args.get("where")
    found: list[Predicate] = []
    for part in conjuncts(where.this if where else None):
        met = condition(part, frame, {})
        try:
            if met is None:
                raise Unfit
            found.append(met.build(()))
        except Unfit:
            raise Refused("statistic", part.sql("duckdb")) from None
    return None if not found else found[0] if len(found) == 1 else AllOf(tuple(found))
