"""A row rule means to a source exactly what it means in FEEL."""

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.library.gateways.registers import RESIDENTS
from yiwang.foundation import rules
from yiwang.library.gateways import filtering
from yiwang.library.gateways.rows import check_rows, predicate_of

TODAY = date(2025, 3, 12)
SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("district", pa.string()),
        ("born", pa.date32()),
        ("rooms", pa.int64()),
        ("area", pa.decimal128(18, 6)),
        ("retired", pa.bool_()),
    ]
)
ROW = st.fixed_dictionaries(
    {
        "name": st.sampled_from([None, "王芳", "王", "李雷", "", "wang"]),
        "district": st.sampled_from([None, "north", "south", "North"]),
        "born": st.sampled_from([None, date(1960, 1, 1), date(1990, 5, 20), TODAY]),
        "rooms": st.sampled_from([None, -1, 0, 1, 2, 3]),
        "area": st.sampled_from([None, Decimal("0"), Decimal("2.5"), Decimal("90")]),
        "retired": st.sampled_from([None, True, False]),
    }
)
NUMBERS = st.sampled_from(["0", "1", "2", "2.5", "-1", "90", "1 + 1", "null"])
TEXTS = st.sampled_from(['"north"', '"south"', '"王"', '""', "null"])
DATES = st.sampled_from(['@"1990-05-20"', 'date("1960-01-01")', "today()", 'today() - duration("P1Y")', "null"])
BOOLEANS = st.sampled_from(["true", "false", "null"])
FIELDS = {"rooms": NUMBERS, "area": NUMBERS, "name": TEXTS, "district": TEXTS, "born": DATES, "retired": BOOLEANS}


@st.composite
def comparison(draw: Any) -> str:
    field = draw(st.sampled_from(sorted(FIELDS)))
    values = FIELDS[field]
    operators = ["=", "!="] if field == "retired" else ["=", "!=", "<", "<=", ">", ">="]
    form = draw(st.sampled_from(["compare", "turned", "between", "in", "list", "range", "test", "starts", "alone"]))
    a, b = draw(values), draw(values)
    operator = draw(st.sampled_from(operators))
    if form == "starts" and values is TEXTS:
        return f"starts with({field}, {a})" if a != "null" else "true"
    if form == "alone" and field == "retired":
        return field
    if form == "turned":
        return f"{a} {operator} {field}"
    if form == "in":
        return f"{field} in ({a}, {b})"
    if form == "list":
        return f"{field} in [{a}, {b}]"
    if form in ("between", "range", "test") and field != "retired":
        ends = draw(st.sampled_from(["[]", "[)", "(]", "()"]))
        return {
            "between": f"{field} between {a} and {b}",
            "range": f"{field} in {ends[0]}{a}..{b}{ends[1]}",
            "test": f"{field} in ({operator} {a}, {b})",
        }[form]
    return f"{field} {operator} {a}"


RULE = st.recursive(
    comparison(),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]}) and ({two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}) or ({two[1]})"),
        inner.map(lambda one: f"not({one})"),
    ),
    max_leaves=6,
)


@settings(max_examples=600)
@given(RULE, st.lists(ROW, min_size=1, max_size=8))
def test_the_rows_that_a_source_gives_are_those_of_which_feel_says_exactly_true(
    rule: str, people: list[dict[str, Any]]
) -> None:
    table = pa.Table.from_pylist(people, schema=SCHEMA)
    found = filtering.kept(table, predicate_of(RESIDENTS, rule, TODAY)).to_pylist()
    expression = rules.parse(rule)
    assert found == [each for each in people if rules.holds(expression, {**each, "today": TODAY})]


@pytest.mark.parametrize(
    "rule",
    [
        'district = "north"',
        'born <= today() - duration("P60Y") and retired',
        'not(starts with(name, "王")) or rooms in (1, [3..5], > 10)',
        "area between 10 and 20.5",
        "born != null",
    ],
)
def test_such_rules_may_stand_in_a_grant(rule: str) -> None:
    assert check_rows(RESIDENTS, rule) == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("district = ", "line 1"),
        ('distrct = "north"', "did you mean district"),
        ('district = "nowhere"', "nowhere"),
        ("rooms", "true or false is wanted"),
        ("rooms = area", "not with another field"),
        ("rooms + 1 > 2", "not what is worked out"),
        ("string length(name) > 2", "not what is worked out"),
        ("if retired then true else false", "compare single fields"),
        ('contains(name, "王")', "compare single fields"),
        ("rooms < 1e30", "too large"),
        ("born.year > 1990", "not a field"),
        ("some each in [1,2] satisfies rooms = each", "compare single fields"),
        ("now() > now()", "compare"),
    ],
)
def test_what_a_source_cannot_work_out_is_refused_when_the_grant_is_written(rule: str, said: str) -> None:
    found = check_rows(RESIDENTS, rule)
    assert found
    assert said in " ".join(found)
