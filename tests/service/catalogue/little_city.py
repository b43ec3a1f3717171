"""A city of two departments, two matters and a bundle, small enough to break one line at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FILES = {
    "places.yaml": """\
"999900": {zh: 小城, en: Littleton}
"999901": {zh: 东区, en: East}
"999901001": {zh: 河边街, en: River Street}
""",
    "departments.yaml": """\
market:
  name: {zh: 市场局, en: Market Bureau}
  posts:
    registration: {zh: 登记岗, en: Registrar}
water:
  name: {zh: 水务局, en: Water Bureau}
  posts:
    permits:    {zh: 许可岗, en: Permits}
    inspection: {zh: 核查岗, en: Inspection}
""",
    "elements/premises.yaml": """\
floor_area:
  name:     {zh: 面积, en: Floor area}
  kind:     decimal
  unit:     {zh: 平方米, en: m²}
  question: {zh: 有多大？, en: "How large?"}
  minimum:  1
  maximum:  1000
sign:
  name:     {zh: 招牌, en: Sign}
  kind:     boolean
  question: {zh: 挂招牌吗？, en: "A sign?"}
""",
    "elements/discharge.yaml": """\
kind:
  name:     {zh: 污水种类, en: Kind of water}
  kind:     choice
  question: {zh: 哪种污水？, en: "Which water?"}
  choices:
    domestic: {zh: 生活污水, en: Domestic}
    catering: {zh: 油污水, en: Greasy}
daily_m3:
  name:     {zh: 每天排水量, en: A day}
  kind:     decimal
  unit:     {zh: 立方米, en: m³}
  question: {zh: 一天多少？, en: "How much a day?"}
""",
    "elements/enterprise.yaml": """\
name:
  name:     {zh: 名称, en: Name}
  kind:     text
  question: {zh: 叫什么？, en: "Which name?"}
uscc:
  name:     {zh: 信用代码, en: Credit code}
  kind:     uscc
  question: {zh: 代码是多少？, en: "Which code?"}
""",
    "elements/person.yaml": """\
resident_id:
  name:     {zh: 身份证号, en: Identity number}
  kind:     resident_id
  question: {zh: 号码是多少？, en: "Which number?"}
age:
  name:     {zh: 年龄, en: Age}
  kind:     integer
  derived:  {from: person.resident_id, as: age}
""",
    "words.yaml": """\
tasks:
  review: {zh: 审查, en: Review}
  site:   {zh: 现场核查, en: Site visit}
  decide: {zh: 决定, en: Decision}
procedures:
  water_test: {zh: 水质检测, en: Water test}
""",
    "materials.yaml": """\
licence:
  name:    {zh: 执照, en: Licence}
  source:  market
  licence: business-licence
plan:
  name: {zh: 管线图, en: Plan of the drains}
report:
  name: {zh: 检测报告, en: Test report}
""",
    "matters/registration/matter.yaml": """\
name: {zh: 登记, en: Registration}
summary: {zh: 开店先登记。, en: Register first.}
guidance: {zh: 想好名字再来。, en: Think of a name first.}
catalogue_code: "000131001000"
task_code: "11319900MB2F00001D3000131001000"
department: market
act: registration
serves: [person]
basis: [登记条例 第十九条]
statute: 3 working days
promise: 1 working day
visits: 0
fee: none
ask:
  - enterprise.name
plan:
  decide: {by: market/registration, within: 1 working day}
creates: [enterprise.uscc]
result: {name: {zh: 执照, en: Licence}, licence: business-licence}
""",
    "matters/drainage/matter.yaml": """\
name: {zh: 排水许可, en: Drainage permit}
also_called: [排水证]
scenarios: [后厨的油水往哪里排]
summary: {zh: 往下水道排水前要办。, en: Needed before draining into the sewer.}
guidance: {zh: 油水先过隔油池。, en: Greasy water passes a trap.}
catalogue_code: "000119009000"
task_code: "11319900MB2F00003K3000119009000"
department: water
serves: [enterprise]
basis: [排水条例 第二十一条]
statute: 15 working days
promise: 5 working days
visits: 0
fee: none
ask:
  - enterprise.uscc
  - discharge.kind:     {why: {zh: 决定要不要核查, en: It decides on a visit}}
  - discharge.daily_m3: {when: discharge.kind != "domestic"}
materials:
  - licence
  - plan
  - report: {when: discharge.daily_m3 >= 50, deferrable: true}
special_procedures:
  - water_test: {kind: test, basis: 行政许可法 第四十五条, at_most: 10 working days}
plan:
  review: {by: water/permits, within: 1 working day}
  site:   {by: water/inspection, needs: review, within: 2 working days, when: discharge.kind != "domestic"}
  decide: {by: water/permits, needs: [review, site], within: 1 working day}
result: {name: {zh: 排水许可证, en: Drainage permit}, licence: drainage-permit, valid: 5 years}
""",
    "matters/senior-card/matter.yaml": """\
name: {zh: 老年卡, en: Senior card}
summary: {zh: 满六十就发。, en: From sixty.}
guidance: {zh: 不用材料。, en: No papers.}
catalogue_code: "002011005000"
task_code: "11319900MB2F0000703002011005000"
department: market
serves: [person]
basis: [老年人权益保障法 第五十八条]
statute: 10 working days
promise: 1 working day
visits: 0
fee: none
ask:
  - person.resident_id
rule:
  grant_when: person.age >= 60
  explain: {zh: 满六十岁就发。, en: Granted from sixty.}
plan:
  decide: {by: market/registration, within: 1 working day}
result: {name: {zh: 老年卡, en: Senior card}}
""",
    "matters/open-a-shop/bundle.yaml": """\
name: {zh: 开店一件事, en: Open a shop}
also_called: [开店]
summary: {zh: 一次申请。, en: Apply once.}
guidance: {zh: 本人来办。, en: You apply yourself.}
serves: [person]
promise: 6 working days
ask:
  - premises.floor_area
  - premises.sign: {when: premises.floor_area >= 10}
parts:
  registration: registration
  drainage:     {matter: drainage, needs: registration, when: premises.floor_area >= 20}
""",
}


@dataclass(frozen=True)
class LittleCity:
    """Its folder on disk. `with_text` replaces a piece of one file and tells on which line the new text begins."""

    folder: Path

    @classmethod
    def build(cls, folder: Path) -> LittleCity:
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return cls(folder)

    def with_text(self, name: str, old: str, new: str) -> int:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1
