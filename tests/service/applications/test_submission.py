"""Submitting: all or nothing, once, and the same record from the pages and from the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.service.applications.applying import (
    CARD,
    DRAINAGE,
    DRAINS,
    LARGE_SHOP,
    RESTAURANT,
    SENIOR,
    SMALL_SHOP,
    Applicant,
)
from yiwang.casework.cases.models import Case, Party
from yiwang.casework.cases.state import Stage
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.kernel.text import canonical_json
from yiwang.service.applications import actions, queries, submission
from yiwang.service.applications.models import Application, ApplicationMaterial, Draft
from yiwang.service.applications.refusals import AlreadySubmitted, DraftChanged, Incomplete, NotPossible


def test_one_application_opens_one_case_with_a_part_for_each_matter(wang: Applicant) -> None:
    done = wang.submits(RESTAURANT, LARGE_SHOP)
    case = wang.follows(done.number)
    assert case.title.zh == "开办餐饮店“一件事”"
    assert {part.key for part in case.parts} == {"registration", "food", "fire", "drainage", "seal"}
    assert case.part("registration").stage is Stage.RECEIVED
    assert case.part("food").stage is Stage.WAITING
    assert case.applicant == wang.user.name


def test_an_incomplete_draft_says_everything_that_is_missing_and_nothing_happens(wang: Applicant) -> None:
    draft = wang.starts(DRAINAGE, {"premises.address": "滨江路 8 号", "discharge.kind": "domestic"})
    with pytest.raises(Incomplete) as refused:
        submission.submit(draft, wang.sees(draft).version, declared=True, by=wang.actor)
    missing = {step.key for step in refused.value.missing}
    assert missing >= {"enterprise.uscc", "premises.floor_area", "hidden_works_pledge"}
    assert not Case.objects.exists()
    assert wang.sees(draft).answers["premises.address"] == "滨江路 8 号", "nothing is lost"


def test_nothing_is_submitted_that_is_not_declared_true(wang: Applicant) -> None:
    held = wang.completes(DRAINAGE, DRAINS)
    with pytest.raises(NotPossible) as refused:
        submission.submit(held.id, held.version, declared=False, by=wang.actor)
    assert refused.value.code == "not_declared"


def test_pressing_submit_twice_opens_one_case_and_gives_the_same_receipt(wang: Applicant) -> None:
    held = wang.completes(DRAINAGE, DRAINS)
    first = submission.submit(held.id, held.version, declared=True, by=wang.actor)
    second = submission.submit(held.id, held.version, declared=True, by=wang.actor)
    assert first == second
    assert Case.objects.count() == 1


def test_what_was_changed_on_another_page_is_looked_over_first(wang: Applicant) -> None:
    held = wang.completes(DRAINAGE, DRAINS)
    actions.answer(held.id, {"premises.floor_area": "130"}, by=wang.actor)
    with pytest.raises(DraftChanged):
        submission.submit(held.id, held.version, declared=True, by=wang.actor)
    assert not Case.objects.exists()


def test_a_submitted_draft_is_closed_and_holds_nothing_personal_any_more(wang: Applicant) -> None:
    held = wang.completes(DRAINAGE, DRAINS)
    submission.submit(held.id, held.version, declared=True, by=wang.actor)
    row = Draft.objects.get()
    assert row.answers == {}
    with pytest.raises(AlreadySubmitted):
        actions.answer(held.id, {"premises.floor_area": "1"}, by=wang.actor)
    again, new = actions.start(DRAINAGE, by=wang.actor)
    assert new
    assert again != held.id


def test_events_hold_no_answer_and_no_name(wang: Applicant) -> None:
    from yiwang.foundation.ledger.models import Event

    wang.submits(RESTAURANT, LARGE_SHOP)
    written = "".join(Event.objects.values_list("body", flat=True))
    for personal in ("滨江路", "兰姨", wang.user.name, Party.objects.get().identifier):
        assert personal not in written


def test_a_rule_decides_at_once(chen: Applicant) -> None:
    done = chen.submits(CARD, SENIOR)
    case = chen.follows(done.number)
    assert case.part(CARD).stage is Stage.GRANTED
    assert case.closed_at is not None


def test_nobody_applies_whom_the_city_does_not_know(wang: Applicant) -> None:
    from yiwang.foundation.directory.models import Person

    held = wang.completes(DRAINAGE, DRAINS)
    Person.objects.filter(pk=wang.user.person_id).update(resident_id="")
    with pytest.raises(NotPossible) as refused:
        submission.submit(held.id, held.version, declared=True, by=wang.actor)
    assert refused.value.code == "identity_unknown"


def test_where_the_rule_does_not_hold_an_officer_looks_at_it(wang: Applicant) -> None:
    done = wang.submits(CARD, SENIOR)
    assert wang.follows(done.number).part(CARD).stage is Stage.RECEIVED


def test_no_machine_decides_on_an_identity_that_is_not_the_applicants_own(wang: Applicant, chen: Applicant) -> None:
    number = chen.sees(chen.starts(CARD)).answers["person.resident_id"]
    done = wang.submits(CARD, {**SENIOR, "person.resident_id": number})
    assert wang.follows(done.number).part(CARD).stage is Stage.RECEIVED


def test_a_material_to_come_later_is_awaited_by_the_parts_that_use_it(wang: Applicant) -> None:
    done = wang.submits(DRAINAGE, DRAINS, later=["grease_trap_contract"])
    assert wang.follows(done.number).part(DRAINAGE).awaiting == ("grease_trap_contract",)


def record(number: str) -> bytes:
    """Everything that was written of an application, but for numbers, codes and documents' own names."""
    application = Application.objects.select_related("case").get(case__number=number)
    state = json.loads(application.case.state)
    materials = (
        ApplicationMaterial.objects.filter(application=application).order_by("key").values_list("key", flat=True)
    )
    papers = {
        "service": application.service,
        "version": application.service_version,
        "answers": application.answers,
        "signed": application.signed,
        "materials": list(materials),
        "owner": application.owner_id,
        "state": {**state, "channel": ""},
        "plan": application.case.plan_id,
        "title": application.case.title_zh,
    }
    return canonical_json(papers)


