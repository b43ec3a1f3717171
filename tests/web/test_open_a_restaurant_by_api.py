"""The same restaurant as in `browser/test_open_a_restaurant.py`, by programs alone: applicant's and departments'."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.web.browser.persons import CITY
from tests.web.programs import Desk, Program
from yiwang.foundation.kernel.identifiers import make_uscc
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.web import loading
from yiwang.web.worker import run_until_quiet

pytestmark = pytest.mark.django_db

ANSWERS: dict[str, Any] = {
    "premises.floor_area": 320,
    "food.hot_food": "open_flame",
    "shop_sign.wanted": True,
    "enterprise.form": "sole_trader",
    "enterprise.proposed_name": "锦澜晓兰家常菜馆",
    "enterprise.activity": "meals",
    "premises.address": "望江区滨江路 88 号",
    "premises.tenure": "rent",
    "food.items": ["hot", "cold"],
    "premises.seats": 64,
    "food.staff": 9,
    "premises.floor": "ground",
    "discharge.kind": "catering",
    "discharge.daily_m3": 18,
    "discharge.grease_trap": True,
    "shop_sign.text": "晓兰家常菜",
    "shop_sign.width_m": 6.5,
    "shop_sign.lit": True,
    "seal.kinds": ["official", "finance"],
}
LATER = "grease_trap_contract"
CODE = make_uscc(88, region="319901")


@pytest.fixture
def city(db: None, clock: FrozenClock) -> None:
    assert loading.load(CITY) == 0


def test_the_restaurant_opens_through_the_api(city: None, clock: FrozenClock) -> None:
    wang = Program("wang")
    number, code = applies(wang)
    registrar, food, site = Desk("zhao.registration"), Desk("qian.food"), Desk("sun.market")
    fire, water, drains = Desk("li.fire"), Desk("wu.water"), Desk("zheng.water")
    sign, seal = Desk("feng.signs"), Desk("chu.seals")

    assert [row["case"] for row in registrar("GET", "/desk?department=market")["rows"]] == [number]
    assert water("GET", "/desk?department=water")["rows"] == [], "the others wait for the registration"
    registrar.do("accept", number, "registration")
    registrar.do("complete", number, "registration", "review", words="名称可用。")
    refused = registrar.do(
        "decide", number, "registration", expect=409, granted=True, reason="准予。", facts={"enterprise.uscc": "91X"}
    )
    assert refused["code"] == "wrong_fact", "a code that cannot be one does not flow on"
    facts = {"enterprise.uscc": CODE, "enterprise.name": "锦澜晓兰家常菜馆"}
    registrar.do("decide", number, "registration", granted=True, reason="准予登记。", facts=facts)
    run_until_quiet()
    assert water("GET", f"/cases/{number}")["facts"] == facts, "the code flows on"
    assert wang("GET", f"/applications/{number}")["facts"] == facts

    sign.do("request-correction", number, "sign", items=["效果图上没有尺寸。"])
    sign.do("request-correction", number, "sign", expect=409, items=["还少一张图。"])
    corrects(wang, number)

    for officer, part in ((food, "food"), (fire, "fire"), (water, "drainage"), (sign, "sign"), (seal, "seal")):
        officer.do("accept", number, part)
    seen = {each: each.part(number, part)["revision"] for each, part in ((fire, "fire"), (seal, "seal"))}
    for officer, part in ((fire, "fire"), (seal, "seal")):
        body = {"seen": seen[officer], "granted": True, "reason": "符合条件。"}
        officer("POST", f"/cases/{number}/parts/{part}/decide", body)
    run_until_quiet()
    checks = [row for row in Desk("zhou.fire")("GET", "/desk?department=fire")["rows"] if row["case"] != number]
    assert [row["kind"] for row in checks] == ["work"], "the check on site is a case of its own, and open"

    water.do("complete", number, "drainage", "review")
    water.do("start-special-procedure", number, "drainage", procedure="water_test", told="抽样检测。")
    promised = part_of(wang, number, "drainage")["promise_due"]
    clock.advance(dt.timedelta(days=1))
    standing_still = part_of(wang, number, "drainage")
    assert standing_still["stopped_for"]["zh"] == "水质检测"
    assert standing_still["promise_due"] is None or standing_still["promise_due"] > (promised or "")
    water.do("decide", number, "drainage", expect=409, granted=True, reason="太早。")
    water.do("end-special-procedure", number, "drainage", result="合格。")
    drains.do("complete", number, "drainage", "site")

    sign.do("complete", number, "sign", "review")
    sign.do("decide", number, "sign", granted=False, reason="招牌挡住二楼窗户。")
    food.do("complete", number, "food", "review")
    site.do("complete", number, "food", "site")
    food.do("decide", number, "food", granted=True, reason="符合条件。")

    water.do("decide", number, "drainage", expect=409, granted=True, reason="少一份材料。")
    wang("POST", f"/applications/{number}/materials/{LATER}", {"documents": [wang.uploads()]})
    water.do("decide", number, "drainage", granted=True, reason="符合条件。")

    ended = wang("GET", f"/applications/{number}")
    stages = {part["key"]: part["stage"] for part in ended["parts"]}
    assert stages == {
        **dict.fromkeys(("registration", "food", "fire", "drainage", "seal"), "granted"),
        "sign": "refused",
    }
    assert ended["standing"]["heading"]["zh"] == "办结：5 项办好，1 项没办成"
    visitor = Program()
    found = visitor("POST", "/track", {"code": code, "fact": "0220"})
    assert found["standing"] == ended["standing"]
    wrong = visitor("POST", "/track", {"code": code, "fact": "0221"}, expect=404)
    other = code[:-1] + ("1" if code[-1] == "0" else "0")
    assert wrong == visitor("POST", "/track", {"code": other, "fact": "0220"}, expect=404)


def applies(wang: Program) -> tuple[str, str]:
    found = wang("GET", "/matters?q=我想开一家餐馆")
    service = next(iter(next(value for value in found.values() if isinstance(value, list))))["code"]
    assert service == "open-a-restaurant"
    whole = {"code": service, "answers": ANSWERS, "declared": True}
    missing = wang("POST", "/applications", whole, expect=422, Idempotency_Key="restaurant-0")["missing"]
    papers = [each["key"] for each in missing if each["kind"] == "material" and each["key"] != LATER]
    assert {"lease", "floor_plan", "sign_drawing"} <= set(papers)
    whole |= {"materials": {key: [wang.uploads()] for key in papers}, "deferred": [LATER], "signed": ["fire"]}
    kept = wang("POST", "/applications", whole, expect=201, Idempotency_Key="restaurant-1")
    again = wang("POST", "/applications", whole, expect=201, Idempotency_Key="restaurant-1")
    assert again == kept, "sent again, it is the same case and the same answer"
    assert len(wang("GET", "/applications")["applications"]) == 1
    return kept["number"], kept["tracking_code"]


def corrects(wang: Program, number: str) -> None:
    asked = part_of(wang, number, "sign")
    assert asked["correction"] == ["效果图上没有尺寸。"]
    body = {
        "answers": {"shop_sign.width_m": 7.2},
        "materials": {"sign_drawing": [wang.uploads()]},
        "declared": True,
    }
    corrected = wang("POST", f"/applications/{number}/parts/sign/correct", body)
    assert corrected["answers"]["shop_sign.width_m"] == "7.2"


def part_of(wang: Program, number: str, key: str) -> Any:
    return next(part for part in wang("GET", f"/applications/{number}")["parts"] if part["key"] == key)
