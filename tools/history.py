"""A realistic week of the demonstration city, for pictures. Needs Django and a loaded city; moves a frozen clock.

Wang Xiaolan opens a restaurant: it is registered, fire safety is granted on her promise, the sign is refused after a
correction, a water test stops the clock of the drains. Luo Wenjing is asked to correct, Chen Jianguo has his card,
eight neighbours want drainage permits, so that a desk has a queue. Everything goes through the verbs that the pages
use, one after the other in time.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.record import PartRef
from yiwang.foundation.directory import actions as directory
from yiwang.foundation.directory import proving
from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import actions as documents
from yiwang.foundation.kernel.identifiers import make_resident_id, make_uscc
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.service.applications import actions, drafts, submission
from yiwang.service.applications.answers import Answer
from yiwang.web import worker

Answers = Mapping[str, Answer]

YEAR, MARCH = 2026, 3
ZONE = dt.timezone(dt.timedelta(hours=8))
OPENING = dt.datetime(YEAR, 2, 2, 9, tzinfo=ZONE)
"""The city's time at which officers take up their posts."""
THE_END = dt.datetime(YEAR, MARCH, 17, 10, 40, tzinfo=ZONE)
"""The city's time at which the pictures are taken: a Tuesday."""

RESTAURANT: Answers = {
    "premises.floor_area": "320",
    "food.hot_food": "open_flame",
    "shop_sign.wanted": True,
    "enterprise.form": "sole_trader",
    "enterprise.proposed_name": "锦澜晓兰家常菜馆",
    "enterprise.activity": "meals",
    "premises.address": "望江区滨江街道滨江路 88 号",
    "premises.tenure": "rent",
    "food.items": ["hot", "cold", "drinks"],
    "premises.seats": 64,
    "food.staff": 9,
    "premises.floor": "ground",
    "discharge.kind": "catering",
    "discharge.daily_m3": "18",
    "discharge.grease_trap": True,
    "shop_sign.text": "晓兰家常菜",
    "shop_sign.width_m": "6.5",
    "shop_sign.lit": True,
    "seal.kinds": ["official", "finance"],
}
SNACKS: Answers = {
    **RESTAURANT,
    "premises.floor_area": "46",
    "food.hot_food": "electric",
    "shop_sign.wanted": False,
    "enterprise.proposed_name": "锦澜文静咖啡店",
    "enterprise.activity": "drinks",
    "premises.address": "桂园区学府街道书院巷 5 号",
    "food.items": ["pastry", "drinks"],
    "premises.seats": 16,
    "food.staff": 3,
    "discharge.daily_m3": "3",
    "seal.kinds": ["official"],
}
CARD: Answers = {"person.lives_here": True, "card.delivery": "phone"}
DRAINS: Answers = {
    "premises.address": "望江区钟楼街道府前街 12 号",
    "premises.floor_area": "140",
    "discharge.kind": "catering",
    "discharge.daily_m3": "8",
    "discharge.grease_trap": True,
}
CLERK = "he.window"
"""Who sees the neighbours' cards."""
NEIGHBOURS = ("林秋燕", "何嘉树", "田雨菲", "宋长河", "丁雪莲", "高志鹏", "夏知秋", "邓小舟")

Deed = Callable[["Week"], object]


@dataclass
class Week:
    """The city while it lives through the week. `numbers`: the case of each applicant; `drafts`: theirs, by service."""

    clock: FrozenClock
    numbers: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)

    def live(self) -> None:
        """Do every deed at its time; the worker follows at once."""
        for at, deed in sorted(_deeds(), key=lambda each: each[0]):
            self.clock.set(at)
            deed(self)
            worker.run_until_quiet()
        self.clock.set(THE_END)
        worker.run_until_quiet()

    def actor(self, username: str) -> Actor:
        return actor_of(User.objects.get(username=username))

    def part(self, applicant: str, key: str) -> PartRef:
        return PartRef(self.numbers[applicant], key)

    def fill_in(self, username: str, service: str, answers: Answers, *, later: tuple[str, ...] = ()) -> UUID:
        """A draft with answers, every paper (some later) and every promise."""
        by = self.actor(username)
        draft, _new = actions.start(service, by=by)
        actions.answer(draft, answers, by=by)
        for wanted in drafts.read(draft, by).progress.to_bring:
            key, name = wanted.material.key, wanted.material.name.zh
            if key in later:
                actions.bring_later(draft, key, True, by=by)
            else:
                actions.bring(draft, key, [_paper(name, username)], by=by)
        held = drafts.read(draft, by)
        if held.progress.promises:
            actions.sign(draft, [promise.part for promise in held.progress.promises], by=by)
        self.drafts[service] = str(draft)
        return draft

    def apply(self, username: str, service: str, answers: Answers, *, later: tuple[str, ...] = ()) -> None:
        draft, by = self.fill_in(username, service, answers, later=later), self.actor(username)
        version = drafts.read(draft, by).version
        self.numbers[username] = submission.submit(draft, version, declared=True, by=by).number

    def begin(self, username: str, service: str) -> None:
        self.drafts[service] = str(actions.start(service, by=self.actor(username))[0])

    def correct(self, username: str, part: str, answers: Answers, papers: tuple[str, ...]) -> None:
        by = self.actor(username)
        draft = actions.begin_correction(self.numbers[username], part, by=by)
        actions.answer(draft, answers, by=by)
        for key in papers:
            actions.bring(draft, key, [_paper("改好的图", username)], by=by, replace=True)
        submission.correct(draft, drafts.read(draft, by).version, declared=True, by=by)


