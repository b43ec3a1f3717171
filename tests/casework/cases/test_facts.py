"""Facts that a grant creates are named and checked as the city's vocabulary says."""

from __future__ import annotations

import pytest

from yiwang.casework.cases.facts import LONGEST, WrongFact, described
from yiwang.foundation.kernel.identifiers import make_resident_id
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Element, ElementKind
from yiwang.foundation.standards.models import ElementRow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def vocabulary(db: None) -> None:
    for element in (
        Element("child.resident_id", Words("孩子身份证号", "Identity number of the child"), ElementKind.RESIDENT_ID),
        Element("home.contract_number", Words("合同编号", "Contract number"), ElementKind.TEXT, max_length=10),
    ):
        body = {"code": element.code, "name": {"zh": element.name.zh, "en": element.name.en}, "kind": element.kind}
        ElementRow.objects.create(code=element.code, body=body | {"max_length": element.max_length})


def test_a_fact_has_the_name_of_its_element() -> None:
    facts = described(["home.contract_number", "child.resident_id"])
    assert [fact.name.en for fact in facts.values()] == ["Contract number", "Identity number of the child"]


def test_an_identity_number_that_cannot_be_one_does_not_flow_on() -> None:
    fact = described(["child.resident_id"])["child.resident_id"]
    number = make_resident_id(7)
    assert fact.checked(f" {number} ") == number
    with pytest.raises(WrongFact) as refused:
        fact.checked(number[:-2] + "00")
    assert refused.value.name == "child.resident_id"
    assert refused.value.words.zh


def test_a_fact_is_no_longer_than_its_element() -> None:
    fact = described(["home.contract_number"])["home.contract_number"]
    assert fact.checked("") == ""
    with pytest.raises(WrongFact):
        fact.checked("12345678901")


def test_what_the_vocabulary_does_not_know_is_called_by_its_code() -> None:
    fact = described(["other.thing"])["other.thing"]
    assert fact.name == Words("other.thing", "other.thing")
    assert fact.longest == LONGEST


def test_no_facts_ask_nothing(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert described([]) == {}
