"""Conditions of a question that a source may decide itself, as predicates that wait for their literals.

A condition is only handed on when it means the same to every source: equality of texts, comparison of whole numbers and
of days, lists, beginnings of texts, null, and what and, or and not make of these, on fields that the asker sees
unmasked. DuckDB decides every condition again; a source that has decided one before only sends fewer rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.contract import Field
from yiwang.library.gateways.fragment import (
    AllOf,
    AnyOf,
    Compare,
    IsNull,
    Not,
    OneOf,
    Predicate,
    StartsWith,
    Value,
)
from yiwang.library.reading.lexing import Literal
from yiwang.library.reading.relations import Frame, Reference

Literals = Sequence[Literal]
Build = Callable[[Literals], Predicate]
MOST_VALUES = 1_000

TEXTS = {
    ElementKind.TEXT,
    ElementKind.LONG_TEXT,
    ElementKind.CHOICE,
    ElementKind.RESIDENT_ID,
    ElementKind.USCC,
    ElementKind.PHONE,
    ElementKind.ADDRESS,
}
_WHOLE = {ElementKind.INTEGER, ElementKind.MONEY}
_COMPARISONS: dict[type[exp.Expr], tuple[str, str]] = {
    exp.EQ: ("=", "="),
    exp.NEQ: ("!=", "!="),
    exp.LT: ("<", ">"),
    exp.LTE: ("<=", ">="),
    exp.GT: (">", "<"),
    exp.GTE: (">=", "<="),
}
"""Operator, and the one that says the same with its sides exchanged."""


class Unfit(Exception):
    """This condition is DuckDB's alone."""


@dataclass(frozen=True)
class Condition:
    """`build` may raise Unfit, for literals not of the field's kind. `rejects_empty`: no row of NULLs passes."""

    reference: Reference
    build: Build
    rejects_empty: bool


def conjuncts(node: exp.Expr | None) -> list[exp.Expr]:
    """What `and` joins, flat."""
    found: list[exp.Expr] = []
    waiting = [node] if node is not None else []
    while waiting:
        each = waiting.pop()
        if isinstance(each, exp.And):
            waiting += (each.right, each.left)
        elif isinstance(each, exp.Paren):
            waiting.append(each.this)
        else:
            found.append(each)
    return found


def condition(node: exp.Expr, frame: Frame, holes: Mapping[int, int]) -> Condition | None:
    """The condition on one product that this part of a question is, if a source may decide it.

    `holes` gives the position among the question's literals of each literal node (by id) that may change.
    """
    reader = _Reader(frame, holes)
    try:
        build, rejects = reader.read(node)
    except Unfit:
        return None
    reference = reader.reference
    return Condition(reference, build, rejects) if reference else None