def neighbour(number: int) -> str:
    return f"neighbour{number}"


def _paper(name: str, owner: str) -> UUID:
    """A sheet with some lines, as a telephone photographs it."""
    sheet = Image.new("RGB", (600, 840), "#FBFAF6")
    pencil = ImageDraw.Draw(sheet)
    for line in range(14):
        pencil.line((60, 120 + line * 48, 540 - (line * 53) % 200, 120 + line * 48), fill="#8A938F", width=6)
    content = io.BytesIO()
    sheet.save(content, "JPEG", quality=60)
    user = User.objects.get(username=owner)
    file = SimpleUploadedFile(f"{name}.jpg", content.getvalue())
    return documents.receive(file, f"{name}.jpg", user, "material").id


def _register(number: int, name: str) -> Deed:
    def do(week: Week) -> None:
        resident_id = make_resident_id(number, region="110000", born=dt.date(1970 + number * 3, 5, 4 + number))
        phone = f"1990000{1000 + number}"
        user = directory.register(
            directory.NewResident(name, resident_id, phone, neighbour(number), f"picture-of-{number}-seen")
        )
        assert user.person_id is not None
        proving.confirm_face_to_face(user.person_id, by=actor_of(User.objects.get(username=CLERK)))
        answers = {**DRAINS, "enterprise.uscc": make_uscc(number, region="319901")}
        week.apply(neighbour(number), "drainage-permit", answers)

    return do


def _deeds() -> list[tuple[dt.datetime, Deed]]:
    """What happens, and when by the city's clock."""
    return [*_restaurant(), *_others(), *_neighbours()]


def _at(day: int, hour: int, minute: int) -> dt.datetime:
    return dt.datetime(YEAR, MARCH, day, hour, minute, tzinfo=ZONE)


