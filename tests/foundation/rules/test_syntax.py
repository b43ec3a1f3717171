"""What can be read, and what is said about what cannot."""

import logging
import pickle

import lark
import pytest

from yiwang.foundation.rules import Expression, FeelSyntaxError, parse, syntax, tree


def test_the_grammar_is_lalr_without_conflicts(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger=lark.logger.name):
        lark.Lark.open("feel.lark", rel_to=syntax.__file__, parser="lalr", debug=True)
    assert [record.message for record in caplog.records if "onflict" in record.message] == []


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a or b and c", "a or (b and c)"),
        ("a and b = c", "a and (b = c)"),
        ("a = b + c", "a = (b + c)"),
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("a * b ** c", "a * (b ** c)"),
        ("-a ** b", "(-a) ** b"),
        ("x between a and b and c", "(x between a and b) and c"),
        ("x in [1..2] and c", "(x in [1..2]) and c"),
        ("x in (1, 2) or c", "(x in (1, 2)) or c"),
        ("if a then b else c or d", "if a then b else (c or d)"),
        ("some x in xs satisfies x and a", "some x in xs satisfies (x and a)"),
    ],
)
def test_operators_bind_as_the_standard_says(text: str, same: str) -> None:
    context = {"a": 7, "b": 5, "c": 2, "d": False, "x": 2, "xs": [True, False]}
    for truth in (context, dict.fromkeys(context, True), dict.fromkeys(context, False), {}):
        assert parse(text).evaluate(truth) == parse(same).evaluate(truth)
    assert type(parse(text).tree) is type(parse(same).tree)


def test_names_are_dotted_and_may_be_chinese() -> None:
    assert parse("premises.floor_area >= 300 and 场所.面积 > 1").names == {"premises.floor_area", "场所.面积"}
    assert parse('some x in items satisfies x.price > limit and y = "x"').names == {"items", "limit", "y"}
    assert parse("today() > born and interest = order").names == {"born", "interest", "order"}


def test_an_expression_names_the_elements_it_uses() -> None:
    used = parse("born.year > 1990 and premises.floor_area > other").uses({"born", "premises.floor_area", "premises"})
    assert used == {"born", "premises.floor_area"}


def test_space_and_comments_do_not_matter() -> None:
    plain = parse("date and time(a) = b").tree
    assert parse(" date  and\ntime ( a ) // why\n = /* because\n */ b ").tree == plain


def test_an_expression_is_known_by_its_text() -> None:
    assert parse("a = 1") is parse("a = 1")
    assert parse("a = 1") == Expression("a = 1")
    assert hash(parse("a = 1")) == hash(Expression("a = 1"))
    assert parse("a = 1") != parse("a = 2")
    assert pickle.loads(pickle.dumps(parse("a = 1"))).evaluate({"a": 1}) is True
    assert repr(parse("a = 1")) == "parse('a = 1')"


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "empty"),
        ("  // nothing", 13, "ends too early"),
        ("a == 1", 3, "write = to compare"),
        ("a && b", 3, "write and"),
        ("a || b", 3, "write or"),
        ("a <> b", 4, "a value or a name is expected"),
        ("a = 'x'", 5, "double quotes"),
        ("a = “x”", 5, "straight double quotes"),
        ("a ≥ 3", 3, "write >="),
        ("（a）", 1, "full-width"),
        ('a = "x', 5, "no closing quote"),
        ('a "x"', 3, "operator such as = or and is missing"),
        ("1 2", 3, "2 is not understood here: an operator"),
        ("(1", 3, "ends too early: )"),
        ("a and", 6, "a value or a name is missing"),
        ("if a then b", 12, "else"),
        ("some x satisfies y", 8, "in is expected"),
        ("some x in y", 12, "satisfies is missing"),
        ("a < b < c", 7, "not understood"),
        ("1..2", 2, "not understood"),
        ("foo(1)", 1, "no function foo: did you mean floor?"),
        ("date()", 1, "does not take 0 arguments: it takes 1 to 3"),
        ("a + number(1, 2)", 5, "it takes 1"),
        ("99e99999", 1, "too large"),
        ('"\\ud800"', 1, "lone surrogate"),
        ('"\ud800"', 2, "damaged"),
        ('@"yesterday"', 2, "no date, time or duration"),
        ("{a: 1}", 1, "contexts cannot"),
    ],
)
def test_what_cannot_be_read_is_explained_where_it_stands(text: str, column: int, message: str) -> None:
    with pytest.raises(FeelSyntaxError) as refused:
        parse(text)
    assert (refused.value.line, refused.value.column) == (1, column)
    assert message in refused.value.message


def test_the_line_is_told() -> None:
    with pytest.raises(FeelSyntaxError, match="line 3, column 3"):
        parse("a\n  and\n  )")


def test_an_expression_has_an_end() -> None:
    with pytest.raises(FeelSyntaxError, match="at most 4000 characters"):
        parse("1" * 4_001)


@pytest.mark.parametrize(
    "text",
    [
        "not(" * 70 + "a" + ")" * 70,
        "-" * 3_000 + "1",
        "[" * 1_000 + "]" * 1_000,
        "some x in y satisfies " * 70 + "x",
        "(1 + " * 500 + "1" + ")" * 500,
        "a" + ".b" * 1_900,
        'date("2025-01-01")' + ".year" * 100,
    ],
)
def test_nesting_has_an_end(text: str) -> None:
    with pytest.raises(FeelSyntaxError, match="64 levels"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "1" + "+1" * 1_999,
        "2" + "**1" * 1_300,
        "a" + " and a" * 660,
        "a" + " or a" * 660,
        "[" + "1," * 1_900 + "1]",
        "if a then 1 else " * 230 + "2",
        "(" * 1_900 + "1" + ")" * 1_900,
        "a in (" + "<1," * 1_300 + "1)",
    ],
)
def test_long_chains_are_no_nesting(text: str) -> None:
    parse(text).evaluate({"a": 1})
    assert parse(text).tree.depth < tree.DEEPEST
