"""An invented city of ordinary size to make case histories in: its departments, matters and bundles, and its people.

Shares follow what windows of Chinese cities report: the market regulator, social security and the police receive about
half of everything; most matters need one review, some a site visit or another department's opinion. Names follow the
frequency of surnames. Nobody in it is real; the departments stand in `townscape.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from yiwang.casework.cases.plan import PartPlan, Plan, ProcedureKind, SpecialProcedure, Task, TaskKind
from yiwang.foundation.kernel.calendar import Limit
from yiwang.foundation.kernel.text import Words

AREA = "511602"
POSTS = ("window", "review", "inspection", "head")
WAYS = {"instant": 1, "simple": 3, "review": 5, "site": 10, "approval": 15}
"""Ways of working, with the working days they promise."""

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟"
    "熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文斌晓东海燕雪梅志远家豪思源子涵梓轩雨欣浩然怡宇佳琪俊嘉天佑诗一诺若曦振丹凤成龙春"
    "婷立新永清秋菊德福爱民"
)


@dataclass(frozen=True)
class Office:
    """A department and its share of all applications in percent."""

    code: str
    name: Words
    share: float
    matters: tuple[tuple[Words, str], ...]
    """what it grants, and the way of working"""

    @property
    def officers(self) -> int:
        """How many hold each of its posts."""
        return max(2, round(self.share))


@dataclass(frozen=True)
class Service:
    """What people apply for, with its share of all applications (not normalised)."""

    plan: Plan
    share: float

    @property
    def is_instant(self) -> bool:
        return all(part.decision.kind is TaskKind.RULE for part in self.plan.parts)


@cache
def _written() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text())
    return content


@cache
def offices() -> Mapping[str, Office]:
    found = {}
    for code, entry in _written()["departments"].items():
        matters = tuple((Words(matter["zh"], matter["en"]), matter["way"]) for matter in entry["matters"])
        found[code] = Office(code, Words(**entry["name"]), entry["share"], matters)
    return found


@cache
def services() -> tuple[Service, ...]:
    """Every matter and bundle; the n-th matter of a department comes 1/n as often as its first."""
    found = []
    for office in offices().values():
        weights = [1 / (place + 1) for place in range(len(office.matters))]
        for number, weight in enumerate(weights, start=1):
            part = matter_part(f"{office.code}-{number}")
            found.append(Service(Plan(part.name, (part,)), office.share * weight / sum(weights)))
    for entry in _written()["bundles"]:
        parts = [matter_part(code) for code in entry["first"]]
        parts += [matter_part(code, needs=tuple(entry["first"])) for code in entry["then"]]
        plan = Plan(Words(entry["zh"], entry["en"]), tuple(parts), Limit.parse("40 working days"))
        found.append(Service(plan, entry["share"]))
    return tuple(found)


def matter_part(code: str, needs: tuple[str, ...] = ()) -> PartPlan:
    """The plan of a matter ("water-1": the water bureau's first) by its way of working."""
    department, _, number = code.rpartition("-")
    name, way = offices()[department].matters[int(number) - 1]
    at = f"{department}/{{}}".format
    days = WAYS[way]
    review = Task("review", Words("审查", "Review"), at("review"), (), _days(max(1, days // 3)))
    site = Task("site", Words("现场核查", "Site visit"), at("inspection"), (), _days(max(1, days // 2)))
    opinion = Task("opinion", Words("征求意见", "Opinion"), f"{_asked(department)}/review", ("review",), _days(4))
    work = {"instant": (), "simple": (), "review": (review,), "site": (review, site)}.get(way, (review, site, opinion))
    needed = tuple(task.key for task in work)
    kind = TaskKind.RULE if way == "instant" else TaskKind.DECIDE
    decide = Task("decide", Words("决定", "Decision"), at("head"), needed, _days(max(1, days // 5)), kind)
    return PartPlan.build(
        key=code,
        matter=code,
        name=name,
        department=department,
        statute=_days(20),
        promise=_days(days),
        tasks=(*work, decide),
        special_procedures=_procedures(way),
        needs=needs,
        accept_by=at("window"),
        delivery_by=at("window") if way == "approval" else None,
    )


def _days(amount: int) -> Limit:
    return Limit.parse(f"{amount} working days")


def _asked(department: str) -> str:
    """Whose opinion a department asks for."""
    return {"housing": "fire", "land": "housing", "environment": "water"}.get(department, "environment")


def _procedures(way: str) -> tuple[SpecialProcedure, ...]:
    basis = "行政许可法 第四十五条"
    if way == "site":
        return (SpecialProcedure("test", Words("检测", "Test"), ProcedureKind.TEST, basis, _days(10)),)
    if way == "approval":
        experts = Words("专家评审", "Expert review")
        return (
            SpecialProcedure("experts", experts, ProcedureKind.EXPERT_REVIEW, basis, _days(20)),
            SpecialProcedure("hearing", Words("听证", "Hearing"), ProcedureKind.HEARING, basis, _days(15)),
        )
    return ()


def person_name(rng: Random) -> str:
    """A name; the n-th surname has a share in proportion to 1/(n+3)."""
    surname = rng.choices(_SURNAMES, _surname_weights())[0]
    return surname + "".join(rng.choices(_GIVEN, k=1 if rng.random() < 0.25 else 2))


@cache
def _surname_weights() -> tuple[float, ...]:
    return tuple(1 / (place + 3) for place in range(len(_SURNAMES)))


def district(rng: Random) -> str:
    return _one_of(_written()["districts"], rng)


def channel(rng: Random) -> str:
    return _one_of(_written()["channels"], rng)


def _one_of(weights: Mapping[str, float], rng: Random) -> str:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]
