"""What follows from other answers is not asked: it fills the question, says why, and gives way to the person."""

from __future__ import annotations

from html import unescape
from typing import Any

from django.template.loader import render_to_string
from django.test import Client

from tests.service.applications.applying import (
    RESTAURANT,
    SMALL_SHOP,
    Applicant,
    asks_for_correction,
    registers,
    word_goes_round,
)
from yiwang.casework.cases import kinds
from yiwang.service.applications import actions, queries, schema, submission
from yiwang.service.applications.models import Application
from yiwang.service.applications.progress import Kind
from yiwang.service.catalogue import queries as catalogue

DERIVED = {
    "enterprise.activity": "meals",
    "food.items": ["hot"],
    "food.staff": 2,
    "discharge.kind": "catering",
    "discharge.daily_m3": "1.6",
    "seal.kinds": ["official"],
}
"""What follows for a small shop with twelve seats."""
SAID = {code: value for code, value in SMALL_SHOP.items() if code not in DERIVED}


def missing(wang: Applicant, draft: Any) -> set[str]:
    return {step.key for step in wang.sees(draft).progress.missing if step.kind is Kind.QUESTION}


def test_what_follows_from_other_answers_is_not_asked(wang: Applicant) -> None:
    draft = wang.starts(RESTAURANT, SAID)
    assert missing(wang, draft) == set()
    progress = wang.sees(draft).progress
    assert {code: progress.relevant[code] for code in progress.worked_out} == DERIVED


def test_a_suggestion_waits_for_the_answers_that_it_reads(wang: Applicant) -> None:
    draft = wang.starts(RESTAURANT, {"premises.seats": 12})
    assert "discharge.kind" in missing(wang, draft), "whether there is hot food is not known"
    assert wang.sees(draft).progress.relevant["food.staff"] == 2


def test_what_others_may_tell_is_asked_last(wang: Applicant) -> None:
    draft = wang.starts(RESTAURANT, {"premises.floor_area": "80"})
    asked = [step.key for step in wang.sees(draft).progress.missing if step.kind is Kind.QUESTION]
    assert asked.index("premises.seats") < asked.index("enterprise.activity"), "its answer tells the other"


def test_the_persons_own_answer_stands_whatever_follows(wang: Applicant) -> None:
    draft = wang.starts(RESTAURANT, {**SAID, "discharge.daily_m3": "10"})
    progress = wang.sees(draft).progress
    assert progress.relevant["discharge.daily_m3"] == "10"
    assert "discharge.daily_m3" not in progress.worked_out


def test_a_suggestion_follows_what_it_came_from_until_it_is_changed_by_hand(wang: Applicant) -> None:
    draft = wang.starts(RESTAURANT, SAID)
    actions.answer(draft, {"premises.seats": 60}, by=wang.actor)
    assert wang.sees(draft).progress.relevant["discharge.daily_m3"] == "8.1"
    actions.answer(draft, {"discharge.daily_m3": "7"}, by=wang.actor)
    actions.answer(draft, {"premises.seats": 20}, by=wang.actor)
    progress = wang.sees(draft).progress
    assert (progress.relevant["discharge.daily_m3"], progress.relevant["food.staff"]) == ("7", 2)


def test_an_own_answer_taken_back_leaves_what_follows(wang: Applicant) -> None:
    draft = wang.starts(RESTAURANT, {**SAID, "discharge.daily_m3": "10"})
    actions.answer(draft, {"discharge.daily_m3": None}, by=wang.actor)
    assert wang.sees(draft).progress.relevant["discharge.daily_m3"] == "1.6"


def test_a_suggestion_that_follows_from_a_suggestion_counts_too(wang: Applicant) -> None:
    draft = wang.starts(RESTAURANT, {**SAID, "food.hot_food": "none"})
    progress = wang.sees(draft).progress
    assert progress.relevant["discharge.kind"] == "domestic"
    assert progress.question("discharge.daily_m3") is None, "only other water than that from hands is measured"
    assert progress.question("discharge.grease_trap") is None


def test_the_page_shows_it_with_the_reason_and_takes_another_answer(wang: Applicant, web: Client) -> None:
    draft = wang.starts(RESTAURANT, SAID)
    overview = web.get(f"/drafts/{draft}/").content.decode()
    assert "按已有的回答推算：做热食的后厨有油污水" in overview
    address = f"/drafts/{draft}/questions/discharge.daily_m3/"
    page = web.get(address).content.decode()
    assert 'value="1.6"' in page
    assert "GB 50015" in page
    assert "还是用推算的" not in page
    web.post(address, {"discharge.daily_m3": "9"})
    assert wang.sees(draft).answers["discharge.daily_m3"] == "9"
    assert "还是用推算的：1.6 立方米" in web.get(address).content.decode()
    web.post(address, {"suggested": "true"})
    assert wang.sees(draft).progress.relevant["discharge.daily_m3"] == "1.6"


def test_officers_read_which_answers_nobody_gave(wang: Applicant) -> None:
    number = wang.submits(RESTAURANT, SAID).number
    application = Application.objects.get(case__number=number)
    assert application.answers.items() >= DERIVED.items()
    assert set(application.worked_out) == set(DERIVED)
    registered = kinds.kind("application")
    assert registered is not None
    panel = registered.panel(application.pk, frozenset({"drainage"}))
    assert panel is not None
    shown = unescape(render_to_string(panel.template, {"panel": panel.context}))
    assert "1.6 立方米" in shown
    assert "按已有的回答推算：每个座位一天三位客人" in shown


def test_whether_typed_or_left_out_the_same_is_submitted_at_once_or_by_steps(wang: Applicant) -> None:
    by_steps = wang.completes(RESTAURANT, SAID)
    whole = submission.Whole(
        published=catalogue.service(RESTAURANT),
        answers=SAID,
        materials={key: [each.id for each in files] for key, files in by_steps.files.items()},
        deferred=frozenset(),
        signed=frozenset(),
        declared=True,
    )
    submission.apply(whole, key="suggested-1", body=b"{}", by=wang.actor)
    submission.submit(by_steps.id, by_steps.version, declared=True, by=wang.actor)
    first, second = Application.objects.order_by("pk")
    assert (first.answers, first.worked_out) == (second.answers, second.worked_out)


def test_a_correction_lets_it_follow_again(wang: Applicant) -> None:
    number = wang.submits(RESTAURANT, SAID).number
    registers(number)
    word_goes_round()
    asks_for_correction(number, "food", ["餐位数和图上不一样"])
    draft = actions.begin_correction(number, "food", by=wang.actor)
    actions.answer(draft, {"premises.seats": 40}, by=wang.actor)
    submission.correct(draft, wang.sees(draft).version, declared=True, by=wang.actor)
    application = Application.objects.get(case__number=number)
    assert (application.answers["premises.seats"], application.answers["food.staff"]) == (40, 3)
    assert "food.staff" in application.worked_out
    assert application.answers["discharge.daily_m3"] == "1.6", "another part's answer is not reopened"
    papers = queries.papers(application.pk)
    assert papers is not None
    assert papers.worked_out["food.staff"].because.zh.startswith("后厨")


def test_programs_read_what_an_answer_is_taken_to_be(wang: Applicant) -> None:
    found = schema.of_service(catalogue.service(RESTAURANT))["properties"]
    assert found["shop_sign.text"]["x-suggest"] == "enterprise.proposed_name"
