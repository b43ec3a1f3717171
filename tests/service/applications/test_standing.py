"""One sentence says where an application is and what it waits for; what the applicant must do comes first."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.casework.cases.state import Stage
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.wording import TimeLeft
from yiwang.service.applications.glance import PartGlance
from yiwang.service.applications.standing import standing, state_of
from yiwang.service.catalogue.package import Delivery

TODAY = date(2025, 3, 12)


def at(month: int, day: int) -> datetime:
    """The exclusive end of the day before, in the city."""
    return datetime(2025, month, day, 16, tzinfo=UTC)


WATER, MARKET = Words("水务局", "Water Bureau"), Words("市场监管局", "Market Regulation Bureau")


def part(stage: Stage, name: Words = Words("排水许可", "Drainage permit"), **more: Any) -> PartGlance:
    known: dict[str, Any] = {
        "key": name.en,
        "name": name,
        "department": WATER,
        "stage": stage,
        "needs": (),
        "acceptance_due": at(3, 18),
        "promise_due": at(3, 19),
        "statute_due": at(4, 2),
        "promise_limit": Words("5 个工作日", "5 working days"),
        "left": TimeLeft(5),
        "correction_at": None,
        "awaiting": (),
        "owed": (),
        "stop": None,
        "stop_until": None,
        "result": Words("排水许可证", "Drainage permit"),
        "delivery": Delivery.ONLINE,
        "delivered": stage is Stage.GRANTED,
        "late": False,
    }
    return PartGlance(**{**known, **more})


FOOD = Words("食品经营许可", "Food business licence")
TEST = Words("水质检测", "Water test")


def said(*parts: PartGlance) -> tuple[str, str]:
    found = standing(parts, TODAY)
    return found.heading.zh, found.heading.en


def test_after_receipt_the_law_s_five_days_run() -> None:
    found = standing([part(Stage.RECEIVED)], TODAY)
    assert found.heading == Words("已收到，等水务局受理", "Received, to be accepted by Water Bureau")
    assert "3月18日" in found.text.zh
    assert "counts as" not in found.text.zh


def test_what_the_applicant_must_correct_comes_before_everything_else() -> None:
    correcting = part(Stage.CORRECTING, correction_at=at(3, 10))
    stopped = part(Stage.ACCEPTED, FOOD, stop=TEST, stop_until=at(3, 26))
    found = standing([stopped, correcting], TODAY)
    assert found.heading.zh == "等您补正：排水许可"
    assert found.correct == correcting.key
    assert "补齐那天起算" in found.text.zh


def test_a_deferred_material_is_asked_for_while_the_departments_go_on() -> None:
    found = standing([part(Stage.ACCEPTED, awaiting=(("contract", Words("清掏协议", "Contract")),))], TODAY)
    assert found.heading == Words("在办，还等您补交清掏协议", "Under way, waiting for your contract")
    assert found.bring == "contract"


def test_a_clock_that_stands_still_is_said_with_what_for_and_until_when() -> None:
    found = standing([part(Stage.ACCEPTED, stop=TEST, stop_until=at(3, 26))], TODAY)
    assert found.heading.zh == "时钟停着，等水质检测的结果"
    assert "3月26日" in found.text.zh


def test_while_others_work_a_stopped_part_is_told_beside_them() -> None:
    found = standing(
        [part(Stage.ACCEPTED, stop=TEST, stop_until=at(3, 26)), part(Stage.ACCEPTED, FOOD, department=MARKET)], TODAY
    )
    assert found.heading == Words("2 个部门同时在办", "2 departments work on it at the same time")
    assert "停着" in found.text.zh


def test_the_parts_that_wait_for_the_registration_are_counted() -> None:
    waiting = part(Stage.WAITING, FOOD, needs=(Words("登记", "Registration"),))
    assert said(part(Stage.RECEIVED, Words("登记", "Registration")), waiting) == (
        "已收到，先办登记，1 项随后",
        "Received: Registration first, 1 parts after it",
    )


def test_a_promise_that_was_missed_is_admitted() -> None:
    found = standing([part(Stage.ACCEPTED, late=True)], TODAY)
    assert "超过了承诺的日子" in found.text.zh


@pytest.mark.parametrize(
    ("stage", "heading"),
    [
        (Stage.GRANTED, "办好了"),
        (Stage.REFUSED, "没有批准"),
        (Stage.NOT_ACCEPTED, "没有受理"),
        (Stage.WITHDRAWN, "您撤回了申请"),
        (Stage.REVOKED, "已经撤销"),
    ],
)
def test_an_end_is_said_as_what_it_is(stage: Stage, heading: str) -> None:
    assert said(part(stage))[0] == heading


def test_some_granted_and_some_not_is_said_in_numbers() -> None:
    assert said(part(Stage.GRANTED), part(Stage.GRANTED, FOOD), part(Stage.REFUSED))[0] == "办结：2 项办好，1 项没办成"


def test_a_result_to_collect_says_where() -> None:
    found = standing([part(Stage.GRANTED, delivered=False, delivery=Delivery.COLLECTION)], TODAY)
    assert found.heading.zh == "批准了，请来领排水许可证"
    assert "身份证" in found.text.zh


STAGES = st.sampled_from(list(Stage))
GLANCES = st.builds(
    part,
    STAGES,
    st.sampled_from([FOOD, Words("登记", "Registration")]),
    needs=st.sampled_from([(), (FOOD,)]),
    awaiting=st.sampled_from([(), (("a", TEST),)]),
    stop=st.sampled_from([None, TEST]),
    promise_due=st.sampled_from([None, at(3, 19)]),
    left=st.sampled_from([None, TimeLeft(-1), TimeLeft(0)]),
    delivered=st.booleans(),
    late=st.booleans(),
    delivery=st.sampled_from(list(Delivery)),
)


@given(st.lists(GLANCES, min_size=1, max_size=6))
def test_every_case_has_a_sentence_in_both_languages(parts: list[PartGlance]) -> None:
    found = standing(parts, TODAY)
    for words in (found.heading, found.text, *(state_of(each)[0] for each in parts)):
        assert words.zh
        assert words.en
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in words.en)
    assert len(found.heading.zh) <= 36
