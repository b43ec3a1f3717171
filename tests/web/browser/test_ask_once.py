"""Wang Xiaolan opens a restaurant in a city whose departments answer: she types and brings only what nobody holds, sees
who looked, and says where a record is wrong. With a department's database gone she can still hand in.
"""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.web.browser.departments import answering, lose
from tests.web.browser.persons import CITY, Answer, Applicant, Officer, sign_in, tick
from yiwang.casework.cases.queries import case_view
from yiwang.foundation.directory.actor import MACHINE, actor_of
from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import actions as documents
from yiwang.foundation.kernel.time import FrozenClock, city_date
from yiwang.library.centre import gateways
from yiwang.service.applications import actions, drafts
from yiwang.service.applications.progress import Kind
from yiwang.web import loading
from yiwang.web.worker import run_until_quiet
from yiwang_testcity import departments as testcity

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERVICE = "open-a-restaurant"
TYPED: Mapping[str, Answer] = {
    "food.hot_food": "open_flame",
    "shop_sign.wanted": False,
    "enterprise.form": "sole_trader",
    "enterprise.proposed_name": "锦澜晓兰家常菜馆",
    "premises.seats": "64",
    "discharge.grease_trap": True,
}
"""What no register can know and nothing else tells: what she is going to do."""
SMALL: Mapping[str, Answer] = {**TYPED, "food.hot_food": "electric", "premises.seats": "20"}
HELD: Mapping[str, Answer] = {
    "premises.floor_area": "320",
    "premises.address": "望江区滨江路88号",
    "premises.tenure": "own",
    "premises.floor": "ground",
}
"""What the register of property says of her shop."""
PAPERS = 6
"""How many papers the same restaurant needs where no department answers. What has an office as its source is never
asked for."""
HEALTH = "health.certificates"


@pytest.fixture
def departments(transactional_db: None, clock: FrozenClock, tmp_path: Path) -> Iterator[Path]:
    """The folder with the departments' databases."""
    assert loading.load(CITY) == 0
    with answering(tmp_path, city_date(clock.now())):
        yield tmp_path


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    path = tmp_path / "照片.jpg"
    Image.new("RGB", (40, 60), "white").save(path)
    return path


def test_who_opens_a_restaurant_tells_only_what_no_department_holds(
    departments: Path, clock: FrozenClock, browse: Callable[..., Any], photograph: Path
) -> None:
    answers_before, papers_before = without_the_library()
    wang = Applicant(browse(width=390, height=844, scripts=False), "wang", fits_the_phone)

    begins(wang)
    agrees(wang)
    typed = types_the_rest(wang)
    uploaded, adopted = brings_the_rest(wang, photograph)
    signs(wang)

    assert typed == set(TYPED), "nothing is asked that a register holds"
    assert set(answers_before) - typed == set(HELD)
    assert (len(answers_before), len(typed)) == (10, 6)
    assert len(papers_before) == PAPERS, papers_before
    assert uploaded == ["消防设施平面图"], "from 300 m²: no text can stand for a drawing"
    assert set(adopted) == {"食品安全管理制度", "灭火和应急疏散预案", "地下管道合格承诺书", "隔油池清掏协议"}

    sees_where_it_comes_from(wang)
    number = says_that_a_record_is_wrong(wang)
    hands_in(wang)
    sees_who_looked(wang)
    the_owner_checks_its_record(browse, number)


def test_with_a_department_gone_she_hands_in_and_only_its_paper_waits(
    departments: Path, clock: FrozenClock, browse: Callable[..., Any], photograph: Path
) -> None:
    lose(departments, "health")
    wang = Applicant(browse(width=390, height=844, scripts=False), "wang", fits_the_phone)

    begins(wang)
    agrees(wang)
    assert types_the_rest(wang) == set(TYPED), "the others answer"
    uploaded, adopted = brings_the_rest(wang, photograph)
    assert "从业人员健康证明" not in {*uploaded, *adopted}
    signs(wang)
    waiting = wang.page.get_by_role("listitem").filter(has_text="从业人员健康证明")
    assert "卫生健康" in waiting.inner_text()
    number = hands_in(wang)
    run_until_quiet()
    is_registered(browse, number)
    waits = {part.key: part.awaiting for part in case_view(number, MACHINE).parts if part.awaiting}
    assert waits == {"food": ("health_certificates",)}


