"""An officer says whether two records are about the same one, and the next run keeps to it."""

from datetime import date

import pytest
from django.test import Client

from tests.library.centre import city
from tests.library.centre.conftest import People
from tests.library.subjects.conftest import CARDS, card
from yiwang.library.centre import gateways
from yiwang.library.gateways.contract import Subject
from yiwang.library.subjects import actions, queries, references, reviewing
from yiwang.library.subjects.models import Opinion, Record, Review

pytestmark = pytest.mark.django_db

RESIDENTS = city.RESIDENTS.reference
WANG = "110000199003070220"


@pytest.fixture
def officers(rows):
    return People()


def client(officers, name="analyst"):
    found = Client()
    found.force_login(officers.account(name))
    return found


def doubt(needs=1, resident=WANG, code="K2"):
    """As a run would have left it: these two records, in doubt."""
    digests = sorted(
        [
            (references.digest(RESIDENTS, resident), RESIDENTS),
            (references.digest(CARDS.reference, code), CARDS.reference),
        ]
    )
    (one, one_product), (other, other_product) = digests
    return Review.objects.create(
        kind="person", one=one, other=other, one_product=one_product, other_product=other_product,
        reason="near", needs=needs, found_at="2026-11-25T00:00:00Z",
    ).pk  # fmt: skip


def same(resident=WANG, code="K2"):
    return queries.same_subject(RESIDENTS, resident, CARDS.reference, code)


def test_two_records_stand_side_by_side_and_both_looks_are_logged(officers):
    actions.relink(Subject.PERSON)
    page = client(officers).get(f"/library/review/{doubt()}/", headers={"Accept-Language": "en"})
    said = page.content.decode()
    assert "王晓兰" in said
    assert "孙一" in said
    for department in ("security", "market"):
        record = gateways.gateway(department).accesses()[-1]
        assert (record.asker.actor, record.asker.purpose, record.asker.post, record.rows) == (
            str(officers.analyst), "linkage", "office/analysis", 1,
        )  # fmt: skip


def test_differences_are_marked(officers):
    actions.relink(Subject.PERSON)
    states = {line.name.en: line.state for line in reviewing.pair(doubt(), officers.analyst).compared}
    assert (states["Name"], states["Date of birth"], states["Identity number"]) == ("different", "different", "one")


def test_the_list_reads_no_record(officers):
    actions.relink(Subject.PERSON)
    before = len(gateways.gateway("security").accesses())
    number = doubt()
    assert f"/library/review/{number}/" in client(officers).get("/library/review/").content.decode()
    assert len(gateways.gateway("security").accesses()) == before


def test_what_an_officer_says_is_the_same_the_next_run_makes_one(officers):
    actions.relink(Subject.PERSON)
    number = doubt()
    assert not same()
    answer = client(officers).post(f"/library/review/{number}/", {"answer": "same"})
    assert answer.status_code == 302
    assert not same()
    assert actions.relink(Subject.PERSON).merged == 1
    assert same()
    assert actions.relink(Subject.PERSON).split == 0


def test_what_an_officer_says_is_different_the_next_run_keeps_apart(officers, rows):
    rows["market"].tables["cards"][1] = card("K2", "王晓兰", date(1990, 3, 7), WANG)
    actions.relink(Subject.PERSON)
    assert same()
    actions.give_opinion(doubt(), reviewing.Answer.DIFFERENT, by=officers.analyst)
    assert actions.relink(Subject.PERSON).split == 1
    assert not same()
    assert queries.history()[0].change == "split"


def test_records_of_high_level_need_a_second_officer(officers, rows):
    actions.relink(Subject.PERSON)
    number = doubt(needs=2)
    for _twice in range(2):
        assert actions.give_opinion(number, reviewing.Answer.SAME, by=officers.analyst) == ""
    assert [line.number for line in reviewing.queue(officers.analyst).said] == [number]
    actions.relink(Subject.PERSON)
    assert not same()
    assert Opinion.objects.filter(review=number).count() == 2


def test_who_holds_no_grant_for_linkage_sees_no_pair(officers):
    actions.relink(Subject.PERSON)
    number = doubt()
    assert reviewing.queue(officers.food_one).open == ()
    food = client(officers, "food.one")
    assert food.get(f"/library/review/{number}/").status_code == 404
    assert food.post(f"/library/review/{number}/", {"answer": "same"}).status_code == 404
    assert not Opinion.objects.exists()


def test_a_post_without_an_answer_is_told_so(officers):
    actions.relink(Subject.PERSON)
    assert client(officers).post(f"/library/review/{doubt()}/").status_code == 422


def test_a_record_that_is_gone_is_said_to_be(officers, rows):
    actions.relink(Subject.PERSON)
    number = doubt()
    rows["market"].tables["cards"].pop()
    (silent,) = reviewing.pair(number, officers.analyst).silent
    assert silent.why == reviewing.GONE


def test_a_run_keeps_pairs_that_it_is_unsure_about_and_forgets_those_it_no_longer_is(officers, rows):
    rows["market"].tables["cards"] += [
        card("K4", "王晓蘭", date(1990, 3, 7), None),
        card("K5", "王晓兰", None, None),
    ]
    stale = doubt(resident="110000195106120130")
    done = actions.relink(Subject.PERSON)
    assert not Review.objects.filter(pk=stale).exists()
    assert Review.objects.count() == done.unsure
    assert all(review.needs == 2 for review in Review.objects.filter(one_product=RESIDENTS))


def test_a_sealed_key_opens_for_its_own_product_alone(rows):
    actions.relink(Subject.PERSON)
    record = Record.objects.get(digest=references.digest(CARDS.reference, "K2"))
    assert references.unseal(CARDS.reference, bytes(record.sealed)) == "K2"
    with pytest.raises(references.Unreadable):
        references.unseal(RESIDENTS, bytes(record.sealed))


def test_a_program_reviews_as_the_page_does(officers):
    actions.relink(Subject.PERSON)
    number = doubt(needs=2)
    web, address = client(officers), f"/api/v1/library/reviews/{number}"
    before = len(gateways.gateway("security").accesses())
    listed = web.get("/api/v1/library/reviews").json()
    assert ([each["number"] for each in listed["open"]], listed["waiting"]) == ([number], 1)
    assert len(gateways.gateway("security").accesses()) == before
    pair = web.get(address).json()
    assert {line["name"]["en"]: line["state"] for line in pair["compared"]}["Name"] == "different"
    assert len(gateways.gateway("security").accesses()) == before + 1
    answer = web.post(f"{address}/opinion", {"answer": "same"}, content_type="application/json")
    assert answer.json() == {"verdict": ""}
    assert web.get("/api/v1/library/reviews").json()["said"][0]["mine"] == "same"
    wrong = web.post(f"{address}/opinion", {"answer": "perhaps"}, content_type="application/json")
    assert wrong.status_code == 422
    stranger = client(officers, "food.one")
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/opinion", {"answer": "same"}, content_type="application/json").status_code == 404
