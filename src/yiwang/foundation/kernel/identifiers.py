"""Numbers that identify people and enterprises, codes that let a person find a case, and masks that hide both."""

from __future__ import annotations

import random
import re
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from operator import mul

from stdnum import numdb
from stdnum.cn import uscc

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date, now


class InvalidIdentifier(ValueError):
    """What was entered is not such a number. `reason` is a key of `REASONS`, `words` what to tell the person."""

    REASONS: Mapping[str, Words] = {
        "resident_id_form": Words(
            "身份证号应为 18 位：17 位数字加 1 位数字或 X",
            "A resident identity number has 18 characters: 17 digits and a last digit or X",
        ),
        "resident_id_check": Words(
            "身份证号校验位不符，请核对是否有输错的数字",
            "The last character of the identity number does not fit the others: look for a mistyped digit",
        ),
        "resident_id_birth": Words(
            "身份证号第 7 至 14 位不是有效的出生日期",
            "Characters 7 to 14 of the identity number are not a possible date of birth",
        ),
        "resident_id_place": Words(
            "身份证号前 2 位不是省级地区代码",
            "The first two digits of the identity number are not the code of a province",
        ),
        "uscc_form": Words(
            "统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z）",
            "A unified social credit code has 18 digits and capital letters (without I, O, S, V, Z)",
        ),
        "uscc_check": Words(
            "统一社会信用代码校验位不符，请核对是否有输错的字符",
            "The last character of the credit code does not fit the others: look for a mistyped character",
        ),
        "phone_form": Words(
            "请输入 11 位手机号，或带区号的固定电话，例如 0826-2345678",
            "Enter an 11-digit mobile number, or a landline with its area code such as 0826-2345678",
        ),
        "tracking_code_form": Words(
            "查询码由 26 位字母和数字组成，请照回执输入",
            "A tracking code has 26 letters and digits: enter it as the receipt shows it",
        ),
    }

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.words = self.REASONS[reason]
        super().__init__(self.words.en)


_RESIDENT_ID = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_USCC = re.compile(r"[1-9ANY][0-9A-HJ-NP-RTUWXY]\d{6}[0-9A-HJ-NP-RTUWXY]{10}", re.ASCII)
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})", re.ASCII)
_LANDLINE = re.compile(r"(?:\+86|0086)?0?(10|2\d|[3-9]\d{2})([2-9]\d{6,7})", re.ASCII)
_SERVICE_LINE = re.compile(r"([48]00)(\d{7})", re.ASCII)
_ABROAD = re.compile(r"\+(?!86)[1-9]\d{7,14}", re.ASCII)
_BETWEEN_DIGITS = re.compile(r"[\s().\-]")
_BETWEEN_CHARACTERS = re.compile(r"[\s\-\u2010-\u2015]")

_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_ZEROS = ord("0") * sum(_WEIGHTS)

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TRACKING_LENGTH = 26
_TRACKING_BITS = 128


def check_resident_id(text: str, *, today: date | None = None) -> str:
    """The number of an identity card, or of a residence permit built alike: 17 digits and a last digit or X.

    GB 11643: check character, date of birth (no later than today), and the province. The county is not checked against
    the date of birth, as stdnum would: a number names the county of its first registration, which may be younger than
    the person, and residents of Hong Kong, Macau and Taiwan (81, 82, 83) are all older than theirs. Numbers that begin
    with 9 are foreigners' permanent residence cards. Who checks very many looks at the calendar once and says `today`.

    Raises InvalidIdentifier.
    """
    number = text if _RESIDENT_ID.fullmatch(text) else _compact(text)
    if not _RESIDENT_ID.fullmatch(number):
        raise InvalidIdentifier("resident_id_form")
    if resident_id_check_character(number) != number[-1]:
        raise InvalidIdentifier("resident_id_check")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise InvalidIdentifier("resident_id_birth") from None
    if not date(1880, 1, 1) <= born <= (today or city_date(now())):
        raise InvalidIdentifier("resident_id_birth")
    province = number[1:3] if number[0] == "9" else number[:2]
    if not _is_province(province):
        raise InvalidIdentifier("resident_id_place")
    return number


def resident_id_check_character(digits: str) -> str:
    """What follows seventeen digits (ISO 7064 MOD 11-2); further characters are not looked at."""
    total = sum(map(mul, _WEIGHTS, digits.encode("ascii"))) - _ZEROS
    return "10X98765432"[total % 11]


@lru_cache(maxsize=128)
def _is_province(code: str) -> bool:
    return code == "83" or bool(numdb.get("cn/loc").info(code)[0][1])


def date_of_birth(resident_id: str) -> date:
    """The date of birth in a number that `check_resident_id` has returned."""
    return date(int(resident_id[6:10]), int(resident_id[10:12]), int(resident_id[12:14]))


