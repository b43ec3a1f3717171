"""The applicant's page of a hearing: ask, read, answer; without JavaScript, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from tests.service.applications.applying import DRAINAGE, DRAINS, Applicant, accepts, at_post, word_goes_round
from yiwang.casework.cases import hearings
from yiwang.casework.cases.queries import case_view
from yiwang.casework.cases.record import PartRef
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import MACHINE, actor_of
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel import time
from yiwang.foundation.notifications import queries as inbox


def test_a_person_asks_is_invited_and_answers(wang: Applicant, client: Client) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    accepts(number, DRAINAGE)
    client.force_login(wang.user)
    page = f"/applications/{number}/parts/{DRAINAGE}/hearing/"
    assert page in client.get(f"/applications/{number}/").content.decode()
    assert client.post(page, {"words": ""}).status_code == 422, "a reason is wanted"
    assert client.post(page, {"words": "隔油池够大，我想当面说明"}).status_code == 303
    ref, by = PartRef(number, DRAINAGE), at_post("water/permits")
    chair = min(hearings.possible_chairs(case_view(number, MACHINE).id, DRAINAGE, by))
    hearings.call(ref, time.now() + timedelta(days=14), "二楼会议室", "隔油池", chair, by=by)
    word_goes_round()
    assert any(message.subject.zh.startswith("听证通知") for message in inbox.inbox(wang.user.pk).messages)
    shown = client.get(page).content.decode()
    assert "二楼会议室" in shown and directory.names([chair])[chair] in shown
    assert client.post(page, {"words": "带一个人来"}).status_code == 422, "say whether you come"
    assert client.post(page, {"comes": "yes", "words": "带一个人来"}).status_code == 303
    hearing = case_view(number, MACHINE).part(DRAINAGE).hearing
    assert hearing is not None and hearing.comes and hearing.answer == "带一个人来"


def test_an_officer_calls_it_on_the_desk_and_is_told_what_is_wrong(wang: Applicant, client: Client) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    accepts(number, DRAINAGE)
    officer = User.objects.get(username="wu.water")
    client.force_login(officer)
    page = f"/desk/cases/{number}/parts/{DRAINAGE}/call_hearing/"
    view = case_view(number, MACHINE)
    chair = min(hearings.possible_chairs(view.id, DRAINAGE, actor_of(officer)))
    day = time.now() + timedelta(days=1)
    typed = {
        "seen": view.part(DRAINAGE).revision,
        "day-year": day.year,
        "day-month": day.month,
        "day-day": day.day,
        "hour": "09:30",
        "place": "二楼",
        "chair": chair,
        "subject": "隔油池",
    }
    assert client.get(page).status_code == 200
    early = client.post(page, typed)
    assert early.status_code == 409 and "七个工作日" in early.content.decode()
    later = time.now() + timedelta(days=14)
    parts = {"year": later.year, "month": later.month, "day": later.day}
    moved = {f"day-{name}": value for name, value in parts.items()}
    assert client.post(page, {**typed, **moved}).status_code == 302
    assert case_view(number, MACHINE).part(DRAINAGE).hearing is not None
