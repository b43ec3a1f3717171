"""Facts that a grant creates are named and checked as the city's vocabulary says."""

from __future__ import annotations

import pytest

from tests.casework.cases.world import World, limit, part_of, part_plan, words
from yiwang.casework.cases import actions, queries
from yiwang.casework.cases.facts import LONGEST, WrongFact, described
from yiwang.casework.cases.models import Case, Statement
from yiwang.casework.cases.plan import Plan
from yiwang.casework.cases.record import CaseRef
from yiwang.foundation.kernel.identifiers import make_resident_id
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ledger.models import Event
from yiwang.foundation.ledger.replay import replay
from yiwang.foundation.standards.elements import Element, ElementKind
from yiwang.foundation.standards.models import ElementRow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def vocabulary(db: None) -> None:
    for element in (
        Element(
            "child.resident_id",
            Words("孩子身份证号", "Identity number of the child"),
            ElementKind.RESIDENT_ID,
            personal=True,
        ),
        Element("home.contract_number", Words("合同编号", "Contract number"), ElementKind.TEXT, max_length=10),
    ):
        body = {"code": element.code, "name": {"zh": element.name.zh, "en": element.name.en}, "kind": element.kind}
        ElementRow.objects.create(
            code=element.code, body=body | {"max_length": element.max_length, "personal": element.personal}
        )


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


def registered(world: World, number: str) -> CaseRef:
    """A case whose first part has created the child's number, so that the second is open."""
    plan = Plan(
        words("A child is born"),
        (
            part_plan("household", "police", creates=("child.resident_id", "home.contract_number")),
            part_plan("insurance", "insurance", needs=("household",)),
        ),
        limit("15 working days"),
    )
    case, by = world.receive(plan), world.officer("police")
    actions.accept(part_of(case, "household"), by=by)
    for task in ("review", "site"):
        actions.complete(part_of(case, "household").task(task), by=by)
    facts = {"child.resident_id": number, "home.contract_number": "C-1"}
    actions.decide(part_of(case, "household"), True, "准予登记", by=by, facts=facts)
    return case


def test_a_fact_about_a_person_flows_on_and_stays_out_of_events_and_states(world: World) -> None:
    number = make_resident_id(7)
    case = registered(world, number)
    known = {"child.resident_id": number, "home.contract_number": "C-1"}
    assert queries.case_view(case.number, world.applicant).facts == known
    assert queries.case_view(case.number, world.officer("insurance")).facts == known
    events = Event.objects.filter(stream_id=case.id)
    assert not any(number in event.body for event in events)
    assert number not in Case.objects.get(pk=case.id).state
    assert any("C-1" in str(event.body) for event in events), "what is about nobody is on record as it is"
    assert not replay().differences


def test_a_fact_about_a_person_can_be_erased_and_not_be_exchanged(world: World) -> None:
    case = registered(world, make_resident_id(7))
    fact = Statement.objects.get(case=case.id, body=make_resident_id(7))
    Statement.objects.filter(pk=fact.pk).update(body=make_resident_id(8))
    assert replay().differences, "another number is not what the event commits to"
    fact.delete()
    assert queries.case_view(case.number, world.applicant).facts == {"home.contract_number": "C-1"}
    assert not replay().differences


def test_no_facts_ask_nothing(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert described([]) == {}
