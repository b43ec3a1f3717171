"""What is wrong with an expression before anyone evaluates it: unknown names, text compared with numbers, and the like.

FEEL itself never complains: a comparison that makes no sense is null, so a condition never holds and nobody learns why.
Here it is said in plain words to the person who writes the condition.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping

from yiwang.foundation.rules import tree
from yiwang.foundation.rules.builtins import ANY, FUNCTIONS
from yiwang.foundation.rules.evaluate import Expression
from yiwang.foundation.rules.temporal import written
from yiwang.foundation.rules.values import KINDS, PROPERTIES, kind

NUMBER, STRING, BOOLEAN, DATE, MOMENT, TIME = "number", "string", "boolean", "date", "date and time", "time"
DAYS, MONTHS, LIST, CONTEXT, RANGE, NULL = (
    "days and time duration",
    "years and months duration",
    "list",
    "context",
    "range",
    "null",
)

KIND_OF_ELEMENT: Mapping[str, str] = {
    **dict.fromkeys(("text", "long_text", "choice", "resident_id", "uscc", "phone", "address"), STRING),
    **dict.fromkeys(("integer", "decimal", "money"), NUMBER),
    "choices": LIST,
    **{name: name for name in (*KINDS.values(), ANY)},
}
"""FEEL's own kinds, and the kinds of the city's elements as FEEL sees them; any other is taken for "any"."""

_IN_WORDS = {
    NUMBER: "a number",
    STRING: "text",
    BOOLEAN: "true or false",
    DATE: "a date",
    MOMENT: "a date and time",
    TIME: "a time",
    DAYS: "a duration",
    MONTHS: "a duration in months",
    LIST: "a list",
    CONTEXT: "a context",
    RANGE: "a range",
    NULL: "null",
}
_ORDERED = frozenset({NUMBER, STRING, DATE, MOMENT, TIME, DAYS, MONTHS})
_VERBS = {"+": "added to", "-": "reduced by", "*": "multiplied by", "/": "divided by", "**": "raised to"}

_RESULTS: dict[tuple[str, str, str], str] = {
    **{(operator, NUMBER, NUMBER): NUMBER for operator in _VERBS},
    ("+", STRING, STRING): STRING,
    ("-", DATE, DATE): DAYS,
    ("-", MOMENT, MOMENT): DAYS,
    **{("+", length, start): start for start in (DATE, MOMENT) for length in (DAYS, MONTHS)},
    **{(sign, start, length): start for sign in "+-" for start in (DATE, MOMENT) for length in (DAYS, MONTHS)},
    **{(sign, TIME, DAYS): TIME for sign in "+-"},
    **{(sign, length, length): length for sign in "+-" for length in (DAYS, MONTHS)},
    **{(sign, length, NUMBER): length for sign in "*/" for length in (DAYS, MONTHS)},
    **{("*", NUMBER, length): length for length in (DAYS, MONTHS)},
    **{("/", length, length): NUMBER for length in (DAYS, MONTHS)},
}


def check(
    expression: Expression,
    types: Mapping[str, str],
    *,
    choices: Mapping[str, Collection[str]] | None = None,
    wanted: str | None = None,
) -> list[str]:
    """What is wrong with an expression, a sentence each; an empty list when nothing is.

    `types` gives the kind of every name that may be used: a kind of FEEL ("number", "date") or of an element
    ("decimal", "choice"). `choices` gives the codes a name may have, so that a mistyped code is found. `wanted` is the
    kind that the whole expression should have, "boolean" for a condition.
    """
    checker = _Checker(types, choices or {})
    found = checker.kind_of(expression.tree, {})
    if wanted is not None and not _meet(found, wanted):
        checker.say(f"the whole expression is {_words(found)}, but {_words(wanted)} is wanted")
    return checker.messages


class _Checker:
    """Walks a tree and gives each node's possible kinds, several as "date|string", "any" when it cannot know."""

    def __init__(self, types: Mapping[str, str], choices: Mapping[str, Collection[str]]) -> None:
        self.types = types
        self.choices = choices
        self.messages: list[str] = []

    def say(self, message: str) -> None:
        if message not in self.messages:
            self.messages.append(message)

    def kind_of(self, node: tree.Node, variables: Mapping[str, str]) -> str:
        found: str = getattr(self, f"_{type(node).__name__.lower()}")(node, variables)
        return found

    # --- values

    def _literal(self, node: tree.Literal, _variables: Mapping[str, str]) -> str:
        return kind(node.value)

    def _name(self, node: tree.Name, variables: Mapping[str, str]) -> str:
        if node.parts[0] in variables:
            return self._property_kind(variables[node.parts[0]], node.parts[1:], node.parts[0])
        for n in range(len(node.parts), 0, -1):
            name = ".".join(node.parts[:n])
            if name in self.types:
                return self._property_kind(KIND_OF_ELEMENT.get(self.types[name], ANY), node.parts[n:], name)
        if node.dotted in ("today", "now"):
            return DATE if node.dotted == "today" else MOMENT
        near = difflib.get_close_matches(node.dotted, self.types, 1, 0.6)
        self.say(f"{node.dotted} is not known" + (f": did you mean {near[0]}?" if near else ""))
        return ANY

    def _property(self, node: tree.Property, variables: Mapping[str, str]) -> str:
        return self._property_kind(self.kind_of(node.of, variables), (node.name,), _shown(node.of))

    def _property_kind(self, of: str, names: tuple[str, ...], shown: str) -> str:
        for name in names:
            if _meet(of, f"{CONTEXT}|{LIST}"):
                return ANY
            found = {PROPERTIES[each][name] for each in of.split("|") if name in PROPERTIES.get(each, ())}
            if not found:
                self.say(f"{shown} is {_words(of)} and has no {name}{_offer(of)}")
                return ANY
            of = "|".join(sorted(found))
        return of

    def _items(self, node: tree.Items, variables: Mapping[str, str]) -> str:
        for item in node.items:
            self.kind_of(item, variables)
        return LIST

    def _interval(self, node: tree.Interval, variables: Mapping[str, str]) -> str:
        self._compared(node.low, node.high, "<=", variables)
        return RANGE

    def _call(self, node: tree.Call, variables: Mapping[str, str]) -> str:
        function = FUNCTIONS[node.function]
        for index, argument in enumerate(node.arguments):
            found, takes = self.kind_of(argument, variables), function.kind_of_argument(index)
            if not _meet(found, takes):
                self.say(f"{node.function}() takes {_words(takes)}, but {_shown(argument)} is {_words(found)}")
        literals = [part.value for part in node.arguments if isinstance(part, tree.Literal)]
        if node.function in ("date", "time", "date and time", "duration", "number") and len(literals) == len(
            node.arguments
        ):
            value = function.run(*literals)
            if value is None:
                self.say(f"{_shown(node)} is no {node.function}{_example(node.function)}")
                return function.gives
            return kind(value)
        if node.function == "list contains":
            for each in _texts(node.arguments[1]):
                self._coded(node.arguments[0], each)
        return function.gives

    # --- arithmetic

    def _negative(self, node: tree.Negative, variables: Mapping[str, str]) -> str:
        found = self.kind_of(node.item, variables)
        if not _meet(found, f"{NUMBER}|{DAYS}|{MONTHS}"):
            self.say(f"{_shown(node.item)} is {_words(found)} and cannot be negative")
            return ANY
        return found

    def _arithmetic(self, node: tree.Arithmetic, variables: Mapping[str, str]) -> str:
        left, shown = self.kind_of(node.first, variables), _shown(node.first)
        for operator, item in node.rest:
            right = self.kind_of(item, variables)
            results = _results(operator, left, right)
            if not results:
                self.say(
                    f"{shown} ({_words(left)}) cannot be {_VERBS[operator]} {_shown(item)} ({_words(right)})"
                    + _unit_hint(left, right)
                )
                return ANY
            left, shown = "|".join(sorted(results)), "the result before it"
        return left

    # --- comparison

    def _comparison(self, node: tree.Comparison, variables: Mapping[str, str]) -> str:
        self._compared(node.left, node.right, node.operator, variables)
        return BOOLEAN

    def _between(self, node: tree.Between, variables: Mapping[str, str]) -> str:
        self._compared(node.item, node.low, ">=", variables)
        self._compared(node.item, node.high, "<=", variables)
        return BOOLEAN

    def _membership(self, node: tree.Membership, variables: Mapping[str, str]) -> str:
        for test in node.tests:
            self._tested(node.item, test, variables)
        return BOOLEAN

    def _tested(self, item: tree.Node, test: tree.Node, variables: Mapping[str, str]) -> None:
        if isinstance(test, tree.UnaryTest):
            self._compared(item, test.bound, test.operator, variables)
        elif isinstance(test, tree.Interval):
            self._compared(item, test.low, ">=", variables)
            self._compared(item, test.high, "<=", variables)
        elif isinstance(test, tree.Items):
            for member in test.items:
                self._tested(item, member, variables)
        elif _meet(self.kind_of(test, variables), f"{LIST}|{RANGE}"):
            self.kind_of(item, variables)
            for each in _texts(item):
                self._coded(test, each)
        else:
            self._compared(item, test, "=", variables)

    def _compared(self, left: tree.Node, right: tree.Node, operator: str, variables: Mapping[str, str]) -> None:
        one, other = self.kind_of(left, variables), self.kind_of(right, variables)
        if operator in ("=", "!="):
            for name, literal in ((left, right), (right, left)):
                for each in _texts(literal):
                    self._coded(name, each)
        elif NULL in (one, other):
            self.say(f"{_shown(left)} and {_shown(right)} have no order: only = and != work with null")
            return
        if not _meet(one, other):
            self.say(
                f"{_shown(left)} is {_words(one)} and {_shown(right)} is {_words(other)}: they cannot be compared"
                + _compare_hint(one, other, left, right)
            )
        elif operator not in ("=", "!=") and not (_meet(one, _ANY_ORDERED) and _meet(other, _ANY_ORDERED)):
            self.say(f"{_shown(left)} is {_words(one)}, which has no order: use = or !=")

    def _coded(self, node: tree.Node, code: str) -> None:
        if isinstance(node, tree.Name) and code not in self.choices.get(node.dotted, (code,)):
            codes = list(self.choices[node.dotted])
            near = difflib.get_close_matches(code, codes, 1, 0.6)
            instead = f"did you mean {near[0]}?" if near else f"they are {', '.join(codes[:20])}"
            self.say(f'"{code}" is none of the choices of {node.dotted}: {instead}')

    # --- logic

    def _and(self, node: tree.And, variables: Mapping[str, str]) -> str:
        return self._logical(node.items, "and", variables)

    def _or(self, node: tree.Or, variables: Mapping[str, str]) -> str:
        return self._logical(node.items, "or", variables)

    def _logical(self, items: Iterable[tree.Node], word: str, variables: Mapping[str, str]) -> str:
        for item in items:
            self._condition(item, f"beside {word}", variables)
        return BOOLEAN

    def _condition(self, node: tree.Node, where: str, variables: Mapping[str, str]) -> None:
        found = self.kind_of(node, variables)
        if not _meet(found, BOOLEAN):
            self.say(f"{_shown(node)} {where} is {_words(found)}, but a condition is true or false")

    def _if(self, node: tree.If, variables: Mapping[str, str]) -> str:
        kinds = set()
        for test, then in node.branches:
            self._condition(test, "after if", variables)
            kinds.update(self.kind_of(then, variables).split("|"))
        kinds.update(self.kind_of(node.otherwise, variables).split("|"))
        return "|".join(sorted(kinds))

    def _quantified(self, node: tree.Quantified, variables: Mapping[str, str]) -> str:
        found = self.kind_of(node.items, variables)
        if not _meet(found, LIST):
            self.say(f"{_shown(node.items)} is {_words(found)}, but {'every' if node.every else 'some'} needs a list")
        self._condition(node.condition, "after satisfies", {**variables, node.variable: ANY})
        return BOOLEAN


