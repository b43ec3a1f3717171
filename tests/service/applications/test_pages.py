"""The pages on which a person applies: one thing a page, saved at once, no script needed."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from tests.service.applications.applying import (
    CARD,
    DRAINAGE,
    DRAINS,
    LARGE_SHOP,
    RESTAURANT,
    SENIOR,
    Applicant,
    accepts,
    at_post,
    decides,
    picture,
    registers,
)
from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.record import PartRef
from yiwang.service.applications import actions
from yiwang.service.applications.models import Draft


def text_of(page: str) -> str:
    """What a reader sees of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_a_person_fills_in_one_thing_a_page_and_ends_with_a_receipt(wang: Applicant, web: Client) -> None:
    assert web.get(f"/apply/{DRAINAGE}/").status_code == 200
    page = web.post(f"/apply/{DRAINAGE}/").headers["Location"]
    typed = {
        **{code: str(value) for code, value in DRAINS.items()},
        "discharge.grease_trap": "true",
        "premises.floor_area": "１２０",
    }
    pages = 0
    while "/review/" not in page:
        pages += 1
        assert pages < 20
        shown = web.get(page)
        assert shown.status_code == 200
        assert shown.content.decode().count("<h1") == 1
        if "/questions/" in page:
            element = page.split("/")[-2]
            page = web.post(page, {element: typed[element]}).headers["Location"]
        elif "grease_trap_contract" in page:
            page = web.post(page, {"later": "true"}).headers["Location"]
        else:
            web.post(page, {"file": picture("图纸.png")})
            page = re.search(r'class="button primary" href="([^"]+)"', web.get(page).content.decode())[1]  # type: ignore[index]
    review = web.get(page).content.decode()
    assert "望江区滨江路 8 号" in review
    version = re.search(r'name="version" value="(\d+)"', review)
    assert version is not None
    refused = web.post(page, {"version": version[1]})
    assert refused.status_code == 422
    assert "请先勾选" in refused.content.decode()
    sent = web.post(page, {"version": version[1], "declared": "true"})
    receipt = sent.headers["Location"]
    first, second = web.get(receipt).content.decode(), web.get(receipt).content.decode()
    assert "查询码" in first
    assert "查询码" not in second, "the tracking code is shown once"
    assert "收到您的申请了" in second
    again = web.post(page, {"version": version[1], "declared": "true"})
    assert (
        again.headers["Location"] == f"/applications/{receipt.split('/')[2]}/" or again.headers["Location"] == receipt
    )


def test_a_question_says_its_place_why_it_is_asked_and_what_to_bring(wang: Applicant, web: Client) -> None:
    draft = wang.starts(RESTAURANT, {"premises.floor_area": "80"})
    page = text_of(web.get(f"/drafts/{draft}/questions/food.hot_food/").content.decode())
    assert re.search(r"第 2 题，还有约 \d+ 题", page)
    assert "为什么问： 做热食要看后厨" in page
    assert "食品安全法 第三十五条" in page
    assert "身份证 免交：由公安局提供" in page


def test_a_wrong_answer_is_shown_again_with_what_to_do(wang: Applicant, web: Client) -> None:
    draft = wang.starts(RESTAURANT)
    address = f"/drafts/{draft}/questions/premises.floor_area/"
    wrong = web.post(address, {"premises.floor_area": "很大"})
    assert wrong.status_code == 422
    assert "请填数字" in wrong.content.decode()
    assert 'value="很大"' in wrong.content.decode()
    nothing = web.post(address, {})
    assert nothing.status_code == 422
    assert "请先回答这一题" in nothing.content.decode()
    assert "premises.floor_area" not in wang.sees(draft).answers


def test_a_question_that_the_situation_no_longer_asks_leads_to_what_comes_next(wang: Applicant, web: Client) -> None:
    draft = wang.starts(RESTAURANT)
    assert web.get(f"/drafts/{draft}/questions/shop_sign.text/").headers["Location"] == f"/drafts/{draft}/"
    assert web.get(f"/drafts/{draft}/materials/sign_drawing/").headers["Location"] == f"/drafts/{draft}/"
    assert web.get(f"/drafts/{draft}/commitment/").headers["Location"] == f"/drafts/{draft}/"


