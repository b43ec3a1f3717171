"""The city knows which records are about one person, and keeps nothing else of them."""

from datetime import date

import pytest
from django.apps import apps

from tests.library.centre import city
from tests.library.subjects.conftest import CARDS, card
from yiwang.library.centre import gateways
from yiwang.library.gateways.contract import Subject
from yiwang.library.subjects import actions, queries
from yiwang.library.subjects.models import Record

pytestmark = pytest.mark.django_db

RESIDENTS = city.RESIDENTS.reference
WANG = "110000199003070220"


def of_resident(number):
    return queries.subject_of(RESIDENTS, number)


def of_card(code):
    return queries.subject_of(CARDS.reference, code)


def test_a_number_in_two_registers_is_one_person(rows):
    rows["market"].tables["cards"].append(card("K3", "陈建囯", None, "110000195106120130"))
    done = actions.relink(Subject.PERSON)
    assert (done.records, done.missing) == (6, ())
    assert of_card("K3") == of_resident("110000195106120130")
    assert of_card("K2") not in {of_resident(row["resident_id"]) for row in rows["security"].tables["residents"]}


def test_ids_stay_when_everything_is_read_again(rows):
    actions.relink(Subject.PERSON)
    before = dict(Record.objects.values_list("digest", "subject"))
    rows["security"].tables["residents"].reverse()
    done = actions.relink(Subject.PERSON)
    assert dict(Record.objects.values_list("digest", "subject")) == before
    assert (done.merged, done.split) == (0, 0)


def test_a_number_that_is_found_later_merges_two_people_and_is_told(rows):
    actions.relink(Subject.PERSON)
    person, holder = of_resident(WANG), of_card("K2")
    rows["market"].tables["cards"][1] = card("K2", "王晓兰", date(1990, 3, 7), WANG)
    done = actions.relink(Subject.PERSON)
    assert of_card("K2") == of_resident(WANG)
    assert done.merged == 1
    kept = of_resident(WANG)
    assert {queries.successor(person), queries.successor(holder)} == {kept}
    assert queries.history()[0].change == "merged"


def test_a_wrong_number_that_is_mended_splits_them_again(rows):
    rows["market"].tables["cards"][1] = card("K2", "王晓兰", date(1990, 3, 7), WANG)
    actions.relink(Subject.PERSON)
    assert of_card("K2") == of_resident(WANG)
    rows["market"].tables["cards"][1] = card("K2", "孙一", date(1970, 1, 1), "110000197001010010")
    assert actions.relink(Subject.PERSON).split == 1
    assert of_card("K2") != of_resident(WANG)


def test_a_department_that_does_not_answer_keeps_its_records(rows):
    actions.relink(Subject.PERSON)
    before = of_card("K2")
    del rows["market"].tables["cards"]
    done = actions.relink(Subject.PERSON)
    assert done.missing == (CARDS.reference,)
    assert of_card("K2") == before


def test_a_record_that_is_gone_is_forgotten(rows):
    actions.relink(Subject.PERSON)
    rows["market"].tables["cards"].pop()
    actions.relink(Subject.PERSON)
    assert of_card("K2") is None


def test_the_centre_keeps_no_value_of_a_department(rows):
    actions.relink(Subject.PERSON)
    kept = [
        str(value)
        for model in apps.get_app_config("subjects").get_models()
        for row in model.objects.values()
        for value in row.values()
    ]
    for row in [*rows["security"].tables["residents"], *rows["market"].tables["cards"]]:
        for value in (row["name"], row.get("resident_id")):
            assert not value or not any(value in each for each in kept)


def test_reading_for_linkage_stands_in_the_owners_log(rows):
    actions.relink(Subject.PERSON)
    (record,) = gateways.gateway("security").accesses()
    assert (record.asker.purpose, record.rows) == ("linkage", 3)


def test_without_grants_nothing_is_read(folder):
    assert actions.relink(Subject.ENTERPRISE).records == 0