_ANY_ORDERED = "|".join(sorted(_ORDERED))


def _meet(one: str, other: str) -> bool:
    """Whether a value of the one's kinds can be of the other's."""
    ours, theirs = set(one.split("|")), set(other.split("|"))
    return bool(ours & theirs) or bool((ours | theirs) & {ANY, NULL})


def _results(operator: str, left: str, right: str) -> set[str]:
    if {left, right} & {ANY, NULL}:
        return {ANY}
    kinds = [(one, other) for one in left.split("|") for other in right.split("|")]
    if any({ANY, NULL} & set(pair) for pair in kinds):
        return {ANY}
    return {_RESULTS[(operator, *pair)] for pair in kinds if (operator, *pair) in _RESULTS}


def _texts(node: tree.Node) -> list[str]:
    return [node.value] if isinstance(node, tree.Literal) and isinstance(node.value, str) else []


def _words(kinds: str) -> str:
    return " or ".join(_IN_WORDS.get(each, "anything") for each in kinds.split("|"))


def _shown(node: tree.Node) -> str:
    """A node as a person recognises it."""
    if isinstance(node, tree.Name):
        return node.dotted
    if isinstance(node, tree.Literal):
        text = f'"{node.value}"' if isinstance(node.value, str) else written(node.value) or "null"
        return text if len(text) <= 60 else f"{text[:57]}…"
    if isinstance(node, tree.Call):
        return f"{node.function}({', '.join(_shown(argument) for argument in node.arguments[:3])})"
    if isinstance(node, tree.Negative):
        return f"-{_shown(node.item)}"
    return _SHOWN.get(type(node), "this value")


