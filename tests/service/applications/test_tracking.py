"""Whoever holds the tracking code and knows the second fact sees where a case is, without signing in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.service.applications.applying import DRAINAGE, DRAINS, Applicant
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.identifiers import tracking_code
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.models import Answered
from yiwang.service.applications import queries
from yiwang.service.applications.models import Application
from yiwang.service.applications.refusals import NoSuchApplication


def fact(who: Applicant) -> str:
    person = directory.identity(who.user.pk)
    assert person is not None
    return person.resident_id[-4:]


def test_code_and_second_fact_find_the_case_however_they_are_typed(wang: Applicant) -> None:
    done = wang.submits(DRAINAGE, DRAINS)
    for code in (
        done.tracking_code,
        done.tracking_code.lower().replace("-", " "),
        done.tracking_code.replace("0", "O"),
    ):
        assert queries.tracked(code, f" {fact(wang).lower()} ").number == done.number
    assert queries.tracked(done.tracking_code, fact(wang), done.number).number == done.number


def test_neither_code_nor_fact_is_kept(wang: Applicant) -> None:
    done = wang.submits(DRAINAGE, DRAINS)
    row = Application.objects.get()
    assert done.tracking_code not in row.tracking
    assert len(row.tracking) == 64
    assert Answered.objects.filter(answer__contains=done.tracking_code).count() == 1, "for a repeated request, a week"


def test_whatever_is_wrong_the_answer_and_the_work_are_the_same(wang: Applicant, web: Client) -> None:
    done = wang.submits(DRAINAGE, DRAINS)
    right, visitor = fact(wang), Client()
    tries = {
        "another code": {"code": tracking_code(), "fact": right},
        "another fact": {"code": done.tracking_code, "fact": "0000"},
        "no code at all": {"code": "hello", "fact": right},
        "another number": {"code": done.tracking_code, "fact": right, "number": "319900-2025-0009999"},
        "nothing": {"code": "", "fact": ""},
    }
    visitor.post("/track/", tries["nothing"])
    pages, work = set(), set()
    for typed in tries.values():
        with CaptureQueriesContext(connection) as counted:
            answer = visitor.post("/track/", typed)
        assert answer.status_code == 422
        pages.add(answer.content.decode().partition("<form")[0])
        work.add(len(counted))
    assert len(pages) == 1
    assert len(work) == 1


def test_the_page_shows_where_it_is_and_nothing_personal(wang: Applicant) -> None:
    done = wang.submits(DRAINAGE, DRAINS)
    page = Client().post("/track/", {"code": done.tracking_code, "fact": fact(wang)})
    text = page.content.decode()
    assert page.status_code == 200
    assert "已收到" in text
    assert wang.user.name not in text
    assert "滨江路" not in text


def test_guessing_ends_after_fifty_tries_from_one_address(wang: Applicant, clock: FrozenClock) -> None:
    done = wang.submits(DRAINAGE, DRAINS)
    visitor = Client()
    statuses = [visitor.post("/track/", {"code": tracking_code(), "fact": "0000"}).status_code for _ in range(51)]
    assert statuses[:50] == [422] * 50
    assert statuses[50] == 429
    assert visitor.post("/track/", {"code": done.tracking_code, "fact": fact(wang)}).status_code == 429
    clock.advance(timedelta(hours=2))
    assert visitor.post("/track/", {"code": done.tracking_code, "fact": fact(wang)}).status_code == 200


def test_the_api_tracks_alike(wang: Applicant) -> None:
    done = wang.submits(DRAINAGE, DRAINS)
    visitor = Client()
    found = visitor.post(
        "/api/v1/track", {"code": done.tracking_code, "fact": fact(wang)}, content_type="application/json"
    )
    assert found.status_code == 200
    assert found.json()["number"] == done.number
    assert "answers" not in found.json()
    absent = visitor.post(
        "/api/v1/track", {"code": tracking_code(), "fact": fact(wang)}, content_type="application/json"
    )
    wrong = visitor.post("/api/v1/track", {"code": done.tracking_code, "fact": "0000"}, content_type="application/json")
    assert absent.status_code == wrong.status_code == 404
    assert absent.content == wrong.content


def test_a_number_alone_finds_nothing(wang: Applicant) -> None:
    done = wang.submits(DRAINAGE, DRAINS)
    with pytest.raises(NoSuchApplication):
        queries.tracked(done.number, fact(wang), done.number)
