"""A department's model text is adopted with a tick: a real paper, which counts as long as it says what was read."""

from __future__ import annotations

from html import unescape

import pytest
from django.template.loader import render_to_string
from django.test import Client

from tests.service.applications.applying import DRAINAGE, DRAINS, Applicant, asks_for_correction
from tests.service.applications.test_api import Program
from yiwang.casework.cases import kinds
from yiwang.foundation.documents import queries as documents
from yiwang.foundation.documents.models import Document
from yiwang.foundation.ledger.replay import replay
from yiwang.service.applications import actions, queries, submission
from yiwang.service.applications.refusals import NotAsked

PLEDGE, CONTRACT = "hidden_works_pledge", "grease_trap_contract"
ADDRESS = "望江区滨江路 8 号"


def adopts_all(who: Applicant) -> submission.Submitted:
    draft = who.starts(DRAINAGE, DRAINS)
    for key in (PLEDGE, CONTRACT):
        actions.adopt(draft, key, by=who.actor)
    held = who.sees(draft)
    assert not held.progress.missing
    return submission.submit(draft, held.version, declared=True, by=who.actor)


def content(document_id: object) -> str:
    return documents.open_content(document_id).read().decode()  # type: ignore[arg-type]


def test_one_tick_takes_the_place_of_a_paper(wang: Applicant, web: Client) -> None:
    draft = wang.starts(DRAINAGE, DRAINS)
    address = f"/drafts/{draft}/materials/{PLEDGE}/"
    page = unescape(web.get(address).content.decode())
    assert f"王晓兰就{ADDRESS}的排水作出承诺" in page
    unticked = web.post(address, {"adopt": "true"})
    assert unticked.status_code == 422
    assert "请看完文本再勾选采用" in unticked.content.decode()
    assert web.post(address, {"adopt": "true", "adopted": "true"}).headers["Location"].endswith(f"{CONTRACT}/")
    assert "地下管道合格承诺书（示范文本）.txt" in web.get(f"/drafts/{draft}/review/").content.decode()


def test_what_is_adopted_is_a_document_that_officers_read(wang: Applicant) -> None:
    number = adopts_all(wang).number
    papers = queries.papers(wang.follows(number).id)
    assert papers is not None
    pledge = next(file.document for file in papers.files if file.key == PLEDGE)
    assert f"{ADDRESS}的排水" in content(pledge.id)
    assert "Pledged by 王晓兰" in content(pledge.id), "for whoever reads English"
    registered = kinds.kind("application")
    assert registered is not None
    panel = registered.panel(wang.follows(number).id, frozenset({DRAINAGE}))
    assert panel is not None
    shown = render_to_string(panel.template, {"panel": panel.context})
    assert f"/documents/{pledge.id}/preview/" in shown
    assert "采用示范文本" in shown


def test_it_opens_in_the_browser_as_text_and_nothing_else(wang: Applicant, web: Client) -> None:
    draft = wang.starts(DRAINAGE, DRAINS)
    actions.adopt(draft, PLEDGE, by=wang.actor)
    document = wang.sees(draft).files[PLEDGE][0]
    answer = web.get(f"/documents/{document.id}/preview/")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_text_whose_answers_changed_is_adopted_anew(wang: Applicant) -> None:
    draft = wang.starts(DRAINAGE, DRAINS)
    actions.adopt(draft, PLEDGE, by=wang.actor)
    actions.answer(draft, {"premises.address": "青石区老街路 3 号"}, by=wang.actor)
    held = wang.sees(draft)
    assert PLEDGE not in held.files
    assert PLEDGE in {step.key for step in held.progress.missing}
    actions.adopt(draft, PLEDGE, by=wang.actor)
    assert "青石区老街路 3 号" in content(wang.sees(draft).files[PLEDGE][0].id)
    actions.answer(draft, {"discharge.daily_m3": "12"}, by=wang.actor)
    assert PLEDGE in wang.sees(draft).files, "this answer does not stand in it"


def test_a_paper_of_ones_own_takes_the_place_of_the_model(wang: Applicant) -> None:
    draft = wang.starts(DRAINAGE, DRAINS)
    actions.adopt(draft, PLEDGE, by=wang.actor)
    actions.bring(draft, PLEDGE, [wang.uploads("own.png")], by=wang.actor)
    assert [each.name for each in wang.sees(draft).files[PLEDGE]] == ["own.png"]
    actions.adopt(draft, PLEDGE, by=wang.actor)
    assert [each.media_type for each in wang.sees(draft).files[PLEDGE]] == ["text/plain"]


def test_nothing_is_adopted_where_there_is_no_model(wang: Applicant) -> None:
    draft = wang.starts(DRAINAGE, {**DRAINS, "discharge.daily_m3": "60"})
    with pytest.raises(NotAsked):
        actions.adopt(draft, "water_test_report", by=wang.actor)
    with pytest.raises(NotAsked):
        actions.adopt(draft, PLEDGE, by=wang.actor)


def test_programs_adopt_at_once_or_step_by_step(wang: Applicant) -> None:
    api = Program(wang)
    body = {"code": DRAINAGE, "answers": DRAINS, "adopted": [PLEDGE], "deferred": [CONTRACT], "declared": True}
    status, kept = api("POST", "/applications", body, Idempotency_Key="drains-0001")
    assert status == 201
    assert api("POST", "/applications", body, Idempotency_Key="drains-0001") == (201, kept)
    shown = api("GET", f"/applications/{kept['number']}")[1]
    assert [each["media_type"] for each in shown["materials"][PLEDGE]] == ["text/plain"]

    status, draft = api("POST", "/drafts", {"code": DRAINAGE})
    api("PATCH", f"/drafts/{draft['id']}/answers", {"answers": DRAINS})
    status, seen = api("PUT", f"/drafts/{draft['id']}/materials/{PLEDGE}", {"adopt": True})
    assert status == 200
    pledge = next(each for each in seen["materials"] if each["key"] == PLEDGE)
    assert (pledge["adopted"], ADDRESS in pledge["model"]["zh"]) == (True, True)
    assert api("PUT", f"/drafts/{draft['id']}/materials/business_licence", {"adopt": True})[0] == 422


def test_a_correction_adopts_the_text_with_the_corrected_answers(wang: Applicant) -> None:
    number = adopts_all(wang).number
    asks_for_correction(number, DRAINAGE, ["地址写全"])
    api = Program(wang)
    here = f"/applications/{number}/parts/{DRAINAGE}/correct"
    body = {"answers": {"premises.address": "望江区滨江路 88 号"}, "declared": True}
    status, refused = api("POST", here, body)
    assert (status, {each["key"] for each in refused["missing"]}) == (422, {PLEDGE, CONTRACT})
    status, seen = api("POST", here, {**body, "adopted": [PLEDGE, CONTRACT]})
    assert status == 200, seen
    assert "滨江路 88 号" in content(seen["materials"][PLEDGE][0]["id"])


def test_the_record_commits_to_what_was_adopted(wang: Applicant) -> None:
    adopts_all(wang)
    assert replay().differences == ()
    Document.objects.filter(media_type="text/plain").update(sha256="0" * 64)
    assert replay().differences
