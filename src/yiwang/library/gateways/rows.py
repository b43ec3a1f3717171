"""A grant's row rule: from FEEL to a predicate that any source can work out.

A row is released only where FEEL says exactly true. FEEL and SQL differ about null (`null != "a"` is true in FEEL, null
in SQL), so every expression becomes two predicates, *exactly true* and *exactly false*, each right without SQL's `not`.

The part of FEEL that row rules may use: fields compared with values, `between`, `in` with ranges, lists and tests,
`starts with(field, "text")`, boolean fields, `and`, `or`, `not()`; values may be worked out from others and from
`today()`. Whatever else is refused when the grant is written (`check_rows`), never when somebody reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from yiwang.foundation import rules
from yiwang.foundation.rules import FeelSyntaxError, tree
from yiwang.foundation.rules.compile import Compiled
from yiwang.foundation.rules.values import Range
from yiwang.foundation.rules.values import Value as FeelValue
from yiwang.foundation.standards.elements import FEEL_TYPES, ElementKind
from yiwang.library.gateways.contract import Field, Product
from yiwang.library.gateways.fragment import AllOf, AnyOf, Compare, IsNull, Not, OneOf, Predicate, StartsWith, Value

ALWAYS = AllOf(())
NEVER = AnyOf(())
_WHOLE = frozenset({ElementKind.INTEGER, ElementKind.MONEY})
_OPPOSITES: Mapping[str, str] = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TURNED: Mapping[str, str] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class NotTranslatable(Exception):
    """A row rule beyond what sources can work out; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class _Truth:
    """When an expression is exactly true and when exactly false; else it is null."""

    true: Predicate
    false: Predicate

    def opposite(self) -> _Truth:
        return _Truth(self.false, self.true)


def check_rows(product: Product, text: str) -> list[str]:
    """What is wrong with a row rule, a sentence each; an empty list when nothing is."""
    try:
        expression = rules.parse(text)
    except FeelSyntaxError as error:
        return [str(error)]
    types = {each.name: each.kind.value for each in product.fields}
    choices = {each.name: [choice.code for choice in each.choices] for each in product.fields if each.choices}
    found = rules.check(expression, types, choices=choices, wanted="boolean")
    if found:
        return found
    try:
        predicate_of(product, text, date(2025, 1, 1))
    except NotTranslatable as error:
        return [str(error)]
    return []


def predicate_of(product: Product, text: str, today: date) -> Predicate:
    """The rows of which the rule says exactly true. Raises NotTranslatable, FeelSyntaxError."""
    return _Translator(product, today).truth(rules.parse(text).tree).true


