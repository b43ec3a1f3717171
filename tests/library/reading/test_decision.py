"""A decision is made once for a question's shape; new literals find their places, and never change what it means."""

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from tests.library.reading.world import PRODUCTS, granted, shelf
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.library.gateways.fragment import AllOf, Compare, OneOf, StartsWith
from yiwang.library.reading import Refused, Shelf, decision
from yiwang.library.reading.decision import Decisions
from yiwang.library.reading.lexing import Literal, shape_of

ASKED = "select name from market.enterprises where district = '{}' and staff > {} and founded >= date '{}'"


def test_new_literals_do_not_need_a_new_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    decisions, everything = Decisions(), shelf()
    first = decisions.decide(ASKED.format("east", 5, "2015-01-01"), everything)
    monkeypatch.setattr(decision, "parse", lambda sql: pytest.fail("parsed again"))
    second = decisions.decide(ASKED.format("we''st", 70, "2020-02-29"), everything)
    assert second.decision is first.decision
    assert second.fragments[0].where == AllOf(
        (
            Compare("district", "=", "we'st"),
            Compare("staff", ">", 70),
            Compare("founded", ">=", __import__("datetime").date(2020, 2, 29)),
        )
    )
    assert "'we''st'" in second.sql
    assert "70" in second.sql


def test_a_literal_that_the_field_cannot_take_stays_with_duckdb() -> None:
    decisions = Decisions()
    decided = decisions.decide(ASKED.format("east", 5, "soon"), shelf())
    assert decided.fragments[0].where == AllOf((Compare("district", "=", "east"), Compare("staff", ">", 5)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("select uscc from market.enterprises limit 3", "select uscc from market.enterprises limit 4"),
        (
            "select uscc, name from market.enterprises order by 1",
            "select uscc, name from market.enterprises order by 2",
        ),
        ("select 'a' from market.enterprises", "select 'b' from market.enterprises"),
        (
            "select count(*) from market.enterprises where founded > date '2020-01-01' - interval '1' month",
            "select count(*) from market.enterprises where founded > date '2020-01-01' - interval '2' month",
        ),
        (
            "select date_trunc('month', founded) from market.enterprises",
            "select date_trunc('year', founded) from market.enterprises",
        ),
        (
            "select 1 from market.enterprises where left(name, 1) = 'a'",
            "select 1 from market.enterprises where left(name, 2) = 'a'",
        ),
    ],
)
def test_a_literal_that_could_mean_something_else_belongs_to_the_shape(one: str, other: str) -> None:
    decisions = Decisions()
    first, second = decisions.decide(one, shelf()), decisions.decide(other, shelf())
    assert first.decision is not second.decision
    assert first.sql != second.sql


def test_grants_that_differ_never_share_a_decision() -> None:
    decisions = Decisions()
    decisions.decide("select uscc from tax.filings", shelf())
    with pytest.raises(Refused):
        decisions.decide("select uscc from tax.filings", Shelf([granted(PRODUCTS[0])]))


def test_a_pattern_is_looked_at_whenever_it_is_new() -> None:
    decisions = Decisions()
    decided = decisions.decide("select uscc from market.enterprises where name like '张%'", shelf())
    assert decided.fragments[0].where == StartsWith("name", "张")
    assert (
        decisions.decide("select uscc from market.enterprises where name like '%张'", shelf()).fragments[0].where
        is None
    )
    with pytest.raises(Refused):
        decisions.decide("select uscc from market.enterprises where name like '%a%a%a%a%a%a%a%a%a'", shelf())


def test_today_is_the_citys(clock: FrozenClock) -> None:
    decided = Decisions().decide("select uscc from market.enterprises where founded < current_date", shelf())
    assert "CAST('2025-03-12' AS DATE)" in decided.sql


def test_an_in_list_is_pushed_with_its_literals() -> None:
    decided = Decisions().decide("select uscc from market.enterprises where kind in ('a', 'b', 'a')", shelf())
    assert decided.fragments[0].where == OneOf("kind", ("a", "b"))


def test_decisions_are_kept_within_bounds() -> None:
    decisions = Decisions(most=3)
    for number in range(10):
        decisions.decide(f"select uscc from market.enterprises limit {number}", shelf())
    assert len(decisions._kept) == 3


TEXT = st.text(alphabet="ab'\"-/*;$\\ 张%(1", max_size=8)
NUMBER = st.one_of(st.integers(0, 10**12).map(str), st.decimals(0, 1000, places=2).map(str))


@given(
    st.lists(
        st.one_of(TEXT.map(lambda text: Literal(text, True)), NUMBER.map(lambda text: Literal(text, False))), max_size=6
    )
)
def test_the_shape_agrees_with_the_parser_about_every_literal(literals: list[Literal]) -> None:
    sql = "select " + ", ".join(["x", *(each.sql() for each in literals), '"a\'b"', "c1"])
    shape = shape_of(sql)
    parsed = [
        Literal(each.this, bool(each.is_string))
        for each in sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Literal)
    ]
    assert sorted(shape.literals, key=repr) == sorted(parsed, key=repr)
    assert shape.with_literals([each.sql() for each in shape.literals]) == sql


@given(st.text(alphabet="'\"-/*$\\xE1 .a\n", max_size=14))
def test_whatever_the_text_its_shape_puts_it_together_again(text: str) -> None:
    shape = shape_of(text)
    assert shape.with_literals([each.sql() for each in shape.literals]) == text


@pytest.mark.parametrize(
    "text",
    [
        "select 'a' 'b'",
        "select E'a\\'b'",
        "select x'41'",
        "select $$a'b$$",
        "select 1 -- it's",
        "select 1 /* ' */ + 2",
        "select 'open",
        'select "open',
        "select U&'a'",
    ],
)
def test_a_doubtful_text_is_its_own_shape(text: str) -> None:
    assert shape_of(text).pieces == (text,)


@pytest.mark.parametrize("text", ["select 1e5", "select 1_000", "select a1, b.2, 0x1F", "select t1.c2"])
def test_digits_that_are_no_plain_number_stay_in_the_text(text: str) -> None:
    assert shape_of(text).literals == ()
