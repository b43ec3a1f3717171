"""The decision on a question: what of it is read where, and the SQL that is run over what comes back.

It is made once for a question's shape (`lexing`) and an asker's grants, and kept: the same question with other literals
costs a look-up and putting its literals in their places. Only literals that are compared with something may change
under a decision; where one could mean something else (a limit, an ordinal, an interval, a format), it belongs to the
shape.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from sqlglot import exp

from yiwang.foundation.kernel.time import city_zone, now
from yiwang.library.gateways.contract import Level
from yiwang.library.gateways.fragment import AllOf, Fragment, Predicate
from yiwang.library.reading import lexing, partial
from yiwang.library.reading.conditions import Build, Unfit, condition, conjuncts
from yiwang.library.reading.granted import Shelf
from yiwang.library.reading.joins import Edge, edges
from yiwang.library.reading.lexing import MARK, Literal, Shape
from yiwang.library.reading.refused import Refused
from yiwang.library.reading.relations import Frame, Reference, Relations, Source, relate
from yiwang.library.reading.sql import check_pattern, parse, tree_of

Kept = TypeVar("Kept")
_TODAY = -1
_COMPARED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In, exp.Between, exp.Like)
_CLAUSES = (exp.Where, exp.Join)
_FIXED_AFTER = re.compile(r"\b(interval|limit|offset|by|escape)\s*\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Input:
    """One mention of a product and what may be said of it to its source."""

    reference: Reference
    fields: tuple[str, ...]
    conditions: tuple[Build, ...]
    limit: int | None


@dataclass(frozen=True)
class Decision:
    """`parts` are pieces of SQL and, between them, positions among the literals. Independent of any literal's value."""

    parts: tuple[str | int, ...]
    inputs: tuple[Input, ...]
    edges: tuple[Edge, ...]
    patterns: tuple[int, ...]
    """literals that are patterns of LIKE"""
    understood: threading.Event = field(default_factory=threading.Event, compare=False)
    """DuckDB has bound it once: with other literals it means the same"""


@dataclass(frozen=True)
class Decided:
    """A decision with one question's literals in it: what is run, and the fragment each product is asked for."""

    decision: Decision
    sql: str
    fragments: tuple[Fragment, ...]


