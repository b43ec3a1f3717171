"""What officers see of an application: answers, papers and promises of their own parts, and nothing of others'."""

from __future__ import annotations

from html import unescape

import pytest
from django.template.loader import render_to_string
from django.test import Client

from tests.foundation.directory import people
from tests.service.applications.applying import (
    DRAINAGE,
    DRAINS,
    LARGE_SHOP,
    RESTAURANT,
    Applicant,
    asks_for_correction,
    decides,
    registers,
    word_goes_round,
)
from yiwang.casework.cases import kinds
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.identifiers import check_uscc
from yiwang.service.applications import actions, queries, submission
from yiwang.service.applications.models import ApplicationMaterial, OnSiteCheck


def drawn(kind: str, case_id: int, *parts: str) -> str:
    registered = kinds.kind(kind)
    assert registered is not None
    panel = registered.panel(case_id, frozenset(parts))
    assert panel is not None
    return unescape(render_to_string(panel.template, {"panel": panel.context}))


@pytest.fixture
def restaurant(wang: Applicant) -> tuple[str, int]:
    """A large restaurant that has been applied for: number and case."""
    number = wang.submits(RESTAURANT, LARGE_SHOP).number
    return number, wang.follows(number).id


def test_a_department_reads_the_answers_and_papers_of_its_part(restaurant: tuple[str, int]) -> None:
    water = drawn("application", restaurant[1], "drainage")
    assert "望江区滨江路 8 号" in water
    assert "地下管道合格承诺书" in water
    assert "hidden_works_pledge.png" in water
    assert "食品安全管理制度" not in water, "the food department's papers are not the water department's"
    assert "公章" not in water


def test_what_is_not_asked_of_the_applicant_is_shown_with_where_to_look_it_up(restaurant: tuple[str, int]) -> None:
    registration = drawn("application", restaurant[1], "registration")
    assert "不用申请人交，请向公安局核对" in registration


def test_a_correction_shows_what_the_answer_was_and_keeps_the_old_paper_in_sight(wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    asks_for_correction(number, DRAINAGE, ["面积与产权证不符"])
    draft = actions.begin_correction(number, DRAINAGE, by=wang.actor)
    actions.answer(draft, {"premises.floor_area": "118"}, by=wang.actor)
    actions.bring(draft, "hidden_works_pledge", [wang.uploads("better.png")], by=wang.actor, replace=True)
    submission.correct(draft, wang.sees(draft).version, declared=True, by=wang.actor)
    shown = drawn("application", wang.follows(number).id, DRAINAGE)
    assert "118 平方米" in shown
    assert "补正前：120 平方米" in shown
    assert "better.png" in shown
    assert "<del>hidden_works_pledge.png</del>" in shown


def test_a_grant_that_creates_an_enterprise_is_offered_a_code_and_its_name(restaurant: tuple[str, int]) -> None:
    registered = kinds.kind("application")
    assert registered is not None
    proposed = registered.proposed_facts(restaurant[1], "registration")
    assert check_uscc(proposed["enterprise.uscc"]) == proposed["enterprise.uscc"]
    assert proposed["enterprise.name"] == "兰姨小馆"


def test_whoever_checks_on_site_reads_the_promise(restaurant: tuple[str, int]) -> None:
    number, _case = restaurant
    registers(number)
    decides(number, "fire")
    word_goes_round()
    shown = drawn("check", OnSiteCheck.objects.get().case_id, "check")
    assert "安全出口和疏散通道畅通" in shown
    assert number in shown


def test_papers_are_read_by_the_departments_that_need_them_and_by_nobody_else(
    wang: Applicant, chen: Applicant, restaurant: tuple[str, int]
) -> None:
    of = {row.key: row.document_id for row in ApplicationMaterial.objects.filter(application=restaurant[1])}
    water, food = people.officer("water/permits"), people.officer("market/food")
    allowed = {
        (who, key): queries.may_read(user, of[key])
        for who, user in (("water", water), ("food", food), ("stranger", chen.user))
        for key in ("hidden_works_pledge", "food_safety_rules")
    }
    assert allowed == {
        ("water", "hidden_works_pledge"): True,
        ("water", "food_safety_rules"): False,
        ("food", "hidden_works_pledge"): False,
        ("food", "food_safety_rules"): True,
        ("stranger", "hidden_works_pledge"): False,
        ("stranger", "food_safety_rules"): False,
    }


def test_the_download_itself_obeys(wang: Applicant, chen: Applicant, restaurant: tuple[str, int]) -> None:
    document = ApplicationMaterial.objects.get(application=restaurant[1], key="hidden_works_pledge").document_id

    def status(user: User) -> int:
        client = Client()
        client.force_login(user)
        return client.get(f"/documents/{document}/").status_code

    assert status(wang.user) == 200
    assert status(people.officer("water/inspection")) == 200
    assert status(people.officer("civil-affairs/elderly")) == 404
    assert status(chen.user) == 404


def test_the_desk_shows_the_panel(wang: Applicant, restaurant: tuple[str, int]) -> None:
    client = Client()
    client.force_login(people.officer("market/registration"))
    page = client.get(f"/desk/cases/{restaurant[0]}/?part=registration")
    assert page.status_code == 200
    assert "兰姨小馆" in page.content.decode()
