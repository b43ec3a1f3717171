"""An officer's program reads what the desk's page shows: answers, papers, files and promises of its own parts."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.test import Client

from tests.foundation.directory import people
from tests.service.applications.applying import (
    DRAINAGE,
    DRAINS,
    LARGE_SHOP,
    RESTAURANT,
    Applicant,
    asks_for_correction,
    decides,
    registers,
    word_goes_round,
)
from yiwang.casework.cases.models import Case, Task
from yiwang.foundation.directory import actions as directory
from yiwang.foundation.directory.models import User
from yiwang.service.applications import actions, submission
from yiwang.service.applications.models import OnSiteCheck


def program_of(user: User) -> Client:
    """What a program of this account sends: a bearer token, no session."""
    token = directory.issue_token(user, "script").token
    return Client(headers={"Authorization": f"Bearer {token}"})


def officer_of(number: str, part: str) -> Client:
    return program_of(people.officer(Task.objects.filter(case__number=number, part=part)[0].post))


def papers(program: Client, number: str) -> Any:
    answer = program.get(f"/api/v1/cases/{number}/papers")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_department_reads_answers_and_papers_of_its_part_and_no_others(wang: Applicant) -> None:
    number = wang.submits(RESTAURANT, LARGE_SHOP).number
    found = papers(officer_of(number, "drainage"), number)
    assert (found["number"], found["service"], found["parts"]) == (number, RESTAURANT, ["drainage"])
    answers = {each["element"]: each["value"] for each in found["answers"]}
    assert answers["premises.address"] == LARGE_SHOP["premises.address"]
    assert answers["discharge.daily_m3"] == "10"
    assert "seal.kinds" not in answers
    brought = {each["key"] for each in found["materials"] if each["files"]}
    assert brought == {"hidden_works_pledge", "grease_trap_contract"}, (
        "the food department's papers are not the water's"
    )


def test_files_are_read_as_bytes_by_whose_part_needs_them(wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    program = officer_of(number, DRAINAGE)
    plan = next(each for each in papers(program, number)["materials"] if each["key"] == "hidden_works_pledge")
    document = plan["files"][0]["document"]
    answer = program.get(f"/api/v1/documents/{document['id']}")
    assert answer.headers["Content-Type"] == "image/png"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert hashlib.sha256(b"".join(answer)).hexdigest() == document["sha256"]
    assert program_of(wang.user).get(f"/api/v1/documents/{document['id']}").status_code == 200
    stranger = program_of(people.officer("fire/permits"))
    assert stranger.get(f"/api/v1/documents/{document['id']}").status_code == 404


def test_a_correction_shows_what_was_before(wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    asks_for_correction(number, DRAINAGE, ["面积与产权证不符"])
    draft = actions.begin_correction(number, DRAINAGE, by=wang.actor)
    actions.answer(draft, {"premises.floor_area": "118"}, by=wang.actor)
    actions.bring(draft, "hidden_works_pledge", [wang.uploads("better.png")], by=wang.actor, replace=True)
    submission.correct(draft, wang.sees(draft).version, declared=True, by=wang.actor)
    found = papers(officer_of(number, DRAINAGE), number)
    changed = [(each["element"], each["before"], each["value"]) for each in found["answers"] if each["corrected"]]
    assert changed == [("premises.floor_area", "120", "118")]
    plan = next(each for each in found["materials"] if each["key"] == "hidden_works_pledge")
    replaced = {file["document"]["name"]: bool(file["replaced_at"]) for file in plan["files"]}
    assert replaced == {"hidden_works_pledge.png": True, "better.png": False}


def test_whoever_checks_on_site_reads_the_promise_and_what_a_grant_created(wang: Applicant) -> None:
    number = wang.submits(RESTAURANT, LARGE_SHOP).number
    code = registers(number)
    decides(number, "fire")
    word_goes_round()
    check = Case.objects.get(pk=OnSiteCheck.objects.get().case_id).number
    found = papers(officer_of(check, "check"), check)
    assert (found["number"], found["parts"]) == (number, ["fire"])
    assert "安全出口和疏散通道畅通" in found["promises"][0]["text"]["zh"]
    assert found["facts"]["enterprise.uscc"] == code


@pytest.mark.parametrize("post", ["fire/permits", "nowhere/clerk"])
def test_a_case_of_another_department_has_no_papers(wang: Applicant, post: str) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    answer = program_of(people.officer(post)).get(f"/api/v1/cases/{number}/papers")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert program_of(wang.user).get(f"/api/v1/cases/{number}/papers").status_code == 403