def _restaurant() -> list[tuple[dt.datetime, Deed]]:
    def part(key: str) -> Callable[[Week], PartRef]:
        return lambda week: week.part("wang", key)

    def accept(key: str, officer: str) -> Deed:
        return lambda week: cases.accept(part(key)(week), by=week.actor(officer))

    def complete(key: str, task: str, officer: str, words: str) -> Deed:
        return lambda week: cases.complete(part(key)(week).task(task), by=week.actor(officer), words=words)

    def decide(key: str, officer: str, granted: bool, reason: str, facts: Mapping[str, str] | None = None) -> Deed:
        return lambda week: cases.decide(part(key)(week), granted, reason, by=week.actor(officer), facts=facts)

    registered = {"enterprise.uscc": make_uscc(88, region="319901"), "enterprise.name": "锦澜晓兰家常菜馆"}
    return [
        (
            _at(9, 8, 52),
            lambda week: week.apply("wang", "open-a-restaurant", RESTAURANT, later=("grease_trap_contract",)),
        ),
        (_at(9, 9, 20), accept("registration", "zhao.registration")),
        (_at(9, 10, 5), complete("registration", "review", "zhao.registration", "材料齐全，名称可用。")),
        (_at(9, 11, 15), decide("registration", "zhao.registration", True, "符合登记条件，准予登记。", registered)),
        (_at(9, 13, 40), accept("food", "qian.food")),
        (_at(9, 14, 5), accept("fire", "li.fire")),
        (_at(9, 14, 20), accept("drainage", "wu.water")),
        (_at(9, 14, 45), accept("seal", "chu.seals")),
        (
            _at(9, 15, 10),
            lambda week: cases.request_correction(
                week.part("wang", "sign"),
                ["效果图上没有尺寸，请写上宽和高。", "请画出招牌离窗户有多远。"],
                by=week.actor("feng.signs"),
            ),
        ),
        (_at(9, 16, 30), decide("seal", "chu.seals", True, "备案信息与登记一致，准予备案。")),
        (_at(9, 20, 15), lambda week: week.correct("wang", "sign", {"shop_sign.width_m": "7.2"}, ("sign_drawing",))),
        (_at(10, 8, 50), accept("sign", "feng.signs")),
        (_at(10, 9, 30), decide("fire", "li.fire", True, "承诺书完整，按告知承诺制作出决定。")),
        (_at(10, 10, 10), complete("food", "review", "qian.food", "材料齐全，热食区与冷菜间分开。")),
        (_at(10, 11, 0), complete("drainage", "review", "wu.water", "管线图清楚，隔油池容量够用。")),
        (
            _at(10, 14, 30),
            lambda week: actions.bring_deferred(
                week.numbers["wang"],
                "grease_trap_contract",
                [_paper("隔油池清掏协议", "wang")],
                by=week.actor("wang"),
            ),
        ),
        (_at(10, 15, 20), complete("sign", "review", "feng.signs", "图纸改过，但位置挡住二楼窗户。")),
        (
            _at(11, 9, 40),
            lambda week: cases.start_special_procedure(
                week.part("wang", "drainage"),
                "water_test",
                "店里排水含油，依据《行政许可法》第四十五条抽样检测。\n检测最长 10 个工作日，这段时间不计入办理期限。",
                by=week.actor("wu.water"),
            ),
        ),
        (_at(11, 15, 0), complete("food", "site", "sun.market", "后厨布局与平面图一致，有洗手池。")),
        (_at(13, 10, 20), decide("food", "qian.food", True, "材料齐全，现场符合要求，准予许可。")),
        (
            _at(12, 9, 15),
            decide(
                "sign",
                "feng.signs",
                False,
                "招牌挡住二楼两扇窗户，不符合《锦澜市户外招牌设置管理办法》第八条。\n"
                "把招牌改窄到 5 米以内，可以重新备案。",
            ),
        ),
    ]


def _others() -> list[tuple[dt.datetime, Deed]]:
    return [
        (_at(10, 9, 5), lambda week: week.apply("chen", "senior-transit-card", CARD)),
        (_at(16, 10, 30), lambda week: week.apply("luo", "open-a-restaurant", SNACKS, later=("food_safety_rules",))),
        (
            _at(16, 16, 10),
            lambda week: cases.request_correction(
                week.part("luo", "registration"),
                ["租赁合同缺第 2 页。", "合同上的门牌号和填的不一样，请核对。"],
                by=week.actor("zhao.registration"),
            ),
        ),
        (_at(17, 9, 30), lambda week: week.fill_in("chen", "open-a-restaurant", RESTAURANT)),
        (_at(17, 9, 50), lambda week: week.begin("wang", "residence-permit")),
    ]


def _neighbours() -> list[tuple[dt.datetime, Deed]]:
    def applied(number: int) -> Callable[[Week], PartRef]:
        return lambda week: week.part(neighbour(number), "drainage-permit")

    def accept(number: int) -> Deed:
        return lambda week: cases.accept(applied(number)(week), by=week.actor("wu.water"))

    def complete(number: int, task: str, officer: str) -> Deed:
        return lambda week: cases.complete(applied(number)(week).task(task), by=week.actor(officer))

    arrivals = ((10, 9), (12, 10), (12, 14), (13, 9), (13, 16), (16, 11), (16, 15), (17, 9))
    return [
        *(
            (_at(day, hour, 5 * number), _register(number, name))
            for number, (name, (day, hour)) in enumerate(zip(NEIGHBOURS, arrivals, strict=True))
        ),
        (_at(11, 9, 30), accept(0)),
        (_at(11, 10, 20), complete(0, "review", "wu.water")),
        (_at(13, 15, 20), complete(0, "site", "zheng.water")),
        (_at(12, 11, 0), accept(1)),
        (_at(13, 9, 40), complete(1, "review", "wu.water")),
        (_at(13, 9, 45), accept(2)),
        (_at(16, 9, 0), complete(2, "review", "wu.water")),
        (_at(16, 9, 10), accept(3)),
        (_at(17, 8, 50), accept(4)),
    ]
