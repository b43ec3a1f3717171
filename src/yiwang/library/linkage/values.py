"""Values of registers levelled so that the same fact reads the same: dates, numbers, telephones, addresses, sexes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from yiwang.foundation.kernel.identifiers import (
    InvalidIdentifier,
    check_phone,
    check_resident_id,
    check_uscc,
    resident_id_check_character,
)
from yiwang.library.linkage.names import is_han, levelled, spelt

_DIGITS = re.compile(r"\d+")
_NO_DIGITS = re.compile(r"\D+")
_NO_LETTERS = re.compile(r"[\W_]+")
_EIGHT_DIGITS = re.compile(r"\d{8}(?:\.0)?")
_YEAR_AND_MONTH = re.compile(r"\d{4}[/.\-]\d{1,2}")
_SERIAL_DAY = re.compile(r"\d{5}(?:\.0)?")
_BEFORE_1999 = re.compile(r"\d{15}")
_CHINESE_DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(?:(\d{1,2})\s*[日号]?)?")
_YEAR_FIRST = re.compile(r"(\d{4})[\s/.\-]+(\d{1,2})[\s/.\-]+(\d{1,2})(?:[t\s].*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[\s/.\-]+(\d{1,2})[\s/.\-]+(\d{4}|\d{2})(?:[t\s].*)?")
_MONTH_NAMES = {
    month: number for number, month in enumerate(re.findall("...", "janfebmaraprmayjunjulaugsepoctnovdec"), 1)
}
_NAMED = re.compile(r"(\d{1,2})\s*([a-z]{3})[a-z]*\.?,?\s*(\d{4})|([a-z]{3})[a-z]*\.?\s*(\d{1,2}),?\s*(\d{4})")
_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_SPREADSHEET_ZERO = date(1899, 12, 30)


def month_first(values: Iterable[str]) -> bool:
    """Whether a column that writes the year last writes the month first: what its impossible months tell."""
    first = second = 0
    for value in values:
        if found := _YEAR_LAST.fullmatch(value.strip()):
            first += int(found[1]) > 12
            second += int(found[2]) > 12
    return second > first


def day(text: str, *, months_first: bool = False) -> str:
    """A date as eight digits "19900131"; a month alone as "19900100"; empty where no date can be seen.

    Eight digits stay as they are even where no such day exists: a mistyped date still says most of the right one.
    """
    text = unicodedata.normalize("NFKC", text).strip().casefold()
    if _EIGHT_DIGITS.fullmatch(text):
        # Years are 1000 to 2999; otherwise the year may stand last.
        return text[:8] if text[0] in "12" else f"{text[4:8]}{text[2:4]}{text[:2]}"
    if found := _YEAR_FIRST.fullmatch(text):
        return _eight(found[1], found[2], found[3])
    if found := _YEAR_LAST.fullmatch(text):
        one, two = (found[2], found[1]) if months_first else (found[1], found[2])
        return _eight(_full_year(found[3]), two, one)
    if "年" in text and (found := _CHINESE_DATE.match(text.translate(_CHINESE_DIGITS))):
        return _eight(found[1], found[2], found[3] or "0")
    if found := _NAMED.fullmatch(text):
        month = _MONTH_NAMES.get(found[2] or found[4])
        return _eight(found[3] or found[6], str(month), found[1] or found[5]) if month else ""
    if _YEAR_AND_MONTH.fullmatch(text):
        return _eight(text[:4], text[5:], "0")
    if _SERIAL_DAY.fullmatch(text) and 3_000 < int(text[:5]) < 60_000:  # a spreadsheet's serial day
        return f"{_SPREADSHEET_ZERO + timedelta(days=int(text[:5])):%Y%m%d}"
    return ""


def _eight(year: str, month: str, of_month: str) -> str:
    return f"{int(year):04d}{int(month):02d}{int(of_month):02d}"


def _full_year(year: str) -> str:
    return year if len(year) == 4 else f"{'19' if int(year) > 30 else '20'}{year}"


def as_text(value: object) -> str:
    """A cell as text, in the way a person would have typed it; empty for none."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return "" if value != value else (str(int(value)) if value == int(value) else str(value))
    text = str(value).strip()
    return "" if text.casefold() in _NOTHING else text


_NOTHING = frozenset({"", "nan", "null", "none", "n/a", "na", "-", "--", "无", "未知", "不详", "unknown", "\\n", "/"})


class Identifier(NamedTuple):
    """`valid`: it passes its own check, so a slip of the pen made it with one chance in eleven (or thirty-one)."""

    text: str
    valid: bool
    born: str = ""
    sex: str = ""


def resident_id(text: str, *, today: date | None = None) -> Identifier | None:
    """GB 11643 (18 characters), or its form of before 1999 (15 digits) brought to the same length.

    Nobody is born after `today` (else: the day it is)."""
    compact = _compact(text)
    if not compact:
        return None
    if _BEFORE_1999.fullmatch(compact):
        whole = f"{compact[:6]}19{compact[6:]}"
        return resident_id(whole + resident_id_check_character(whole), today=today)
    try:
        number = check_resident_id(compact, today=today)
    except InvalidIdentifier:
        return Identifier(compact, False)
    return Identifier(number, True, number[6:14], "m" if int(number[16]) % 2 else "f")


