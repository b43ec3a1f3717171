"""Only what the situation requires is asked; the list of papers shrinks as answers come."""

from __future__ import annotations

import pytest

from tests.service.applications.applying import CARD, LARGE_SHOP, RESTAURANT, SMALL_SHOP, Applicant
from yiwang.foundation.directory import queries as directory
from yiwang.service.applications.progress import Kind, Papers, Progress, settle
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.catalogue.service import MaterialStatus, suggestions_of


def progress(code: str, answers: dict[str, object], **more: object) -> Progress:
    return Progress(catalogue.service(code), Papers(answers, **more))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def in_jinlan(wang: Applicant) -> None:
    """Every test happens in the demonstration city."""


def test_a_small_shop_without_a_sign_is_asked_less_than_a_large_one_with_a_sign() -> None:
    small = progress(RESTAURANT, dict(SMALL_SHOP))
    large = progress(RESTAURANT, {**LARGE_SHOP, "shop_sign.wanted": True})
    assert len(small.questions) < len(large.questions)
    assert {part.key for part in large.parts} - {part.key for part in small.parts} == {"fire", "sign"}


def test_papers_that_the_government_holds_are_struck_off_with_their_source() -> None:
    own = progress(RESTAURANT, {**SMALL_SHOP, "premises.tenure": "own"})
    rent = progress(RESTAURANT, {**SMALL_SHOP, "premises.tenure": "rent"})
    status = {each.material.key: (each.status, each.source) for each in own.materials}
    assert status["property_certificate"] == (MaterialStatus.EXEMPT, "natural-resources")
    assert status["identity_card"] == (MaterialStatus.EXEMPT, "public-security")
    assert "lease" not in status
    assert {each.material.key for each in rent.to_bring} - {each.material.key for each in own.to_bring} == {"lease"}


def test_the_code_of_an_enterprise_that_does_not_exist_yet_is_never_asked() -> None:
    asked = {question.element.code for question in progress(RESTAURANT, dict(LARGE_SHOP)).questions}
    assert "enterprise.uscc" not in asked


def test_an_answer_that_a_changed_earlier_answer_makes_irrelevant_is_not_submitted() -> None:
    answers = {**SMALL_SHOP, "discharge.kind": "domestic"}
    kept = progress(RESTAURANT, answers).submitted_answers()
    assert "discharge.daily_m3" not in kept
    assert "discharge.grease_trap" not in kept
    assert kept["discharge.kind"] == "domestic"


def test_what_follows_only_from_an_irrelevant_answer_is_irrelevant_too() -> None:
    service = catalogue.service(RESTAURANT).service
    answers = {"shop_sign.wanted": False, "shop_sign.text": "兰姨", "shop_sign.width_m": "3", "shop_sign.lit": True}
    assert settle(service, answers).answers.keys() == {"shop_sign.wanted", "seal.kinds"}


def test_the_order_in_which_answers_came_does_not_matter() -> None:
    service = catalogue.service(RESTAURANT).service
    backwards = dict(reversed({**LARGE_SHOP, "shop_sign.text": "兰姨"}.items()))
    assert settle(service, backwards) == settle(service, {**LARGE_SHOP, "shop_sign.text": "兰姨"})


def test_questions_come_before_papers_and_papers_before_promises() -> None:
    answers = dict(LARGE_SHOP)
    del answers["premises.floor"]
    kinds = [step.kind for step in progress(RESTAURANT, answers).missing]
    assert kinds == sorted(kinds, key=[Kind.QUESTION, Kind.MATERIAL, Kind.COMMITMENT].index)
    assert kinds[0] is Kind.QUESTION
    assert kinds[-1] is Kind.COMMITMENT


def test_a_deferrable_paper_is_missing_until_the_person_chooses_to_bring_it_later() -> None:
    before = progress(RESTAURANT, dict(SMALL_SHOP))
    after = progress(RESTAURANT, dict(SMALL_SHOP), deferred=frozenset({"grease_trap_contract"}))
    assert "grease_trap_contract" in {step.key for step in before.missing}
    assert "grease_trap_contract" not in {step.key for step in after.missing}
    awaiting = {choice.key: choice.awaiting for choice in after.chosen}
    assert awaiting["drainage"] == ("grease_trap_contract",)


def test_a_paper_that_may_not_wait_is_missing_whatever_the_person_chose() -> None:
    after = progress(RESTAURANT, dict(SMALL_SHOP), deferred=frozenset({"floor_plan"}))
    assert "floor_plan" in {step.key for step in after.missing}
    assert all("floor_plan" not in choice.awaiting for choice in after.chosen)


def test_tasks_that_the_situation_spares_are_skipped() -> None:
    cold = progress(RESTAURANT, {**SMALL_SHOP, "food.hot_food": "none", "premises.seats": 0})
    skipped = {choice.key: choice.skipped for choice in cold.chosen}
    assert skipped["food"] == ("site",)


def test_the_page_says_which_question_it_is_and_about_how_many_follow() -> None:
    begun = progress(RESTAURANT, {"premises.floor_area": "80"})
    assert begun.place_of("food.hot_food")[0] == 2
    number, left = begun.place_of("food.hot_food")
    suggested = suggestions_of(begun.service)
    assert left == sum(each.element.code not in suggested for each in begun.questions[number:])
    done = progress(RESTAURANT, dict(SMALL_SHOP))
    assert done.place_of("seal.kinds")[1] == 0


def test_a_rule_grants_what_its_answers_allow_and_leaves_the_rest_to_people(chen: Applicant) -> None:
    person = directory.identity(chen.user.pk)
    assert person is not None
    here = {"person.resident_id": person.resident_id, "person.lives_here": True, "card.delivery": "phone"}
    assert set(progress(CARD, here).granted_by_rule()) == {CARD}
    assert progress(CARD, {**here, "person.lives_here": False}).granted_by_rule() == {}
