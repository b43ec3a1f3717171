"""One answer: whatever is typed or sent becomes its one form, or a clear message."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.kernel.identifiers import make_resident_id, make_uscc
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import ASKED, Choice, Element, ElementKind
from yiwang.service.applications.answers import WrongAnswer, sent, shown, typed

NAME = Words("名", "Name")


def element(kind: str, **more: Any) -> Element:
    choices = ()
    if kind in ("choice", "choices"):
        choices = tuple(Choice(code, Words(code, code.title())) for code in ("one", "two", "three"))
    return Element("a.b", NAME, ElementKind(kind), choices=choices, **more)


def is_clear(wrong: WrongAnswer) -> None:
    assert wrong.words.zh
    assert wrong.words.en


KINDS = [kind.value for kind in ASKED]


@given(st.sampled_from(KINDS), st.one_of(st.text(), st.lists(st.text(), max_size=4)))
def test_whatever_a_person_types_is_an_answer_or_a_clear_message(kind: str, given_text: Any) -> None:
    try:
        value = typed(element(kind), given_text)
    except WrongAnswer as wrong:
        is_clear(wrong)
        return
    json.dumps(value)
    assert sent(element(kind), value) == value, "what is kept can be sent again unchanged"
    shown(element(kind), value, "en")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(KINDS), JSON)
def test_whatever_a_program_sends_is_an_answer_or_a_clear_message(kind: str, value: Any) -> None:
    try:
        kept = sent(element(kind), value)
    except WrongAnswer as wrong:
        is_clear(wrong)
        return
    assert sent(element(kind), kept) == kept
    assert shown(element(kind), kept, "zh-hans") is not None


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=6))
def test_a_decimal_keeps_its_value_and_has_one_form(number: Decimal) -> None:
    kept = typed(element("decimal"), f"{number:f}")
    assert Decimal(str(kept)) == number
    assert typed(element("decimal"), f"{number:f}00" if "." in f"{number:f}" else f"{number:f}") == kept


@given(st.integers(min_value=0, max_value=10**12))
def test_money_typed_in_yuan_is_kept_in_fen(fen: int) -> None:
    assert typed(element("money"), f"{fen // 100}.{fen % 100:02d}") == fen
    assert sent(element("money"), fen) == fen


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("integer", " 1,200 ", 1200),
        ("integer", "１２", 12),
        ("decimal", "120.50", "120.5"),
        ("decimal", "0.0", "0"),
        ("money", "1,000.5", 100050),
        ("date", "2026-3-9", "2026-03-09"),
        ("boolean", "true", True),
        ("choice", "two", "two"),
        ("phone", "138 1234 5678", "13812345678"),
        ("resident_id", make_resident_id(1).lower(), make_resident_id(1)),
        ("uscc", make_uscc(1).lower(), make_uscc(1)),
        ("text", "  店  ", "店"),
        ("text", "   ", None),
        ("integer", "", None),
    ],
)
def test_what_people_type_becomes_its_one_form(kind: str, text: str, kept: object) -> None:
    assert typed(element(kind), text) == kept


def test_several_choices_are_kept_in_the_order_of_the_vocabulary() -> None:
    assert typed(element("choices"), ["three", "one", "three"]) == ["one", "three"]
    assert typed(element("choices"), []) is None


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("integer", "12.5", "too_many_decimals"),
        ("integer", "twelve", "not_a_number"),
        ("decimal", "12,5", "not_a_number"),
        ("decimal", "1e5", "not_a_number"),
        ("money", "1.005", "too_many_decimals"),
        ("integer", "9" * 18, "too_large"),
        ("date", "2026-02-30", "not_a_date"),
        ("date", "0001-01-01", "not_a_date"),
        ("choice", "four", "choose"),
        ("boolean", "yes", "choose"),
        ("resident_id", "110000199003070221", "resident_id_check"),
        ("uscc", "1", "uscc_form"),
        ("text", "a\x00b", "control_character"),
        ("text", "\u202eevil", "direction_control"),
    ],
)
def test_what_cannot_be_an_answer_says_why(kind: str, text: str, reason: str) -> None:
    with pytest.raises(WrongAnswer) as wrong:
        typed(element(kind), text)
    assert wrong.value.reason == reason


def test_a_number_outside_its_bounds_is_told_the_bounds() -> None:
    area = element("decimal", minimum=Decimal(1), maximum=Decimal(200000))
    with pytest.raises(WrongAnswer) as wrong:
        typed(area, "0")
    assert wrong.value.words == Words("请填 1 到 200000 之间的数", "Enter a number between 1 and 200000")


def test_a_text_is_as_long_as_its_element_allows() -> None:
    assert typed(element("text", max_length=3), "三个字") == "三个字"
    with pytest.raises(WrongAnswer):
        typed(element("text", max_length=3), "四个字了")


@pytest.mark.parametrize(
    ("kind", "value"),
    [("boolean", "true"), ("boolean", 1), ("choices", "one"), ("money", 1.5), ("money", True), ("text", 5),
     ("text", {"a": 1}), ("date", 20260309), ("integer", True), ("choices", [1])],
)  # fmt: skip
def test_a_program_that_sends_another_type_is_told(kind: str, value: object) -> None:
    with pytest.raises(WrongAnswer):
        sent(element(kind), value)


def test_answers_are_shown_in_the_readers_language() -> None:
    assert shown(element("boolean"), True, "zh-hans") == "是"
    assert shown(element("boolean"), False, "en") == "No"
    assert shown(element("choices"), ["one", "two"], "en") == "One, Two"
    assert shown(element("date"), date(2026, 3, 9).isoformat(), "zh-hans") == "2026年3月9日"
    assert shown(element("date"), "2026-03-09", "en") == "9 Mar 2026"
    assert shown(element("money"), 123456, "zh-hans") == "1,234.56 元"
    assert shown(element("decimal", unit=Words("平方米", "m²")), "80", "en") == "80 m²"
