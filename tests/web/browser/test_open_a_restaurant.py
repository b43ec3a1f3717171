"""Wang Xiaolan opens a restaurant: the whole main job, on a phone without scripts and at five departments' desks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.web.browser.persons import CITY, Answer, Applicant, Officer, go, sign_in, tick
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.web import loading
from yiwang.web.worker import run_until_quiet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ANSWERS: Mapping[str, Answer] = {
    "premises.floor_area": "320",
    "food.hot_food": "open_flame",
    "shop_sign.wanted": True,
    "enterprise.form": "sole_trader",
    "enterprise.proposed_name": "锦澜晓兰家常菜馆",
    "enterprise.activity": "meals",
    "premises.address": "望江区滨江路 88 号",
    "premises.tenure": "rent",
    "food.items": ["hot", "cold"],
    "premises.seats": "64",
    "food.staff": "9",
    "premises.floor": "ground",
    "discharge.kind": "catering",
    "discharge.daily_m3": "18",
    "discharge.grease_trap": True,
    "shop_sign.text": "晓兰家常菜",
    "shop_sign.width_m": "6.5",
    "shop_sign.lit": True,
    "seal.kinds": ["official", "finance"],
}
LATER = "隔油池清掏协议"
IDENTITY_END = "0220"
FIRE, DRAINS, SIGN = "公众聚集场所营业前消防安全检查", "城镇污水排入排水管网许可", "户外招牌设置备案"
FOOD, SEAL, REGISTRATION = "食品经营许可", "公章刻制备案", "经营主体设立登记"


@pytest.fixture
def city(transactional_db: None, clock: FrozenClock) -> None:
    assert loading.load(CITY) == 0


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    path = tmp_path / "照片.jpg"
    Image.new("RGB", (40, 60), "white").save(path)
    return path


def test_a_person_opens_a_restaurant_on_a_phone_while_five_departments_act_in_parallel(
    city: None, clock: FrozenClock, browse: Callable[..., Any], photograph: Path, tmp_path: Path
) -> None:
    wang = Applicant(browse(width=390, height=844, scripts=False), "wang", fits_the_phone)

    finds_and_begins(wang)
    wanted = answers_every_question(wang)
    assert wanted[-1] < wanted[0], "the list of materials shrinks as answers come"
    brings_papers(wang, photograph, tmp_path)
    signs_the_promise(wang)
    number, code = submits(wang)

    desk: dict[str, Officer] = {}
    for username in ("zhao.registration", "qian.food", "li.fire", "wu.water", "feng.signs", "chu.seals", "sun.market"):
        desk[username] = Officer(browse(scripts=username != "feng.signs"), username)
        sign_in(desk[username].page, username)

    is_registered(desk, number, clock, wang)
    the_sign_needs_a_correction(desk, number, wang, photograph, clock)
    departments_act_at_the_same_time(desk, number, clock)
    the_promise_is_checked_on_site(browse, number, wang)
    the_water_test_stops_the_clock(desk, number, wang, clock)
    the_sign_is_refused_and_the_rest_go_on(desk, number, wang, photograph)
    anyone_with_the_code_can_look(browse, wang, code)
    it_ends_with_five_granted_and_one_refused(desk, number, wang, browse)


def fits_the_phone(page: Any) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
    assert page.locator("h1").count() == 1, page.url


def finds_and_begins(wang: Applicant) -> None:
    wang.page.goto("/")
    wang.page.locator("#q").fill("我想开一家餐馆")
    wang.press("搜索")
    first = wang.page.locator("main .event-name a").first
    assert first.inner_text() == "开办餐饮店“一件事”"
    first.click()
    wang.follow("开始办理")
    sign_in(wang.page, "wang")
    wang.press("开始")


def answers_every_question(wang: Applicant) -> list[int]:
    assert wang.heading == "店面有多大？"
    wanted = [wang.materials_wanted]
    wang.answer("很大")
    assert "请填数字" in wang.text, wang.text
    assert wang.page.locator("main input[type=text]").input_value() == "很大", "nothing typed is lost"
    assert wang.page.title().startswith("有误")
    return wanted + wang.answer_all(ANSWERS)


def brings_papers(wang: Applicant, photograph: Path, tmp_path: Path) -> None:
    disguised = tmp_path / "合同.jpg"
    disguised.write_bytes(b"MZ this is a program, not a picture")
    wang.page.locator("[type=file]").set_input_files(disguised)
    wang.press("上传")
    assert wang.page.locator(".error-summary").count() == 1, wang.text
    while "/materials/" in wang.page.url:
        if wang.heading == LATER:
            wang.has_an_own_paper()
            wang.press("我承诺后补")
        else:
            wang.bring(photograph)


def signs_the_promise(wang: Applicant) -> None:
    assert "/commitment/" in wang.page.url, wang.page.url
    wang.press("签署并继续")
    assert "请看完承诺书，再勾选。" in wang.text, "the promise is not signed by pressing a button alone"
    tick(wang.page, "我作出以上承诺")
    wang.press("签署并继续")


def submits(wang: Applicant) -> tuple[str, str]:
    assert wang.heading == "看一遍，再提交"
    assert "320 平方米" in wang.text
    assert "王**" in wang.text, "who applies stands there, too"
    tick(wang.page, "以上内容真实")
    wang.press("提交申请")
    assert wang.heading == "收到您的申请了"
    code = re.search(r"\b[0-9A-Z]{5}(?:-[0-9A-Z]{5,6}){3,5}\b", wang.text)
    assert code is not None, wang.text
    return wang.page.url.split("/applications/")[1].split("/")[0], code[0]


def is_registered(desk: dict[str, Officer], number: str, clock: FrozenClock, wang: Applicant) -> None:
    for username in ("qian.food", "li.fire", "wu.water", "feng.signs", "chu.seals"):
        desk[username].page.goto("/desk/")
        assert number not in desk[username].page.locator("main").inner_text() or username == "qian.food"
    zhao = desk["zhao.registration"]
    zhao.open(number, REGISTRATION)
    zhao.press("受理")
    zhao.do("办完了", 办理情况="材料齐全，名称可用。")
    clock.advance(dt.timedelta(hours=1))
    zhao.open(number, "作出决定")
    zhao.begin("作决定")
    tick(zhao.page, "准予")
    zhao.write("理由", "符合登记条件。")
    assert zhao.page.get_by_label("统一社会信用代码").input_value(), "a code is proposed"
    assert zhao.page.get_by_label("企业名称").input_value() == "锦澜晓兰家常菜馆"
    enterprise = zhao.page.get_by_label("统一社会信用代码").input_value()
    zhao.send()
    run_until_quiet()
    for username, part in (("qian.food", FOOD), ("li.fire", FIRE), ("wu.water", DRAINS), ("chu.seals", SEAL)):
        desk[username].open(number, part)
        assert enterprise in desk[username].text, f"the code flows on to {part}"
        assert "锦澜晓兰家常菜馆" in desk[username].text
    wang.go(f"/applications/{number}/")
    assert enterprise in wang.text


def the_sign_needs_a_correction(
    desk: dict[str, Officer], number: str, wang: Applicant, photograph: Path, clock: FrozenClock
) -> None:
    feng = desk["feng.signs"]
    feng.open(number, SIGN)
    feng.begin("请补正")
    feng.write("申请人要补正什么？", "")
    feng.page.locator("main form .actions button").first.click()
    assert "请填写，会留在记录里。" in feng.page.locator("main").inner_text()
    feng.write("申请人要补正什么？", "效果图上没有尺寸。\n宽度和图上不一样。")
    feng.send()
    assert not feng.case.get_by_role("link", name=re.compile("^请补正")).count(), "a correction is asked for once"
    run_until_quiet()

    wang.page.goto("/")
    assert "等您补正" in wang.text
    wang.go(f"/applications/{number}/")
    assert wang.heading == f"等您补正：{SIGN}"
    assert "效果图上没有尺寸。" in wang.text
    clock.advance(dt.timedelta(hours=20))
    wang.go(f"/applications/{number}/")
    wang.press("现在补正")
    wang.page.get_by_role("row").filter(has_text="招牌宽度").get_by_role("link").or_(
        wang.page.locator("dl div").filter(has_text="招牌宽度").get_by_role("link")
    ).first.click()
    wang.answer("7.2")
    wang.page.get_by_role("link", name="招牌效果图").first.click()
    wang.page.locator("main").get_by_role("button", name=re.compile("^删去")).first.click()
    wang.bring(photograph)
    if "/review/" not in wang.page.url:
        wang.page.goto(wang.page.url.split("/materials/")[0] + "/review/")
    tick(wang.page, "以上内容真实")
    wang.press("提交补正")
    feng.open(number, SIGN)
    assert "7.2" in feng.text
    assert "补正前：6.5" in feng.text
    feng.press("受理")


def departments_act_at_the_same_time(desk: dict[str, Officer], number: str, clock: FrozenClock) -> None:
    """Two officers have the case open at once and both decide: neither loses what the other did."""
    for username, part in (("qian.food", FOOD), ("li.fire", FIRE), ("wu.water", DRAINS), ("chu.seals", SEAL)):
        desk[username].open(number, part)
    for username in ("qian.food", "li.fire", "wu.water", "chu.seals"):
        desk[username].press("受理")
    li, chu = desk["li.fire"], desk["chu.seals"]
    for officer in (li, chu):
        officer.begin("作决定")
        tick(officer.page, "准予")
        officer.write("理由", "符合条件。")
    li.send()
    chu.send()
    assert "已办好" in li.text
    assert "准予备案" in chu.text, "a filing is not called a permit"
    desk["qian.food"].do("办完了", 办理情况="材料齐全。")
    desk["wu.water"].do("办完了", 办理情况="图纸清楚。")
    run_until_quiet()
    clock.advance(dt.timedelta(hours=2))


def the_promise_is_checked_on_site(browse: Callable[..., Any], number: str, wang: Applicant) -> None:
    zhou = Officer(browse(), "zhou.fire")
    go(zhou.page, "/desk/", "zhou.fire")
    row = zhou.page.get_by_role("row").filter(has_text="开业后消防核查")
    assert number not in row.inner_text(), "the check is a case of its own"
    row.get_by_role("link").first.click()
    assert number in zhou.text, "it says on whose promise"
    assert "安全出口和疏散通道畅通" in zhou.text
    zhou.do("办完了", 办理情况="现场与承诺一致。")
    wang.go(f"/applications/{number}/")
    assert "开业后消防核查" in wang.text


def the_water_test_stops_the_clock(desk: dict[str, Officer], number: str, wang: Applicant, clock: FrozenClock) -> None:
    wu = desk["wu.water"]
    wu.open(number, DRAINS)
    wu.begin("开始特别程序")
    tick(wu.page, "水质检测")
    assert "行政许可法 第四十五条" in wu.page.get_by_label("给申请人的告知").input_value(), "the notice is drafted"
    wu.send()
    assert "停" in wu.text
    run_until_quiet()
    clock.advance(dt.timedelta(days=1))
    wang.go(f"/applications/{number}/")
    assert f"{DRAINS}：时钟停着，等水质检测" in wang.text
    assert "这些天不计时" in wang.text
    assert wang.page.locator(".clock-is-stopped").count()
    wang.go("/inbox/")
    assert "时钟停下，等水质检测" in wang.text


def the_sign_is_refused_and_the_rest_go_on(
    desk: dict[str, Officer], number: str, wang: Applicant, photograph: Path
) -> None:
    feng, qian, sun, wu = desk["feng.signs"], desk["qian.food"], desk["sun.market"], desk["wu.water"]
    feng.open(number, SIGN)
    feng.do("办完了", 办理情况="挡住二楼窗户。")
    feng.decide(False, "招牌挡住二楼窗户，不符合《锦澜市户外招牌设置管理办法》第八条。")
    sun.open(number, FOOD)
    sun.do("办完了", 办理情况="后厨符合要求。")
    qian.open(number, FOOD)
    qian.decide(True, "符合条件，准予许可。")
    wu.open(number, DRAINS)
    wu.do("录入结果", 特别程序的结果="水质合格。")
    run_until_quiet()

    wang.go(f"/applications/{number}/")
    assert wang.heading == f"在办，还等您补交{LATER}"
    assert "没有批准" in wang.text
    assert "招牌挡住二楼窗户" in wang.text
    assert "六十日内申请行政复议" in wang.text
    wang.follow(f"补交：{LATER}")
    wang.page.locator("[type=file]").set_input_files(photograph)
    wang.press("交上去")


def anyone_with_the_code_can_look(browse: Callable[..., Any], wang: Applicant, code: str) -> None:
    stranger = Applicant(browse(width=390, height=844, scripts=False), look=fits_the_phone)
    for given, fact, found in (
        (code[:-1] + ("1" if code[-1] == "0" else "0"), IDENTITY_END, False),
        (code, "9999", False),
        (code, IDENTITY_END, True),
    ):
        stranger.page.goto("/track/")
        stranger.page.get_by_label("查询码").fill(given)
        stranger.page.get_by_label("申请人身份证号的最后四位").fill(fact)
        stranger.press("查询")
        assert ("没有查到" in stranger.text) is not found, stranger.text
    wang.go(wang.page.url)
    assert stranger.heading == wang.heading
    assert "锦澜晓兰" not in stranger.text, "without signing in, nothing of what was filled in is shown"


def it_ends_with_five_granted_and_one_refused(
    desk: dict[str, Officer], number: str, wang: Applicant, browse: Callable[..., Any]
) -> None:
    zheng, wu = Officer(browse(), "zheng.water"), desk["wu.water"]
    zheng.open(number, "现场核查")
    zheng.do("办完了", 办理情况="隔油池已装好。")
    wu.open(number, DRAINS)
    wu.decide(True, "符合条件，准予许可。")
    run_until_quiet()
    wang.go(f"/applications/{number}/")
    assert wang.heading == "办结：5 项办好，1 项没办成"
    wang.go("/mine/")
    assert "办结：5 项办好，1 项没办成" in wang.text
