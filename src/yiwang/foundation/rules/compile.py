"""From tree to closures: each node becomes a Python function of the context, so that evaluating walks no tree.

A closure takes a *scope*, anything with `get(key, default)`: the caller's mapping itself, or, for an expression with
quantifiers, a `_Scope` that also holds the variables and counts the work done, so that no expression runs for long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from yiwang.foundation.rules import tree
from yiwang.foundation.rules.builtins import FUNCTIONS
from yiwang.foundation.rules.values import (
    COMPARISONS,
    OPERATIONS,
    Range,
    Value,
    both,
    either,
    greater_or_equal,
    less_or_equal,
    negate,
    passes,
    property_of,
    value_of,
)

Run: TypeAlias = Callable[[Any], Value]

MOST_WORK = 1_000_000
"""How many nodes may be evaluated and list members read within quantifiers, in one evaluation; about a second."""

_MISSING = object()


class TooMuchWork(Exception):
    """An evaluation used up MOST_WORK."""


class _Scope:
    """A context with one more variable on top of it."""

    __slots__ = ("_key", "_outer", "_value", "_work")

    def __init__(self, outer: Mapping[str, object] | _Scope, key: str | None, value: object, work: list[int]) -> None:
        self._outer = outer
        self._key = key
        self._value = value
        self._work = work

    def get(self, key: str, default: object) -> object:
        return self._value if key == self._key else self._outer.get(key, default)

    def with_variable(self, key: str, value: Value) -> _Scope:
        return _Scope(self, key, value, self._work)

    def spend(self, work: int) -> None:
        self._work[0] -= work
        if self._work[0] < 0:
            raise TooMuchWork


class Compiled:
    """A compiled expression: `run(context)` evaluates it, `names` are the names it reads from the context."""

    __slots__ = ("names", "run")

    def __init__(self, root: tree.Node) -> None:
        compiler = _Compiler()
        run = compiler.compile(root, frozenset())
        self.names = frozenset(compiler.names)
        self.run = _bounded(run) if compiler.quantifies else run


def _bounded(run: Run) -> Run:
    def evaluate(context: Mapping[str, object]) -> Value:
        try:
            return run(_Scope(context, None, None, [MOST_WORK]))
        except TooMuchWork:
            return None

    return evaluate


class _Compiler:
    def __init__(self) -> None:
        self.names: set[str] = set()
        self.quantifies = False

    def compile(self, node: tree.Node, variables: frozenset[str]) -> Run:
        make: Callable[..., Run] = getattr(self, f"_{type(node).__name__.lower()}")
        return make(node, variables)

    # --- values

    def _literal(self, node: tree.Literal, _variables: frozenset[str]) -> Run:
        value = node.value
        return lambda _scope: value

    def _name(self, node: tree.Name, variables: frozenset[str]) -> Run:
        if node.parts[0] in variables:
            return _variable(node.parts[0], node.parts[1:])
        self.names.add(node.dotted)
        return _charged(_lookup(node.parts)) if variables else _lookup(node.parts)

    def _property(self, node: tree.Property, variables: frozenset[str]) -> Run:
        of, name = self.compile(node.of, variables), node.name
        return lambda scope: property_of(of(scope), name)

    def _items(self, node: tree.Items, variables: frozenset[str]) -> Run:
        items = [self.compile(item, variables) for item in node.items]
        return _folded(lambda scope: [item(scope) for item in items], node.items)

    def _interval(self, node: tree.Interval, variables: frozenset[str]) -> Run:
        low, high = self.compile(node.low, variables), self.compile(node.high, variables)
        low_included, high_included = node.low_included, node.high_included

        def interval(scope: Any) -> Value:
            lowest, highest = low(scope), high(scope)
            # An end that is not known is not an end that is open.
            if lowest is None or highest is None:
                return None
            return Range(lowest, highest, low_included, high_included)

        return _folded(interval, (node.low, node.high))

    def _call(self, node: tree.Call, variables: frozenset[str]) -> Run:
        function = FUNCTIONS[node.function]
        if function.from_context is not None:
            return _lookup((function.from_context,))
        run, arguments = function.run, [self.compile(argument, variables) for argument in node.arguments]
        if len(arguments) == 1:
            only = arguments[0]
            return _folded(lambda scope: run(only(scope)), node.arguments)
        return _folded(lambda scope: run(*[argument(scope) for argument in arguments]), node.arguments)

    # --- arithmetic

    def _negative(self, node: tree.Negative, variables: frozenset[str]) -> Run:
        item = self.compile(node.item, variables)
        return _folded(lambda scope: negate(item(scope)), (node.item,))

    def _arithmetic(self, node: tree.Arithmetic, variables: frozenset[str]) -> Run:
        first = self.compile(node.first, variables)
        rest = [(OPERATIONS[operator], self.compile(item, variables)) for operator, item in node.rest]

        def arithmetic(scope: Any) -> Value:
            value = first(scope)
            for operation, item in rest:
                value = operation(value, item(scope))
            return value

        return _folded(arithmetic, (node.first, *(item for _, item in node.rest)))

    # --- comparison

    def _comparison(self, node: tree.Comparison, variables: frozenset[str]) -> Run:
        compare = COMPARISONS[node.operator]
        left, right = self.compile(node.left, variables), self.compile(node.right, variables)
        return lambda scope: compare(left(scope), right(scope))

    def _between(self, node: tree.Between, variables: frozenset[str]) -> Run:
        item, low, high = (self.compile(part, variables) for part in (node.item, node.low, node.high))

        def between(scope: Any) -> Value:
            value = item(scope)
            return both(greater_or_equal(value, low(scope)), less_or_equal(value, high(scope)))

        return between

    def _membership(self, node: tree.Membership, variables: frozenset[str]) -> Run:
        item = self.compile(node.item, variables)
        tests = [self._test(test, variables) for test in node.tests]

        def membership(scope: Any) -> Value:
            value = item(scope)
            return either([test(value, scope) for test in tests])

        return membership

    def _test(self, node: tree.Node, variables: frozenset[str]) -> Callable[[Value, Any], bool | None]:
        if isinstance(node, tree.UnaryTest):
            compare, bound = COMPARISONS[node.operator], self.compile(node.bound, variables)
            return lambda value, scope: compare(value, bound(scope))
        test = self.compile(node, variables)
        if isinstance(node, tree.Interval):
            # A range whose end is not known is not the null that a value may equal.
            return lambda value, scope: None if (found := test(scope)) is None else passes(value, found)
        return lambda value, scope: passes(value, test(scope))

    # --- logic

    def _and(self, node: tree.And, variables: frozenset[str]) -> Run:
        items = [self.compile(item, variables) for item in node.items]

        def conjunction(scope: Any) -> Value:
            result: bool | None = True
            for item in items:
                value = item(scope)
                if value is False:
                    return False
                if value is not True:
                    result = None
            return result

        return conjunction

    def _or(self, node: tree.Or, variables: frozenset[str]) -> Run:
        items = [self.compile(item, variables) for item in node.items]

        def disjunction(scope: Any) -> Value:
            result: bool | None = False
            for item in items:
                value = item(scope)
                if value is True:
                    return True
                if value is not False:
                    result = None
            return result

        return disjunction

    def _if(self, node: tree.If, variables: frozenset[str]) -> Run:
        branches = [(self.compile(test, variables), self.compile(then, variables)) for test, then in node.branches]
        otherwise = self.compile(node.otherwise, variables)

        def choose(scope: Any) -> Value:
            for test, then in branches:
                if test(scope) is True:
                    return then(scope)
            return otherwise(scope)

        return choose

    def _quantified(self, node: tree.Quantified, variables: frozenset[str]) -> Run:
        self.quantifies = True
        every, variable = node.every, node.variable
        items = self.compile(node.items, variables)
        condition = self.compile(node.condition, variables | {variable})
        cost = 1 + _size(node.condition)

        def quantified(scope: Any) -> Value:
            members = items(scope)
            if not isinstance(members, list):
                return None
            result: bool | None = every
            for member in members:
                scope.spend(cost)
                answer = condition(scope.with_variable(variable, member))
                if answer is (not every):
                    return not every
                if answer is not every:
                    result = None
            return result

        return quantified


def _lookup(parts: tuple[str, ...]) -> Run:
    """Read a name from a context whose keys are dotted, nested, or both; the longest key that is there wins."""
    whole = ".".join(parts)
    shorter = [(".".join(parts[:n]), parts[n:]) for n in range(len(parts) - 1, 0, -1)]

    def lookup(scope: Any) -> Value:
        raw = scope.get(whole, _MISSING)
        if raw is not _MISSING:
            return value_of(raw)
        for key, rest in shorter:
            raw = scope.get(key, _MISSING)
            if raw is not _MISSING:
                return _walk(raw, rest)
        return None

    return lookup


def _walk(raw: object, parts: tuple[str, ...]) -> Value:
    for index, part in enumerate(parts):
        if not isinstance(raw, Mapping):
            return _follow(value_of(raw), parts[index:])
        raw = raw.get(part)
    return value_of(raw)


def _follow(value: Value, parts: tuple[str, ...]) -> Value:
    for part in parts:
        value = property_of(value, part)
    return value


def _variable(name: str, parts: tuple[str, ...]) -> Run:
    if not parts:
        return lambda scope: scope.get(name, None)
    return lambda scope: _follow(scope.get(name, None), parts)


def _charged(lookup: Run) -> Run:
    """Within a quantifier a list is read again for every member: that counts as work."""

    def charged(scope: Any) -> Value:
        value = lookup(scope)
        if isinstance(value, list):
            scope.spend(len(value))
        return value

    return charged


def _folded(run: Run, parts: tuple[tree.Node, ...]) -> Run:
    """What reads nothing from the context is worked out once."""
    if not all(_is_constant(part) for part in parts):
        return run
    value = run({})
    return lambda _scope: value


def _is_constant(node: tree.Node) -> bool:
    if isinstance(node, tree.Name | tree.Quantified):
        return False
    if isinstance(node, tree.Call) and FUNCTIONS[node.function].from_context is not None:
        return False
    return all(_is_constant(child) for child in node.children())


def _size(node: tree.Node) -> int:
    return 1 + sum(_size(child) for child in node.children())