class _Reader:
    def __init__(self, frame: Frame, holes: Mapping[int, int]) -> None:
        self.frame = frame
        self.holes = holes
        self.reference: Reference | None = None

    def read(self, node: exp.Expr) -> tuple[Build, bool]:
        """Raises Unfit."""
        if isinstance(node, exp.Paren):
            return self.read(node.this)
        if isinstance(node, exp.And | exp.Or):
            return self._both(node)
        if isinstance(node, exp.Not):
            return self._negation(node.this)
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
            name = self._field(node.this).name
            return (lambda _: IsNull(name)), False
        if pair := _COMPARISONS.get(type(node)):
            return self._comparison(node, pair), True
        if isinstance(node, exp.In | exp.Between | exp.Like):
            return self._membership(node), True
        known = self._field(node)
        if known.kind is not ElementKind.BOOLEAN:
            raise Unfit
        return (lambda _: Compare(known.name, "=", True)), True

    def _both(self, node: exp.And | exp.Or) -> tuple[Build, bool]:
        (left, left_rejects), (right, right_rejects) = self.read(node.left), self.read(node.right)
        if isinstance(node, exp.And):
            return (lambda given: AllOf((left(given), right(given)))), left_rejects or right_rejects
        return (lambda given: AnyOf((left(given), right(given)))), left_rejects and right_rejects

    def _negation(self, inner: exp.Expr) -> tuple[Build, bool]:
        bare = inner.unnest()
        build, rejects = self.read(bare)
        if isinstance(bare, exp.Is):
            return (lambda given: Not(build(given))), True
        # Of a row of NULLs a plain comparison is unknown, and so is its opposite; of and/or nothing is said here.
        return (lambda given: Not(build(given))), rejects and not isinstance(bare, exp.And | exp.Or)

    def _field(self, node: exp.Expr) -> Field:
        found = self.frame.field_of(node)
        if found is None or self.reference not in (None, found[0]) or not found[0].granted.clear(found[1].name):
            raise Unfit
        self.reference = found[0]
        return found[1]

    def _comparison(self, node: exp.Expr, operators: tuple[str, str]) -> Build:
        left, right = node.args["this"], node.args["expression"]
        operator = operators[0]
        if not isinstance(left, exp.Column):
            left, right, operator = right, left, operators[1]
        known = self._field(left)
        if operator not in ("=", "!=") and known.kind not in _WHOLE | {ElementKind.DATE}:
            raise Unfit
        value = self._value(right, known)
        return lambda given: Compare(known.name, operator, value(given))

    def _membership(self, node: exp.In | exp.Between | exp.Like) -> Build:
        known = self._field(node.this)
        if isinstance(node, exp.Like):
            return self._beginning(node, known)
        if isinstance(node, exp.Between):
            if known.kind not in _WHOLE | {ElementKind.DATE}:
                raise Unfit
            low, high = self._value(node.args["low"], known), self._value(node.args["high"], known)
            return lambda given: AllOf((Compare(known.name, ">=", low(given)), Compare(known.name, "<=", high(given))))
        if node.args.get("query") or not 0 < len(node.expressions) <= MOST_VALUES:
            raise Unfit
        values = [self._value(each, known) for each in node.expressions]
        return lambda given: OneOf(known.name, tuple(dict.fromkeys(value(given) for value in values)))

    def _beginning(self, node: exp.Like, known: Field) -> Build:
        if known.kind not in TEXTS or not isinstance(node.expression, exp.Literal):
            raise Unfit
        pattern = self._literal(node.expression)

        def build(given: Literals) -> Predicate:
            text = pattern(given).text
            if not text.endswith("%") or len(text) < 2 or "%" in text[:-1] or "_" in text:
                raise Unfit
            return StartsWith(known.name, text[:-1])

        return build

    def _literal(self, node: exp.Literal) -> Callable[[Literals], Literal]:
        hole = self.holes.get(id(node))
        if hole is None:
            fixed = Literal(node.this, bool(node.is_string))
            return lambda _: fixed
        return lambda given: given[hole]

    def _value(self, node: exp.Expr, known: Field) -> Callable[[Literals], Value]:
        negative = False
        if isinstance(node, exp.Cast) and node.to.this is exp.DType.DATE and known.kind is ElementKind.DATE:
            node = node.this
        if isinstance(node, exp.Neg):
            node, negative = node.this, True
        if isinstance(node, exp.Boolean) and known.kind is ElementKind.BOOLEAN:
            truth = bool(node.this)
            return lambda _: truth
        if not isinstance(node, exp.Literal):
            raise Unfit
        literal = self._literal(node)
        return lambda given: typed(literal(given), known.kind, negative)


def typed(literal: Literal, kind: ElementKind, negative: bool = False) -> Value:
    """The literal as a value of the field's kind. Raises Unfit where DuckDB might read it otherwise."""
    text = literal.text
    if kind in _WHOLE:
        if literal.quoted or not text.isdigit() or len(text) > 18:
            raise Unfit
        return -int(text) if negative else int(text)
    if negative or not literal.quoted:
        raise Unfit
    if kind is ElementKind.DATE:
        if len(text) != 10 or not text.isascii():
            raise Unfit
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Unfit from None
    if kind not in TEXTS:
        raise Unfit
    return text
