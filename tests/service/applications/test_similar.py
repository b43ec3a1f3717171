"""Earlier decisions that are like this case, with reasons that name nobody; and reasons drafted from the case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.foundation.assist.models import Model, serving
from tests.service.applications.applying import DRAINAGE, DRAINS, Applicant, accepts, at_post, part_of
from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.models import Statement
from yiwang.casework.cases.queries import case_view
from yiwang.casework.cases.record import PartRef
from yiwang.foundation.directory.actor import MACHINE
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.actions import seal
from yiwang.service.applications import decision_drafts, similar
from yiwang.web.worker import run_until_quiet

PERMITS, INSPECTION = "water/permits", "water/inspection"


@pytest.fixture
def model(settings: Any) -> Iterator[Model]:
    with serving(settings) as found:
        yield found


def works(number: str, found: str = "") -> None:
    """Everything before the decision."""
    accepts(number, DRAINAGE)
    cases.complete(PartRef(number, DRAINAGE).task("review"), by=at_post(PERMITS))
    if any(task.key == "site" and task.state.value == "ready" for task in part_of(number, DRAINAGE).tasks):
        cases.complete(PartRef(number, DRAINAGE).task("site"), by=at_post(INSPECTION), words=found)


def decides(who: Applicant, granted: bool, reason: str, **answers: Any) -> str:
    number = who.submits(DRAINAGE, {**DRAINS, **answers}).number
    works(number)
    cases.decide(PartRef(number, DRAINAGE), granted, reason, by=at_post(PERMITS))
    return number


def like(number: str) -> tuple[similar.Similar, ...]:
    view = case_view(number, MACHINE)
    return similar.similar(view, view.part(DRAINAGE))


def test_what_agrees_where_the_rules_look_comes_first(wang: Applicant, chen: Applicant, clock: FrozenClock) -> None:
    decides(chen, True, "隔油池合格，管网可以接纳。", **{"discharge.daily_m3": "10.5"})
    clock.advance(timedelta(hours=1))
    decides(chen, False, "没有隔油池，油水会堵塞管网。", **{"discharge.grease_trap": False})
    number = wang.submits(DRAINAGE, DRAINS).number
    first, second = like(number)
    assert (first.granted, first.other) == (True, ())
    assert {name.zh for name in second.other} == {"隔油池"}
    assert second.reason.startswith("没有隔油池")


def test_nobody_is_named(wang: Applicant, chen: Applicant, clock: FrozenClock) -> None:
    reason = "陈建国（110000195106120130，电话19900000002）在望江区滨江路 8 号的油水经隔油池处理。"
    decides(chen, True, reason)
    (found,) = like(wang.submits(DRAINAGE, DRAINS).number)
    for telling in ("陈建国", "110000195106120130", "19900000002", "滨江路"):
        assert telling not in found.reason
    assert "隔油池" in found.reason


def test_the_same_words_are_shown_once_and_counted(wang: Applicant, chen: Applicant, clock: FrozenClock) -> None:
    for _turn in range(3):
        decides(chen, True, "隔油池合格，管网可以接纳这些污水。")
    (found,) = like(wang.submits(DRAINAGE, DRAINS).number)
    assert found.times == 3


def test_erased_reasons_are_not_missed(wang: Applicant, chen: Applicant, clock: FrozenClock) -> None:
    decides(chen, True, "隔油池合格。")
    Statement.objects.all().delete()
    (found,) = like(wang.submits(DRAINAGE, DRAINS).number)
    assert found.reason == ""


def test_how_many_were_decided_changes_nothing_in_the_number_of_queries(
    wang: Applicant, chen: Applicant, clock: FrozenClock
) -> None:
    decides(chen, True, "一")
    number = wang.submits(DRAINAGE, DRAINS).number
    like(number)
    with CaptureQueriesContext(connection) as few:
        like(number)
    for reason in ("管网容量不足", "水量太大，超过许可", "隔油池合格"):
        decides(chen, reason.startswith("隔"), reason)
    with CaptureQueriesContext(connection) as more:
        like(number)
    assert len(few) == len(more)


def test_only_the_department_that_decides_sees_them(wang: Applicant, chen: Applicant, clock: FrozenClock) -> None:
    decides(chen, True, "隔油池合格，管网可以接纳。")
    number = wang.submits(DRAINAGE, DRAINS).number
    accepts(number, DRAINAGE)
    view = case_view(number, at_post(PERMITS))
    part = view.part(DRAINAGE)
    assert similar.similar_decisions(view, part, at_post(PERMITS)) is not None
    assert similar.similar_decisions(view, part, at_post("fire/permits")) is None
    officer = Client()
    officer.force_login(User.objects.get(username="wu.water"))
    page = officer.get(f"/desk/cases/{number}/").content.decode()
    assert "管网可以接纳" in page


def test_a_grant_is_drafted_from_papers_work_and_conditions(wang: Applicant, clock: FrozenClock) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    works(number, "隔油池 2 立方米，运行正常")
    view = case_view(number, MACHINE)
    draft = decision_drafts.drafted(view, view.part(DRAINAGE))
    assert draft is not None
    text = draft.grant.zh
    assert "隔油池 2 立方米，运行正常" in text
    assert "3月12日收到" in text
    assert "城镇排水与污水处理条例" in text
    assert "污水排入排水管网许可证" in text
    assert len(text) <= 2000


def test_a_refusal_is_drafted_from_what_was_found_with_its_basis(wang: Applicant, clock: FrozenClock) -> None:
    number = wang.submits(DRAINAGE, {**DRAINS, "discharge.grease_trap": False}).number
    seal()
    run_until_quiet()
    works(number)
    view = case_view(number, MACHINE)
    draft = decision_drafts.drafted(view, view.part(DRAINAGE))
    assert draft is not None
    assert "没有隔油池" in draft.refuse.zh
    assert "管理办法 第九条" in draft.refuse.zh
    assert "没有隔油池" not in draft.grant.zh


def test_the_officer_asks_for_a_draft_changes_it_and_signs(wang: Applicant, clock: FrozenClock) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    works(number)
    officer = Client()
    officer.force_login(User.objects.get(username="wu.water"))
    address = f"/desk/cases/{number}/parts/{DRAINAGE}/decide/"
    assert "经审查" not in officer.get(address).content.decode(), "nothing is drafted unasked"
    page = officer.get(f"{address}?draft=yes")
    assert "经审查" in page.content.decode()
    assert page.context["form"].initial["granted"] == "yes"
    assert part_of(number, DRAINAGE).is_open, "looking at a draft decides nothing"
    seen = part_of(number, DRAINAGE).revision
    sent = officer.post(address, {"seen": seen, "granted": "yes", "reason": "我改过的理由。"})
    assert sent.status_code == 302
    assert part_of(number, DRAINAGE).reason == "我改过的理由。"


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_of_texts_is_between_nothing_and_all(one: str, two: str) -> None:
    found = similar.cosine(one, two)
    assert 0 <= found <= 1.0000001
    assert found == similar.cosine(two, one)


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3)),
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3)),
)
def test_likeness_of_answers_is_mutual_and_leaves_out_what_nobody_answered(one: Any, two: Any) -> None:
    names = frozenset("abcdef")
    found = similar.likeness(names, one, two)
    assert found == similar.likeness(names, two, one)
    assert set(found.same) | set(found.other) == set(one) | set(two)
    assert not set(found.same) & set(found.other)


@pytest.mark.parametrize(("one", "two", "same"), [("100", "109", True), ("100", "112", False), ("0", "0", True)])
def test_numbers_agree_within_ten_per_cent(one: str, two: str, same: bool) -> None:
    from decimal import Decimal

    found = similar.likeness(frozenset("a"), {"a": Decimal(one)}, {"a": Decimal(two)})
    assert bool(found.same) is same


def test_a_language_model_rewords_and_decides_nothing(wang: Applicant, model: Model, clock: FrozenClock) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    works(number)
    officer = Client()
    officer.force_login(User.objects.get(username="wu.water"))
    address = f"/desk/cases/{number}/parts/{DRAINAGE}/decide/"
    typed = {"granted": "yes", "reason": "王晓兰在望江区滨江路 8 号开店，可以。", "reword": "1"}
    typed["seen"] = str(part_of(number, DRAINAGE).revision)
    page = officer.post(address, typed)
    assert page.status_code == 200
    assert "语言模型" in page.content.decode()
    assert page.context["form"].initial["reason"] == typed["reason"]
    assert "王晓兰" not in str(model.asked)
    assert "滨江路" not in str(model.asked)
    assert part_of(number, DRAINAGE).is_open
    model.status = 500
    assert typed["reason"] in officer.post(address, typed).content.decode()
