"""Nobody is made to promise: beside every promise stands the ordinary way, and a false promise bars for a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.service.applications.applying import (
    Applicant,
    accepts,
    at_post,
    decides,
    part_of,
    word_goes_round,
)
from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.queries import case_view
from yiwang.casework.cases.record import PartRef
from yiwang.casework.cases.state import Stage
from yiwang.foundation.directory.actor import MACHINE
from yiwang.foundation.kernel.identifiers import make_uscc
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.replay import replay
from yiwang.foundation.notifications import queries as inbox
from yiwang.service.applications import actions, drafts, submission
from yiwang.service.applications.models import Application, Breach, OnSiteCheck
from yiwang.service.applications.progress import Kind
from yiwang.service.applications.refusals import NotAsked, NotPossible
from yiwang.service.catalogue import queries as catalogue

FIRE = "fire-safety-before-opening"
SHOP: Mapping[str, Any] = {
    "enterprise.uscc": make_uscc(1),
    "premises.address": "望江区滨江路 8 号",
    "premises.floor_area": "320",
    "premises.floor": "ground",
    "premises.seats": 64,
}


def ordinary(wang: Applicant) -> str:
    """An application on the ordinary way."""
    draft = wang.starts(FIRE, SHOP)
    actions.choose_routes(draft, [FIRE], by=wang.actor)
    for step in wang.sees(draft).progress.missing:
        assert step.kind is Kind.MATERIAL, "there is nothing to promise"
        actions.bring(draft, step.key, [wang.uploads(f"{step.key}.png")], by=wang.actor)
    held = wang.sees(draft)
    return submission.submit(held.id, held.version, declared=True, by=wang.actor).number


def broken(wang: Applicant) -> str:
    """A promise was found false on site."""
    number = wang.submits(FIRE, SHOP).number
    decides(number, FIRE)
    word_goes_round()
    check = OnSiteCheck.objects.get(application__case__number=number).case.number
    decides(check, "check", granted=False)
    word_goes_round()
    return number


def test_the_ordinary_way_has_its_own_plan_limits_and_no_check_afterwards(wang: Applicant) -> None:
    number = ordinary(wang)
    part = case_view(number, MACHINE).part(FIRE)
    assert [task.key for task in part.tasks] == ["accept", "site_visit", "decide"]
    assert str(part.promise_limit) == "10 working days" and not part.committed
    accepts(number, FIRE)
    cases.complete(PartRef(number, FIRE).task("site_visit"), by=at_post("fire/inspection"))
    cases.decide(PartRef(number, FIRE), True, "现场检查合格", by=at_post("fire/permits"))
    word_goes_round()
    assert part_of(number, FIRE).stage is Stage.GRANTED
    assert not OnSiteCheck.objects.exists(), "they looked before, so nobody looks again"
    assert not replay().differences


def test_who_promises_still_has_it_in_a_day(wang: Applicant) -> None:
    number = wang.submits(FIRE, SHOP).number
    part = case_view(number, MACHINE).part(FIRE)
    assert [task.key for task in part.tasks] == ["accept", "decide"] and part.committed
    assert str(part.promise_limit) == "1 working day"


def test_one_may_change_ones_mind_and_nothing_typed_is_lost(wang: Applicant) -> None:
    draft = wang.starts(FIRE, SHOP)
    actions.sign(draft, [FIRE], by=wang.actor)
    actions.choose_routes(draft, [FIRE], by=wang.actor)
    assert not wang.sees(draft).progress.promises and not wang.sees(draft).signed
    actions.choose_routes(draft, [], by=wang.actor)
    held = wang.sees(draft)
    assert [promise.part for promise in held.progress.promises] == [FIRE]
    assert not held.progress.promises[0].signed, "a promise is signed anew"
    assert held.progress.relevant.items() >= SHOP.items()


def test_only_where_there_is_a_promise_is_there_a_choice(wang: Applicant) -> None:
    draft = wang.starts("drainage-permit", {})
    with pytest.raises(NotAsked):
        actions.choose_routes(draft, ["drainage-permit"], by=wang.actor)


def test_every_promise_of_the_city_has_an_ordinary_way(wang: Applicant) -> None:
    for code in catalogue.offered("matter"):
        commitment = catalogue.service(code).service.commitment
        assert commitment is None or commitment.ordinary is not None


def test_a_false_promise_is_on_record_told_and_bars_the_person_and_the_enterprise(
    wang: Applicant, clock: FrozenClock
) -> None:
    number = broken(wang)
    assert part_of(number, FIRE).stage is Stage.REVOKED
    assert Breach.objects.count() == 2, "the person, and the enterprise that the premises are of"
    assert any(message.subject.zh.startswith("承诺不实已记录") for message in inbox.inbox(wang.user.pk).messages)
    held = wang.sees(wang.starts(FIRE, SHOP))
    assert FIRE in held.barred and not held.progress.promises
    assert [task.key for task in held.published.plan.parts[0].tasks] == ["accept", "site_visit", "decide"]
    actions.choose_routes(held.id, [], by=wang.actor)
    assert not wang.sees(held.id).progress.promises, "it cannot be chosen away"
    clock.advance(timedelta(days=367))
    draft = wang.starts(FIRE, SHOP)
    assert wang.sees(draft).progress.promises, "after its time the promise is taken again"


def test_hearing_of_a_false_promise_twice_records_it_once(wang: Applicant) -> None:
    broken(wang)
    word_goes_round()
    assert Breach.objects.count() == 2
    assert len([each for each in inbox.inbox(wang.user.pk).messages if each.subject.zh.startswith("承诺不实")]) == 1


def test_over_the_api_a_barred_promise_is_refused_with_the_day(wang: Applicant) -> None:
    broken(wang)
    published = catalogue.service(FIRE)
    whole = submission.Whole(published, SHOP, {}, frozenset(), frozenset({FIRE}), True)
    with pytest.raises(NotPossible) as refused:
        submission.apply(whole, key="again", body=b"{}", by=wang.actor)
    assert refused.value.code == "promise_barred" and "2026" in refused.value.words.zh


def test_the_page_of_the_promise_offers_the_ordinary_way_and_leads_back(wang: Applicant, client: Client) -> None:
    client.force_login(wang.user)
    draft = wang.starts(FIRE, SHOP)
    page = f"/drafts/{draft}/commitment/"
    assert "10" in client.get(page, headers={"Accept-Language": "en"}).content.decode()
    assert client.post(page, {"ordinary": FIRE}).status_code == 303
    assert drafts.read(draft, wang.actor).ordinary == {FIRE}
    shown = client.get(page, headers={"Accept-Language": "en"}).content.decode()
    assert 'name="promise"' in shown
    assert client.post(page, {"promise": FIRE}).status_code == 303
    assert not drafts.read(draft, wang.actor).ordinary
    assert Application.objects.count() == 0