def check_uscc(text: str) -> str:
    """A unified social credit code (GB 32100) in its one form: 18 digits and capitals.

    The registering authority may be a letter (N is agriculture, which registers the rural collectives), which stdnum's
    own validation would refuse.

    Raises InvalidIdentifier.
    """
    number = _compact(text)
    if not _USCC.fullmatch(number):
        raise InvalidIdentifier("uscc_form")
    if uscc.calc_check_digit(number) != number[-1]:
        raise InvalidIdentifier("uscc_check")
    return number


def check_phone(text: str) -> str:
    """A phone number in its one form: "13812345678", "0826-2345678", "400-1234567", abroad "+4930123456".

    Raises InvalidIdentifier.
    """
    number = _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text[:60]).replace("—", "-"))
    if found := _MOBILE.fullmatch(number):
        return found.group(1)
    if number.startswith(("0", "+86")) and (found := _LANDLINE.fullmatch(number)):
        return f"0{found.group(1)}-{found.group(2)}"
    if found := _SERVICE_LINE.fullmatch(number):
        return f"{found.group(1)}-{found.group(2)}"
    if _ABROAD.fullmatch(number):
        return number
    raise InvalidIdentifier("phone_form")


def make_uscc(seed: int, *, region: str = "511602") -> str:
    """A valid code for demonstrations and tests: an enterprise (91) of the region, the same for the same seed.

    `region` is a six-digit administrative division code. The inner nine characters satisfy GB 11714 as well.
    """
    chance = random.Random(f"uscc {seed}")  # noqa: S311 - it has to repeat, not to be secret
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = "MA" + "".join(chance.choice(letters) for _ in range(6))
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    # GB 11714 values letters A=10 ... Z=35.
    check = (11 - sum(int(c, 36) * w for c, w in zip(body, weights, strict=True)) % 11) % 11
    number = f"91{region}{body}{'X' if check == 10 else check}"
    return number + uscc.calc_check_digit(number)


def branch_uscc(code: str, region: str, unit: str = "") -> str:
    """The credit code of an authority's branch elsewhere, where none is listed: its division code (characters 3 to 8)
    is that of the `region`, and three digits of a `unit` in it stand inside the organisation's own part.

    The same arguments give the same code, and its check character fits.
    """
    own = code[8:17]
    number = f"{code[:2]}{region}{own[:4]}{unit or own[4:7]}{own[7:]}"
    return number + str(uscc.calc_check_digit(number))


def make_resident_id(seed: int, *, region: str = "511602", born: date | None = None) -> str:
    """A valid identity number for demonstrations and tests, the same for the same arguments.

    Without `born`, an adult born between 1950 and 2005. Nothing can promise that no real person has this number:
    it is for invented people on closed systems only.
    """
    chance = random.Random(f"resident {seed}")  # noqa: S311 - it has to repeat, not to be secret
    birth = born or date(1950, 1, 1) + timedelta(days=chance.randrange(20_000))
    number = f"{region}{birth:%Y%m%d}{chance.randrange(1, 1000):03d}"
    return number + resident_id_check_character(number)


def tracking_code() -> str:
    """A new code of 128 random bits that nobody can guess: Crockford's base 32 in groups, without I, L, O, U."""
    value = secrets.randbits(_TRACKING_BITS)
    return _grouped("".join(_CROCKFORD[value >> 5 * place & 31] for place in reversed(range(_TRACKING_LENGTH))))


def check_tracking_code(text: str) -> str:
    """A tracking code as `tracking_code` writes it, however a person typed it (O for 0, I and L for 1, any spacing).

    Raises InvalidIdentifier for what cannot be a code; whether it exists is not known here.
    """
    plain = _compact(text).translate(str.maketrans("OIL", "011"))
    if len(plain) != _TRACKING_LENGTH or any(character not in _CROCKFORD for character in plain):
        raise InvalidIdentifier("tracking_code_form")
    return _grouped(plain)


def mask_name(name: str) -> str:
    """A name with all but its first character hidden: 王老五 is "王**". A single character is hidden whole."""
    return name[0] + "*" * min(len(name) - 1, 8) if len(name) > 1 else "*" * len(name)


def mask_id(number: str) -> str:
    """An identifier with all but its first three and last two characters hidden; a short one is hidden whole."""
    if len(number) <= 8:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"


def mask_phone(number: str) -> str:
    """A phone number with its middle hidden: 13812345678 is "138****5678"."""
    if len(number) <= 7:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def _compact(text: str) -> str:
    """Without spaces and hyphens, capitals, full-width forms levelled; only ever a little longer than a number is."""
    return _BETWEEN_CHARACTERS.sub("", unicodedata.normalize("NFKC", text[:80])).upper()


def _grouped(code: str) -> str:
    return "-".join((code[:5], code[5:10], code[10:16], code[16:21], code[21:]))
