"""The index at rest: rebuilt as a whole, read from memory, equal on every database."""

import threading

import pytest
from django.db import connection, transaction

from yiwang.foundation.search import snapshot
from yiwang.foundation.search.actions import Document, forget, rebuild
from yiwang.foundation.search.lexicon import EMPTY, Lexicon, Scenario
from yiwang.foundation.search.models import Entry, Index, Posting
from yiwang.foundation.search.queries import Hit, search

pytestmark = pytest.mark.django_db

MATTERS = (
    Document("hukou", {"name": "户口登记", "department": "公安局", "guidance": "新生儿出生后登记常住户口"}),
    Document("hukou-move", {"name": "户口迁移审批", "department": "公安局"}),
    Document("passport", {"name": "普通护照签发", "name_en": "Ordinary passport", "department": "公安局"}),
    Document("restaurant", {"name": "开办餐饮店", "name_en": "Open a restaurant", "also_called": "开餐馆\n开饭店"}),
    Document("company", {"name": "公司设立登记"}),
)


def build(*documents: Document) -> bool:
    return rebuild("matters", documents or MATTERS, EMPTY)


def keys(text: str, limit: int = 10) -> list[str]:
    return [hit.key for hit in search("matters", text, limit, EMPTY)]


@pytest.fixture(autouse=True)
def _forget_what_other_tests_read() -> None:
    snapshot.clear()


def test_scores_are_the_same_on_every_database() -> None:
    build()
    assert search("matters", "户口迁移", 10, EMPTY) == [Hit("hukou-move", 5.901196), Hit("hukou", 1.048007)]
    assert search("matters", "open restaurants", 10, EMPTY) == [Hit("restaurant", 3.650617)]


def test_search_finds_by_every_field() -> None:
    build()
    assert keys("开饭店")[0] == "restaurant"
    assert keys("passport") == ["passport"]
    assert keys("新生儿") == ["hukou"]
    assert set(keys("安局")) == {"hukou", "hukou-move", "passport"}


def test_scenarios_of_the_city_are_indexed_with_their_matter() -> None:
    lexicon = Lexicon(scenarios=(Scenario(("普通护照签发",), ("去国外旅游",)),))
    rebuild("matters", MATTERS, lexicon)
    assert keys("国外旅游")[0] == "passport"


def test_who_says_word_for_word_what_one_matter_wrote_down_is_led_to_it() -> None:
    said = "孩子上学要居住证吗\n孩子上学居住证怎么办"
    school = Document("school", {"name": "孩子上学居住证", "also_called": "孩子上学要居住证", "scenarios": said})
    permit = Document("permit", {"name": "暂住登记", "scenarios": "外地人怎么落脚\n孩子上学要居住证怎么办"})
    build(school, permit)
    assert keys("孩子上学要居住证怎么弄")[0] == "school"
    assert keys("孩子上学，要居住证怎么办？")[0] == "permit", "punctuation is not said"


def test_spoken_words_meet_plain_ones_in_the_index() -> None:
    lexicon = Lexicon(spoken=(("娃", "孩子"),))
    rebuild("matters", (Document("a", {"name": "娃的疫苗"}), Document("b", {"name": "狗的疫苗"})), lexicon)
    assert search("matters", "孩子", 10, lexicon)[0].key == search("matters", "娃", 10, lexicon)[0].key == "a"


def test_a_rebuild_replaces_all_and_an_unchanged_one_writes_nothing() -> None:
    assert build()
    assert not build(*reversed(MATTERS))
    assert build(Document("dog", {"name": "养狗登记"}))
    assert keys("养狗") == ["dog"]
    assert keys("护照") == []
    assert Entry.objects.count() == 1


def test_a_search_sees_what_another_process_rebuilt() -> None:
    build()
    assert keys("护照") == ["passport"]
    held = snapshot.current("matters")
    build(Document("other", {"name": "护照"}))
    assert keys("护照") == ["other"]
    assert held is not None
    # A question that was under way when the index changed begins again instead of mixing the two.
    with pytest.raises(snapshot.Rebuilt):
        held.scores(["护照", "登记"])


