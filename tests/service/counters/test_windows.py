"""Windows: whoever comes is received for any matter, signs, and goes with a receipt; the clerk decides nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.service.applications.applying import CARD, SENIOR, Applicant, decides, part_of
from tests.service.counters.serving import CHEN, NEWCOMER, WANG, comes, fills_in, uploads
from tests.web.test_every_service import an_answer
from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.models import Case
from yiwang.casework.cases.record import STREAM, PartRef
from yiwang.casework.cases.refusals import NotPermitted
from yiwang.casework.cases.refusals import NotPossible as CaseNotPossible
from yiwang.foundation.directory import actions as directory
from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.directory.in_person import Card, WhoseAccount
from yiwang.foundation.directory.levels import Level
from yiwang.foundation.directory.models import IdentityProof, Person, User
from yiwang.foundation.directory.refusals import NotPossible as DirectoryNotPossible
from yiwang.foundation.documents import queries as documents
from yiwang.foundation.ledger.replay import history
from yiwang.foundation.notifications.models import Message
from yiwang.service.applications import actions as applications
from yiwang.service.applications import drafts, evidence, submission
from yiwang.service.applications import queries as followed
from yiwang.service.applications.models import Application, ApplicationMaterial, Draft
from yiwang.service.applications.reception import SIGNATURE
from yiwang.service.applications.refusals import DraftChanged, NoSuchApplication
from yiwang.service.applications.refusals import NotPossible as DraftNotPossible
from yiwang.service.counters import actions, queries
from yiwang.service.counters.actions import Visitor
from yiwang.service.counters.models import Handled, Visit
from yiwang.service.counters.refusals import NoSuchVisit, NotPossible


def receives(visit: int, by: Actor, service: str = CARD, answers: Any = SENIOR) -> str:
    draft = actions.begin(visit, service, by=by)
    applications.answer(draft, answers, by=by)
    for step in drafts.read(draft, by).progress.missing:
        applications.bring(draft, step.key, [uploads(by).id], by=by)
    held = drafts.read(draft, by)
    return actions.send_signed(draft, held.version, uploads(by, "signature.png"), by=by).number


def test_a_clerk_receives_for_who_has_no_account_and_the_receipt_commits_to_the_signature(clerk: Actor) -> None:
    visit = comes(NEWCOMER, clerk)
    person = Person.objects.get(resident_id=NEWCOMER.resident_id)
    assert person.level == Level.FACE_TO_FACE
    assert IdentityProof.objects.get(person=person).by == f"officer:{clerk.id}"
    number = receives(visit, clerk)
    case = Case.objects.get(number=number)
    row = Application.objects.get(case=case)
    assert (row.applicant, case.channel) == (person, "counter")
    assert ApplicationMaterial.objects.filter(application=row, key=SIGNATURE).count() == 1
    witness = evidence.SubmissionWitness()
    assert witness.testify(case.pk, history(STREAM, case.pk)).altered == ()
    ApplicationMaterial.objects.filter(application=row, key=SIGNATURE).delete()
    assert witness.testify(case.pk, history(STREAM, case.pk)).altered


def test_what_a_clerk_filled_in_is_not_sent_without_the_applicants_own_yes(clerk: Actor) -> None:
    visit = comes(CHEN, clerk)
    draft = actions.begin(visit, CARD, by=clerk)
    applications.answer(draft, SENIOR, by=clerk)
    for step in drafts.read(draft, clerk).progress.missing:
        applications.bring(draft, step.key, [uploads(clerk).id], by=clerk)
    with pytest.raises(DraftNotPossible, match="signed"):
        submission.submit(draft, drafts.read(draft, clerk).version, declared=True, by=clerk)


def test_a_signature_is_for_what_was_read_and_for_nothing_else(clerk: Actor) -> None:
    visit = comes(CHEN, clerk)
    draft = actions.begin(visit, CARD, by=clerk)
    applications.answer(draft, SENIOR, by=clerk)
    for step in drafts.read(draft, clerk).progress.missing:
        applications.bring(draft, step.key, [uploads(clerk).id], by=clerk)
    seen = drafts.read(draft, clerk).version
    applications.answer(draft, {"card.delivery": "post"}, by=clerk)
    with pytest.raises(DraftChanged):
        actions.send_signed(draft, seen, uploads(clerk), by=clerk)


def test_sent_twice_it_is_one_case_and_one_row_of_the_visit(clerk: Actor) -> None:
    visit = comes(CHEN, clerk)
    draft = actions.begin(visit, CARD, by=clerk)
    applications.answer(draft, SENIOR, by=clerk)
    for step in drafts.read(draft, clerk).progress.missing:
        applications.bring(draft, step.key, [uploads(clerk).id], by=clerk)
    version = drafts.read(draft, clerk).version
    first = actions.send_signed(draft, version, uploads(clerk), by=clerk)
    assert actions.send_signed(draft, version, uploads(clerk), by=clerk) == first
    assert Handled.objects.filter(visit=visit).count() == 1
    assert queries.visits_of_case(first.number) == 1


def test_after_sending_the_clerk_sees_neither_answers_nor_papers(clerk: Actor) -> None:
    visit = comes(CHEN, clerk)
    draft = actions.begin(visit, CARD, by=clerk)
    applications.answer(draft, SENIOR, by=clerk)
    paper = uploads(clerk)
    for step in drafts.read(draft, clerk).progress.missing:
        applications.bring(draft, step.key, [paper.id], by=clerk)
    signature = uploads(clerk)
    number = actions.send_signed(draft, drafts.read(draft, clerk).version, signature, by=clerk).number
    assert clerk.id is not None
    account = User.objects.get(pk=clerk.id)
    assert documents.readable(signature.id, account) is None
    assert Draft.objects.get(pk=draft).answers == {}
    with pytest.raises(NoSuchApplication):
        followed.followed(number, clerk)


def test_without_the_card_nobody_is_served_and_another_name_is_refused(clerk: Actor) -> None:
    with pytest.raises(NotPossible, match="card"):
        actions.welcome(Visitor(CHEN), by=clerk)
    with pytest.raises(DirectoryNotPossible, match="Another name"):
        comes(Card("陈建军", CHEN.resident_id), clerk)
    assert not Visit.objects.exists()


def test_an_account_that_somebody_else_opened_in_ones_name_is_shut_at_the_window(clerk: Actor) -> None:
    impostor = User.objects.get(username="wang")
    person = impostor.person
    assert person is not None
    with pytest.raises(WhoseAccount):
        comes(WANG, clerk, account_is_theirs=None)
    comes(WANG, clerk, account_is_theirs=False)
    impostor.refresh_from_db()
    person.refresh_from_db()
    assert (impostor.is_active, impostor.person_id) == (False, None)
    assert (person.level, person.phone) == (Level.FACE_TO_FACE, "")
    assert actor_of(impostor).person is None


def test_one_visitor_at_a_time_and_no_visit_at_another_window(clerk: Actor) -> None:
    visit = comes(CHEN, clerk)
    with pytest.raises(NotPossible, match="served"):
        comes(NEWCOMER, clerk)
    other = actor_of(User.objects.get(username="jin.window"))
    with pytest.raises(NotPossible, match="Somebody sits"):
        actions.open_window("wangjiang", 3, by=other)
    actions.open_window("wangjiang", 4, by=other)
    with pytest.raises(NoSuchVisit):
        actions.begin(visit, CARD, by=other)
    assert queries.visit(visit, other) is None
    actions.end(visit, by=clerk)
    with pytest.raises(NotPossible, match="over"):
        actions.begin(visit, CARD, by=clerk)


def test_who_holds_no_post_at_windows_opens_none(jinlan: None, db: None, clock: Any) -> None:
    other = actor_of(User.objects.get(username="jiang.elderly"))
    with pytest.raises(NotPossible):
        actions.open_window("wangjiang", 1, by=other)
    assert queries.halls(other) == ()
    assert not queries.serves(other)


def test_a_result_of_any_office_is_handed_out_to_its_own_person_only(clerk: Actor) -> None:
    permit = "residence-permit"
    visit = comes(CHEN, clerk)
    held = fills_in(actions.begin(visit, permit, by=clerk), clerk, lambda code: an_answer(code, most=False))
    number = actions.send_signed(held.id, held.version, uploads(clerk), by=clerk).number
    actions.end(visit, by=clerk)
    decides(number, permit)
    assert part_of(number, permit).delivered_at is None
    other = comes(NEWCOMER, clerk)
    with pytest.raises(NotPossible, match="no result"):
        actions.hand_out(other, number, permit, by=clerk)
    actions.end(other, by=clerk)
    visit = comes(CHEN, clerk)
    card = queries.visit(visit, clerk)
    assert card is not None
    assert [(each.number, each.part) for each in card.results] == [(number, permit)]
    actions.hand_out(visit, number, permit, "SF1234567890", by=clerk)
    assert part_of(number, permit).delivered_at is not None
    case = Case.objects.get(number=number)
    assert history(STREAM, case.pk)[-1].actor == f"officer:{clerk.id}"
    assert Handled.objects.get(visit=visit).tracking == "SF1234567890"
    with pytest.raises(CaseNotPossible):
        actions.hand_out(visit, number, permit, by=clerk)
    assert queries.visits_of_case(number) == 2


def test_who_speaks_for_nobody_hands_out_nothing(clerk: Actor, chen: Applicant) -> None:
    number = chen.submits(CARD, SENIOR).number
    with pytest.raises(NotPermitted):
        cases.hand_out(PartRef(number, CARD), "collection", by=clerk)
    with pytest.raises(NotPermitted):
        cases.hand_out(PartRef(number, CARD), "collection", by=chen.actor)


def test_whoever_was_met_at_a_window_signs_in_at_home_and_finds_what_they_applied_for(
    clerk: Actor, client: Client
) -> None:
    visit = comes(NEWCOMER, clerk)
    number = receives(visit, clerk)
    handed = actions.hand_over_sign_in(visit, by=clerk)
    user = User.objects.get(pk=handed.user_id)
    assert (user.kind, user.must_change_password) == ("resident", True)
    assert user.check_password(handed.password)
    assert Message.objects.filter(user=user, link="/account/password/").exists()
    client.force_login(user)
    assert client.get("/mine/").headers["Location"].startswith("/account/password/")
    directory.change_password(user, "a sentence only she would say")
    client.force_login(user)
    assert number in client.get("/mine/").content.decode()


def test_a_lost_password_is_made_anew_at_a_window_and_what_signed_in_before_ends(clerk: Actor) -> None:
    user = User.objects.get(username="chen")
    token = directory.issue_token(user, "old").token
    visit = comes(CHEN, clerk)
    handed = actions.hand_over_sign_in(visit, by=clerk)
    assert handed.username == "chen"
    assert directory.account_of_token(token) is None
    actions.end(visit, by=clerk)
    with pytest.raises(NotPossible):
        actions.hand_over_sign_in(visit, by=clerk)