_SHOWN: Mapping[type[tree.Node], str] = {
    tree.Arithmetic: "this sum",
    tree.Comparison: "this comparison",
    tree.Membership: "this test",
    tree.And: "this condition",
    tree.Or: "this condition",
    tree.Items: "this list",
    tree.Interval: "this range",
}


def _offer(kinds: str) -> str:
    names = sorted({name for each in kinds.split("|") for name in PROPERTIES.get(each, ())})
    return f": it has {', '.join(names)}" if names else ""


def _example(function: str) -> str:
    examples = {
        "date": 'date("2025-03-12")',
        "time": 'time("09:30:00")',
        "date and time": 'date and time("2025-03-12T09:30:00")',
        "duration": 'duration("P20D"), duration("PT24H") or duration("P18Y")',
        "number": 'number("12.5")',
    }
    return f": write it like {examples[function]}"


def _compare_hint(one: str, other: str, left: tree.Node, right: tree.Node) -> str:
    if {one, other} == {DATE, STRING}:
        return ': write the date like date("2025-03-12")'
    if {one, other} == {NUMBER, STRING} and (_texts(left) or _texts(right)):
        return ": write the number without quotes"
    if {one, other} == {DAYS, NUMBER}:
        return ': write the duration like duration("P20D")'
    if {one, other} == {DAYS, MONTHS}:
        return ": days make no months, use years and months duration(from, to)"
    if LIST in (one, other):
        return ': write "…" in the list'
    return ""


def _unit_hint(left: str, right: str) -> str:
    return ': write days like duration("P20D")' if DATE in (left, right) and NUMBER in (left, right) else ""
