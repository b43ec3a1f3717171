"""Drafts: begun once, saved at once, resumed, never mixed up, forgotten in time."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.service.applications.applying import CARD, DRAINAGE, DRAINS, RESTAURANT, SMALL_SHOP, Applicant
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.documents.models import Document
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.service.applications import actions, drafts, queries
from yiwang.service.applications.models import Draft
from yiwang.service.applications.refusals import DraftChanged, NoSuchDraft, NotAsked, NotPossible
from yiwang.service.catalogue import queries as catalogue


def test_beginning_again_goes_on_where_one_stopped(wang: Applicant) -> None:
    first = wang.starts(RESTAURANT, {"premises.floor_area": "80"})
    again, new = actions.start(RESTAURANT, by=wang.actor)
    assert (again, new) == (first, False)
    assert wang.sees(again).answers["premises.floor_area"] == "80"


def test_what_the_account_tells_is_not_asked(chen: Applicant) -> None:
    draft = chen.sees(chen.starts(CARD))
    person = directory.identity(chen.user.pk)
    assert person is not None
    assert draft.answers["person.resident_id"] == person.resident_id
    assert "person.resident_id" not in {step.key for step in draft.progress.missing}


def test_nothing_is_begun_for_a_service_that_does_not_exist(wang: Applicant) -> None:
    with pytest.raises(catalogue.NotPublished):
        wang.starts("a-licence-to-fly")


def test_nobody_reads_or_changes_the_draft_of_somebody_else(wang: Applicant, chen: Applicant) -> None:
    draft = wang.starts(RESTAURANT)
    with pytest.raises(NoSuchDraft):
        drafts.read(draft, chen.actor)
    with pytest.raises(NoSuchDraft):
        actions.answer(draft, {"premises.floor_area": "80"}, by=chen.actor)
    with pytest.raises(NoSuchDraft):
        actions.discard(draft, by=chen.actor)
    with pytest.raises(NoSuchDraft):
        drafts.read(uuid4(), wang.actor)


def test_two_pages_open_on_different_questions_both_keep_their_answers(wang: Applicant) -> None:
    draft = wang.starts(RESTAURANT)
    actions.answer(draft, {"premises.floor_area": "80"}, by=wang.actor)
    actions.answer(draft, {"food.hot_food": "none"}, by=wang.actor)
    held = wang.sees(draft).answers
    assert held["premises.floor_area"] == "80"
    assert held["food.hot_food"] == "none"


def test_a_program_that_looked_before_the_last_change_is_told(wang: Applicant) -> None:
    draft = wang.starts(RESTAURANT)
    seen = wang.sees(draft).version
    actions.answer(draft, {"premises.floor_area": "80"}, by=wang.actor, seen=seen)
    with pytest.raises(DraftChanged) as changed:
        actions.answer(draft, {"premises.floor_area": "90"}, by=wang.actor, seen=seen)
    assert changed.value.version == seen + 1
    assert wang.sees(draft).answers["premises.floor_area"] == "80"


def test_an_answer_that_the_service_never_asks_is_refused(wang: Applicant) -> None:
    with pytest.raises(NotAsked):
        actions.answer(wang.starts(RESTAURANT), {"pet.name": "旺财"}, by=wang.actor)


def test_a_material_takes_several_files_and_gives_them_back(wang: Applicant) -> None:
    draft = wang.starts(DRAINAGE, DRAINS)
    first, second = wang.uploads("one.png"), wang.uploads("two.png")
    actions.bring(draft, "hidden_works_pledge", [first], by=wang.actor)
    actions.bring(draft, "hidden_works_pledge", [second, first], by=wang.actor)
    assert [document.name for document in wang.sees(draft).files["hidden_works_pledge"]] == ["one.png", "two.png"]
    actions.remove(draft, "hidden_works_pledge", first, by=wang.actor)
    assert [document.name for document in wang.sees(draft).files["hidden_works_pledge"]] == ["two.png"]
    assert Document.objects.get(pk=first).attached_at is None, "nothing needs it any more"
    assert Document.objects.get(pk=second).attached_at is not None


def test_nobody_brings_the_document_of_somebody_else(wang: Applicant, chen: Applicant) -> None:
    draft = wang.starts(DRAINAGE, DRAINS)
    with pytest.raises(NotPossible) as refused:
        actions.bring(draft, "hidden_works_pledge", [chen.uploads()], by=wang.actor)
    assert refused.value.code == "no_such_document"


def test_a_material_refuses_the_eleventh_file_and_a_file_of_another_kind(wang: Applicant) -> None:
    draft = wang.starts(DRAINAGE, DRAINS)
    held = [wang.uploads(f"{number}.png") for number in range(11)]
    with pytest.raises(NotPossible) as refused:
        actions.bring(draft, "hidden_works_pledge", held, by=wang.actor)
    assert refused.value.code == "too_many_files"
    Document.objects.filter(pk=held[0]).update(media_type="image/webp")
    with pytest.raises(NotPossible) as refused:
        actions.bring(draft, "hidden_works_pledge", held[:1], by=wang.actor)
    assert refused.value.code == "wrong_media"
    assert wang.sees(draft).files == {}


def test_only_a_deferrable_material_may_be_brought_later(wang: Applicant) -> None:
    draft = wang.starts(DRAINAGE, DRAINS)
    actions.bring_later(draft, "grease_trap_contract", True, by=wang.actor)
    assert wang.sees(draft).deferred == {"grease_trap_contract"}
    with pytest.raises(NotAsked):
        actions.bring_later(draft, "hidden_works_pledge", True, by=wang.actor)


def test_bringing_a_material_after_all_takes_back_the_choice_to_wait(wang: Applicant) -> None:
    draft = wang.starts(DRAINAGE, DRAINS)
    actions.bring_later(draft, "grease_trap_contract", True, by=wang.actor)
    actions.bring(draft, "grease_trap_contract", [wang.uploads()], by=wang.actor)
    assert wang.sees(draft).deferred == frozenset()


def test_a_draft_thrown_away_is_gone_with_its_answers(wang: Applicant) -> None:
    held = wang.completes(DRAINAGE, DRAINS)
    actions.discard(held.id, by=wang.actor)
    assert not Draft.objects.exists()
    assert not Document.objects.filter(attached_at__isnull=False).exists()


def test_a_draft_is_forgotten_ninety_days_after_its_last_change(wang: Applicant, clock: FrozenClock) -> None:
    draft = wang.starts(RESTAURANT)
    clock.advance(timedelta(days=60))
    actions.answer(draft, dict(SMALL_SHOP), by=wang.actor)
    clock.advance(timedelta(days=89))
    assert actions.forget_expired() == 0
    clock.advance(timedelta(days=2))
    assert actions.forget_expired() == 1
    assert not Draft.objects.exists()


def test_my_list_of_drafts_costs_the_same_however_many_there_are(
    wang: Applicant, django_assert_num_queries: object
) -> None:
    for code in (RESTAURANT, DRAINAGE):
        wang.starts(code)
    cards = queries.drafts_of(actor_of(wang.user))
    assert [card.title.en for card in cards] != []
    with django_assert_num_queries(3):  # type: ignore[operator]
        queries.drafts_of(actor_of(wang.user))
