"""The departments' tables: names, columns and codes as their offices have them. One list for all databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Store(StrEnum):
    """What keeps a department's tables where no server is named."""

    SQLITE = "sqlite"
    PARQUET = "parquet"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` map each to its type (text, integer, real, date, timestamp); `indexes` stand beside the key.

    The rows hold a timestamp as text by the clock in the city's offices: 2024-05-06 10:11:12.
    """

    department: str
    store: Store
    name: str
    columns: Mapping[str, str]
    key: str
    indexes: tuple[str, ...] = ()
    encoding: str = "utf-8"


RESIDENTS = Table(
    "public-security",
    Store.SQLITE,
    "t_rk_jbxx",
    {
        "rybh": "text",  # number of the row
        "gmsfhm": "text",  # identity number
        "xm": "text",  # name
        "cym": "text",  # former name
        "xbdm": "text",  # sex: 1 male, 2 female
        "csrq": "text",  # born: 19900307
        "hjqhdm": "text",  # place of the household register
        "rklb": "text",  # 1 registered here, 2 on a residence permit
        "xzqhdm": "text",  # district of the address
        "xzz": "text",  # address
        "hh": "text",  # household
        "yhzgx": "text",  # relation to its head
        "lxdh": "text",  # telephone
        "lcrq": "text",  # here since: 20190506
        "zpcjrq": "text",  # photographed on: 20240506
        "rkzt": "text",  # 0 here, 1 moved away, 2 dead
        "gxsj": "timestamp",
    },
    "rybh",
    ("gmsfhm", "hh", "gxsj"),
)
ENTERPRISES = Table(
    "market",
    Store.SQLITE,
    "scztxx",
    {
        "ztsfdm": "text",
        "tyshxydm": "text",  # credit code
        "ztmc": "text",  # name
        "ztlx": "text",  # kind: 9500 sole trader, 1130 and 1151 companies
        "fddbr": "text",  # who represents it
        "fddbrzjhm": "text",  # their identity number
        "lxdh": "text",
        "zczb": "text",  # capital, in ten thousand yuan
        "clrq": "text",  # founded: 2019-05-06
        "zs": "text",  # seat
        "xzqhdm": "text",
        "hydm": "text",  # industry, GB/T 4754
        "jyfw": "text",  # line of business
        "zt": "text",  # 1 open, 2 suspended, 3 closed
        "gxsj": "timestamp",
    },
    "ztsfdm",
    ("tyshxydm", "fddbrzjhm", "gxsj"),
)
SHAREHOLDERS = Table(
    "market",
    Store.SQLITE,
    "gdxx",
    {
        "gdxh": "text",
        "tyshxydm": "text",
        "gdmc": "text",
        "gdzjhm": "text",
        "cgbl": "text",  # share: 35.00
        "rjrq": "text",
        "gxsj": "timestamp",
    },
    "gdxh",
    ("gdzjhm", "tyshxydm", "gxsj"),
)
PROPERTY = Table(
    "natural-resources",
    Store.SQLITE,
    "bdc_fdcq",
    {
        "ywh": "text",
        "bdcdyh": "text",  # building unit
        "bdcqzh": "text",  # certificate
        "qlr": "text",  # owner
        "qlrzl": "text",  # 1 a person, 2 a business
        "qlrzjhm": "text",  # identity number or credit code
        "qlrdh": "text",
        "gybl": "text",  # 单独所有, 共同共有
        "zl": "text",  # address
        "jzmj": "text",  # floor area, m2, as text
        "szc": "text",  # storey
        "lclb": "text",  # 1 ground, 2 upper, 3 basement
        "ghyt": "text",  # use: 10 dwelling, 21 shop, 22 office, 31 workshop
        "qllx": "text",  # kind of right: 4 ownership
        "fcfht": "text",  # floor plan on file: 1, 0
        "djsj": "text",  # registered: 2019-05-06
        "qszt": "text",  # 1 in force, 0 history
        "gxsj": "timestamp",
    },
    "ywh",
    ("qlrzjhm", "bdcdyh", "gxsj"),
)
LEASES = Table(
    "natural-resources",
    Store.SQLITE,
    "fwzl_ba",
    {
        "bah": "text",  # filing number
        "czr": "text",  # tenant
        "czrzl": "text",  # 1 a person, 2 a business
        "czrzjhm": "text",
        "cjr": "text",  # landlord
        "zllx": "text",  # 1 rented, 2 lent for nothing
        "zl": "text",
        "jzmj": "text",
        "lclb": "text",
        "ghyt": "text",
        "qzrq": "text",  # from: 20240101
        "jzrq": "text",  # until
        "gxsj": "timestamp",
    },
    "bah",
    ("czrzjhm", "gxsj"),
)
CERTIFICATES = Table(
    "health",
    Store.PARQUET,
    "jkz",
    {
        "zsbh": "text",  # certificate
        "xm": "text",
        "sfzh": "text",
        "xb": "text",  # 男, 女
        "csny": "date",
        "gz": "text",  # kind of work
        "lxdh": "text",
        "txdz": "text",
        "fzrq": "date",  # issued
        "yxqz": "date",  # valid until
        "gxsj": "timestamp",
    },
    "zsbh",
)
LOW_INCOME = Table(
    "civil-affairs",
    Store.SQLITE,
    "shjz_dx",
    {
        "dxbh": "text",
        "xm": "text",
        "sfzh": "text",
        "csrq": "text",
        "jtdz": "text",
        "lxdh": "text",
        "rdlb": "text",  # 1 minimum allowance, 2 low income on its edge
        "jtrks": "integer",
        "ybzje": "integer",  # fen a month
        "ksrq": "text",
        "zt": "text",  # 1 in force, 0 ended
        "gxsj": "timestamp",
    },
    "dxbh",
    ("sfzh", "gxsj"),
)
BENEFIT_ACCOUNTS = Table(
    "civil-affairs",
    Store.SQLITE,
    "hmck",
    {
        "zhbh": "text",
        "xm": "text",
        "sfzh": "text",
        "yhkh": "text",  # bank card
        "khh": "text",
        "lxdh": "text",
        "zt": "text",  # 1 in use
        "gxsj": "timestamp",
    },
    "zhbh",
    ("sfzh", "gxsj"),
)
MARRIAGES = Table(
    "civil-affairs",
    Store.SQLITE,
    "hydj",
    {
        "djxh": "text",
        "djzh": "text",  # certificate
        "xm": "text",
        "sfzh": "text",
        "csrq": "text",
        "poxm": "text",  # spouse
        "posfzh": "text",
        "djlb": "text",  # 1 married, 2 divorced
        "djrq": "text",
        "gxsj": "timestamp",
    },
    "djxh",
    ("sfzh", "gxsj"),
)
SENIOR_CARDS = Table(
    "transport",
    Store.CSV,
    "lnyhk",
    {
        "kh": "text",  # card
        "xm": "text",
        "sfzh": "text",
        "csrq": "text",  # 1951/06/12
        "dz": "text",
        "dh": "text",
        "kzt": "text",  # 正常, 挂失, 注销
        "fkrq": "text",
        "gxsj": "timestamp",
    },
    "kh",
    encoding="gb18030",
)
BUS_STOPS = Table(
    "transport",
    Store.CSV,
    "gjzd",
    {
        "zdbh": "text",
        "zdmc": "text",
        "xzqhdm": "text",
        "jd": "real",
        "wd": "real",
        "xl": "text",  # lines
        "gxsj": "timestamp",
    },
    "zdbh",
)

TABLES = (
    RESIDENTS,
    ENTERPRISES,
    SHAREHOLDERS,
    PROPERTY,
    LEASES,
    CERTIFICATES,
    LOW_INCOME,
    BENEFIT_ACCOUNTS,
    MARRIAGES,
    SENIOR_CARDS,
    BUS_STOPS,
)

Row = tuple[object, ...]


@dataclass
class Rows:
    """What one shard of the city adds to every table, and the truth about each row."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {table.name: [] for table in TABLES})
    truth: list[tuple[str, str, int | None, int | None, str]] = field(default_factory=list)
    """table, key of the row, person, enterprise, errors"""
