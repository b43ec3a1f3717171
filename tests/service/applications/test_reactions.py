"""What follows when something happens: people are told, enterprises come to be, promises are checked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.service.applications.applying import (
    CARD,
    DRAINAGE,
    DRAINS,
    LARGE_SHOP,
    RESTAURANT,
    SENIOR,
    Applicant,
    accepts,
    asks_for_correction,
    at_post,
    decides,
    part_of,
    registers,
    word_goes_round,
)
from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.models import Case
from yiwang.casework.cases.queries import case_view
from yiwang.casework.cases.record import PartRef
from yiwang.casework.cases.state import Stage
from yiwang.casework.cases.sweep import sweep
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import MACHINE
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.models import Cursor
from yiwang.foundation.notifications import queries as inbox
from yiwang.service.applications.models import Application, OnSiteCheck
from yiwang.service.applications.queries import followed


def told(who: Applicant) -> list[str]:
    """Subjects of the person's messages in Chinese, oldest first."""
    return [message.subject.zh for message in reversed(inbox.inbox(who.user.pk).messages)]


def test_the_applicant_is_told_of_every_turn_in_both_languages(wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    accepts(number, DRAINAGE)
    ref = PartRef(number, DRAINAGE)
    cases.start_special_procedure(ref, "water_test", "已取水样", by=at_post("water/permits"))
    cases.end_special_procedure(ref, "合格", by=at_post("water/permits"))
    decides(number, DRAINAGE)
    word_goes_round()
    name = "城镇污水排入排水管网许可"
    assert told(wang) == [
        f"已受理：{name}",
        f"时钟停下，等水质检测：{name}",
        f"水质检测有结果了：{name}",
        f"办好了：{name}",
    ]
    stopped = inbox.inbox(wang.user.pk).messages[2]
    assert stopped.subject.en.startswith("The clock stands still for a water test")
    assert "行政许可法 第四十五条" in stopped.body.zh
    assert "已取水样" in stopped.body.zh
    assert stopped.link == f"/applications/{number}/"


def test_what_to_correct_and_why_it_was_refused_is_told_word_for_word(wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    asks_for_correction(number, DRAINAGE, ["管线图没有标隔油池", "地址不全"])
    word_goes_round()
    message = inbox.inbox(wang.user.pk).messages[0]
    assert "1. 管线图没有标隔油池\n2. 地址不全" in message.body.zh
    other = wang.submits(DRAINAGE, DRAINS).number
    decides(other, DRAINAGE, granted=False)
    word_goes_round()
    refusal = inbox.inbox(wang.user.pk).messages[0]
    assert refusal.subject.zh.startswith("没有批准")
    assert "行政复议" in refusal.body.zh
    assert "within 60 days" in refusal.body.en


def test_however_much_an_officer_writes_the_message_arrives(wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    asks_for_correction(number, DRAINAGE, ["请补" * 900] * 20)
    word_goes_round()
    message = inbox.inbox(wang.user.pk).messages[0]
    assert message.subject.zh.startswith("请补正")
    assert "全文请看申请页面" in message.body.zh


def test_a_decision_by_rule_is_told_once_with_the_rules_own_words(chen: Applicant) -> None:
    chen.submits(CARD, SENIOR)
    word_goes_round()
    messages = inbox.inbox(chen.user.pk).messages
    assert len(messages) == 1
    assert "满六十周岁" in messages[0].body.zh
    assert "满" not in messages[0].body.en


def test_silence_and_a_missed_promise_are_told(wang: Applicant, clock: FrozenClock) -> None:
    wang.submits(DRAINAGE, DRAINS)
    clock.advance(timedelta(days=20))
    word_goes_round()
    from yiwang.casework.cases.sweep import sweep

    sweep()
    word_goes_round()
    subjects = told(wang)
    assert any(subject.startswith("依法视为受理") for subject in subjects)
    assert any(subject.startswith("超过了承诺的日子") for subject in subjects)


def test_hearing_everything_twice_changes_nothing(wang: Applicant) -> None:
    number = wang.submits(RESTAURANT, LARGE_SHOP).number
    registers(number)
    decides(number, "fire")
    word_goes_round()
    before = (told(wang), Case.objects.count(), OnSiteCheck.objects.count())
    Cursor.objects.filter(consumer__startswith="applications.").update(position=0)
    word_goes_round()
    assert (told(wang), Case.objects.count(), OnSiteCheck.objects.count()) == before


def test_a_granted_registration_makes_the_enterprise_and_opens_the_parts_that_need_it(wang: Applicant) -> None:
    number = wang.submits(RESTAURANT, LARGE_SHOP).number
    code = registers(number)
    word_goes_round()
    enterprise = directory.enterprise(code)
    assert enterprise is not None
    assert enterprise.name == "锦澜兰姨小馆"
    assert wang.follows(number).facts["enterprise.uscc"] == code
    assert part_of(number, "food").stage is Stage.RECEIVED


@pytest.fixture
def on_promise(wang: Applicant) -> tuple[str, str]:
    """A restaurant whose fire safety was granted on a promise: its number, and the number of the check on site."""
    number = wang.submits(RESTAURANT, LARGE_SHOP).number
    registers(number)
    decides(number, "fire")
    word_goes_round()
    check = OnSiteCheck.objects.select_related("case").get()
    return number, check.case.number


def test_a_grant_on_a_promise_opens_its_check_on_site_as_a_case_of_its_own(
    wang: Applicant, on_promise: tuple[str, str]
) -> None:
    number, check = on_promise
    view = case_view(check, MACHINE)
    assert view.kind == "check"
    assert [(task.key, task.post) for task in view.parts[0].tasks][1:] == [
        ("visit", "fire/inspection"),
        ("decide", "fire/inspection"),
    ]
    assert [link.number for link in wang.follows(number).links] == [check]
    assert any(subject.startswith("会上门核查") for subject in told(wang))


def test_a_promise_found_true_leaves_the_grant_alone(on_promise: tuple[str, str]) -> None:
    number, check = on_promise
    decides(check, "check")
    word_goes_round()
    assert part_of(number, "fire").stage is Stage.GRANTED


def test_a_promise_found_false_revokes_the_grant_and_the_person_is_told(
    wang: Applicant, on_promise: tuple[str, str]
) -> None:
    number, check = on_promise
    decides(check, "check", granted=False)
    word_goes_round()
    part = part_of(number, "fire")
    assert part.stage is Stage.REVOKED
    assert "现场核查发现承诺不实" in part.reason
    assert told(wang)[-1].startswith("决定被撤销")


def test_the_check_is_no_case_that_the_applicant_could_withdraw(wang: Applicant, on_promise: tuple[str, str]) -> None:
    from yiwang.casework.cases.refusals import NoSuchCase

    _number, check = on_promise
    with pytest.raises(NoSuchCase):
        wang.follows(check)


def test_who_promised_a_paper_is_reminded_and_told_when_it_did_not_come(wang: Applicant, clock: FrozenClock) -> None:
    number = wang.submits(DRAINAGE, DRAINS, later=["grease_trap_contract"]).number
    row = Application.objects.get(case__number=number)
    assert set(row.signed) == {"later:grease_trap_contract"}, "the promise is signed, and part of what was submitted"
    cases.accept(PartRef(number, "drainage-permit"), by=MACHINE)
    clock.advance(timedelta(days=12))
    sweep()
    word_goes_round()
    assert any(subject.startswith("请补交材料") for subject in told(wang))
    clock.advance(timedelta(days=9))
    sweep()
    word_goes_round()
    assert any(subject.startswith("终止办理") for subject in told(wang))
    assert part_of(number, "drainage-permit").stage is Stage.LAPSED
    assert followed(number, wang.actor).standing.heading.zh == "材料没有按时补齐，已终止办理"
