"""One person's record, put together from the departments' own data while somebody looks."""

from datetime import date

import pytest
from django.test import Client

from tests.library.centre import city
from tests.library.centre.conftest import People
from tests.library.subjects.conftest import CARDS, card
from tests.library.subjects.test_reviewing import doubt
from yiwang.library.centre import gateways
from yiwang.library.centre.questions import Standing
from yiwang.library.gateways.contract import Subject
from yiwang.library.subjects import actions, golden, queries
from yiwang.library.subjects.models import Answer

pytestmark = pytest.mark.django_db

RESIDENTS = city.RESIDENTS.reference
WANG = "110000199003070220"
LINKAGE = Standing("office/analysis", "linkage")


@pytest.fixture
def officers(rows):
    rows["market"].tables["cards"].append(card("K3", "王小兰", date(1990, 3, 7), WANG))
    actions.relink(Subject.PERSON)
    return People()


def thing(found, name):
    return next(each for each in found.things if each.name.en == name)


def test_values_of_all_departments_stand_together_the_one_source_first(officers):
    found = golden.assemble(golden.sought(WANG), LINKAGE, officers.analyst)
    name = thing(found, "Name")
    assert [(told.shown, told.code, told.authoritative) for told in name.values] == [
        ("王晓兰", "security.residents", True), ("王小兰", "market.cards", False),
    ]  # fmt: skip
    assert name.disputed
    assert not thing(found, "Date of birth").disputed
    assert found.subjects == (queries.subject_of(RESIDENTS, WANG),)


def test_by_id_the_same_is_found_and_every_look_is_logged(officers):
    subject = queries.subject_of(RESIDENTS, WANG)
    by_number = golden.assemble(golden.sought(WANG), LINKAGE, officers.analyst)
    found = golden.assemble(golden.sought(subject), LINKAGE, officers.analyst)
    assert {(each.name.en, each.disputed) for each in found.things} == {
        (each.name.en, each.disputed) for each in by_number.things
    }
    for department in ("security", "market"):
        looks = [each for each in gateways.gateway(department).accesses() if each.asker.actor != "machine"]
        assert [each.rows for each in looks] == [1, 1]


def test_records_without_the_number_come_by_what_linkage_knows(officers, rows):
    actions.give_opinion(doubt(code="K2"), Answer.SAME, by=officers.analyst)
    actions.relink(Subject.PERSON)
    found = golden.assemble(golden.sought(WANG), LINKAGE, officers.analyst)
    assert "孙一" in {told.shown for told in thing(found, "Name").values}


def test_a_silent_department_is_named(officers, rows):
    del rows["market"].tables["cards"]
    found = golden.assemble(golden.sought(WANG), LINKAGE, officers.analyst)
    assert [each.product.reference for each in found.silent] == [CARDS.reference]
    assert thing(found, "Name").values[0].shown == "王晓兰"


def test_the_page_shows_it_to_who_holds_a_grant_and_asks_for_a_case_where_one_is_needed(officers):
    analyst, food = Client(), Client()
    analyst.force_login(officers.account("analyst"))
    food.force_login(officers.account("food.one"))
    page = analyst.post("/library/subjects/", {"standing": LINKAGE.key, "who": WANG})
    assert page.status_code == 200
    assert "王小兰" in page.content.decode()
    assert food.post("/library/subjects/", {"standing": LINKAGE.key, "who": WANG}).status_code == 422
    application = Standing("market/food", "application").key
    for case in ("", "made-up"):
        refused = food.post("/library/subjects/", {"standing": application, "who": WANG, "case": case})
        assert refused.status_code == 422
        assert "王晓兰" not in refused.content.decode()


def test_what_is_no_identifier_is_refused(officers):
    for text in ("", "王晓兰", WANG[:-1] + "1", "g" * 20):
        with pytest.raises(golden.Unknown):
            golden.sought(text)


def test_a_program_gets_the_same_under_the_same_rules(officers):
    analyst, food = Client(), Client()
    analyst.force_login(officers.account("analyst"))
    food.force_login(officers.account("food.one"))

    def asked(client, standing, who=WANG, case=""):
        body = {"post": standing.post, "purpose": standing.purpose, "who": who, "case": case}
        return client.post("/api/v1/library/subjects", body, content_type="application/json")

    body = asked(analyst, LINKAGE).json()
    (name,) = [each for each in body["things"] if each["name"]["en"] == "Name"]
    assert [(told["shown"], told["product"], told["authoritative"]) for told in name["values"]] == [
        ("王晓兰", "security.residents", True), ("王小兰", "market.cards", False),
    ]  # fmt: skip
    assert (name["disputed"], body["records"], body["silent"]) == (True, 2, [])
    assert body["subjects"] == [queries.subject_of(RESIDENTS, WANG)]
    standings = analyst.get("/api/v1/library/subjects/standings").json()
    assert {"post": "office/analysis", "purpose": "linkage", "case": False} in standings
    application = Standing("market/food", "application")
    for client, standing, who, case, field in (
        (food, LINKAGE, WANG, "", "post"),
        (analyst, LINKAGE, "王晓兰", "", "who"),
        (food, application, WANG, "", "case"),
        (food, application, WANG, "made-up", "case"),
    ):
        refused = asked(client, standing, who, case)
        assert (refused.status_code, refused.json()["field"]) == (422, field)
