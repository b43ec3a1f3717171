"""Somebody applies for somebody else: whose application it is, who typed, and what either may do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.conftest import NOON
from tests.service.applications.applying import CARD, SENIOR, Applicant, accepts, asks_for_correction
from yiwang.casework.cases.models import Case, Letter, Party
from yiwang.casework.cases.record import STREAM
from yiwang.foundation.directory import mandates
from yiwang.foundation.directory.actor import Actor, actor_of, officer
from yiwang.foundation.directory.mandates import Terms
from yiwang.foundation.directory.models import Mandate, MandateKind, User
from yiwang.foundation.documents import queries as documents
from yiwang.foundation.ledger.replay import history
from yiwang.foundation.notifications.models import Message
from yiwang.service.applications import actions, drafts, queries, submission
from yiwang.service.applications.models import Application, ApplicationMaterial, Draft
from yiwang.service.applications.reception import Vouched
from yiwang.service.applications.refusals import NoSuchApplication, NoSuchDraft
from yiwang.web.worker import run_until_quiet

ALLOWANCE = "elderly-allowance"
ANSWERS = {
    "person.household_here": True,
    "allowance.low_income": False,
    "allowance.bank_account": "6222020200112233445",
}


@pytest.fixture
def luo(jinlan: None, db: None, clock: Any) -> Applicant:
    """The daughter."""
    return Applicant(User.objects.get(username="luo"))


@pytest.fixture
def mandate(luo: Applicant, chen: Applicant) -> int:
    assert luo.user.person is not None
    terms = Terms(MandateKind.FAMILY, NOON + timedelta(days=90), (ALLOWANCE, CARD), records=True)
    return mandates.give(luo.user.name, luo.user.person.resident_id, terms, by=chen.actor)


class Daughter(Applicant):
    """She fills in under her father's mandate."""

    def __init__(self, user: User, mandate: int) -> None:
        super().__init__(user)
        self.speaking, _card = mandates.under(mandate, ALLOWANCE, by=self.actor)

    def starts(self, code: str, answers: Any = None) -> Any:
        draft, _new = actions.start(code, by=self.speaking)
        if answers:
            known = {code: value for code, value in answers.items() if code in _questions(draft, self.actor)}
            actions.answer(draft, known, by=self.actor)
        return draft


def _questions(draft: Any, by: Actor) -> set[str]:
    held = drafts.read(draft, by)
    return {question.element.code for question in held.published.service.questions}


def test_a_daughter_applies_for_her_fathers_allowance(luo: Applicant, chen: Applicant, mandate: int) -> None:
    daughter = Daughter(luo.user, mandate)
    held = daughter.completes(ALLOWANCE, ANSWERS)
    assert held.whose == "陈建国"
    assert held.answers["person.resident_id"] == "110000195106120130"
    done = submission.submit(held.id, held.version, declared=True, by=luo.actor)
    run_until_quiet()
    case = Case.objects.get(number=done.number)
    row = Application.objects.get(case=case)
    party = Party.objects.get(case=case)
    assert (row.owner, row.applicant, row.mandate_id) == (luo.user, chen.user.person, mandate)
    assert (party.person, party.name) == (chen.user.person, "陈建国")
    assert history(STREAM, case.pk)[0].actor == f"resident:{luo.user.pk}+mandate:{mandate}"
    for who in (luo, chen):
        assert queries.followed(done.number, who.actor).number == done.number
        assert queries.applications_of(who.actor)[0][0].number == done.number
    assert queries.followed(done.number, luo.actor).applicant == "陈建国"
    assert queries.followed(done.number, chen.actor).applicant == ""


def test_both_are_told_and_either_corrects(luo: Applicant, chen: Applicant, mandate: int) -> None:
    daughter = Daughter(luo.user, mandate)
    held = daughter.completes(ALLOWANCE, ANSWERS)
    number = submission.submit(held.id, held.version, declared=True, by=luo.actor).number
    asks_for_correction(number, ALLOWANCE, ["卡号看不清"])
    run_until_quiet()
    for who in (luo, chen):
        assert Message.objects.filter(user=who.user, link__contains=number).exists()
    draft = actions.begin_correction(number, ALLOWANCE, by=luo.actor)
    assert actions.begin_correction(number, ALLOWANCE, by=chen.actor) == draft
    assert drafts.read(draft, chen.actor).corrects == number
    seen = drafts.read(draft, chen.actor)
    submission.correct(draft, seen.version, declared=True, by=chen.actor)
    recorded = [each.actor for each in history(STREAM, Case.objects.get(number=number).pk)]
    assert recorded[-1] == f"resident:{chen.user.pk}"


def test_when_the_mandate_ends_the_draft_and_the_application_are_out_of_reach(
    luo: Applicant, chen: Applicant, mandate: int
) -> None:
    daughter = Daughter(luo.user, mandate)
    held = daughter.completes(ALLOWANCE, ANSWERS)
    number = submission.submit(held.id, held.version, declared=True, by=luo.actor).number
    begun = daughter.starts(CARD)
    mandates.end(mandate, by=chen.actor)
    with pytest.raises(NoSuchDraft):
        drafts.read(begun, luo.actor)
    with pytest.raises(NoSuchApplication):
        actions.withdraw(number, ALLOWANCE, "", by=luo.actor)
    assert queries.applications_of(luo.actor)[0] == ()
    actions.withdraw(number, ALLOWANCE, "", by=chen.actor)


