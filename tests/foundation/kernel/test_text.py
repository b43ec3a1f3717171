"""One canonical form at every border."""

import json
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.kernel.text import UnacceptableText, Words, bigrams, canonical, canonical_json


def test_words_answer_in_the_language_asked_for() -> None:
    words = Words(zh="餐馆", en="restaurant")
    assert words.in_language("zh-hans") == words.in_language("fr") == "餐馆"
    assert words.in_language("en") == words.in_language("en-GB") == "restaurant"
    assert Words.from_json(words.to_json()) == words


def test_text_is_composed_and_trimmed() -> None:
    assert canonical("  Cafe\u0301\u3000\n") == "Café"
    assert canonical("两行\r\n文字\r还有\u2028一行\t止 ", multiline=True) == "两行\n文字\n还有\n一行\t止"
    assert canonical("👨‍👩‍👧 𠮷野家") == "👨‍👩‍👧 𠮷野家"


@pytest.mark.parametrize(
    ("text", "reason", "position"),
    [
        ("a\x00b", "control_character", 1),
        ("a\x85b", "control_character", 1),
        ("a\tb", "control_character", 1),
        ("a\nb", "line_break", 1),
        ("a\u2029b", "line_break", 1),
        ("ab\ud800", "broken_character", 2),
        ("\uffffab", "broken_character", 0),
        ("invoice\u202egnp.exe", "direction_control", 7),
        ("\u2066x", "direction_control", 0),
        ("x\u200e", "direction_control", 1),
        ("Z" + "\u0301" * 40, "too_many_marks", 31),
        ("x" * 101, "too_long", None),
    ],
)
def test_what_no_border_lets_in(text: str, reason: str, position: int | None) -> None:
    with pytest.raises(UnacceptableText) as refused:
        canonical(text, max_length=100)
    assert (refused.value.reason, refused.value.position) == (reason, position)
    assert refused.value.words.zh
    assert "{" not in refused.value.words.zh + refused.value.words.en
    if position is not None:
        assert str(position + 1) in refused.value.words.en


def test_several_lines_let_no_other_control_character_in() -> None:
    with pytest.raises(UnacceptableText):
        canonical("a\x0bb", multiline=True)
    with pytest.raises(UnacceptableText):
        canonical("a\x00b", multiline=True)


def test_something_else_than_text_is_refused() -> None:
    with pytest.raises(UnacceptableText):
        canonical(b"bytes")  # type: ignore[arg-type]


@given(st.text(max_size=200), st.booleans())
def test_canonical_text_stays_as_it_is(text: str, multiline: bool) -> None:
    try:
        once = canonical(text, multiline=multiline)
    except UnacceptableText:
        return
    assert canonical(once, multiline=multiline) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode()


def test_hostile_marks_cost_no_time() -> None:
    began = time.thread_time()
    with pytest.raises(UnacceptableText):
        canonical("a" + "\u0301\u0323" * 15_000)
    with pytest.raises(UnacceptableText):
        canonical("\u0301" * 5_000_000)
    assert time.thread_time() - began < 0.5


def test_canonical_json_is_one_form() -> None:
    assert canonical_json({"乙": [1, None, True], "a": "é", "b": {}}) == '{"a":"é","b":{},"乙":[1,null,true]}'.encode()
    assert canonical_json({"b": 1, "a": 2}) == canonical_json({"a": 2, "b": 1})


@pytest.mark.parametrize("value", [float("nan"), {1: 2}, {1: 2, "1": 3}, {1, 2}, "\ud800", [{None: 1}], object()])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical_json(value)


def test_circles_and_endless_nesting_are_refused() -> None:
    circle: list[object] = []
    circle.append(circle)
    with pytest.raises(ValueError):
        canonical_json(circle)
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError):
        canonical_json(deep)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text("a中é "),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("a中é "), inner),
)


@given(json_values)
def test_canonical_json_reads_back(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


def test_bigrams_pair_chinese_characters_and_keep_words_whole() -> None:
    assert bigrams("我想开一家餐馆") == ["我想", "想开", "开一", "一家", "家餐", "餐馆"]
    assert bigrams("税") == ["税"]
    assert bigrams("ＷｉＦｉ５ 覆盖，Straße x_y") == ["wifi5", "覆盖", "strasse", "x", "y"]
    assert bigrams("  ，。") == []


@given(st.text(max_size=100))
def test_bigrams_take_any_text(text: str) -> None:
    assert all(bigrams(text))
