"""What a matter needs to know of who applies: said before anything is filled in, and held to at submission."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from tests.service.applications.applying import CARD, DRAINAGE, DRAINS, RESTAURANT, SENIOR, Applicant
from yiwang.casework.cases.state import Stage
from yiwang.foundation.directory.levels import Level
from yiwang.foundation.directory.models import Person
from yiwang.service.applications import submission
from yiwang.service.applications.refusals import NotPossible
from yiwang.service.catalogue import actions as catalogue
from yiwang.service.catalogue import queries
from yiwang.service.catalogue.package import Bundle, Matter

TOLD = "You need a verified identity"


def becomes(applicant: Applicant, level: Level) -> None:
    Person.objects.filter(pk=applicant.user.person_id).update(level=level)
    applicant.user.refresh_from_db()


def needs(code: str, level: Level) -> None:
    """The department publishes the matter anew with this minimum."""
    matter = queries.service(code).service
    assert isinstance(matter, Matter)
    catalogue.publish([replace(matter, identity=level)])


def test_a_matter_that_says_nothing_needs_the_citys_default_and_a_bundle_the_most_of_its_parts(jinlan: None) -> None:
    assert queries.service(DRAINAGE).service.identity is Level.REAL_NAME
    bundle = queries.service(RESTAURANT).service
    assert isinstance(bundle, Bundle)
    first, *rest = bundle.parts
    raised = replace(first, matter=replace(first.matter, identity=Level.FACE_TO_FACE))
    assert replace(bundle, parts=(raised, *rest)).identity is Level.FACE_TO_FACE


def test_below_the_minimum_nothing_is_submitted_and_nothing_is_lost(wang: Applicant) -> None:
    held = wang.completes(DRAINAGE, DRAINS)
    becomes(wang, Level.UNVERIFIED)
    with pytest.raises(NotPossible) as refused:
        submission.submit(held.id, held.version, declared=True, by=wang.actor)
    assert refused.value.code == "identity_level"
    assert "实名" in refused.value.words.zh
    assert wang.sees(held.id).answers == held.answers
    becomes(wang, Level.FACE_TO_FACE)
    assert submission.submit(held.id, held.version, declared=True, by=wang.actor).number


def test_a_matter_may_need_a_face(wang: Applicant) -> None:
    needs(DRAINAGE, Level.FACE_TO_FACE)
    held = wang.completes(DRAINAGE, DRAINS)
    with pytest.raises(NotPossible, match="Face to face"):
        submission.submit(held.id, held.version, declared=True, by=wang.actor)


def test_the_guide_the_start_and_the_review_say_what_to_do(wang: Applicant, web: Client) -> None:
    held = wang.completes(DRAINAGE, DRAINS)
    pages = [f"/matters/{DRAINAGE}/", f"/apply/{DRAINAGE}/", f"/drafts/{held.id}/review/"]
    for address in pages:
        assert TOLD not in web.get(address, headers={"accept-language": "en"}).content.decode()
    becomes(wang, Level.UNVERIFIED)
    for address in pages:
        page = web.get(address, headers={"accept-language": "en"}).content.decode()
        assert TOLD in page, address
        assert "/account/identity/" in page, address


def test_visitors_read_what_will_be_needed(jinlan: None, db: None) -> None:
    page = Client().get(f"/matters/{DRAINAGE}/", headers={"accept-language": "en"}).content.decode()
    assert "Real name" in page
    assert TOLD not in page


def test_a_machine_grants_only_to_a_person_whom_somebody_has_confirmed(chen: Applicant) -> None:
    needs(CARD, Level.UNVERIFIED)
    becomes(chen, Level.UNVERIFIED)
    done = chen.submits(CARD, SENIOR)
    assert chen.follows(done.number).parts[0].stage is Stage.RECEIVED