def test_a_file_that_is_none_is_refused_with_a_clear_message(wang: Applicant, web: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    draft = wang.starts(DRAINAGE, DRAINS)
    address = f"/drafts/{draft}/materials/hidden_works_pledge/"
    refused = web.post(address, {"file": SimpleUploadedFile("plan.docx", b"PK\x03\x04" + b"x" * 200)})
    assert refused.status_code == 422
    assert "PDF" in refused.content.decode()
    empty = web.post(address, {})
    assert empty.status_code == 422
    assert "请先选一个文件" in empty.content.decode()


def test_a_file_can_be_taken_away_again(wang: Applicant, web: Client) -> None:
    draft = wang.starts(DRAINAGE, DRAINS)
    address = f"/drafts/{draft}/materials/hidden_works_pledge/"
    web.post(address, {"file": picture("图纸.png")})
    (file,) = wang.sees(draft).files["hidden_works_pledge"]
    assert "图纸.png" in web.get(address).content.decode()
    assert web.post(address, {"remove": str(file.id)}).headers["Location"] == address
    assert web.post(address, {"remove": "nonsense"}).status_code == 404
    assert wang.sees(draft).files == {}


def test_a_promise_is_read_before_it_is_signed(wang: Applicant, web: Client) -> None:
    draft = wang.starts(RESTAURANT, LARGE_SHOP)
    address = f"/drafts/{draft}/commitment/"
    page = web.get(address).content.decode()
    assert "安全出口" in page
    assert "消防救援支队" in page
    assert web.post(address, {}).status_code == 422
    assert web.post(address, {"sign-fire": "true"}).status_code == 303
    assert set(wang.sees(draft).signed) == {"fire"}


def test_what_the_account_tells_stands_on_the_review_with_its_source(chen: Applicant) -> None:
    draft = chen.starts(CARD, SENIOR)
    web = Client()
    web.force_login(chen.user)
    assert "来自您的账号" in text_of(web.get(f"/drafts/{draft}/review/").content.decode())
    start = text_of(web.get(f"/apply/{CARD}/").content.decode())
    assert "陈**" in start
    assert chen.sees(draft).answers["person.resident_id"] not in start


def test_an_instant_matter_is_done_on_the_receipt(chen: Applicant) -> None:
    web = Client()
    web.force_login(chen.user)
    held = chen.completes(CARD, SENIOR)
    sent = web.post(f"/drafts/{held.id}/review/", {"version": str(held.version), "declared": "true"})
    page = text_of(web.get(sent.headers["Location"]).content.decode())
    assert "办好了" in page


def test_my_page_lists_drafts_and_applications(wang: Applicant, web: Client) -> None:
    assert "您还没有申请" in web.get("/mine/").content.decode()
    draft = wang.starts(RESTAURANT)
    open_one = wang.submits(DRAINAGE, DRAINS).number
    closed = wang.submits(DRAINAGE, DRAINS).number
    decides(closed, DRAINAGE)
    page = web.get("/mine/").content.decode()
    assert f"/drafts/{draft}/" in page
    assert page.index(open_one) < page.index(closed)
    assert "已收到，等水务局受理" in page


def test_the_status_page_tells_who_has_it_and_what_happened(wang: Applicant, web: Client) -> None:
    number = wang.submits(RESTAURANT, LARGE_SHOP).number
    page = text_of(web.get(f"/applications/{number}/").content.decode())
    assert "已收到，先办经营主体设立登记，4 项随后" in page
    registers(number)
    accepts(number, "food")
    accepts(number, "drainage")
    page = text_of(web.get(f"/applications/{number}/").content.decode())
    assert "个部门同时在办" in page
    assert "营业执照 已办好" in page
    assert "经营主体设立登记：准予" in page


def test_a_clock_that_stands_still_does_so_in_plain_sight(wang: Applicant, web: Client) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    accepts(number, DRAINAGE)
    cases.start_special_procedure(PartRef(number, DRAINAGE), "water_test", "已取水样送检", by=at_post("water/permits"))
    page = web.get(f"/applications/{number}/").content.decode()
    text = text_of(page)
    assert "时钟停着，等水质检测的结果" in text
    assert "已取水样送检" in text
    assert "行政许可法 第四十五条" in text
    assert "最多 10 个工作日" in text.replace("10个", "10 个")
    assert "stopped" in page


def test_a_refusal_comes_with_its_reasons_and_what_can_be_done(wang: Applicant, web: Client) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    decides(number, DRAINAGE, granted=False)
    page = text_of(web.get(f"/applications/{number}/").content.decode())
    assert "没有批准" in page
    assert "不符合条件" in page
    assert "行政复议" in page


def test_every_page_speaks_english_too(wang: Applicant, web: Client) -> None:
    number = wang.submits(DRAINAGE, DRAINS, later=["grease_trap_contract"]).number
    draft = wang.starts(RESTAURANT, LARGE_SHOP)
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for address in (
        f"/apply/{RESTAURANT}/",
        f"/drafts/{draft}/",
        f"/drafts/{draft}/questions/food.hot_food/",
        f"/drafts/{draft}/materials/floor_plan/",
        f"/drafts/{draft}/commitment/",
        f"/drafts/{draft}/discard/",
        f"/applications/{number}/",
        f"/applications/{number}/receipt/",
        f"/applications/{number}/materials/grease_trap_contract/",
        f"/applications/{number}/parts/{DRAINAGE}/withdraw/",
        "/mine/",
        "/track/",
    ):
        page = web.get(address, headers={"Accept-Language": "en"}).content.decode()
        main = page.partition("<main")[2].partition("</main>")[0]
        said = re.sub(r'<(\w+)[^>]*lang="zh-Hans"[^>]*>.*?</\1>', "", main, flags=re.DOTALL)
        said = re.sub(r'<span class="basis">.*?</span>', "", said).replace(str(wang.user.name), "")
        found = chinese.search(text_of(said))
        assert found is None or "**" in text_of(said)[found.start() : found.start() + 3], f"{address}: {text_of(said)}"


def test_a_stranger_finds_nothing(wang: Applicant, chen: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    draft = wang.starts(DRAINAGE, DRAINS)
    stranger = Client()
    stranger.force_login(chen.user)
    for address in (
        f"/drafts/{draft}/",
        f"/drafts/{draft}/questions/premises.floor_area/",
        f"/drafts/{draft}/review/",
        f"/applications/{number}/",
        f"/applications/{number}/receipt/",
        f"/applications/{number}/parts/{DRAINAGE}/withdraw/",
    ):
        assert stranger.get(address).status_code == 404, address


def test_throwing_a_draft_away_asks_first(wang: Applicant, web: Client) -> None:
    draft = wang.starts(RESTAURANT)
    assert "要删去这份草稿吗" in web.get(f"/drafts/{draft}/discard/").content.decode()
    assert Draft.objects.exists()
    assert web.post(f"/drafts/{draft}/discard/").headers["Location"] == "/mine/"
    assert not Draft.objects.exists()


def test_there_is_no_page_to_apply_for_what_does_not_exist(web: Client) -> None:
    assert web.get("/apply/a-licence-to-fly/").status_code == 404
    assert web.post("/apply/a-licence-to-fly/").status_code == 404


@pytest.mark.parametrize("address", ["status", "question", "mine"])
def test_a_page_costs_a_fixed_number_of_queries(
    wang: Applicant, web: Client, address: str, django_assert_max_num_queries: object
) -> None:
    number = wang.submits(RESTAURANT, LARGE_SHOP).number
    draft = wang.starts(RESTAURANT, LARGE_SHOP)
    actions.bring(draft, "floor_plan", [wang.uploads()], by=wang.actor)
    there = {
        "status": f"/applications/{number}/",
        "question": f"/drafts/{draft}/questions/food.hot_food/",
        "mine": "/mine/",
    }[address]
    web.get(there)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        assert web.get(there).status_code == 200
