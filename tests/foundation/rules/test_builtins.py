"""Every built-in function, with what it gives and what it does not know."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from yiwang.foundation.rules import Months, parse
from yiwang.foundation.rules.builtins import FUNCTIONS

SHANGHAI_MORNING = dt.datetime(2025, 3, 12, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2025-03-12")', dt.date(2025, 3, 12)),
        ('date("2025-02-30")', None),
        ('date("20250312")', None),
        ('date("٢٠٢٥-03-12")', None),
        ("date(2025, 3, 12)", dt.date(2025, 3, 12)),
        ("date(2025, 3.5, 12)", None),
        ("date(2025, 13, 12)", None),
        ("date(10 ** 30, 1, 1)", None),
        ('date(date and time("2025-03-12T23:00:00"))', dt.date(2025, 3, 12)),
        ('time("09:30:00")', dt.time(9, 30)),
        ('time("09:30:00.25Z")', dt.time(9, 30, 0, 250_000, tzinfo=dt.UTC)),
        ('time("25:00:00")', None),
        ('date and time("2025-03-12T09:30:00+08:00")', SHANGHAI_MORNING),
        ('date and time("2025-03-12T09:30:00@Asia/Shanghai")', SHANGHAI_MORNING),
        ('date and time("2025-03-12T09:30:00@Mars/Olympus")', None),
        ('date and time("2025-03-12T09:30:00@../etc/passwd")', None),
        ('date and time("2025-03-12")', dt.datetime(2025, 3, 12)),
        ('date and time(date("2025-03-12"), time("09:30:00"))', dt.datetime(2025, 3, 12, 9, 30)),
        ('@"2025-03-12"', dt.date(2025, 3, 12)),
        ('@"PT24H"', dt.timedelta(days=1)),
        ('duration("P20D")', dt.timedelta(days=20)),
        ('duration("-P1DT2H3M4.5S")', -dt.timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=500)),
        ('duration("P1Y6M")', Months(18)),
        ('duration("P")', None),
        ('duration("P1Y1D")', None),
        ('duration("PT")', None),
        ('duration("P999999999999D")', None),
        ('years and months duration(date("2024-02-29"), date("2025-02-28"))', Months(12)),
        ("not(true)", False),
        ('contains("食品经营许可", "许可")', True),
        ('starts with("abc", "b")', False),
        ('ends with("abc", "c")', True),
        ('string length("𠮷野家")', 3),
        ('upper case("aß")', "ASS"),
        ('lower case("ABC")', "abc"),
        ('substring("foobar", 3)', "obar"),
        ('substring("foobar", 3, 3)', "oba"),
        ('substring("foobar", -2, 1)', "a"),
        ('substring("foobar", 0)', None),
        ('substring("foobar", 9)', None),
        ("string(1.10)", "1.10"),
        ("string(10 ** 3)", "1000"),
        ("string(1 / 4)", "0.25"),
        ("string(true)", "true"),
        ("string(null)", None),
        ('string("a")', "a"),
        ('string(date("2025-03-12"))', "2025-03-12"),
        ('string(duration("P1DT2H"))', "P1DT2H"),
        ('string(duration("-PT90S"))', "-PT1M30S"),
        ('string(duration("PT0S"))', "PT0S"),
        ('string(duration("P18M"))', "P1Y6M"),
        ('string(time("09:30:00Z"))', "09:30:00Z"),
        ('string(date and time("2025-03-12T09:30:00@Asia/Shanghai"))', "2025-03-12T09:30:00@Asia/Shanghai"),
        ('string([1, "a", null])', '[1, "a", null]'),
        ("string([1..2))", "[1..2)"),
        ('number("12.50")', Decimal("12.50")),
        ('number("-1e3")', Decimal(-1000)),
        ('number("1 000")', None),
        ('number("Infinity")', None),
        ('number("1e99999")', None),
        ('number("")', None),
        ("number(3)", 3),
        ("floor(-1.5)", -2),
        ("ceiling(-1.5)", -1),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(2.345, 2)", Decimal("2.35")),
        ("round(1250, -2)", 1300),
        ("round(1, 99)", 1),
        ("round(1.5, 10 ** 20)", None),
        ("floor(10 ** 40)", 10**40),
        ("abs(-3)", 3),
        ('abs(-duration("P1M"))', Months(1)),
        ('abs(-duration("P1D"))', dt.timedelta(days=1)),
        ("count([1, null, 3])", 3),
        ("count([])", 0),
        ("count(null)", None),
        ("list contains([1, null], null)", True),
        ('list contains(["a"], "b")', False),
        ("list contains(1, 1)", None),
        ("min([3, 1, 2])", 1),
        ("max(3, 1, 2)", 3),
        ('max("a", "b")', "b"),
        ("min([])", None),
        ('min([1, "a"])', None),
        ("max([true])", None),
        ("min(5)", 5),
        ("sum([1, 2.5])", Decimal("3.5")),
        ("sum(1, 2)", 3),
        ("sum([])", None),
        ("sum([1, null])", None),
        ("sum([9e6144, 9e6144])", None),
        ("mean([1, 2])", Decimal("1.5")),
        ("mean([])", None),
    ],
)
def test_a_function_gives(text: str, expected: object) -> None:
    result = parse(text).evaluate({})
    assert result == expected
    assert type(result) is type(expected) or isinstance(expected, int)


def test_a_moment_keeps_its_zone() -> None:
    moment: Any = parse('date and time("2025-03-12T09:30:00@Asia/Shanghai")').evaluate({})
    assert moment.utcoffset() == dt.timedelta(hours=8)


def test_today_and_now_are_what_the_caller_says() -> None:
    today = dt.date(2025, 3, 12)
    assert parse('today() - duration("P1D")').evaluate({"today": today}) == dt.date(2025, 3, 11)
    assert parse("now()").evaluate({"now": SHANGHAI_MORNING}) == SHANGHAI_MORNING
    assert parse("today()").evaluate({}) is None
    assert parse("today()").names == frozenset()


ODD = [None, True, Decimal("-1.5"), "text", dt.date(2025, 1, 1), dt.datetime(2025, 1, 1), dt.time(9), dt.timedelta(1)]


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_no_function_fails_on_any_value(name: str) -> None:
    function = FUNCTIONS[name]
    odd = [*ODD, Months(3), [], [None], ["a", Decimal(1)], {"a": None}]
    for count in range(5):
        if function.accepts(count):
            for first in odd:
                for second in odd:
                    function.run(*[first, second, first, second][:count])
    if function.takes and name not in ("count", "string"):
        assert function.run(*[None] * function.needs) is None
