"""A city with three departments, their stewards and heads, a data office, and contracts of two of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.contract import Field, Level, Product, Sharing, Subject

DEPARTMENTS = """
market:
  name: {zh: 市场局, en: Market Bureau}
  posts:
    head: {zh: 局长, en: Director}
    data: {zh: 数据管理岗, en: Data steward}
    food: {zh: 食品岗, en: Food officer}
security:
  name: {zh: 公安局, en: Security Bureau}
  posts:
    head: {zh: 局长, en: Director}
    data: {zh: 数据管理岗, en: Data steward}
office:
  name: {zh: 数据局, en: Data Office}
  posts:
    head: {zh: 局长, en: Director}
    ruling: {zh: 裁决岗, en: Rulings}
    analysis: {zh: 分析岗, en: Analyst}
"""

PEOPLE = """
residents:
  wang: {name: 王晓兰, resident_id: "110000199003070220", phone: "19900000001"}
officers:
  food.one:      {name: 钱一, posts: [market/food]}
  market.data:   {name: 钱二, posts: [market/data]}
  market.head:   {name: 钱三, posts: [market/head]}
  security.data: {name: 孔一, posts: [security/data]}
  security.head: {name: 孔二, posts: [security/head]}
  both:          {name: 孔三, posts: [security/data, security/head]}
  ruling.one:    {name: 裁一, posts: [office/ruling]}
  office.head:   {name: 裁二, posts: [office/head]}
  analyst:       {name: 析一, posts: [office/analysis]}
"""

PURPOSES = """
purposes:
  application: {zh: 办理申请, en: Deciding an application}
  analysis: {zh: 统计分析, en: Analysis}
  quality: {zh: 数据质量检查, en: Check of data quality}
rulings:
  examines: office/ruling
  decides: office/head
"""

GRANTS = """
food-residents:
  product: security.residents@1
  to: market/food
  purpose: application
  basis: 食品安全法 第三十五条
  until: 2030-12-31
  approved_by: [security.data, security.head]
  rows: 'district = "999901"'
  most_rows: 100
  fields:
    - resident_id
    - name
    - born: {mask: generalise, unit: year}
analysis-residents:
  product: security.residents@1
  to: office/analysis
  purpose: analysis
  basis: 统计法 第七条
  until: 2030-12-31
  needs_case: false
  approved_by: [security.data, security.head]
  fields:
    - resident_id: hash
    - born: {mask: generalise, unit: year}
    - district
"""


def _field(name: str, kind: ElementKind, zh: str, en: str, **more: object) -> Field:
    return Field(name, kind, Words(zh, en), **more)  # type: ignore[arg-type]


RESIDENTS = Product(
    department="security",
    name="residents",
    major=1,
    minor=0,
    title=Words("常住人口", "Residents"),
    summary=Words("在本市登记的人。", "People registered in the city."),
    basis=("户口登记条例 第三条",),
    sharing=Sharing.CONDITIONAL,
    fields=(
        _field("resident_id", ElementKind.RESIDENT_ID, "身份证号", "Identity number", personal=True, required=True,
               element="person.resident_id", authoritative=True, level=Level.IMPORTANT),
        _field("name", ElementKind.TEXT, "姓名", "Name", personal=True, element="person.name", authoritative=True),
        _field("born", ElementKind.DATE, "出生日期", "Date of birth", personal=True),
        _field("district", ElementKind.TEXT, "区", "District"),
        _field("changed", ElementKind.DATE, "变更日期", "Changed on"),
    ),
    key=("resident_id",),
    subject=Subject.PERSON,
    subject_field="resident_id",
    cursor="changed",
    fresh_within=timedelta(days=1),
    level=Level.IMPORTANT,
)  # fmt: skip

SHOPS = Product(
    department="market",
    name="shops",
    major=1,
    minor=0,
    title=Words("商户名录", "Directory of shops"),
    summary=Words("登记的商户。", "Registered shops."),
    basis=("市场主体登记管理条例 第四条",),
    sharing=Sharing.UNCONDITIONAL,
    open=True,
    fields=(
        _field("code", ElementKind.TEXT, "编号", "Code", required=True),
        _field("name", ElementKind.TEXT, "名称", "Name", element="enterprise.name", authoritative=True),
        _field("district", ElementKind.TEXT, "区", "District"),
        _field("area", ElementKind.DECIMAL, "面积", "Floor area"),
    ),
    key=("code",),
)

WITHHELD = replace(RESIDENTS, name="watchlist", sharing=Sharing.WITHHELD, title=Words("布控名单", "Watch list"))

PRODUCTS = (RESIDENTS, SHOPS, WITHHELD)


def build(folder: Path) -> Path:
    """The city's files; its products are handed over as values."""
    (folder / "grants").mkdir(parents=True)
    (folder / "departments.yaml").write_text(DEPARTMENTS)
    (folder / "people.yaml").write_text(PEOPLE)
    (folder / "purposes.yaml").write_text(PURPOSES)
    (folder / "grants" / "standing.yaml").write_text(GRANTS)
    return folder


def rewrite(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