class _Translator:
    def __init__(self, product: Product, today: date) -> None:
        self.product = product
        self.today = today

    def truth(self, node: tree.Node) -> _Truth:
        match node:
            case tree.And(items):
                return self._all([self.truth(item) for item in items])
            case tree.Or(items):
                return self._any([self.truth(item) for item in items])
            case tree.Call("not", (item,)):
                return self.truth(item).opposite()
            case tree.Call("starts with", (item, text)):
                return self._starts(self._field(item), self._value(text))
            case tree.Comparison(left, operator, right):
                return self._comparison(left, operator, right)
            case tree.Between(item, low, high):
                field = self._field(item)
                return self._all(
                    [self._compare(field, ">=", self._value(low)), self._compare(field, "<=", self._value(high))]
                )
            case tree.Membership(item, tests):
                field = self._field(item)
                return self._any([self._test(field, test) for test in tests])
            case tree.Name():
                field = self._field(node)
                if field.kind is not ElementKind.BOOLEAN:
                    raise NotTranslatable(f"{field.name} is no yes or no: compare it with a value")
                return _Truth(Compare(field.name, "=", True), Compare(field.name, "=", False))
        if self._constant(node):
            return self._settled(node)
        raise NotTranslatable(
            f"a row rule cannot use this ({type(node).__name__.lower()}): "
            "compare single fields with values, and join the comparisons with and, or, not()"
        )

    def _comparison(self, left: tree.Node, operator: str, right: tree.Node) -> _Truth:
        if self._constant(left) and self._constant(right):
            return self._settled(tree.Comparison(left, operator, right))
        if self._constant(right):
            return self._compare(self._field(left), operator, self._value(right))
        if self._constant(left):
            return self._compare(self._field(right), _TURNED[operator], self._value(left))
        raise NotTranslatable("a row rule compares a field with a value, not with another field")

    def _settled(self, node: tree.Node) -> _Truth:
        value = self._value(node)
        return _Truth(ALWAYS if value is True else NEVER, ALWAYS if value is False else NEVER)

    # --- fields and values

    def _field(self, node: tree.Node) -> Field:
        if not isinstance(node, tree.Name):
            raise NotTranslatable("a row rule compares fields as they are, not what is worked out from them")
        field = self.product.by_name.get(node.dotted)
        if field is None:
            raise NotTranslatable(f"{node.dotted} is not a field of {self.product.reference}")
        if field.kind is ElementKind.CHOICES:
            raise NotTranslatable(f"{field.name} holds several choices: a row rule cannot look into it")
        return field

    def _constant(self, node: tree.Node) -> bool:
        if isinstance(node, tree.Quantified | tree.UnaryTest):
            return False
        if isinstance(node, tree.Name):
            return node.dotted == "today" and "today" not in self.product.by_name
        if isinstance(node, tree.Call) and node.function == "now":
            return False
        return all(self._constant(child) for child in node.children())

    def _value(self, node: tree.Node) -> FeelValue:
        if not self._constant(node):
            raise NotTranslatable("a row rule compares a field with a value that does not depend on the row")
        return Compiled(node).run({"today": self.today})

    # --- tests

    def _compare(self, field: Field, operator: str, value: FeelValue) -> _Truth:
        if value is None:
            if operator not in ("=", "!="):
                return _Truth(NEVER, NEVER)
            null = _Truth(IsNull(field.name), Not(IsNull(field.name)))
            return null if operator == "=" else null.opposite()
        bound = _fitting(field, value)
        if operator == "!=":
            return self._compare(field, "=", value).opposite()
        if isinstance(bound, Decimal) and field.kind in _WHOLE:
            return self._compare_whole(field, operator, bound)
        true: Predicate = Compare(field.name, operator, bound)
        false: Predicate = Compare(field.name, _OPPOSITES[operator], bound)
        # In FEEL `null = "a"` is false, whereas an order between null and a value is not known.
        return _Truth(true, AnyOf((false, IsNull(field.name))) if operator == "=" else false)

    def _compare_whole(self, field: Field, operator: str, bound: Decimal) -> _Truth:
        """Whole numbers are compared with whole numbers: `x < 2.5` is `x <= 2`."""
        whole = bound.to_integral_value(ROUND_FLOOR)
        if whole == bound:
            exact = int(bound)
            false: Predicate = Compare(field.name, _OPPOSITES[operator], exact)
            return _Truth(
                Compare(field.name, operator, exact),
                AnyOf((false, IsNull(field.name))) if operator == "=" else false,
            )
        if operator == "=":
            return _Truth(NEVER, ALWAYS)
        below = Compare(field.name, "<=", int(whole))
        above = Compare(field.name, ">=", int(bound.to_integral_value(ROUND_CEILING)))
        return _Truth(below, above) if operator in ("<", "<=") else _Truth(above, below)

    def _test(self, field: Field, test: tree.Node) -> _Truth:
        """One test on the right of an `in`."""
        if isinstance(test, tree.UnaryTest):
            return self._compare(field, test.operator, self._value(test.bound))
        value = self._value(test)
        if isinstance(test, tree.Interval) and value is None:
            return _Truth(NEVER, NEVER)
        if isinstance(value, list):
            return self._listed(field, value)
        return self._between(field, value) if isinstance(value, Range) else self._compare(field, "=", value)

    def _between(self, field: Field, span: Range) -> _Truth:
        ends = []
        if span.low is not None:
            ends.append(self._compare(field, ">=" if span.low_included else ">", span.low))
        if span.high is not None:
            ends.append(self._compare(field, "<=" if span.high_included else "<", span.high))
        return self._all(ends)

    def _listed(self, field: Field, members: list[FeelValue]) -> _Truth:
        spans = [self._between(field, each) for each in members if isinstance(each, Range)]
        plain = [each for each in members if not isinstance(each, Range)]
        values = tuple(_fitting(field, each) for each in plain if each is not None)
        if field.kind in _WHOLE:
            values = tuple(int(each) for each in values if isinstance(each, Decimal) and each == int(each))
        true: Predicate = OneOf(field.name, values) if values else NEVER
        null = IsNull(field.name)
        if None in plain:
            listed = _Truth(AnyOf((true, null)), AllOf((Not(null), Not(true))))
        else:
            listed = _Truth(true, AnyOf((null, Not(true))))
        return self._any([listed, *spans])

    def _starts(self, field: Field, text: FeelValue) -> _Truth:
        if FEEL_TYPES.get(field.kind, "string") != "string" or not isinstance(text, str):
            raise NotTranslatable("starts with() takes a text field and a text")
        begins = StartsWith(field.name, text)
        return _Truth(begins, AllOf((Not(IsNull(field.name)), Not(begins))))

    # --- logic

    def _all(self, items: list[_Truth]) -> _Truth:
        return _Truth(_joined(AllOf, [each.true for each in items]), _joined(AnyOf, [each.false for each in items]))

    def _any(self, items: list[_Truth]) -> _Truth:
        return _Truth(_joined(AnyOf, [each.true for each in items]), _joined(AllOf, [each.false for each in items]))


def _joined(kind: type[AllOf] | type[AnyOf], items: list[Predicate]) -> Predicate:
    return items[0] if len(items) == 1 else kind(tuple(items))


def _fitting(field: Field, value: FeelValue) -> Value:
    """The value as the field's kind holds it; whole numbers still as Decimal. Raises NotTranslatable."""
    wanted = FEEL_TYPES.get(field.kind, "string")
    fits: Mapping[str, bool] = {
        "number": type(value) is Decimal,
        "boolean": type(value) is bool,
        "date": isinstance(value, date) and not isinstance(value, datetime),
        "date and time": isinstance(value, datetime) and value.tzinfo is not None,
        "string": isinstance(value, str),
    }
    if not fits.get(wanted, False):
        raise NotTranslatable(f"{field.name} is compared with a value of another kind: it holds a {wanted}")
    if field.kind in _WHOLE and isinstance(value, Decimal) and abs(value) >= 2**63:
        raise NotTranslatable(f"{field.name} is compared with a number that is too large")
    return value  # type: ignore[return-value]
