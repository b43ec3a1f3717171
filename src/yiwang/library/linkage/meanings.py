"""What a column can mean, and how much that says about one person (or enterprise) rather than a household."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How values are levelled and compared."""

    RECORD = "record"
    """the record's own key in its file: never compared, it names the record in what comes out"""
    NAME = "name"
    """a whole name, Chinese or western"""
    GIVEN = "given"
    FAMILY = "family"
    DATE = "date"
    NUMBER = "number"
    """an identifier whose form is not known: compared by its characters"""
    RESIDENT_ID = "resident_id"
    """GB 11643, checked"""
    USCC = "uscc"
    """GB 32100, checked"""
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    """a whole address"""
    PLACE = "place"
    """one part of an address, or any other short text that a household shares"""
    SEX = "sex"
    COMPANY = "company"
    """the name of an enterprise"""
    TEXT = "text"
    """any other short text of the subject's own"""


@dataclass(frozen=True, slots=True)
class Meaning:
    """`shared`: people who live together agree on it without being the same.

    `keeps` is roughly how often two records of one subject agree exactly; only the order of blocking passes uses it.
    """

    element: str
    kind: Kind
    shared: bool = False
    keeps: float = 0.8


KNOWN: Mapping[str, Meaning] = {
    meaning.element: meaning
    for meaning in (
        Meaning("record.id", Kind.RECORD),
        Meaning("person.name", Kind.NAME, keeps=0.8),
        Meaning("person.given_name", Kind.GIVEN, keeps=0.8),
        Meaning("person.surname", Kind.FAMILY, shared=True, keeps=0.8),
        Meaning("person.birth_date", Kind.DATE, keeps=0.85),
        Meaning("person.sex", Kind.SEX, keeps=0.97),
        Meaning("person.resident_id", Kind.RESIDENT_ID, keeps=0.95),
        Meaning("person.identifier", Kind.NUMBER, keeps=0.9),
        Meaning("person.phone", Kind.PHONE, shared=True, keeps=0.7),
        Meaning("person.email", Kind.EMAIL, keeps=0.8),
        Meaning("person.address", Kind.ADDRESS, shared=True, keeps=0.6),
        Meaning("address.number", Kind.PLACE, shared=True, keeps=0.8),
        Meaning("address.street", Kind.PLACE, shared=True, keeps=0.7),
        Meaning("address.building", Kind.PLACE, shared=True, keeps=0.6),
        Meaning("address.locality", Kind.PLACE, shared=True, keeps=0.75),
        Meaning("address.postcode", Kind.PLACE, shared=True, keeps=0.8),
        Meaning("address.region", Kind.PLACE, shared=True, keeps=0.9),
        Meaning("enterprise.name", Kind.COMPANY, keeps=0.75),
        Meaning("enterprise.uscc", Kind.USCC, keeps=0.95),
        Meaning("enterprise.phone", Kind.PHONE, keeps=0.7),
        Meaning("enterprise.address", Kind.ADDRESS, shared=True, keeps=0.6),
        Meaning("enterprise.representative", Kind.NAME, keeps=0.8),
    )
}

_OTHER_NAMES: Mapping[str, str] = {
    "record.id": "id key rec_id record_id row_id uid unique_id record.key 记录编号 编号 序号",
    "person.name": "name full_name fullname applicant holder resident_name 姓名 名字 申请人",
    "person.given_name": "given_name given givenname first_name firstname forename 名",
    "person.surname": "surname family_name last_name lastname family familyname 姓",
    "person.birth_date": "birth_date date_of_birth dob birthdate birthday born born_on 出生日期 出生年月 生日",
    "person.sex": "sex gender 性别",
    "person.resident_id": "resident_id id_number id_card identity_number resident_identity_number 身份证号 身份证 "
    "公民身份号码 身份证号码",
    "person.identifier": "identifier soc_sec_id ssn social_security_number national_id passport passport_number "
    "number social_security 社保号 护照号 证件号码 证件号",
    "person.phone": "phone telephone mobile phone_number tel contact 手机 手机号 电话 联系电话 手机号码",
    "person.email": "email mail e_mail 邮箱 电子邮箱",
    "person.address": "address home_address residence residence.address full_address "
    "地址 住址 家庭住址 现住址 户籍地址",
    "address.number": "street_number house_number houseno number_in_street 门牌号",
    "address.street": "street address_1 address1 address_line_1 road street_name thoroughfare 街道 街路",
    "address.building": "building address_2 address2 address_line_2 unit 楼栋",
    "address.locality": "locality suburb city town district village neighbourhood community 城市 区县 社区 区",
    "address.postcode": "postcode zip zip_code postal_code zipcode 邮编 邮政编码",
    "address.region": "region state province county 省 省份",
    "enterprise.name": "enterprise_name company company_name business_name enterprise.proposed_name "
    "企业名称 公司名称 单位名称 名称",
    "enterprise.uscc": "uscc credit_code unified_social_credit_code 统一社会信用代码 信用代码",
    "enterprise.phone": "company_phone business_phone",
    "enterprise.address": "premises.address premises company_address business_address 经营场所 住所 注册地址 经营地址",
    "enterprise.representative": "legal_representative representative owner 法定代表人 法人 负责人 经营者",
}
_BY_NAME: Mapping[str, str] = {
    name: element for element, names in _OTHER_NAMES.items() for name in (*names.split(), element)
}


def meaning_of(element: str) -> Meaning | None:
    """The meaning of an element's name, however it is written; None for one that is compared as plain text only."""
    name = re.sub(r"[\s\-]+", "_", element.strip()).casefold()
    if name in _BY_NAME:
        return KNOWN[_BY_NAME[name]]
    owner, _, last = name.rpartition(".")
    if not owner:
        return None
    if last in ("id", "number") and owner in ("person", "enterprise"):
        return KNOWN["person.identifier"]
    own = f"{owner}.{last}"
    for tried in (own.replace("company.", "enterprise."), last):
        if tried in _BY_NAME and KNOWN[_BY_NAME[tried]].kind is not Kind.RECORD:
            return KNOWN[_BY_NAME[tried]]
    return None


def plain(element: str) -> Meaning:
    """Text of the subject's own that we know nothing about."""
    return Meaning(element.strip(), Kind.TEXT)
