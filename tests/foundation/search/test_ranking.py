"""How documents are ranked, without a database."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.search.lexicon import EMPTY, Aspect, Lexicon, Synonym
from yiwang.foundation.search.question import ask
from yiwang.foundation.search.ranking import FIELDS, TermScores, rank, rarity, term_scores
from yiwang.foundation.search.terms import fold, indexed_terms, terms


def ranked(text: str, documents: list[dict[str, str]], lexicon: Lexicon = EMPTY) -> list[tuple[int, float]]:
    folded = [[fold(document.get(name, "")) for name in FIELDS] for document in documents]
    lengths = [[len(terms(field)) for field in fields] for fields in folded]
    averages = [sum(column) / len(folded) for column in zip(*lengths, strict=True)]
    occurrences: dict[str, list[tuple[int, int, int]]] = {}
    for ordinal, fields in enumerate(folded):
        for number, field in enumerate(fields):
            for term, count in Counter(indexed_terms(field)).items():
                occurrences.setdefault(term, []).append((ordinal, number, count))
    question = ask(text, lexicon)
    found: dict[str, TermScores] = {
        term: term_scores(occurrences[term], lengths, averages) for term in question.terms() if term in occurrences
    }
    return rank(question, found, [fields[0] for fields in folded], lexicon, 10)


def order(text: str, *documents: dict[str, str], lexicon: Lexicon = EMPTY) -> list[int]:
    return [ordinal for ordinal, _ in ranked(text, list(documents), lexicon)]


def named(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def test_a_name_counts_more_than_guidance() -> None:
    assert order("护照", {"guidance": "护照", "name": "签证办理"}, {"name": "护照办理"}) == [1, 0]


def test_a_short_name_ranks_above_a_long_one() -> None:
    assert order("户口登记", *named("户口登记项目内容变更更正证明", "户口登记")) == [1, 0]


def test_one_wrong_character_still_finds() -> None:
    assert order("胡口迁移", *named("户口迁移审批", "排水许可"))[0] == 0


def test_a_single_character_finds() -> None:
    assert order("狗", *named("排水许可", "养狗登记")) == [1]


def test_a_misspelt_english_word_finds() -> None:
    assert order("resturant", {"name_en": "Drainage"}, {"name_en": "Open a restaurant"}) == [1]


def test_what_answers_all_of_the_question_ranks_above_what_repeats_a_part() -> None:
    assert order("户口迁移", {"name": "户口户口户口"}, {"name": "户口迁移审批事项办理"})[0] == 1


def test_equal_scores_keep_the_order_of_keys() -> None:
    assert order("排水", *named("排水许可", "排水许可", "排水许可")) == [0, 1, 2]


def test_a_synonym_finds_what_is_named_officially() -> None:
    lexicon = Lexicon(synonyms=(Synonym(("网吧",), ("互联网上网服务营业场所",)),))
    assert order("开网吧", *named("歌舞娱乐场所", "互联网上网服务营业场所设立"), lexicon=lexicon)[0] == 1


def test_half_of_an_official_name_is_hardly_an_answer() -> None:
    lexicon = Lexicon(synonyms=(Synonym(("网吧",), ("互联网上网服务营业场所",)),))
    scores = dict(ranked("网吧", named("互联网上网服务营业场所", "演出营业场所"), lexicon))
    assert scores.get(1, 0) < scores[0] / 5


def test_a_long_official_name_does_not_shout_down_a_short_one_of_the_same_word() -> None:
    lexicon = Lexicon(synonyms=(Synonym(("饭店",), ("食品含保健食品经营许可核发", "开办餐饮店")),))
    scores = dict(ranked("饭店", named("食品含保健食品经营许可核发", "开办餐饮店"), lexicon))
    assert scores[1] > scores[0] / 2


def test_an_aspect_not_asked_for_ranks_lower_and_one_asked_for_higher() -> None:
    lexicon = Lexicon(aspects=(Aspect("cancel", ("不开了",), ("注销",), 0.8),))
    names = named("公司设立登记", "公司注销登记")
    assert order("公司登记", *names, lexicon=lexicon) == [0, 1]
    assert order("公司不开了要登记", *names, lexicon=lexicon) == [1, 0]


def test_what_scores_next_to_nothing_is_left_out() -> None:
    assert order("普通护照签发", *named("普通护照签发", "发")) == [0]


def test_rarity_falls_as_more_documents_hold_a_term_and_stays_positive() -> None:
    rarities = [rarity(holders, 100) for holders in range(101)]
    assert rarities == sorted(rarities, reverse=True)
    assert rarities[-1] > 0


@given(
    st.lists(st.text(alphabet="户口迁移登记变更abc ", max_size=12), max_size=8),
    st.text(alphabet="户口迁移登记abc", max_size=8),
)
def test_scores_are_positive_sorted_and_repeatable(names: list[str], text: str) -> None:
    documents = named(*names, "户口")
    first = ranked(text, documents)
    assert first == ranked(text, documents)
    assert first == sorted(first, key=lambda item: (-item[1], item[0]))
    assert all(score > 0 for _, score in first)
