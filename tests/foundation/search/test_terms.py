"""How texts are cut for search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.search.terms import MAX_TERM, fold, indexed_terms, pieces, terms, word


def test_chinese_is_cut_into_overlapping_pairs() -> None:
    assert terms(fold("户口登记")) == ["户口", "口登", "登记"]


def test_latin_words_and_numbers_are_whole_terms() -> None:
    assert terms(fold("Open a KTV 在80号")) == ["open", "a", "ktv", "在", "80", "号"]


def test_full_width_capitals_and_accents_are_levelled() -> None:
    assert fold("ＫＴＶ　Café") == "ktv cafe"


def test_traditional_characters_are_read_as_simplified() -> None:
    assert fold("開辦營業執照") == "开办营业执照"


def test_control_characters_part_words_and_never_fail() -> None:
    assert fold("户\x00口\u202e登\ud800记") == "户 口 登 记"


def test_plural_and_singular_are_one_word() -> None:
    assert word("restaurants") == word("restaurant") == "restaurant"
    assert word("companies") == word("company") == "company"
    assert word("business") == "business"


def test_a_single_character_can_be_found_alone() -> None:
    assert "狗" in indexed_terms(fold("养狗登记"))


def test_pieces_let_a_misspelt_word_be_recognised() -> None:
    assert len(set(pieces("restaurant")) & set(pieces("resturant"))) >= 4
    assert pieces("ktv") == []


@pytest.mark.parametrize("length", [1, 33, 5_000])
def test_terms_are_bounded(length: int) -> None:
    assert all(len(term) <= MAX_TERM for term in indexed_terms(fold("x" * length)))


@given(st.text(alphabet=st.characters(), max_size=300))
def test_any_text_folds_and_folding_twice_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    indexed_terms(folded)