def test_a_small_restaurant_is_opened_with_two_things_typed_and_nothing_uploaded(
    departments: Path, clock: FrozenClock, browse: Callable[..., Any], photograph: Path
) -> None:
    """Eighty square metres of her own, twenty seats: from the search to the receipt."""
    the_shop_is_small(departments)
    wang = Applicant(browse(width=390, height=844, scripts=False), "wang", fits_the_phone)
    wang.page.goto("/")
    wang.page.locator("#q").fill("我想开一家餐馆")
    wang.press("搜索")
    wang.page.locator("main .event-name a").first.click()
    wang.follow("开始办理")
    sign_in(wang.page, "wang")
    wang.press("开始")
    agrees(wang)
    typed, chosen = set(), set()
    while "/questions/" in wang.page.url:
        element = wang.page.url.rstrip("/").rpartition("/")[2]
        is_typed = wang.page.locator(f"[name='{element}'][type=text]").count()
        (typed if is_typed else chosen).add(element)
        wang.answer(SMALL[element])
    uploaded, adopted = brings_the_rest(wang, photograph)

    assert typed == {"enterprise.proposed_name", "premises.seats"}
    assert chosen == {"food.hot_food", "shop_sign.wanted", "enterprise.form", "discharge.grease_trap"}
    assert uploaded == []
    assert adopted == ["食品安全管理制度", "地下管道合格承诺书", "隔油池清掏协议"]
    assert wang.heading == "看一遍，再提交"
    shown = entry(wang, "每天排水量").inner_text()
    assert "2.7 立方米" in shown
    assert "按已有的回答推算：每个座位一天三位客人" in shown
    number = hands_in(wang)
    qian = Officer(browse(), "qian.food")
    is_registered(browse, number)
    qian.open(number, "食品经营许可")
    assert "采用示范文本" in qian.text
    qian.case.get_by_role("link", name=re.compile("食品安全管理制度")).click()
    assert "王晓兰是本店食品安全负责人" in qian.page.inner_text("body"), "it opens to be read and printed"


def the_shop_is_small(data: Path) -> None:
    """As the register of property has it."""
    (path,) = testcity.folder(data).glob("natural-resources.sqlite3")
    with closing(sqlite3.connect(path)) as register, register:
        changed = register.execute("UPDATE bdc_fdcq SET jzmj = 80 WHERE zl = '望江区滨江路88号'")
        assert changed.rowcount >= 1


def fits_the_phone(page: Any) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
    assert page.locator("h1").count() == 1, page.url


def without_the_library() -> tuple[list[str], list[str]]:
    """What the same restaurant asks of somebody where no department answers: questions, and papers."""
    user = User.objects.get(username="luo")
    by = actor_of(user)
    answered, brought = [], []
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(content, "PNG")
    with gateways.instead({}):
        draft, _new = actions.start(SERVICE, by=by)
        while (step := drafts.read(draft, by).progress.next) is not None:
            if step.kind is Kind.QUESTION:
                actions.answer(draft, {step.key: {**TYPED, **HELD}[step.key]}, by=by)
                answered.append(step.key)
            elif step.kind is Kind.MATERIAL:
                file = SimpleUploadedFile("a.png", content.getvalue())
                kept = documents.receive(file, "a.png", user, "material")
                actions.bring(draft, step.key, [kept.id], by=by)
                brought.append(step.key)
            else:
                actions.sign(draft, [step.key], by=by)
    return answered, brought


def begins(wang: Applicant) -> None:
    wang.page.goto(f"/apply/{SERVICE}/")
    sign_in(wang.page, "wang")
    wang.go(f"/apply/{SERVICE}/")
    wang.press("开始")


def agrees(wang: Applicant) -> None:
    assert wang.heading == "可以替您查吗？"
    wang.press("继续")
    assert "/consent/" in wang.page.url, "no answer is not a yes"
    wang.page.locator(f"[name='{HEALTH}'][value='true'] + label").click()
    wang.press("继续")


