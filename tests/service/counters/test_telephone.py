"""The telephone: nothing is done for an unconfirmed caller, and nothing is sent that they did not hear."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.service.applications.applying import CARD, SENIOR
from tests.service.counters.serving import CHEN, NEWCOMER, code_on_phone, uploads
from yiwang.casework.cases.models import Case
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.directory.models import Person
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.service.applications import actions as applications
from yiwang.service.applications import drafts
from yiwang.service.applications.models import Application
from yiwang.service.applications.reception import CONFIRMED
from yiwang.service.counters import actions
from yiwang.service.counters.actions import Visitor
from yiwang.service.counters.refusals import NotPossible


def calls(by: Actor) -> int:
    visit = actions.welcome(Visitor(CHEN), by=by)
    actions.confirm_caller(visit, code_on_phone(), by=by)
    return visit


def is_filled_in(visit: int, by: Actor) -> UUID:
    draft = actions.begin(visit, CARD, by=by)
    applications.answer(draft, SENIOR, by=by)
    for step in drafts.read(draft, by).progress.missing:
        applications.bring(draft, step.key, [uploads(by).id], by=by)
    return draft


def test_a_caller_confirms_who_they_are_and_then_what_was_read_out(operator: Actor) -> None:
    visit = calls(operator)
    draft = is_filled_in(visit, operator)
    actions.read_out(draft, by=operator)
    done = actions.send_confirmed(draft, drafts.read(draft, operator).version, code_on_phone(), by=operator)
    case = Case.objects.get(number=done.number)
    assert case.channel == "phone"
    assert CONFIRMED in Application.objects.get(case=case).signed


def test_before_the_code_is_said_nothing_is_begun_for_a_caller(operator: Actor) -> None:
    visit = actions.welcome(Visitor(CHEN), by=operator)
    with pytest.raises(NotPossible, match="who is calling"):
        actions.begin(visit, CARD, by=operator)
    with pytest.raises(NotPossible):
        actions.confirm_caller(visit, "000000" if code_on_phone() != "000000" else "111111", by=operator)
    with pytest.raises(NotPossible, match="who is calling"):
        actions.begin(visit, CARD, by=operator)


def test_without_a_confirmed_phone_one_comes_to_a_window(operator: Actor) -> None:
    with pytest.raises(NotPossible, match="come to any window"):
        actions.welcome(Visitor(NEWCOMER), by=operator)
    Person.objects.filter(resident_id=CHEN.resident_id).update(phone_confirmed_at=None)
    with pytest.raises(NotPossible, match="come to any window"):
        actions.welcome(Visitor(CHEN), by=operator)


def test_a_code_confirms_exactly_what_was_read_out(operator: Actor) -> None:
    draft = is_filled_in(calls(operator), operator)
    actions.read_out(draft, by=operator)
    code = code_on_phone()
    version = applications.answer(draft, {"card.delivery": "post"}, by=operator)
    with pytest.raises(NotPossible, match="code"):
        actions.send_confirmed(draft, version, code, by=operator)
    assert not Application.objects.exists()


def test_wrong_old_and_guessed_codes_send_nothing(operator: Actor, clock: FrozenClock) -> None:
    draft = is_filled_in(calls(operator), operator)
    version = drafts.read(draft, operator).version
    actions.read_out(draft, by=operator)
    right = code_on_phone()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _try in range(5):
        with pytest.raises(NotPossible):
            actions.send_confirmed(draft, version, wrong, by=operator)
    with pytest.raises(NotPossible):
        actions.send_confirmed(draft, version, right, by=operator)
    clock.advance(timedelta(minutes=2))
    actions.read_out(draft, by=operator)
    late = code_on_phone()
    clock.advance(timedelta(minutes=11))
    with pytest.raises(NotPossible):
        actions.send_confirmed(draft, version, late, by=operator)
    assert not Application.objects.exists()


def test_an_operator_sends_nothing_with_a_signature_of_their_own(operator: Actor) -> None:
    draft = is_filled_in(calls(operator), operator)
    with pytest.raises(NotPossible):
        actions.send_signed(draft, drafts.read(draft, operator).version, uploads(operator), by=operator)
    assert not Application.objects.exists()


def test_codes_are_sent_one_a_minute(operator: Actor) -> None:
    draft = is_filled_in(calls(operator), operator)
    actions.read_out(draft, by=operator)
    with pytest.raises(NotPossible, match="minute"):
        actions.read_out(draft, by=operator)


def test_a_city_without_text_messages_serves_nobody_by_telephone(operator: Actor, monkeypatch: Any) -> None:
    monkeypatch.delenv("YIWANG_SMS_URL")
    with pytest.raises(NotPossible, match="text messages"):
        actions.welcome(Visitor(CHEN), by=operator)
