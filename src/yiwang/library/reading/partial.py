"""What may be missing: products without which the answer is smaller or emptier, but says nothing that is not so.

A product that does not answer stands in the question as a relation without rows. That is honest where its rows are
only joined and listed: an inner join then finds nothing, a LEFT JOIN leaves its columns empty. It is not honest where
rows are counted, or where their absence proves something (NOT IN, NOT EXISTS, EXCEPT, IS NULL): there the whole
question waits.
"""

from __future__ import annotations

from sqlglot import exp

from yiwang.library.reading.conditions import conjuncts
from yiwang.library.reading.relations import (
    Frame,
    Relations,
    Source,
    computes,
    expressions_of,
    inner_queries,
    own_nodes,
)
from yiwang.library.reading.sql import Query


def mark(tree: Query, relations: Relations) -> None:
    """Set `partial` of every reference."""
    _mark(tree, True, True, relations)


def _mark(query: Query, honest: bool, top: bool, relations: Relations) -> None:
    if isinstance(query, exp.SetOperation):
        except_ = isinstance(query, exp.Except)
        for side, allowed in ((query.this, honest), (query.expression, honest and not except_)):
            _mark(side.this if isinstance(side, exp.Subquery) else side, allowed, False, relations)
        return
    frame = relations.frame(query)
    honest = honest and not computes(query) and not query.args.get("limit")
    for source in frame.sources:
        allowed = honest and source.side not in ("RIGHT", "FULL") and source.kind != "ANTI"
        if frame.fills(source):
            allowed = allowed and top and source.side == "LEFT" and not frame.outer and _only_listed(source, frame)
        if source.reference is not None:
            source.reference.partial = source.reference.partial and allowed
        elif source.query is not None:
            _mark(source.query, allowed, False, relations)
    _mark_inner(query, honest, relations)


def _mark_inner(query: exp.Select, honest: bool, relations: Relations) -> None:
    where = query.args.get("where")
    positive = set()
    for part in conjuncts(where.this if where else None):
        inner = (
            part.args.get("query") if isinstance(part, exp.In) else part.this if isinstance(part, exp.Exists) else None
        )
        if inner is not None:
            positive.add(id(inner.this if isinstance(inner, exp.Subquery) else inner))
    for node in expressions_of(query):
        for each in inner_queries(node):
            _mark(each, honest and id(each) in positive, False, relations)


def _only_listed(source: Source, frame: Frame) -> bool:
    """Its columns are shown as they are, or join; nothing is concluded from their being empty."""
    fields = source.reference.granted.fields if source.reference else None
    for name, value in frame.select.args.items():
        if name in ("from_", "joins", "with_", "order"):
            continue
        for part in value if isinstance(value, list) else [value]:
            if not isinstance(part, exp.Expr):
                continue
            bare = part.unalias() if name == "expressions" else None
            for node in (part, *own_nodes(part)):
                if not isinstance(node, exp.Column) or node is bare:
                    continue
                mine = (
                    node.table.lower() == source.alias if node.table else fields is None or node.name.lower() in fields
                )
                if mine:
                    return False
    inner = [each for node in frame.select.args.get("expressions", []) for each in inner_queries(node)]
    return not inner