def test_the_pages_and_the_api_leave_the_same_record(wang: Applicant) -> None:
    through_pages = wang.submits(RESTAURANT, LARGE_SHOP).number
    client = Client()
    client.force_login(wang.user)
    body: dict[str, Any] = {
        "code": RESTAURANT,
        "answers": {**LARGE_SHOP, "premises.floor_area": 320, "discharge.daily_m3": 10.0},
        "materials": {
            key: [str(wang.uploads(f"{key}.png"))] for key in ApplicationMaterial.objects.values_list("key", flat=True)
        },
        "signed": ["fire"],
        "declared": True,
    }
    answer = client.post(
        "/api/v1/applications",
        json.dumps(body),
        content_type="application/json",
        headers={"Idempotency-Key": "restaurant-1"},
    )
    assert answer.status_code == 201, answer.content
    assert record(answer.json()["number"]) == record(through_pages)


def test_a_complete_draft_is_submitted_over_http_with_few_queries(wang: Applicant, web: Client) -> None:
    """Each query is a round trip on PostgreSQL; a bare view that inserts the same rows needs ten."""
    wang.submits(RESTAURANT, SMALL_SHOP)
    held = wang.completes(RESTAURANT, SMALL_SHOP)
    body = json.dumps({"version": held.version, "declared": True})
    with CaptureQueriesContext(connection) as counted:
        answer = web.post(f"/api/v1/drafts/{held.id}/submit", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    spoken = [each["sql"] for each in counted.captured_queries]
    real = [sql for sql in spoken if not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    assert len(real) <= 22, "\n".join(sql[:100] for sql in real)


def test_a_list_of_applications_costs_the_same_however_many_there_are(
    wang: Applicant, django_assert_num_queries: Any
) -> None:
    for _number in range(3):
        wang.submits(DRAINAGE, DRAINS)
    queries.applications_of(actor_of(wang.user))
    with django_assert_num_queries(3):
        cards, older = queries.applications_of(actor_of(wang.user), limit=2)
    assert len(cards) == 2
    assert older is not None
    rest, end = queries.applications_of(actor_of(wang.user), before=older, limit=2)
    assert len(rest) == 1
    assert end is None