def types_the_rest(wang: Applicant) -> set[str]:
    typed = set()
    while "/questions/" in wang.page.url:
        element = wang.page.url.rstrip("/").rpartition("/")[2]
        assert element in TYPED, f"{element} is asked"
        wang.answer(TYPED[element])
        typed.add(element)
    return typed


def brings_the_rest(wang: Applicant, photograph: Path) -> tuple[list[str], list[str]]:
    """The papers that she uploads, and those for which she adopts the department's text."""
    uploaded: list[str] = []
    adopted: list[str] = []
    while "/materials/" in wang.page.url:
        if wang.offers_a_model:
            adopted.append(wang.heading)
            wang.adopt()
        else:
            uploaded.append(wang.heading)
            wang.bring(photograph)
    return uploaded, adopted


def signs(wang: Applicant) -> None:
    assert "/commitment/" in wang.page.url, wang.page.url
    tick(wang.page, "我作出以上承诺")
    wang.press("签署并继续")
    assert wang.heading == "看一遍，再提交"


def entry(wang: Applicant, name: str) -> Any:
    return wang.page.locator(".summary-row").filter(has=wang.page.locator("dt", has_text=re.compile(f"^{name}$")))


def sees_where_it_comes_from(wang: Applicant) -> None:
    for name, value in (("经营地址", "望江区滨江路88号"), ("建筑面积", "320 平方米"), ("所在楼层", "一楼")):
        shown = entry(wang, name).inner_text()
        assert value in shown
        assert "来自不动产登记（个人）" in shown
    assert "来自" not in entry(wang, "餐位数").inner_text()
    assert "按已有的回答推算" in entry(wang, "每天排水量").inner_text()
    certificate = wang.page.get_by_role("listitem").filter(has_text="从业人员健康证明").inner_text()
    assert "卫生健康" in certificate


def says_that_a_record_is_wrong(wang: Applicant) -> str:
    entry(wang, "建筑面积").get_by_role("link").click()
    assert "/facts/premises.floor_area/" in wang.page.url
    assert "320 平方米" in wang.text
    wang.page.locator("[name='premises.floor_area']").fill("302.5")
    wang.page.locator("[name=words]").fill("去年隔出去一间。")
    wang.press("用我填的，并请部门核对")
    shown = entry(wang, "建筑面积").inner_text()
    assert "302.5" in shown
    assert "320 平方米" in shown, "both values stand there"
    number = re.search(r"更正在办：(\S+)", shown)
    assert number is not None, shown
    return number[1].rstrip("）。，")


def hands_in(wang: Applicant) -> str:
    tick(wang.page, "以上内容真实")
    wang.press("提交申请")
    assert wang.heading == "收到您的申请了", wang.text
    run_until_quiet()
    return wang.page.url.split("/applications/")[1].split("/")[0]


def is_registered(browse: Callable[..., Any], number: str) -> None:
    zhao = Officer(browse(), "zhao.registration")
    zhao.open(number, "经营主体设立登记")
    zhao.press("受理")
    zhao.do("办完了", 办理情况="材料齐全，名称可用。")
    zhao.open(number, "作出决定")
    zhao.decide(True, "符合登记条件。")
    run_until_quiet()


def sees_who_looked(wang: Applicant) -> None:
    wang.go("/my-data/")
    looks = wang.page.locator(".moment")
    of_shop = looks.filter(has_text="不动产登记（个人）").filter(has_text="经营地址").first
    assert "办理申请" in of_shop.inner_text()
    assert "开办餐饮店" in of_shop.inner_text(), "the case is called by its name"
    assert looks.filter(has_text="健康证").count() == 1
    assert not re.search(r"natural-resources|owner_id|draft:", wang.text), "in plain words"
    of_shop.get_by_role("link", name=re.compile("^凭证")).first.click()
    assert "确实记在日志里" in wang.text


def the_owner_checks_its_record(browse: Callable[..., Any], number: str) -> None:
    steward = Officer(browse(), "wan.data")
    steward.open(number, "核对登记的内容")
    assert "320 平方米" in steward.text
    assert "302.5 平方米" in steward.text
    assert "去年隔出去一间。" in steward.text
