"""What the library does for a few people of the demonstration city, for pictures and tests. Needs Django, a loaded city
and departments that answer.

Wang Xiaolan fills in an application for which departments are asked, says that one of their records is wrong, and looks
at her own; an analyst asks across departments, for figures too; the food office asks for a product. Everything goes
through the verbs that the pages use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel import time
from yiwang.library.centre import actions as centre
from yiwang.library.centre import own_records, quality
from yiwang.library.centre.questions import Standing
from yiwang.library.centre.sharing import Wanted
from yiwang.library.gateways.grant import CLEAR
from yiwang.service.applications import actions, asking, disputes
from yiwang.service.applications.answers import Answer
from yiwang.web import worker

SERVICE = "open-a-restaurant"
HEALTH, PROPERTY, RESIDENTS = "health.certificates", "natural-resources.property", "public-security.residents"
POVERTY = "civil-affairs.low-income"
TYPED: Mapping[str, Answer] = {
    "food.hot_food": "open_flame",
    "shop_sign.wanted": False,
    "enterprise.form": "sole_trader",
    "enterprise.proposed_name": "锦澜晓兰小厨",
    "enterprise.activity": "meals",
    "food.items": ["hot", "cold"],
    "premises.seats": 64,
    "food.staff": 1,
    "discharge.kind": "catering",
    "discharge.daily_m3": "18",
    "discharge.grease_trap": True,
    "seal.kinds": ["official", "finance"],
}
"""What no register can know."""
QUESTION = """\
SELECT r.district, count(*) AS shops, sum(p.floor_area) AS square_metres
FROM "public-security".residents r
JOIN "natural-resources".property p ON p.owner_id = r.resident_id
WHERE p.use = 'shop'
GROUP BY r.district ORDER BY shops DESC"""

FIGURES = """\
SELECT district, count(*) AS people FROM "public-security".residents
WHERE household_here GROUP BY district ORDER BY people DESC"""
NOISE = """\
SELECT category, count(*) AS people, avg(monthly) AS allowance FROM "civil-affairs"."low-income"
GROUP BY category"""
NO_STATISTIC = 'SELECT resident_id, monthly FROM "civil-affairs"."low-income" LIMIT 10'


@dataclass(frozen=True)
class Look:
    """A page as somebody sees it. `press`: press its first button; `follow`: then the first such link."""

    name: str
    address: str
    press: bool = False
    follow: str = ""


def live() -> Mapping[str, Sequence[Look]]:
    """Let it happen; what there is to see then, by the username of who sees it, "" for everybody."""
    wang, analyst, food = (_actor(name) for name in ("wang", "su.analyst", "qian.food"))
    assert wang.id is not None
    own = own_records.of(wang.id, str(wang)).records
    shop = next(each for each in own if each.product.startswith(PROPERTY))
    draft, _new = actions.start(SERVICE, by=wang)
    asking.look_up(draft, by=wang)
    asking.consent(draft, {f"{HEALTH}@1": True}, by=wang)
    for code, value in TYPED.items():
        actions.answer(draft, {code: value}, by=wang)
        asking.look_up(draft, by=wang)
    correction = disputes.dispute(draft, "premises.floor_area", "302.5", "去年隔出了一间库房。", by=wang)
    wanted = Wanted(
        product=f"{RESIDENTS}@1",
        post="market/food",
        fields={"resident_id": CLEAR, "name": CLEAR, "address": CLEAR},
        purpose="application",
        basis="食品经营许可和备案管理办法 第十二条",
        reason="送达许可证，要核对申请人的住址。",
        until=time.city_date(time.now() + timedelta(days=365)),
    )
    request = centre.ask_to_share(wanted, by=food).number
    question = _asked(QUESTION, "analysis", analyst)
    figures, noise = _asked(FIGURES, "quality", analyst), _asked(NOISE, "analysis", analyst)
    refused = _asked(NO_STATISTIC, "analysis", analyst)
    quality.check_all()
    worker.run_until_quiet()
    steps = f"/drafts/{draft}"
    return {
        "wang": [
            Look("my-data", "/my-data/"),
            Look("my-data-receipt", f"/my-data/looks/{shop.owner}/{shop.position}/"),
            Look("my-data-facts", "/my-data/facts/", press=True),
            Look("my-data-dispute", "/my-data/facts/", press=True, follow=".summary-change a"),
            Look("draft-found", f"{steps}/"),
            Look("consent", f"{steps}/consent/"),
            Look("record", f"{steps}/records/{PROPERTY}/"),
            Look("fact", f"{steps}/facts/premises.address/"),
            Look("fact-disputed", f"{steps}/facts/premises.floor_area/"),
            Look("review-sources", f"{steps}/review/"),
        ],
        "su.analyst": [
            Look("products", "/library/"),
            Look("product", f"/library/products/{PROPERTY}/"),
            Look("grants", "/library/grants/"),
            Look("grant", "/library/grants/analysis-residents/"),
            Look("query", "/library/query/"),
            Look("answer", f"/library/query/{question}/"),
            Look("answer-figures", f"/library/query/{figures}/"),
            Look("answer-noise", f"/library/query/{noise}/"),
            Look("answer-none", f"/library/query/{refused}/"),
            Look("product-figures", f"/library/products/{POVERTY}/"),
            Look("unused", "/library/unused/"),
            Look("elements", "/library/elements/"),
        ],
        "qian.food": [
            Look("ask", f"/library/products/{RESIDENTS}/ask/"),
            Look("requests", "/library/requests/"),
            Look("request", f"/library/requests/{request}/"),
        ],
        "tao.data": [Look("case-request", f"/desk/cases/{request}/"), Look("log-residents", "/library/log/")],
        "wan.data": [Look("case-correction", f"/desk/cases/{correction}/"), Look("log", "/library/log/")],
        "": [Look("open", "/open/"), Look("open-product", "/open/transport.bus-stops/")],
    }


def _asked(text: str, purpose: str, by: Actor) -> int:
    """The number of a question that has been answered."""
    number = centre.ask_question(text, Standing("data-office/analysis", purpose), by=by)
    worker.run_until_quiet()
    return number


def _actor(username: str) -> Actor:
    return actor_of(User.objects.get(username=username))
