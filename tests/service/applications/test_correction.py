"""A correction is asked for once and completely; the applicant puts it right on one page and sends it again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.service.applications.applying import (
    DRAINAGE,
    DRAINS,
    LARGE_SHOP,
    RESTAURANT,
    Applicant,
    accepts,
    asks_for_correction,
    part_of,
    picture,
    registers,
)
from yiwang.casework.cases.refusals import NotPossible as CaseNotPossible
from yiwang.casework.cases.state import Stage, TaskState
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.service.applications import actions, queries, submission
from yiwang.service.applications.refusals import Incomplete, NoSuchApplication, NotAsked, NotPossible


def test_the_corrected_part_starts_again_with_better_papers_and_keeps_the_old_ones_on_record(
    wang: Applicant, clock: FrozenClock
) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    asks_for_correction(number, DRAINAGE, ["管线图没有标隔油池", "面积与产权证不符"])
    clock.advance(timedelta(days=3))
    draft = actions.begin_correction(number, DRAINAGE, by=wang.actor)
    actions.answer(draft, {"premises.floor_area": "118.5"}, by=wang.actor)
    actions.bring(draft, "hidden_works_pledge", [wang.uploads("better.png")], by=wang.actor, replace=True)
    held = wang.sees(draft)
    assert submission.correct(draft, held.version, declared=True, by=wang.actor) == number
    part = part_of(number, DRAINAGE)
    assert part.stage is Stage.RECEIVED
    papers = queries.papers(wang.follows(number).id)
    assert papers is not None
    assert papers.answers["premises.floor_area"] == "118.5"
    assert [dict(change.answers) for change in papers.changed] == [{"premises.floor_area": "120"}]
    plans = {file.document.name: file.replaced_at for file in papers.files if file.key == "hidden_works_pledge"}
    assert plans["better.png"] is None
    assert plans["hidden_works_pledge.png"] is not None


def test_sending_a_correction_twice_changes_nothing(wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    asks_for_correction(number, DRAINAGE, ["请核对地址"])
    draft = actions.begin_correction(number, DRAINAGE, by=wang.actor)
    assert actions.begin_correction(number, DRAINAGE, by=wang.actor) == draft
    version = wang.sees(draft).version
    for _time in range(2):
        assert submission.correct(draft, version, declared=True, by=wang.actor) == number


def test_new_answers_spare_or_want_tasks_of_the_part(wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    asks_for_correction(number, DRAINAGE, ["请核对污水种类"])
    draft = actions.begin_correction(number, DRAINAGE, by=wang.actor)
    actions.answer(draft, {"discharge.kind": "domestic"}, by=wang.actor)
    submission.correct(draft, wang.sees(draft).version, declared=True, by=wang.actor)
    site = next(task for task in part_of(number, DRAINAGE).tasks if task.key == "site")
    assert site.state is TaskState.SKIPPED
    papers = queries.papers(wang.follows(number).id)
    assert papers is not None
    assert "discharge.daily_m3" not in papers.answers


def test_a_correction_that_leaves_something_out_is_not_sent(wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    asks_for_correction(number, DRAINAGE, ["管线图看不清"])
    draft = actions.begin_correction(number, DRAINAGE, by=wang.actor)
    actions.bring(draft, "hidden_works_pledge", [], by=wang.actor, replace=True)
    with pytest.raises(Incomplete) as refused:
        submission.correct(draft, wang.sees(draft).version, declared=True, by=wang.actor)
    assert [step.key for step in refused.value.missing] == ["hidden_works_pledge"]
    assert part_of(number, DRAINAGE).stage is Stage.CORRECTING


def test_a_correction_cannot_change_which_matters_are_applied_for(wang: Applicant) -> None:
    number = wang.submits(RESTAURANT, LARGE_SHOP).number
    registers(number)
    asks_for_correction(number, "food", ["面积与产权证不符"])
    draft = actions.begin_correction(number, "food", by=wang.actor)
    actions.answer(draft, {"premises.floor_area": "200"}, by=wang.actor)
    with pytest.raises(NotPossible) as refused:
        submission.correct(draft, wang.sees(draft).version, declared=True, by=wang.actor)
    assert refused.value.code == "parts_change"


def test_a_correction_touches_the_questions_of_its_part_only(wang: Applicant) -> None:
    number = wang.submits(RESTAURANT, LARGE_SHOP).number
    registers(number)
    asks_for_correction(number, "food", ["写明卖什么"])
    draft = actions.begin_correction(number, "food", by=wang.actor)
    asked = {question.element.code for question in wang.sees(draft).progress.questions}
    assert "food.items" in asked
    assert "seal.kinds" not in asked
    with pytest.raises(NotAsked):
        actions.answer(draft, {"seal.kinds": ["official"]}, by=wang.actor)


def test_nothing_can_be_corrected_that_nobody_asked_to_correct(wang: Applicant, chen: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    with pytest.raises(CaseNotPossible):
        actions.begin_correction(number, DRAINAGE, by=wang.actor)
    asks_for_correction(number, DRAINAGE, ["请核对地址"])
    with pytest.raises(NoSuchApplication):
        actions.begin_correction(number, DRAINAGE, by=chen.actor)
    with pytest.raises(NoSuchApplication):
        actions.begin_correction(number, "food", by=wang.actor)


def test_the_pages_lead_from_the_request_to_the_corrected_part(wang: Applicant, web: Client) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    asks_for_correction(number, DRAINAGE, ["管线图没有标隔油池"])
    status = web.get(f"/applications/{number}/")
    assert "等您补正" in status.content.decode()
    assert "管线图没有标隔油池" in status.content.decode()
    begun = web.post(f"/applications/{number}/parts/{DRAINAGE}/correct/")
    review = begun.headers["Location"]
    page = web.get(review).content.decode()
    assert "管线图没有标隔油池" in page
    draft = review.split("/")[2]
    assert web.get(f"/drafts/{draft}/").headers["Location"] == review
    changed = web.post(f"/drafts/{draft}/questions/premises.floor_area/", {"premises.floor_area": "99"})
    assert changed.headers["Location"] == review
    web.post(f"/drafts/{draft}/materials/hidden_works_pledge/", {"file": picture("new.png")})
    version = wang.sees(actions.begin_correction(number, DRAINAGE, by=wang.actor)).version
    sent = web.post(review, {"version": str(version), "declared": "true"})
    assert sent.headers["Location"] == f"/applications/{number}/"
    assert part_of(number, DRAINAGE).stage is Stage.RECEIVED
    assert web.get(review).headers["Location"] == f"/applications/{number}/"


def test_a_correction_whose_part_was_withdrawn_meanwhile_says_so(wang: Applicant, web: Client) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    asks_for_correction(number, DRAINAGE, ["管线图没有标隔油池"])
    draft = actions.begin_correction(number, DRAINAGE, by=wang.actor)
    version = wang.sees(draft).version
    actions.withdraw(number, DRAINAGE, "", by=wang.actor)
    sent = web.post(f"/drafts/{draft}/review/", {"version": str(version), "declared": "true"})
    assert sent.status_code == 422
    assert "没有等您补正的内容" in sent.content.decode()


def test_a_material_left_for_later_is_brought_and_no_longer_awaited(wang: Applicant, web: Client) -> None:
    number = wang.submits(DRAINAGE, DRAINS, later=["grease_trap_contract"]).number
    accepts(number, DRAINAGE)
    page = web.get(f"/applications/{number}/").content.decode()
    assert "补交：隔油池清掏协议" in page
    address = f"/applications/{number}/materials/grease_trap_contract/"
    assert web.post(address).status_code == 422
    assert web.post(address, {"file": picture()}).headers["Location"] == f"/applications/{number}/"
    assert part_of(number, DRAINAGE).awaiting == ()
    assert web.get(address).status_code == 404


def test_withdrawing_asks_first_and_ends_the_part(wang: Applicant, web: Client) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    address = f"/applications/{number}/parts/{DRAINAGE}/withdraw/"
    assert "要撤回" in web.get(address).content.decode()
    assert part_of(number, DRAINAGE).stage is Stage.RECEIVED
    assert web.post(address, {"reason": "不开了"}).headers["Location"] == f"/applications/{number}/"
    assert part_of(number, DRAINAGE).stage is Stage.WITHDRAWN
    assert web.get(address).status_code == 303
    assert web.post(address).status_code == 409