def test_under_a_mandate_without_records_nothing_is_looked_up(luo: Applicant, chen: Applicant, mandate: int) -> None:
    from yiwang.service.applications import asking

    Mandate.objects.filter(pk=mandate).update(records=False)
    draft = Daughter(luo.user, mandate).starts(ALLOWANCE)
    assert asking.wanted_consents(drafts.read(draft, luo.actor), luo.actor) == ()


def test_ones_own_draft_and_one_for_another_stand_side_by_side(luo: Applicant, mandate: int) -> None:
    own = luo.starts(CARD)
    other = Daughter(luo.user, mandate).starts(CARD)
    assert own != other
    assert {card.applicant for card in queries.drafts_of(luo.actor)} == {"", "陈建国"}
    assert Draft.objects.get(pk=other).applicant.name == "陈建国"


def test_papers_typed_in_by_one_are_read_by_the_other_and_by_nobody_else(
    luo: Applicant, chen: Applicant, wang: Applicant, mandate: int
) -> None:
    daughter = Daughter(luo.user, mandate)
    held = daughter.completes(ALLOWANCE, ANSWERS)
    number = submission.submit(held.id, held.version, declared=True, by=luo.actor).number
    paper = ApplicationMaterial.objects.filter(application__case__number=number)[0].document_id
    assert documents.readable(paper, chen.user) is not None
    assert documents.readable(paper, luo.user) is not None
    assert documents.readable(paper, wang.user) is None


def test_an_instant_result_is_the_applicants(luo: Applicant, chen: Applicant, mandate: int) -> None:
    daughter = Daughter(luo.user, mandate)
    held = daughter.completes(CARD, SENIOR)
    done = submission.submit(held.id, held.version, declared=True, by=luo.actor)
    shown = Client()
    shown.force_login(luo.user)
    page = shown.get(f"/applications/{done.number}/").content.decode()
    assert "陈建国" in page
    assert "tracking" not in page
    assert Case.objects.get(number=done.number).closed_at is not None


def test_a_clerk_fills_in_for_whoever_stands_at_the_window_and_decides_nothing(chen: Applicant) -> None:
    user = User.objects.get(username="jiang.elderly")
    assert chen.user.person_id is not None
    clerk = officer(user.pk, ["civil-affairs/elderly"]).speaking_for(chen.user.person_id)
    draft, _new = actions.start(CARD, by=clerk, channel="counter")
    actions.answer(draft, SENIOR, by=clerk)
    held = drafts.read(draft, actor_of(user))
    done = submission.submit(draft, held.version, declared=True, by=clerk, vouched=Vouched)
    case = Case.objects.get(number=done.number)
    assert (case.channel, history(STREAM, case.pk)[0].actor) == ("counter", f"officer:{user.pk}")
    assert queries.followed(done.number, chen.actor).number == done.number
    with pytest.raises(NoSuchApplication):
        queries.followed(done.number, actor_of(user))


def test_the_start_page_asks_for_whom_and_refuses_what_has_ended(luo: Applicant, chen: Applicant, mandate: int) -> None:
    web = Client()
    web.force_login(luo.user)
    page = web.get(f"/apply/{ALLOWANCE}/").content.decode()
    assert "陈建国" in page
    assert web.post(f"/apply/{ALLOWANCE}/").status_code == 422
    sent = web.post(f"/apply/{ALLOWANCE}/", {"for": str(mandate)})
    assert sent.status_code == 303
    assert Draft.objects.get().applicant == chen.user.person
    mandates.end(mandate, by=chen.actor)
    refused = web.post(f"/apply/{ALLOWANCE}/", {"for": str(mandate)})
    assert refused.status_code == 422
    assert Draft.objects.count() == 1


def test_over_the_api_a_mandate_is_named_and_another_ones_is_not_known(
    luo: Applicant, wang: Applicant, mandate: int
) -> None:
    web = Client()
    web.force_login(luo.user)
    made = web.post("/api/v1/drafts", {"code": ALLOWANCE, "mandate": mandate}, content_type="application/json")
    assert made.status_code == 201
    stranger = Client()
    stranger.force_login(wang.user)
    refused = stranger.post("/api/v1/drafts", {"code": ALLOWANCE, "mandate": mandate}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "no_such_mandate")


def test_an_officer_sees_that_somebody_applied_for_the_applicant(luo: Applicant, mandate: int) -> None:
    held = Daughter(luo.user, mandate).completes(ALLOWANCE, ANSWERS)
    number = submission.submit(held.id, held.version, declared=True, by=luo.actor).number
    accepts(number, ALLOWANCE)
    web = Client()
    web.force_login(User.objects.get(username="jiang.elderly"))
    assert "代办人" in web.get(f"/desk/cases/{number}/").content.decode()


def test_who_acts_for_somebody_reads_the_letters_and_a_stranger_does_not(
    luo: Applicant, chen: Applicant, wang: Applicant, mandate: int
) -> None:
    held = Daughter(luo.user, mandate).completes(ALLOWANCE, ANSWERS)
    number = submission.submit(held.id, held.version, declared=True, by=luo.actor).number
    accepts(number, ALLOWANCE)
    letter = Letter.objects.get(case__number=number)
    seen = []
    for who in (luo, chen, wang):
        web = Client()
        web.force_login(who.user)
        seen.append(web.get(reverse("cases:letter", args=[letter.pk])).status_code)
    assert seen == [200, 200, 404]
