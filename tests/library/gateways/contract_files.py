"""A small vocabulary and a contract as a department writes it."""

from pathlib import Path

PERSON = """
resident_id:
  name: {zh: 身份证号, en: Identity number}
  kind: resident_id
  question: {zh: 您的身份证号是多少？, en: "What is your identity number?"}
  personal: true
"""

ENTERPRISE = """
uscc:
  name: {zh: 统一社会信用代码, en: Unified social credit code}
  kind: uscc
  question: {zh: 统一社会信用代码是多少？, en: "What is the unified social credit code?"}
name:
  name: {zh: 企业名称, en: Name of the business}
  kind: text
  question: {zh: 企业叫什么名字？, en: "What is the business called?"}
"""

CONTRACT = """\
version:  "1.0"
title:    {zh: 经营主体登记, en: Register of businesses}
summary:  {zh: 在本市登记的企业。, en: Companies registered in the city.}
basis:    [市场主体登记管理条例 第三十五条]
sharing:  unconditional
about:    {enterprise: uscc}
key:      uscc
changed:  updated_at
fresh_within: 24 hours

fields:
  - uscc:    {element: enterprise.uscc, required: true, authoritative: true}
  - name:    enterprise.name
  - legal_person: {element: person.resident_id, level: important, name: {zh: 法定代表人, en: Legal representative}}
  - capital: {kind: money, name: {zh: 注册资本, en: Registered capital}}
  - status:
      kind: choice
      name: {zh: 登记状态, en: Status}
      choices:
        open: {zh: 存续, en: Trading}
        closed: {zh: 注销, en: Closed}
  - updated_at: {kind: moment, name: {zh: 更新时间, en: Updated}}

quality:
  - one_code_each: {unique: legal_person}
  - capital_is_paid: {feel: capital >= 0, name: {zh: 注册资本不为负, en: Capital is not negative}}

proves:
  business_licence: status = "open"
  identity_card:
"""


def write(folder: Path, contract: str = CONTRACT, name: str = "enterprises.yaml", department: str = "market") -> Path:
    """The city's folder with this contract in it."""
    for path, text in (
        (f"products/{department}/{name}", contract),
        ("elements/person.yaml", PERSON),
        ("elements/enterprise.yaml", ENTERPRISE),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder
