"""Texts that are few edits apart have bags of characters that differ in few bits."""

from hypothesis import given
from hypothesis import strategies as st

from yiwang.library.linkage.bags import bags
from yiwang.library.linkage.names import with_one_missing

texts = st.text(st.sampled_from("0123456789abcxyz王李小明張é\U00020000") | st.characters(), max_size=20)
edit = st.tuples(st.sampled_from(("put", "take", "turn")), st.integers(0, 20), st.characters())


def bits_between(one, other):
    first, second = bags([one, other]).tolist()
    return (first ^ second).bit_count()


def edited(text, edits):
    for what, at, character in edits:
        after = text[at:] if what == "put" else text[at + 1 :]
        text = text[:at] + ("" if what == "take" else character) + after
    return text


@given(texts, st.lists(edit, max_size=3))
def test_an_edit_changes_two_bits_at_most(text, edits):
    assert bits_between(text, edited(text, edits)) <= 2 * len(edits)


@given(texts, texts)
def test_names_with_one_character_too_many_each_differ_in_two_bits_at_most(one, other):
    if set(with_one_missing(one)) & set(with_one_missing(other)):
        assert bits_between(one, other) <= 2


@given(st.lists(texts, max_size=20))
def test_a_bag_is_the_same_alone_and_among_others(some):
    found = bags(some).tolist()
    assert found == [bags([text]).item() for text in some]
    assert all((not bag) == (not text) and 0 <= bag < 1 << 63 for bag, text in zip(found, some, strict=True))


def test_the_order_of_characters_does_not_matter():
    assert bits_between("510812", "812510") == 0