def test_a_question_without_any_known_word_notices_a_rebuild_too() -> None:
    build()
    held = snapshot.current("matters")
    build(Document("other", {"name": "护照"}))
    assert held is not None
    with pytest.raises(snapshot.Rebuilt):
        held.scores(["龘龘"])


def test_a_rebuild_that_fails_leaves_the_old_index() -> None:
    build()
    with pytest.raises(RuntimeError), transaction.atomic():
        build(Document("other", {"name": "护照"}))
        raise RuntimeError
    snapshot.clear()
    assert keys("护照") == ["passport"]


def test_an_index_that_was_never_built_or_was_forgotten_finds_nothing() -> None:
    assert keys("护照") == []
    build()
    forget("matters")
    assert keys("护照") == []
    assert not Posting.objects.exists()


def test_an_empty_index_finds_nothing() -> None:
    rebuild("matters", [], EMPTY)
    assert keys("护照") == []


def test_indexes_do_not_see_each_other() -> None:
    build()
    rebuild("places", [Document("p", {"name": "护照街"})], EMPTY)
    assert keys("护照") == ["passport"]
    assert Index.objects.count() == 2


def test_the_limit_is_kept_and_bounded() -> None:
    build(*(Document(f"d{number:03}", {"name": "排水许可"}) for number in range(150)))
    assert keys("排水", 3) == ["d000", "d001", "d002"]
    assert len(keys("排水", 10_000)) == 100
    assert keys("排水", 0) == []
    assert keys("排水", -5) == []


@pytest.mark.parametrize("text", ["", "   ", "！？。", "\x00", "\ud800", "怎" * 5_000, "a" * 5_000, "%_'\";--", "⚖️"])
def test_any_text_is_answered(text: str) -> None:
    build()
    assert isinstance(keys(text), list)


@pytest.mark.parametrize(
    ("documents", "says"),
    [
        ((Document("a", {"name": "x"}), Document("a", {"name": "y"})), "two documents"),
        ((Document("", {"name": "x"}),), "characters"),
        ((Document("k" * 201, {"name": "x"}),), "characters"),
        ((Document("a", {"nmae": "x"}),), "nmae"),
    ],
)
def test_documents_that_cannot_be_indexed_are_refused(documents: tuple[Document, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        build(*documents)


def test_a_search_costs_a_fixed_number_of_queries(django_assert_num_queries: object) -> None:
    build()
    with django_assert_num_queries(3):
        keys("户口迁移登记")
    with django_assert_num_queries(1):
        keys("户口迁移登记")
    with django_assert_num_queries(2):
        keys("护照签发")


def test_what_is_held_in_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    build()
    monkeypatch.setattr(snapshot, "MAX_TERMS", 3)
    monkeypatch.setattr(snapshot, "MAX_SNAPSHOTS", 2)
    before = search("matters", "户口迁移登记护照", 10, EMPTY)
    held = snapshot.current("matters")
    assert held is not None
    assert held.size() <= 3
    assert search("matters", "户口迁移登记护照", 10, EMPTY) == before
    for number in range(4):
        rebuild("matters", [Document("d", {"name": f"第{number}"})], EMPTY)
        keys("第")
    assert snapshot.held() <= 2


@pytest.mark.django_db(transaction=True)
def test_two_rebuilds_at_once_leave_one_whole_index() -> None:
    versions = [[Document(f"{name}{number}", {"name": f"{name}护照"}) for number in range(30)] for name in "甲乙"]
    errors: list[BaseException] = []

    def work(documents: list[Document]) -> None:
        try:
            rebuild("matters", documents, EMPTY)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(documents,)) for documents in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not errors
    found = {key[0] for key in keys("护照", 100)}
    assert len(found) == 1
    assert Entry.objects.count() == 30