class Decisions:
    """Decisions that were made, the latest `most` of them. Safe among threads."""

    def __init__(self, most: int = 2_000) -> None:
        self.most = most
        self._kept: OrderedDict[tuple[object, ...], Decision] = OrderedDict()
        self._fixed: OrderedDict[tuple[object, ...], tuple[int, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def decide(self, sql: str, shelf: Shelf) -> Decided:
        """Raises Refused."""
        if len(sql) > 20_000 or MARK in sql:
            tree_of(sql)
        shape = lexing.shape_of(sql)
        outline = (shelf.digest, *shape.key)
        with self._lock:
            fixed = self._fixed.get(outline)
            key = (outline, tuple(shape.literals[each] for each in fixed)) if fixed is not None else None
            decision = self._kept.get(key) if key is not None else None
        if decision is None:
            decision, fixed = _decide(sql, shape, shelf)
            with self._lock:
                self._keep(self._fixed, outline, fixed)
                self._keep(self._kept, (outline, tuple(shape.literals[each] for each in fixed)), decision)
        return _fill(decision, shape.literals)

    def _keep(self, kept: OrderedDict[tuple[object, ...], Kept], key: tuple[object, ...], value: Kept) -> None:
        kept[key] = value
        while len(kept) > self.most:
            kept.popitem(last=False)


def _fill(decision: Decision, literals: Sequence[Literal]) -> Decided:
    for each in decision.patterns:
        check_pattern(literals[each].text)
    sql = "".join(
        part if isinstance(part, str) else f"'{_today()}'" if part == _TODAY else literals[part].sql()
        for part in decision.parts
    )
    return Decided(decision, sql, tuple(_fragment(each, literals) for each in decision.inputs))


def _today() -> date:
    return now().astimezone(city_zone()).date()


def _fragment(given: Input, literals: Sequence[Literal]) -> Fragment:
    found: list[Predicate] = []
    for build in given.conditions:
        try:
            found.append(build(literals))
        except Unfit:
            continue
    where = None if not found else found[0] if len(found) == 1 else AllOf(tuple(found))
    limit = given.limit if len(found) == len(given.conditions) else None
    return Fragment(given.reference.granted.product.reference, given.fields, where, limit=limit)


def _decide(sql: str, shape: Shape, shelf: Shelf) -> tuple[Decision, tuple[int, ...]]:
    """The decision, and the positions of the literals that belong to the shape."""
    tree = parse(sql)
    holes = _holes(sql, tree, shape)
    relations = relate(tree, shelf)
    partial.mark(tree, relations)
    inputs = tuple(_input(each, relations, holes) for each in relations.references)
    drawn = tuple(edges(relations))
    patterns = tuple(holes[id(node.expression)] for node in tree.find_all(exp.Like) if id(node.expression) in holes)
    parts = _render(tree, holes)
    fixed = tuple(position for position in range(len(shape.literals)) if position not in set(holes.values()))
    return Decision(parts, inputs, drawn, patterns), fixed


def _holes(sql: str, tree: exp.Expr, shape: Shape) -> dict[int, int]:
    """Literal nodes (by id) that may change under the decision, and their positions among the shape's literals.

    Found by reading the question a second time with marked literals: where the two trees are the same but for the
    marks, each mark shows its literal's node. Where they differ in anything else, nothing may change.
    """
    if not shape.literals:
        return {}
    marks = [
        each.sql() if _FIXED_AFTER.search(before) else f"'~{number}~'" if each.quoted else f"7{number:09d}7"
        for number, (each, before) in enumerate(zip(shape.literals, shape.pieces, strict=False))
    ]
    position = {mark.strip("'"): number for number, mark in enumerate(marks) if mark != shape.literals[number].sql()}
    try:
        marked = tree_of(shape.with_literals(marks))
    except Refused:
        return {}
    nodes, others = list(tree.walk()), list(marked.walk())
    if len(nodes) != len(others) or any(type(one) is not type(other) for one, other in zip(nodes, others, strict=True)):
        return {}
    found: dict[int, int] = {}
    for one, other in zip(nodes, others, strict=True):
        if not isinstance(one, exp.Literal) or one.this == other.this:
            continue
        number = position.get(other.this)
        if number is None or number in found or shape.literals[number] != Literal(one.this, bool(one.is_string)):
            return {}
        found[number] = id(one) if _changeable(one) else 0
    return {node: number for number, node in found.items() if node}


def _changeable(node: exp.Expr) -> bool:
    """A literal that is compared, within WHERE or ON."""
    inner, parent = node, node.parent
    if isinstance(parent, exp.Neg | exp.Cast):
        inner, parent = parent, parent.parent
    if not isinstance(parent, _COMPARED) or inner.arg_key == "query":
        return False
    clause = parent.find_ancestor(exp.Where, exp.Join, exp.Select)
    return isinstance(clause, _CLAUSES)


def _render(tree: exp.Expr, holes: dict[int, int]) -> tuple[str | int, ...]:
    for node in list(tree.walk()):
        if id(node) in holes:
            node.replace(exp.Literal.string(f"{MARK}{holes[id(node)]}{MARK}"))
        elif isinstance(node, exp.CurrentDate):
            node.replace(exp.cast(exp.Literal.string(f"{MARK}{_TODAY}{MARK}"), exp.DType.DATE))
    try:
        # Every name in quotes, so that none of them is taken for a word of the language.
        text = tree.sql(dialect="duckdb", comments=False, identify=True)
    except RecursionError:
        raise Refused("too_deep") from None
    parts: list[str | int] = []
    for number, piece in enumerate(text.split(MARK)):
        if number % 2:
            parts.append(int(piece))
        else:
            # The quotes around a mark belong to the literal that takes its place.
            piece = piece[1:] if number else piece
            parts.append(piece)
    for number in range(0, len(parts) - 1, 2):
        parts[number] = str(parts[number])[:-1]
    return tuple(parts)


def _input(reference: Reference, relations: Relations, holes: dict[int, int]) -> Input:
    """What is asked of one product: the fields in the contract's order, the conditions that may go along."""
    granted = reference.granted
    names = [known.name for name, known in granted.fields.items() if name in reference.fields]
    frame, found = _conditions(reference, relations, holes)
    limit = _limit(frame, found) if frame else None
    return Input(reference, tuple(names or _narrowest(reference)), tuple(build for _, build in found), limit)


def _narrowest(reference: Reference) -> list[str]:
    """Rows are only counted: the field that says least."""
    known = list(reference.granted.fields.values())
    if not known:
        raise Refused("unknown_field", reference.alias)
    levels = list(Level)
    return [min(known, key=lambda each: (each.personal, levels.index(each.level))).name]


def _conditions(
    reference: Reference, relations: Relations, holes: dict[int, int]
) -> tuple[Frame | None, list[tuple[exp.Expr, Build]]]:
    for frame in relations.frames.values():
        for source in frame.sources:
            if source.reference is reference:
                return frame, [*_of_where(source, frame, holes), *_of_joins(source, frame, holes)]
    return None, []


def _of_where(source: Source, frame: Frame, holes: dict[int, int]) -> Iterator[tuple[exp.Expr, Build]]:
    where = frame.select.args.get("where")
    for part in conjuncts(where.this if where else None):
        met = condition(part, frame, holes)
        if met and met.reference is source.reference and (met.rejects_empty or not frame.fills(source)):
            yield part, met.build


def _of_joins(source: Source, frame: Frame, holes: dict[int, int]) -> Iterator[tuple[exp.Expr, Build]]:
    """An inner join's condition is one of the whole; that of a LEFT, SEMI or ANTI join only of its own right side."""
    for other in frame.sources if not frame.outer else ():
        inner = other.side == "" and other.kind in ("", "INNER")
        right = other is source and (other.side == "LEFT" or other.kind in ("SEMI", "ANTI"))
        for part in conjuncts(other.join.args.get("on") if other.join else None):
            met = condition(part, frame, holes)
            if met and met.reference is source.reference and (right or (inner and met.rejects_empty)):
                yield part, met.build


def _limit(frame: Frame, found: list[tuple[exp.Expr, Build]]) -> int | None:
    """`select … from one_product where … limit n`, everything decided at the source: no more rows than that."""
    select = frame.select
    plain = {"expressions", "from_", "where", "limit"}
    if select.parent is not None or any(value for name, value in select.args.items() if name not in plain):
        return None
    if any(
        isinstance(node, exp.AggFunc | exp.Window | exp.Unnest | exp.Explode | exp.Anonymous) for node in select.walk()
    ):
        return None
    where, limit = select.args.get("where"), select.args.get("limit")
    if limit is None or len(conjuncts(where.this if where else None)) != len(found):
        return None
    return int(limit.expression.this)
