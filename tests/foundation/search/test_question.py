"""What a question is understood to ask."""

from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.search.lexicon import EMPTY, Lexicon, Synonym
from yiwang.foundation.search.question import MAX_LENGTH, Question, ask
from yiwang.foundation.search.terms import saying

LEXICON = Lexicon(
    leave_out=("我想", "怎么办", "都", "有", "a", "how to"),
    synonyms=(
        Synonym(("户口",), ("户口登记",)),
        Synonym(("上户口",), ("出生登记",)),
        Synonym(("孩子", "上学"), ("入学",)),
        Synonym(("全家没工作",), ("零就业家庭",)),
        Synonym(("ktv",), ("歌舞娱乐场所",)),
    ),
)


def wordings(question: Question) -> set[str]:
    """The wordings of more than one character, their pairs joined again."""
    joined = (
        wording.terms[0] + "".join(term[-1] for term in wording.terms[1:])
        for concept in question.concepts
        for wording in concept.wordings
        if not wording.terms[0].startswith("~")
    )
    return {text for text in joined if len(text) > 1}


def test_filler_is_left_out() -> None:
    assert wordings(ask("我想迁移怎么办", LEXICON)) == {"迁移"}


def test_nothing_joins_across_what_is_left_out() -> None:
    assert "养证" not in wordings(ask("养怎么办证", LEXICON))


def test_the_longest_synonym_wins() -> None:
    assert "出生登记" in wordings(ask("给娃上户口", LEXICON))
    assert "户口登记" not in wordings(ask("给娃上户口", LEXICON))


def test_the_persons_own_words_stay_beside_the_official_ones() -> None:
    assert {"户口", "户口登记"} <= wordings(ask("户口", LEXICON))


def test_a_gap_spans_a_few_words() -> None:
    assert "入学" in wordings(ask("孩子今年能上学吗", LEXICON))
    assert "入学" not in wordings(ask("孩子从很远很远的一个地方来这里上学", LEXICON))


def test_whole_words_may_be_turned_around_and_single_verbs_may_not() -> None:
    lexicon = Lexicon(synonyms=(Synonym(("孩子", "上学"), ("入学",)), Synonym(("转", "医保"), ("转移接续",))))
    assert "入学" in wordings(ask("上学的孩子", lexicon))
    assert "转移接续" not in wordings(ask("医保又转", lexicon))


def test_a_repeated_word_is_asked_for_once() -> None:
    assert ask("户口 户口", LEXICON).concepts == ask("户口", LEXICON).concepts
    assert ask("迁移 迁移", LEXICON).concepts == ask("迁移", LEXICON).concepts


def test_what_is_said_at_length_weighs_more() -> None:
    weights = {said: ask(said, LEXICON).concepts[-1].wordings[0].weight for said in ("户口", "全家没工作")}
    assert weights["户口"] < weights["全家没工作"]


def test_spoken_words_are_read_as_plain_ones() -> None:
    lexicon = Lexicon(spoken=(("娃", "孩子"),), synonyms=LEXICON.synonyms)
    assert "入学" in wordings(ask("娃上学", lexicon))


def test_filler_may_stand_inside_of_what_is_said() -> None:
    assert "零就业家庭" in wordings(ask("全家都没有工作", LEXICON))


def test_a_latin_synonym_is_a_whole_word() -> None:
    assert "歌舞娱乐场所" in wordings(ask("开KTV", LEXICON))
    assert "歌舞娱乐场所" not in wordings(ask("ktvx", LEXICON))


def test_short_latin_filler_does_not_eat_words() -> None:
    assert "cat" in wordings(ask("how to a cat", LEXICON))
    assert "how" not in wordings(ask("how to a cat", LEXICON))


def test_only_the_first_200_characters_are_read() -> None:
    question = ask("户口" + "好" * 10_000 + "护照", EMPTY)
    assert len(question.text) == MAX_LENGTH
    assert "护照" not in wordings(question)


@given(st.text(alphabet=st.characters(), max_size=400))
def test_any_text_is_a_question(text: str) -> None:
    ask(text, LEXICON)


@given(st.text(alphabet="户口上孩子学全家都没有工作ktv 我想a", max_size=40))
def test_every_term_comes_from_the_text_or_from_a_synonym(text: str) -> None:
    question = ask(text, LEXICON)
    named = "".join(name for synonym in LEXICON.synonyms for name in synonym.named)
    whole = saying(question.text)
    for term in question.terms():
        assert term in question.text or term in named or term == whole
