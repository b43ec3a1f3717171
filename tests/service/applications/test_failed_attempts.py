"""Who could not get something done says so, and an office that has no part in it answers (办不成事)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from tests.service.applications.applying import DRAINAGE, DRAINS, Applicant, at_post
from yiwang.casework.cases import actions as cases
from yiwang.casework.cases import desk
from yiwang.casework.cases.models import Case, Party, Statement
from yiwang.casework.cases.queries import case_view
from yiwang.casework.cases.record import PartRef
from yiwang.casework.cases.refusals import NoSuchCase, NotPermitted
from yiwang.foundation.directory import limits
from yiwang.foundation.directory.actor import MACHINE, VISITOR, Actor, actor_of
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.calendar import Limit
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.actions import seal
from yiwang.foundation.ledger.models import Event
from yiwang.foundation.ledger.replay import history, replay
from yiwang.foundation.notifications.models import Message
from yiwang.service.applications import failed_attempts
from yiwang.service.applications.failed_attempts import PART, Attempt
from yiwang.service.applications.models import FailedAttempt
from yiwang.service.applications.refusals import NoSuchApplication, NotPossible
from yiwang.service.catalogue import supervision
from yiwang.web.worker import run_until_quiet

WORDS = "跑了三趟水务局，窗口都说缺材料，又不说缺什么"
SUPERVISOR = "supervision/failed-attempts"


def says(by: Actor, words: str = WORDS, service: str = DRAINAGE, about: str = "", key: str = "once") -> dict[str, str]:
    answer = failed_attempts.report(Attempt(words, service, about), key=key, client=str(by), by=by)
    return json.loads(answer.body)


def answers(number: str, words: str = "已经补上一次告知单，请再来一次。", granted: bool = True) -> None:
    by = at_post(SUPERVISOR)
    cases.complete(PartRef(number, PART).task("look"), by=by)
    cases.decide(PartRef(number, PART), granted, words, by=by)


def test_one_sentence_opens_a_case_of_the_supervising_office(wang: Applicant) -> None:
    heard = says(wang.actor)
    part = case_view(heard["number"], MACHINE).part(PART)
    assert (part.department, part.promise_limit.amount) == ("supervision", 5)
    assert {task.post for task in part.tasks} == {SUPERVISOR}
    assert [row.case for row in desk.queue(at_post(SUPERVISOR), desk.Filters("supervision")).rows] == [heard["number"]]
    assert desk.queue(at_post("water/permits"), desk.Filters("water")).rows == ()


def test_the_office_concerned_neither_sees_nor_answers_it(wang: Applicant) -> None:
    number = says(wang.actor)["number"]
    with pytest.raises(NoSuchCase):
        case_view(number, at_post("water/permits"))
    with pytest.raises(NotPermitted):
        cases.decide(PartRef(number, PART), True, "没有的事", by=at_post("water/permits"))


def test_what_the_supervising_office_did_itself_is_heard_elsewhere() -> None:
    named = supervision.Supervision(("supervision/failed-attempts", "data-office/head"), Limit.parse("5 working days"))
    assert named.post_for({"water"}) == "supervision/failed-attempts"
    assert named.post_for({"water", "supervision"}) == "data-office/head"


def test_the_case_itself_names_nobody_and_holds_no_word_of_theirs(wang: Applicant) -> None:
    number = says(wang.actor)["number"]
    case = Case.objects.get(number=number)
    party = Party.objects.get(pk=case.pk)
    assert (party.person_id, party.name, party.identifier) == (None, failed_attempts.NOBODY, "")
    assert not Statement.objects.filter(case=case).exists()
    assert all(event.actor == "machine" for event in Event.objects.filter(stream="case", stream_id=case.pk))


def test_an_office_that_is_asked_does_not_learn_who_complained(jinlan: None, wang: Applicant) -> None:
    number = says(wang.actor)["number"]
    supervisor = at_post(SUPERVISOR)
    cases.hand_over(PartRef(number, PART).task("look"), "water/permits", "请说明窗口为何没有一次告知", by=supervisor)
    asked, asks = Client(), Client()
    asked.force_login(User.objects.get(username="wu.water"))
    asks.force_login(User.objects.get(username="ji.supervision"))
    page = asked.get(f"/desk/cases/{number}/").content.decode()
    assert "请说明窗口为何没有一次告知" in page
    assert WORDS not in page
    assert "王晓兰" not in page
    page = asks.get(f"/desk/cases/{number}/").content.decode()
    assert WORDS in page
    assert "王晓兰" in page


def test_the_office_that_was_asked_reports_and_the_supervisor_answers(wang: Applicant) -> None:
    number = says(wang.actor)["number"]
    look = PartRef(number, PART).task("look")
    cases.hand_over(look, "water/permits", "请说明", by=at_post(SUPERVISOR))
    cases.complete(look, by=at_post("water/permits"), words="当天系统停用")
    with pytest.raises(NotPermitted):
        cases.decide(PartRef(number, PART), True, "好了", by=at_post("water/permits"))
    cases.decide(PartRef(number, PART), True, "系统已恢复，可以再来。", by=at_post(SUPERVISOR))
    assert failed_attempts.mine(number, wang.actor).answer == "系统已恢复，可以再来。"


def test_who_was_signed_in_is_told_the_answer_once(wang: Applicant) -> None:
    number = says(wang.actor)["number"]
    answers(number)
    seal()
    run_until_quiet()
    run_until_quiet()
    (message,) = Message.objects.filter(user=wang.user, link=f"/failed-attempts/{number}/")
    assert "一次告知单" in message.body_zh


def test_who_was_not_signed_in_sees_the_answer_with_the_code_alone(jinlan: None, db: None, clock: FrozenClock) -> None:
    page = Client().post("/failed-attempts/", {"words": WORDS, "service": DRAINAGE})
    text = re.sub(r"<wbr>|</?span[^>]*>", "", page.content.decode())
    code = next(iter(re.findall(r"[0-9A-Z]{4,6}(?:-[0-9A-Z]{2,6}){4,}", text)))
    number = Case.objects.get().number
    assert "正在了解情况" in Client().post("/track/", {"code": code}).content.decode()
    answers(number, "窗口已经道歉，材料清单寄给您。", granted=False)
    page = Client().post("/track/", {"code": code.lower()})
    assert "窗口已经道歉" in page.content.decode()
    with pytest.raises(NoSuchApplication):
        failed_attempts.tracked("0" * 26)
    assert code.replace("-", "") not in FailedAttempt.objects.get().tracking


def test_the_same_form_sent_twice_is_one_case(jinlan: None, db: None, clock: FrozenClock) -> None:
    visitor, once = Client(), "0" * 32
    pages = [visitor.post("/failed-attempts/", {"words": WORDS, "once": once}) for _ in range(2)]
    assert Case.objects.count() == 1
    assert pages[0].content.decode().count(Case.objects.get().number[-7:]) == pages[1].content.decode().count(
        Case.objects.get().number[-7:]
    )


def test_two_visitors_who_choose_one_key_do_not_get_one_anothers_code(
    jinlan: None, db: None, clock: FrozenClock
) -> None:
    def send(address: str) -> str:
        answer = Client(REMOTE_ADDR=address).post(
            "/api/v1/failed-attempts",
            json.dumps({"words": WORDS}),
            content_type="application/json",
            headers={"Idempotency-Key": "12345678"},
        )
        assert answer.status_code == 201
        return answer.json()["tracking_code"]

    assert send("192.0.2.1") != send("192.0.2.2")
    assert Case.objects.count() == 2


def test_it_may_be_about_my_own_application_and_nobody_elses(wang: Applicant, chen: Applicant, web: Client) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    assert number in web.get(f"/failed-attempts/?case={number}").content.decode()
    heard = says(wang.actor, service="", about=number)
    row = FailedAttempt.objects.select_related("about").get(case__number=heard["number"])
    assert row.about is not None
    assert (row.about.number, row.service) == (number, DRAINAGE)
    for other in (chen.actor, VISITOR):
        with pytest.raises(NoSuchApplication):
            says(other, service="", about=number, key="other")
    view = case_view(number, at_post("water/permits"))
    assert view.links == (), "a link would tell the office who complained"


def test_nobody_reads_what_another_said(wang: Applicant, chen: Applicant) -> None:
    number = says(wang.actor)["number"]
    with pytest.raises(NoSuchApplication):
        failed_attempts.mine(number, chen.actor)
    with pytest.raises(NoSuchApplication):
        failed_attempts.mine(number, actor_of(User.objects.get(username="ji.supervision")))


@pytest.mark.parametrize("words", ["", "   ", "字" * 501])
def test_what_is_no_sentence_is_refused_with_a_reason_and_stays_in_the_form(web: Client, words: str) -> None:
    page = web.post("/failed-attempts/", {"words": words})
    assert page.status_code == 422
    assert not Case.objects.exists()
    if len(words) > 100:
        assert words in page.content.decode()


def test_one_account_and_one_address_are_bounded(wang: Applicant, clock: FrozenClock) -> None:
    for turn in range(failed_attempts.MOST_A_DAY):
        says(wang.actor, key=f"turn {turn}")
    with pytest.raises(NotPossible):
        says(wang.actor, key="one more")
    visitor = Client()
    for turn in range(limits.ADDRESS_LIMITS[limits.Purpose.FAILED_ATTEMPT]):
        assert visitor.post("/failed-attempts/", {"words": f"{WORDS} {turn}"}).status_code == 200
    assert visitor.post("/failed-attempts/", {"words": WORDS}).status_code == 429


def test_what_was_said_is_committed_to_and_replay_finds_every_row(wang: Applicant) -> None:
    number = says(wang.actor)["number"]
    answers(number)
    seal()
    case = Case.objects.get(number=number)
    replayed = replay()
    assert not (replayed.differences or replayed.erased)
    witness = failed_attempts.FailedAttemptWitness()
    assert witness.testify(case.pk, history("case", case.pk)).altered == ()
    FailedAttempt.objects.update(words="没有人抱怨")
    assert witness.testify(case.pk, history("case", case.pk)).altered


def test_a_city_names_two_departments_or_the_check_says_why(tmp_path: Path) -> None:
    (tmp_path / "supervision.yaml").write_text(
        "failed_attempts:\n  heard_by: [water/permits]\n  answered_within: soon\n", encoding="utf-8"
    )
    named, findings = supervision.read(tmp_path, ["water/permits"])
    assert named is None
    assert {finding.line for finding in findings} == {2, 3}
    assert supervision.read(tmp_path / "nowhere", []) == (None, [])
