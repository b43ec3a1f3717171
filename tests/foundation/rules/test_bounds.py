"""Whatever is written and whatever is answered: an end, and no surprise on the way."""

import datetime as dt
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yiwang.foundation.rules import Expression, FeelSyntaxError, Months, check, parse
from yiwang.foundation.rules.builtins import FUNCTIONS

NAMES = ["a", "b", "a.b", "c.d.e", "今天"]
PIECES = [
    *NAMES,
    *"()[],.<>=+-*/@",
    *("..", "**", "<=", ">=", "!=", " and ", " or ", " in ", " between ", "if ", " then ", " else "),
    *("some x in ", "every x in ", " satisfies ", "x", "true", "false", "null", "1", "0.5", "1e6000", "99999999"),
    *('"a"', '"2025-01-01"', '"P1D"', '"\\u00e9"', '"', "not(", "\n", "// x\n", "/*", "*/"),
    *(f"{name}(" for name in FUNCTIONS),
]

literals = st.sampled_from(
    [
        *("1", "0", "-1.5", "9e6144", "1e-6000", "true", "false", "null", '"a"', '""', "a", "a.b", "c.d.e", "x", "[]"),
        *('date("2025-01-31")', 'duration("P1M")', 'duration("P9D")', '@"09:00:00Z"', '@"9999-12-31T00:00:00"'),
        "[1..5)",
    ]
)


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["and", "or", "=", "!=", "<", ">=", "+", "-", "*", "/", "**", "in"])
    calls = [
        st.lists(inner, min_size=function.needs, max_size=3 if function.many else len(function.takes)).map(
            lambda arguments, name=name: f"{name}({', '.join(arguments)})"
        )
        for name, function in FUNCTIONS.items()
    ]
    return st.one_of(
        st.builds("(({}) {} ({}))".format, inner, operators, inner),
        st.builds("(({}) between ({}) and ({}))".format, inner, inner, inner),
        st.builds("(({}) in (< ({}), {}, [({})..({})]))".format, inner, inner, inner, inner, inner),
        st.builds("(if {} then {} else {})".format, inner, inner, inner),
        st.builds("(some x in ({}) satisfies {})".format, inner, inner),
        st.builds("(every x in ({}), y in ({}) satisfies {})".format, inner, inner, inner),
        st.builds("-({})".format, inner),
        st.builds("({}).year".format, inner),
        st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]"),
        *calls,
    )


expressions = st.recursive(literals, _combined, max_leaves=12)

values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=5)
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(dt.UTC))
    | st.times()
    | st.timedeltas()
    | st.builds(Months, st.integers(-(10**9), 10**9)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcde"), inner, max_size=3),
    max_leaves=6,
)
contexts = st.dictionaries(st.sampled_from([*NAMES, "c", "c.d", "today", "now", "x"]), values, max_size=6)
TYPES = {"a": "number", "a.b": "date", "c.d.e": "choices"}


def read(text: str) -> tuple[Expression | None, FeelSyntaxError | None]:
    try:
        return parse(text), None
    except FeelSyntaxError as error:
        return None, error


def survives(text: str, context: dict[str, Any]) -> None:
    expression, error = read(text)
    if expression is None:
        assert error is not None
        assert error.message
        assert error.line >= 1
        assert error.column >= 1
        return
    expression.evaluate(context)
    check(expression, TYPES, choices={"a": ["x"]}, wanted="boolean")


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), contexts)
@example("1" + "+1" * 1_999, {})
@example("a in (" + "not(" * 60, {})
@example("/*" * 2_000, {})
@example('"' + "\\" * 3_000, {})
@example("[" + "[1]," * 900 + "1]", {})
def test_any_pieces_are_refused_clearly_or_evaluated(text: str, context: dict[str, Any]) -> None:
    survives(text, context)


@given(st.text(max_size=60), contexts)
def test_any_text_is_refused_clearly_or_evaluated(text: str, context: dict[str, Any]) -> None:
    survives(text, context)


@settings(max_examples=400)
@given(expressions, contexts)
def test_any_sound_expression_is_evaluated_in_any_context(text: str, context: dict[str, Any]) -> None:
    expression, error = read(text)
    if expression is None:
        assert "levels" in str(error) or "characters" in str(error)
        return
    result = expression.evaluate(context)
    assert type(result) is not float
    assert expression.evaluate(dict(context)) == result
    check(expression, TYPES)


@given(st.lists(literals, min_size=1, max_size=30), st.sampled_from(["and", "or"]))
def test_and_and_or_do_not_mind_the_order(items: list[str], operator: str) -> None:
    context = {"a": True, "a.b": False}
    forward = parse(f" {operator} ".join(items)).evaluate(context)
    backward = parse(f" {operator} ".join(reversed(items))).evaluate(context)
    if len(items) > 1:
        assert forward is backward


@pytest.mark.parametrize(
    "text",
    [
        "some a in xs, b in xs, c in xs, d in xs satisfies a + b + c + d < 0",
        "every a in xs satisfies sum(xs) > 0 and " + " and ".join(["sum(xs) > 0"] * 200),
        "some a in xs satisfies some b in xs satisfies list contains(xs, a * b + 0.5)",
        "2 ** 0.1" + " ** 1.0000001" * 200,
    ],
)
def test_no_expression_runs_for_long(text: str) -> None:
    began = time.thread_time()
    parse(text).evaluate({"xs": list(range(1, 10_001))})
    assert time.thread_time() - began < 5


def test_a_quantifier_over_the_longest_list_is_within_the_bound() -> None:
    xs = list(range(10_000))
    assert parse("every x in xs satisfies x >= 0 and x < limit").evaluate({"xs": xs, "limit": 10_000}) is True


def test_texts_do_not_grow_without_end() -> None:
    assert parse("a + a").evaluate({"a": "x" * 60_000}) is None
    assert parse("string(a)").evaluate({"a": ["x" * 60_000] * 2}) is None


def test_a_simple_condition_costs_microseconds() -> None:
    condition = Expression('premises.floor_area >= 300 and discharge.kind != "domestic"')
    answers = {"premises.floor_area": 420, "discharge.kind": "industrial"}
    best = 1.0
    for _ in range(20):
        began = time.thread_time()
        for _ in range(1_000):
            condition.evaluate(answers)
        best = min(best, (time.thread_time() - began) / 1_000)
    assert best < 5e-6


def test_numbers_stay_within_decimal128() -> None:
    assert parse("9e6144 + 9e6144").evaluate({}) is None
    assert parse("1e-6000 * 1e-6000").evaluate({}) == 0
    assert parse("a + 1").evaluate({"a": 10**33}) == 10**33 + 1
    assert parse("1" * 40).evaluate({}) == Decimal("1" * 34 + "000000")
