"""What is asked arrives as it was asked."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.kernel.text import canonical_json
from yiwang.library.gateways import wire
from yiwang.library.gateways.fragment import (
    AllOf,
    AnyOf,
    Compare,
    Fragment,
    IsNull,
    Keys,
    Not,
    OneOf,
    Order,
    StartsWith,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUE = st.one_of(
    TEXT,
    st.integers(-(2**60), 2**60),
    st.booleans(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(fold=0)),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
)
CONDITION: Any = st.recursive(
    st.one_of(
        st.builds(Compare, TEXT, st.sampled_from(["=", "<"]), VALUE),
        st.builds(OneOf, TEXT, st.lists(VALUE, max_size=4).map(tuple)),
        st.builds(StartsWith, TEXT, TEXT),
        st.builds(IsNull, TEXT),
    ),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(AllOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
FRAGMENT = st.builds(
    Fragment,
    TEXT,
    st.lists(TEXT, max_size=3).map(tuple),
    st.none() | CONDITION,
    st.none() | st.builds(Keys, TEXT, st.lists(VALUE, max_size=3).map(tuple)),
    st.none() | VALUE,
    st.lists(st.builds(Order, TEXT, st.booleans()), max_size=2).map(tuple),
    st.none() | st.integers(0, 10**6),
)


@given(FRAGMENT)
def test_a_fragment_crosses_unchanged(fragment: Fragment) -> None:
    crossed = wire.fragment_of(msgspec.json.decode(canonical_json(wire.fragment_body(fragment))))
    assert crossed == fragment
    assert repr(crossed) == repr(fragment), "true is not 1"


@pytest.mark.parametrize(
    "body",
    [
        {"is": "sql", "text": "1=1"},
        {"is": "compare", "field": 1, "operator": "=", "value": 1},
        {"is": "compare", "field": "a", "operator": "=", "value": 1.5},
        {"is": "compare", "field": "a", "operator": "=", "value": {"date": "x"}},
        {"is": "compare", "field": "a", "operator": "=", "value": {"code": "x"}},
        {"is": "compare", "field": "a", "operator": "=", "value": {"decimal": "x"}},
        {"is": "all"},
        {},
    ],
)
def test_what_is_no_condition_is_not_taken_for_one(body: dict[str, Any]) -> None:
    asked = {
        "asker": {},
        "grant": {},
        "seconds": 1,
        "fragment": {**wire.fragment_body(Fragment("p", ("a",))), "where": body},
    }
    with pytest.raises(wire.Malformed):
        wire.reading_of(asked)


def test_a_condition_without_end_is_not_followed() -> None:
    body: dict[str, Any] = {"is": "is_null", "field": "a"}
    for _ in range(200):
        body = {"is": "not", "item": body}
    with pytest.raises(wire.Malformed):
        wire.predicate_of(body)


def test_days_and_moments_stay_what_they_are() -> None:
    fragment = Fragment("p", ("a",), after=datetime(2025, 3, 12, tzinfo=UTC), keys=Keys("d", (date(2025, 3, 12),)))
    assert wire.fragment_of(wire.fragment_body(fragment)) == fragment
    assert wire.fragment_of(wire.fragment_body(Fragment("p", ("a",), after=Decimal("1.50")))).after == Decimal("1.50")
