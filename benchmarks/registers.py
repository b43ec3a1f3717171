"""Registers that disagree about the same residents, with the truth: hard noise for the linkage bench.

Residents live in households that share an address, often a family name, sometimes a telephone. Three registers hold
some of them: the police know nearly everybody and rarely err, the insurance knows most and leaves things out, the
clinics write down what they hear (homophones, traditional characters, turned dates, old addresses, a relative's
identity number) and know some people twice. The same for the same seed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import pypinyin
from opencc import OpenCC

from yiwang.foundation.kernel.identifiers import make_resident_id
from yiwang.library.linkage.features import Register
from yiwang.library.linkage.meanings import KNOWN

FIELDS = ("person.name", "person.sex", "person.birth_date", "person.resident_id", "person.phone", "person.address")
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛"
)
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂文辉玲红建国华梅鑫波斌宇浩凯健俊帆雪婷雨晨欣"
    "怡梓涵子轩浩然思佳琪瑶嘉诚志海燕春兰"
    "玉珍凤琴云莲荣爱香月莺媛瑞凡嘉琼勤珍贞莉娣璧璐娅琦晶妍茜秋珊莎锦黛青倩婉娴瑾颖露瑶怡婵雁蓓"
    "纨仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希宁"
    "欣飘育滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝丽阳妮宝贝初程梵罡恒鸿桦骅剑娇纪宽苛灵"
    "玛媚琪晴容睿烁堂唯威韦雯苇萱阅彦宇雨洋忠宗曼紫逸贤蝶菡绿蓝儿翠烟"
)
ROADS = tuple(
    re.findall(
        r"\S+",
        "滨江路 建设路 人民路 解放街 和平街 新华路 中山路 文化巷 朝阳街 金安大道 思源大道"
        " 广福街 洪洲大道 迎宾大道 凤凰大街 北辰街 "
        "环城南路 公园路 工农街 民主巷 胜利路 红星街 东风路 五星街 光明路 劳动街 团结巷 "
        "友谊路 幸福街 长城路 青年路 前进街",
    )
)
COMMUNITIES = re.findall(r"\S+", "城南街道 城北街道 浓洄街道 北辰街道 枣山镇 官盛镇 协兴镇 浓溪镇 悦来镇 兴平镇")
_traditional = OpenCC("s2t")


@dataclass(frozen=True, slots=True)
class Resident:
    name: str
    sex: str
    born: date
    number: str
    phone: str
    address: tuple[str, str, int, int, int]


@dataclass(frozen=True)
class Town:
    """`truth`: for each record, in the order of the registers, which resident it is about."""

    registers: tuple[Register, ...]
    truth: list[int]


@cache
def homophones() -> dict[str, str]:
    """Each character of the given names → those that sound the same but for the tone."""
    by_sound: dict[str, str] = {}
    for character in dict.fromkeys(GIVEN + SURNAMES):
        sound = pypinyin.lazy_pinyin(character)[0]
        by_sound[sound] = by_sound.get(sound, "") + character
    return {character: group for group in by_sound.values() for character in group if len(group) > 1}


def town(residents: int, seed: int = 7) -> Town:
    chance = random.Random(seed)
    people = _people(residents, chance)
    kin: dict[tuple[str, str, int, int, int], list[int]] = {}
    for at, person in enumerate(people):
        kin.setdefault(person.address, []).append(at)
    rows: list[list[tuple[str, ...]]] = [[], [], []]
    truth: list[list[int]] = [[], [], []]
    for at, person in enumerate(people):
        relative = people[chance.choice(kin[person.address])]
        for register, (knows, noise) in enumerate(((0.97, _police), (0.7, _insurance), (0.5, _clinic))):
            while chance.random() < knows:
                rows[register].append(noise(person, relative, chance))
                truth[register].append(at)
                knows = 0.08 if register == 2 else 0
    orders = [chance.sample(range(len(each)), len(each)) for each in rows]
    registers = tuple(
        Register(
            name,
            [str(row) for row in range(len(order))],
            {element: [each[row][at] for row in order] for at, element in enumerate(FIELDS)},
            {element: KNOWN[element] for element in FIELDS},
        )
        for name, each, order in zip(("police", "insurance", "clinics"), rows, orders, strict=True)
    )
    return Town(registers, [truth[register][row] for register, order in enumerate(orders) for row in order])


def _people(residents: int, chance: random.Random) -> list[Resident]:
    weights = [1 / (rank + 3) for rank in range(len(SURNAMES))]
    people: list[Resident] = []
    while len(people) < residents:
        address = (
            chance.choice(COMMUNITIES),
            chance.choice(ROADS),
            chance.randrange(1, 300),
            chance.randrange(1, 5),
            chance.randrange(1, 9) * 100 + chance.randrange(1, 5),
        )
        family = chance.choices(SURNAMES, weights)[0]
        shared = _phone(chance)
        for _ in range(min(chance.choice((1, 2, 2, 3, 3, 4, 5)), residents - len(people))):
            own = family if chance.random() < 0.65 else chance.choices(SURNAMES, weights)[0]
            given = "".join(chance.choice(GIVEN) for _ in range(1 if chance.random() < 0.2 else 2))
            born = date(1935, 1, 1) + timedelta(days=chance.randrange(31_000))
            number = make_resident_id(len(people), born=born)
            phone = shared if chance.random() < 0.25 else _phone(chance)
            sex = "男" if int(number[16]) % 2 else "女"
            people.append(Resident(own + given, sex, born, number, phone, address))
    return people


def _phone(chance: random.Random) -> str:
    return f"1{chance.choice('3578')}{chance.randrange(10**9):09d}"


def _police(person: Resident, _kin: Resident, chance: random.Random) -> tuple[str, ...]:
    phone = person.phone if chance.random() < 0.6 else ""
    name = _sometimes(0.01, chance, _misheard, person.name)
    return name, person.sex, f"{person.born:%Y-%m-%d}", person.number, phone, _address(person, chance, old=0.02)


def _insurance(person: Resident, kin: Resident, chance: random.Random) -> tuple[str, ...]:
    number = person.number
    if chance.random() < 0.12:
        number = ""
    elif chance.random() < 0.02:
        number = kin.number
    number = _sometimes(0.02, chance, _mistyped, number)
    name = _sometimes(0.05, chance, _misheard, _sometimes(0.03, chance, _traditionally, person.name))
    born = _sometimes(0.03, chance, _mistyped, f"{person.born:%Y%m%d}") if chance.random() < 0.95 else ""
    phone = person.phone if chance.random() < 0.5 else ""
    return name, person.sex, born, number, phone, _address(person, chance, old=0.15)


def _clinic(person: Resident, kin: Resident, chance: random.Random) -> tuple[str, ...]:
    number = person.number if chance.random() < 0.35 else ""
    if chance.random() < 0.03:
        number = kin.number
    number = _sometimes(0.08, chance, _mistyped, number)
    name = person.name
    for share, noise in (
        (0.2, _misheard),
        (0.05, _traditionally),
        (0.04, _turned),
        (0.04, _shortened),
        (0.03, _renamed),
    ):
        name = _sometimes(share, chance, noise, name)
    born = f"{person.born:%Y/%m/%d}"
    if chance.random() < 0.06:
        born = f"{person.born:%Y/%d/%m}"
    born = _sometimes(0.06, chance, _mistyped, born) if chance.random() < 0.9 else ""
    sex = person.sex if chance.random() < 0.97 else ""
    phone = _sometimes(0.05, chance, _mistyped, person.phone) if chance.random() < 0.7 else _phone(chance)
    address = _address(person, chance, old=0.2) if chance.random() < 0.8 else ""
    return name, sex, born, number, phone, address


def _sometimes(share: float, chance: random.Random, noise: Callable[[str, random.Random], str], text: str) -> str:
    return noise(text, chance) if text and chance.random() < share else text


def _misheard(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(name))
    return name[:at] + chance.choice(homophones().get(name[at], name[at])) + name[at + 1 :]


def _traditionally(name: str, _chance: random.Random) -> str:
    return str(_traditional.convert(name))


def _turned(name: str, _chance: random.Random) -> str:
    return name[:-2] + name[-1] + name[-2]


def _shortened(name: str, chance: random.Random) -> str:
    return name[:-1] if len(name) > 2 and chance.random() < 0.5 else name + chance.choice(GIVEN)


def _renamed(name: str, chance: random.Random) -> str:
    return chance.choice(SURNAMES) + name[1:]


def _mistyped(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) - 1)
    if not (text[at].isdigit() and text[at + 1].isdigit()):
        return text
    if chance.random() < 0.5:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + str(chance.randrange(10)) + text[at + 1 :]


def _address(person: Resident, chance: random.Random, *, old: float) -> str:
    community, road, house, unit, room = person.address
    if chance.random() < old:
        road, house, room = chance.choice(ROADS), chance.randrange(1, 300), chance.randrange(101, 805)
    return chance.choice(
        (
            f"四川省广安市广安区{community}{road}{house}号{unit}单元{room}室",
            f"广安区{road}{house}号{unit}单元{room}",
            f"{community}{road}{house}号{unit}-{room}",
            f"{road}{house}号{unit}栋{room}号",
        )
    )