def uscc(text: str) -> Identifier | None:
    compact = _compact(text)
    if not compact:
        return None
    try:
        return Identifier(check_uscc(compact), True)
    except InvalidIdentifier:
        return Identifier(compact, False)


def number(text: str) -> Identifier | None:
    compact = _compact(text)
    return Identifier(compact, False) if compact else None


def _compact(text: str) -> str:
    if not (text.isascii() and text.isalnum()):
        text = spelt(_NO_LETTERS.sub("", unicodedata.normalize("NFKC", text)))
    return text.upper()


def phone(text: str) -> str:
    try:
        return _NO_DIGITS.sub("", check_phone(text))
    except InvalidIdentifier:
        digits = _NO_DIGITS.sub("", unicodedata.normalize("NFKC", text))
        return digits if len(digits) >= 5 else ""


def email(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


_SEXES = {
    **dict.fromkeys(("m", "male", "man", "男", "男性", "1", "boy", "mr"), "m"),
    **dict.fromkeys(("f", "female", "woman", "女", "女性", "2", "girl", "ms", "mrs"), "f"),
}


def sex(text: str) -> str:
    """GB/T 2261.1: 1 is male, 2 female; empty for what says neither."""
    return _SEXES.get(unicodedata.normalize("NFKC", text).strip().casefold(), "")


class Address(NamedTuple):
    """`road` is the street or road, `numbers` those of house, building, unit and room in their order."""

    text: str
    road: str
    numbers: str


_ROAD = re.compile(
    r"([\u4e00-\u9fff]{1,8}?(?:大道|大街|路|街|巷|弄|村|道))(?=[\d一二三四五六七八九十甲乙丙]|$|[^\u4e00-\u9fff])"
)
_AREAS = re.compile(
    r"[\u4e00-\u9fff]{2,9}?(?:特别行政区|自治区|自治州|省|市|地区|盟|新区|自治县|县|区|街道办事处|街道办|街道|镇|乡|社区居委会|社区)"
)
_WORD_NUMBER = re.compile(r"(?<=[\u4e00-\u9fff])[一二三四五六七八九](?=[号栋幢单楼])")
_SEPARATE_NUMBERS = re.compile(r"\d \d")


def address(text: str) -> Address | None:
    """A whole address. Of a Chinese one the areas in front are levelled away: registers leave them out as they like."""
    level = levelled(text)
    if not level:
        return None
    if not is_han(level):
        words = level.split()
        numbers = "-".join(str(int(found)) for found in _DIGITS.findall(level))
        return Address(level, " ".join(word for word in words if not word.isdigit()), numbers)
    joined = level.replace(" ", "-" if _SEPARATE_NUMBERS.search(level) else "")
    first = _DIGITS.search(joined)
    head, tail = (joined[: first.start()], joined[first.start() :]) if first else (joined, "")
    # Very many addresses begin alike: what stands before their numbers is looked at once.
    front, road = _front(head, bool(tail))
    rest = front + tail
    if _WORD_NUMBER.search(rest):
        rest = _WORD_NUMBER.sub(lambda it: it[0].translate(_CHINESE_DIGITS), rest)
        first = _DIGITS.search(rest)
        front, tail = rest[: first.start() if first else None], rest
        road = None
    if road is None:
        found = _ROAD.search(rest)
        road = found[1] if found else front
    return Address(rest, road, "-".join(map(str, map(int, _DIGITS.findall(tail)))))


@lru_cache(maxsize=65_536)
def _front(head: str, more: bool) -> tuple[str, str | None]:
    """What stands before an address's first number without the areas, and the road in it, if any. `more`: the number
    follows."""
    while (area := _AREAS.match(head)) and (more or area.end() < len(head)):
        head = head[area.end() :]
    found = _ROAD.search(f"{head}0" if more else head)
    return head, found[1] if found else None


_LEGAL_FORMS = re.compile(
    r"(?:有限责任公司|股份有限公司|有限公司|集团|公司|个体工商户|工作室|合作社|分公司|\b(?:co|ltd|inc|llc|limited|corp|gmbh|company|plc|pty)\b)"
)


def company(text: str) -> tuple[str, str]:
    """An enterprise's name levelled, and what is its own in it: without the place in front and the legal form."""
    level = levelled(text)
    joined = level.replace(" ", "") if is_han(level) else level
    own = _LEGAL_FORMS.sub(" ", joined).strip()
    if is_han(own):
        while (area := re.match(r"[\u4e00-\u9fff]{2,4}?(?:省|市|县|区)", own)) and area.end() + 2 <= len(own):
            own = own[area.end() :]
        own = own.replace(" ", "")
    return joined, " ".join(own.split()) or joined
