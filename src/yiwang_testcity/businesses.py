"""Businesses of the city and who owns them, and the building units that people and businesses own or rent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from yiwang_testcity import numbers, places
from yiwang_testcity.names import spread
from yiwang_testcity.people import Person
from yiwang_testcity.places import Address, Street

PER_HUNDRED = 6.0
"""Businesses for every hundred people."""

TRADES = {
    "6210": ("餐饮服务", ("家常菜馆", "面馆", "小吃店", "火锅店", "饭店")),
    "6233": ("饮料制售", ("茶饮店", "咖啡馆")),
    "5211": ("日用百货零售", ("便利店", "百货商行", "超市")),
    "5225": ("糕点、面包零售", ("烘焙坊", "糕点铺")),
    "8040": ("理发及美容服务", ("理发店", "美容院")),
    "8130": ("家用电器修理", ("家电维修部", "修配行")),
    "5437": ("道路货物运输", ("货运", "物流")),
    "5011": ("室内装饰装修", ("装饰工程", "装修")),
    "6513": ("应用软件开发", ("信息科技", "软件", "网络科技")),
    "7249": ("商务信息咨询", ("企业管理咨询", "商务咨询")),
    "5154": ("五金产品批发", ("五金贸易", "机电设备")),
    "3829": ("机械零部件加工", ("机械制造", "精密制造")),
}
"""Industry (GB/T 4754) → line of business and what names end in."""

_TRADES = spread(dict(zip(TRADES, (16, 8, 20, 4, 8, 4, 6, 6, 8, 8, 7, 5), strict=True)), 512)
_BRANDS = "鑫盛隆泰和兴顺达瑞丰恒源宏远嘉美佳乐福祥安康诚信益民新锐锦华云海天宇星辰百汇聚德万家"
TYPES = {"sole_trader": "9500", "company": "1130", "one_person": "1151"}
"""Kind → code of the register's list of market entities."""


@dataclass(slots=True)
class Business:
    """`shares` are owners and their parts in percent; `status` one of open, suspended, closed."""

    order: int
    uscc: str
    name: str
    kind: str
    industry: str
    founded: date
    capital_yuan: int
    status: str
    address: Address
    representative: Person
    shares: list[tuple[Person, float]]
    phone: str
    changed: date


@dataclass(slots=True)
class Unit:
    """A building unit. `use` is dwelling, shop, office or workshop; `level` ground, upper or basement."""

    number: str
    certificate: str
    address: str
    area: float
    storey: int
    use: str
    owners: list[Person | Business]
    registered: date
    current: bool = True
    tenant: Person | Business | None = None
    rented: date | None = None

    @property
    def level(self) -> str:
        return "basement" if self.storey < 0 else "ground" if self.storey == 1 else "upper"


def business(order: int, owners: Sequence[Person], streets: Sequence[Street], today: date, chance: Random) -> Business:
    """One business; the first of the owners represents it. A sole trader has one owner."""
    draw = chance.random
    trade = _TRADES[int(draw() * len(_TRADES))]
    endings = TRADES[trade][1]
    ending = endings[int(draw() * len(endings))]
    kind = "company" if len(owners) > 1 else "sole_trader" if draw() < 0.8 else "one_person"
    first = owners[0]
    brand = first.name[1:] if draw() < 0.3 else "".join(_BRANDS[int(draw() * len(_BRANDS))] for _ in range(2))
    name = f"锦澜{brand}{ending}"
    if kind != "sole_trader":
        name += "有限公司" if draw() < 0.8 else "有限责任公司"
    founded = max(today - timedelta(days=20 + int(draw() ** 1.6 * 7000)), first.born + timedelta(days=6700))
    fate = draw()
    capital = (1, 3, 5, 10)[int(draw() * 4)] if kind == "sole_trader" else (10, 50, 100, 200, 500)[int(draw() * 5)]
    cut = sorted(5 + 5 * int(draw() * 18) for _ in owners[1:])
    shares = [float(high - low) for low, high in zip([0, *cut], [*cut, 100], strict=True)]
    address = places.shop(streets, chance)
    return Business(
        order=order,
        uscc=numbers.uscc(address.street.district, order, sole_trader=kind == "sole_trader"),
        name=name,
        kind=kind,
        industry=trade,
        founded=founded,
        capital_yuan=capital * 10_000,
        status="open" if fate < 0.86 else "suspended" if fate < 0.9 else "closed",
        address=address,
        representative=first,
        shares=list(zip(owners, shares, strict=True)),
        phone=first.phone if draw() < 0.7 else numbers.phone(chance),
        changed=min(today, founded + timedelta(days=int(draw() * ((today - founded).days + 1)))),
    )


def dwelling(order: int, owners: list[Person | Business], home: Address, today: date, chance: Random) -> Unit:
    draw = chance.random
    storey = int(home.room[:-2] or 1) if home.room else 1
    return _unit(order, owners, str(home), home.street, 38 + draw() ** 1.5 * 130, storey, "dwelling", today, chance)


def premises(order: int, owners: list[Person | Business], place: Address, today: date, chance: Random) -> Unit:
    draw = chance.random
    use = "shop" if draw() < 0.62 else "office" if draw() < 0.8 else "workshop"
    storey = -1 if use == "shop" and draw() < 0.04 else 1 if use != "office" and draw() < 0.7 else 2 + int(draw() * 12)
    area = 18 + draw() ** 2.2 * (380 if use == "shop" else 1500)
    return _unit(order, owners, str(place), place.street, area, storey, use, today, chance)


def _unit(
    order: int,
    owners: list[Person | Business],
    address: str,
    street: Street,
    area: float,
    storey: int,
    use: str,
    today: date,
    chance: Random,
) -> Unit:
    registered = today - timedelta(days=30 + int(chance.random() * 8000))
    return Unit(
        number=f"{street.district}{street.code[-3:]}GB{order % 100_000:05d}F{order:08d}",
        certificate=f"澜（{registered.year}）{street.district_name}不动产权第{order:07d}号",
        address=address,
        area=round(area, 2),
        storey=storey,
        use=use,
        owners=owners,
        registered=registered,
    )
