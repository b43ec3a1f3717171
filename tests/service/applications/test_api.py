"""Everything that the pages do, for programs: drafts step by step, or a whole application in one request."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import jsonschema_rs
import pytest
from django.test import Client

from tests.service.applications.applying import (
    CARD,
    DRAINAGE,
    DRAINS,
    LARGE_SHOP,
    RESTAURANT,
    SMALL_SHOP,
    Applicant,
    asks_for_correction,
    part_of,
    picture,
)
from yiwang.casework.cases.models import Case
from yiwang.casework.cases.state import Stage
from yiwang.service.applications import schema
from yiwang.service.catalogue import queries as catalogue


class Program:
    """A client of the API that speaks JSON."""

    def __init__(self, who: Applicant | None) -> None:
        self.client = Client()
        if who is not None:
            self.client.force_login(who.user)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        answer = self.client.generic(
            method,
            f"/api/v1{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def uploads(self, name: str = "a.png") -> str:
        answer = self.client.post("/api/v1/documents", {"file": picture(name)})
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])


@pytest.fixture
def api(wang: Applicant) -> Program:
    return Program(wang)


def whole(api: Program, **more: Any) -> dict[str, Any]:
    body = {
        "code": DRAINAGE,
        "answers": {**DRAINS, "premises.floor_area": 120},
        "materials": {"hidden_works_pledge": [api.uploads()]},
        "deferred": ["grease_trap_contract"],
        "declared": True,
    }
    return {**body, **more}


def test_a_program_applies_step_by_step(api: Program, wang: Applicant) -> None:
    status, draft = api("POST", "/drafts", {"code": DRAINAGE})
    assert status == 201
    again, same = api("POST", "/drafts", {"code": DRAINAGE})
    assert (again, same["id"]) == (200, draft["id"])
    assert {step["key"] for step in draft["missing"]} >= {"enterprise.uscc", "premises.address"}
    here = f"/drafts/{draft['id']}"
    status, draft = api("PATCH", f"{here}/answers", {"answers": {**DRAINS, "premises.floor_area": 120.0}})
    assert status == 200
    assert draft["answers"]["premises.floor_area"] == "120"
    status, draft = api("PUT", f"{here}/materials/hidden_works_pledge", {"documents": [api.uploads("a.png")]})
    assert status == 200
    status, draft = api("PUT", f"{here}/materials/grease_trap_contract", {"documents": [], "later": True})
    assert draft["missing"] == []
    status, done = api("POST", f"{here}/submit", {"version": draft["version"], "declared": True})
    assert status == 201
    assert len(done["tracking_code"]) == 30
    assert api("POST", f"{here}/submit", {"version": draft["version"], "declared": True}) == (201, done)
    status, seen = api("GET", f"/applications/{done['number']}")
    assert status == 200
    assert seen["answers"] == {**DRAINS}
    assert seen["parts"][0]["stage"] == "received"
    assert seen["standing"]["heading"]["zh"] == "已收到，等水务局受理"
    assert [document["name"] for document in seen["materials"]["hidden_works_pledge"]] == ["a.png"]
    status, listed = api("GET", "/applications")
    assert [each["number"] for each in listed["applications"]] == [done["number"]]
    status, refused = api("PATCH", f"{here}/answers", {"answers": {}})
    assert (status, refused["code"], refused["number"]) == (409, "already_submitted", done["number"])


def test_a_whole_application_in_one_request_is_received_once_however_often_it_is_sent(api: Program) -> None:
    body = whole(api)
    first = api("POST", "/applications", body, Idempotency_Key="drains-0001")
    second = api("POST", "/applications", body, Idempotency_Key="drains-0001")
    assert first[0] == 201
    assert first == second
    assert Case.objects.count() == 1
    third = api("POST", "/applications", body, Idempotency_Key="drains-0002")
    assert third[0] == 201
    assert third[1]["number"] != first[1]["number"]


def test_a_key_with_another_body_is_a_conflict(api: Program) -> None:
    body = whole(api)
    api("POST", "/applications", body, Idempotency_Key="drains-0001")
    other = {**body, "answers": {**body["answers"], "premises.floor_area": 130}}
    status, refused = api("POST", "/applications", other, Idempotency_Key="drains-0001")
    assert (status, refused["code"]) == (409, "key_reused")


def test_a_refused_application_leaves_the_key_free(api: Program) -> None:
    body = whole(api, declared=False)
    assert api("POST", "/applications", body, Idempotency_Key="drains-0001")[1]["code"] == "not_declared"
    assert api("POST", "/applications", {**body, "declared": True}, Idempotency_Key="drains-0001")[0] == 201


def test_an_application_without_a_key_is_not_taken(api: Program) -> None:
    assert api("POST", "/applications", whole(api))[0] == 422


def test_what_is_missing_and_what_is_wrong_is_named_all_at_once(api: Program) -> None:
    status, refused = api(
        "POST",
        "/applications",
        whole(api, answers={"discharge.kind": "domestic"}, deferred=[], materials={}),
        Idempotency_Key="drains-0001",
    )
    assert (status, refused["code"]) == (422, "incomplete")
    assert {step["key"] for step in refused["missing"]} >= {
        "enterprise.uscc",
        "premises.address",
        "hidden_works_pledge",
    }
    wrong = {**DRAINS, "premises.floor_area": -1, "enterprise.uscc": "1"}
    status, refused = api("POST", "/applications", whole(api, answers=wrong), Idempotency_Key="drains-0001")
    assert (status, refused["code"]) == (422, "wrong_answers")
    assert {each["element"] for each in refused["wrong"]} == {"premises.floor_area", "enterprise.uscc"}
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"answers": {**DRAINS, "pet.name": "旺财"}},
        {"materials": {"love_letter": []}},
        {"deferred": ["drainage_plan_of_the_moon"]},
        {"signed": ["fire"]},
    ],
)
def test_what_nobody_asked_for_is_refused(api: Program, more: dict[str, Any]) -> None:
    status, refused = api("POST", "/applications", whole(api, **more), Idempotency_Key="drains-0001")
    assert (status, refused["code"]) == (422, "not_asked")


def test_the_document_of_somebody_else_does_not_exist(api: Program, chen: Applicant) -> None:
    for foreign in (str(chen.uploads()), str(uuid4())):
        body = whole(api, materials={"hidden_works_pledge": [foreign]})
        status, refused = api("POST", "/applications", body, Idempotency_Key="drains-0001")
        assert (status, refused["code"]) == (422, "no_such_document")


def test_a_draft_that_moved_on_is_a_conflict_with_its_version(api: Program) -> None:
    _status, draft = api("POST", "/drafts", {"code": DRAINAGE})
    here = f"/drafts/{draft['id']}/answers"
    first = api("PATCH", here, {"answers": {"premises.floor_area": 1}}, If_Match=f'"{draft["version"]}"')
    second = api("PATCH", here, {"answers": {"premises.floor_area": 2}}, If_Match=f'"{draft["version"]}"')
    assert first[0] == 200
    assert (second[0], second[1]["code"], second[1]["version"]) == (409, "changed", first[1]["version"])
    assert api("PATCH", here, {"answers": {}}, If_Match="nonsense")[0] == 409


def test_an_answer_is_taken_back_with_null(api: Program) -> None:
    _status, draft = api("POST", "/drafts", {"code": DRAINAGE})
    here = f"/drafts/{draft['id']}/answers"
    api("PATCH", here, {"answers": {"premises.floor_area": 1}})
    _status, draft = api("PATCH", here, {"answers": {"premises.floor_area": None}})
    assert "premises.floor_area" in {step["key"] for step in draft["missing"]}


def test_a_program_corrects_everything_in_one_request(api: Program, wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    asks_for_correction(number, DRAINAGE, ["面积与产权证不符", "管线图看不清"])
    _status, seen = api("GET", f"/applications/{number}")
    assert seen["parts"][0]["correction"] == ["面积与产权证不符", "管线图看不清"]
    assert "correct" in seen["parts"][0]["verbs"]
    body = {
        "answers": {"premises.floor_area": 118},
        "materials": {"hidden_works_pledge": [api.uploads("better.png")]},
        "declared": True,
    }
    status, seen = api("POST", f"/applications/{number}/parts/{DRAINAGE}/correct", body)
    assert status == 200
    assert seen["answers"]["premises.floor_area"] == "118"
    assert [each["name"] for each in seen["materials"]["hidden_works_pledge"]] == ["better.png"]
    assert seen["parts"][0]["stage"] == "received"
    status, refused = api("POST", f"/applications/{number}/parts/{DRAINAGE}/correct", body)
    assert (status, refused["code"]) == (409, "not_correcting")


def test_a_correction_that_is_refused_leaves_nothing_behind(api: Program, wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    asks_for_correction(number, DRAINAGE, ["面积与产权证不符"])
    body = {"answers": {"premises.floor_area": 118}, "materials": {"hidden_works_pledge": []}, "declared": True}
    status, refused = api("POST", f"/applications/{number}/parts/{DRAINAGE}/correct", body)
    assert (status, refused["code"]) == (422, "incomplete")
    _status, seen = api("GET", f"/applications/{number}")
    assert seen["answers"]["premises.floor_area"] == "120"
    assert seen["materials"]["hidden_works_pledge"]


def test_a_program_withdraws_and_brings_what_was_left_for_later(api: Program, wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS, later=["grease_trap_contract"]).number
    status, seen = api("POST", f"/applications/{number}/materials/grease_trap_contract", {"documents": [api.uploads()]})
    assert status == 200
    assert seen["parts"][0]["awaiting"] == []
    status, refused = api(
        "POST", f"/applications/{number}/materials/grease_trap_contract", {"documents": [api.uploads()]}
    )
    assert (status, refused["code"]) == (422, "not_asked")
    status, seen = api("POST", f"/applications/{number}/parts/{DRAINAGE}/withdraw", {"reason": "不开了"})
    assert status == 200
    assert part_of(number, DRAINAGE).stage is Stage.WITHDRAWN


def test_an_upload_that_is_no_document_is_refused_in_the_callers_language(api: Program) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("a.pdf", b"not a pdf at all")
    answer = api.client.post("/api/v1/documents", {"file": file}, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "unknown_type"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_schema_of_a_service_says_what_may_be_answered(wang: Applicant) -> None:
    status, described = Program(None)("GET", f"/matters/{RESTAURANT}/schema")
    assert status == 200
    assert jsonschema_rs.meta.is_valid(described)
    check = jsonschema_rs.Draft202012Validator(described)
    assert check.is_valid(dict(SMALL_SHOP))
    assert check.is_valid(dict(LARGE_SHOP))
    assert not check.is_valid({**SMALL_SHOP, "pet.name": "旺财"})
    assert not check.is_valid({**SMALL_SHOP, "food.hot_food": "on the roof"})
    assert not check.is_valid({**SMALL_SHOP, "premises.seats": -1})
    assert described["properties"]["shop_sign.text"]["x-when"] == ["(shop_sign.wanted)"]
    assert "x-when" not in described["properties"]["premises.floor_area"]
    assert Program(None)("GET", "/matters/a-licence-to-fly/schema")[0] == 404


def test_every_service_of_the_city_has_a_schema(wang: Applicant) -> None:
    for code in catalogue.offered("matter", "bundle"):
        assert jsonschema_rs.meta.is_valid(schema.of_service(catalogue.service(code)))


def test_an_instant_matter_is_granted_in_the_answer_to_one_request(chen: Applicant) -> None:
    api = Program(chen)
    body = {"code": CARD, "answers": {"person.lives_here": True, "card.delivery": "phone"}, "declared": True}
    status, done = api("POST", "/applications", body, Idempotency_Key="card-00001")
    assert status == 201
    _status, seen = api("GET", f"/applications/{done['number']}")
    assert seen["parts"][0]["stage"] == "granted"
    assert seen["closed_at"] is not None
