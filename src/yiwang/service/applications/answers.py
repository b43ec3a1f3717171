"""One answer, by the kind of its element: what a person typed or a program sent → the one form in which it is kept.

Kept are: text (NFC), whole numbers, decimals as plain text ("120.5"), true/false, dates as "2026-03-09", codes of
choices (several in the element's order), money in whole fen. People type money in yuan; programs send fen. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_phone, check_resident_id, check_uscc
from yiwang.foundation.kernel.money import Fen, yuan
from yiwang.foundation.kernel.text import UnacceptableText, Words, canonical
from yiwang.foundation.standards.elements import Element, ElementKind
from yiwang.foundation.ui.wording import date_text, is_english

Answer = str | int | bool | list[str]

LARGEST = Decimal(10**15)
"""No number in an application is larger, whatever its element says: it fits every database and every sum of them."""
DECIMALS = 6
EARLIEST, LATEST = date(1880, 1, 1), date(2200, 12, 31)
_NUMBER = re.compile(r"([+-]?)(\d{1,18})(?:\.(\d{1,18}))?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)


class WrongAnswer(ValueError):
    """The answer cannot be one to this question; `words` tell the person what to do."""

    def __init__(self, reason: str, words: Words) -> None:
        super().__init__(words.en)
        self.reason = reason
        self.words = words


def typed(element: Element, given: str | list[str]) -> Answer | None:
    """What a person typed or chose, as `ui.fields.posted` gives it; None where nothing was answered.

    Raises WrongAnswer.
    """
    kind = element.kind
    if kind is ElementKind.CHOICES:
        return _choices(element, given if isinstance(given, list) else [given])
    text = given if isinstance(given, str) else "".join(given[:1])
    if not text.strip():
        return None
    if kind is ElementKind.BOOLEAN:
        if text not in ("true", "false"):
            raise WrongAnswer("choose", _CHOOSE)
        return text == "true"
    if kind is ElementKind.MONEY:
        return _money(element, _decimal(text, 2, _YUAN) * 100)
    return _READ[kind](element, text)


def sent(element: Element, given: object) -> Answer | None:
    """What a program sent as JSON; None where nothing was answered. Raises WrongAnswer."""
    if given is None or given == "" or given == []:
        return None
    kind = element.kind
    if kind is ElementKind.BOOLEAN:
        if not isinstance(given, bool):
            raise WrongAnswer("boolean", Words("请填 true 或 false", "Send true or false"))
        return given
    if kind is ElementKind.CHOICES:
        if not isinstance(given, list) or not all(isinstance(code, str) for code in given):
            raise WrongAnswer("list", Words("请填选项代码的列表", "Send a list of codes"))
        return _choices(element, given)
    if kind is ElementKind.MONEY:
        if isinstance(given, bool) or not isinstance(given, int):
            raise WrongAnswer("fen", Words("金额以分为单位，请填整数", "Send money as a whole number of fen"))
        return _money(element, Decimal(given))
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise WrongAnswer("not_text", Words("请填文字或数字", "Send text or a number"))
    if isinstance(given, int | float) and kind not in (ElementKind.INTEGER, ElementKind.DECIMAL):
        raise WrongAnswer("not_text", Words("请填文字", "Send text"))
    text = given if isinstance(given, str) else _plain(given)
    return _READ[kind](element, text) if text.strip() else None


def computed(element: Element, value: object) -> Answer | None:
    """What an expression gave, as an answer; None where it cannot be one. Fractions are rounded to what is kept."""
    if isinstance(value, Decimal):
        whole = element.kind in (ElementKind.INTEGER, ElementKind.MONEY) and value == value.to_integral_value()
        value = int(value) if whole else _plain(round(value, DECIMALS))
    elif isinstance(value, date):
        value = value.isoformat()
    try:
        return sent(element, value)
    except WrongAnswer:
        return None


def shown(element: Element, value: Answer | None, language: str) -> str:
    """An answer as a page shows it to a reader of `language` ("zh-hans", "en"); empty where there is none."""
    english = is_english(language)
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("Yes" if value else "No") if english else ("是" if value else "否")
    if isinstance(value, list):
        return (", " if english else "、").join(_choice_words(element, code, language) for code in value)
    if element.kind is ElementKind.CHOICE:
        return _choice_words(element, str(value), language)
    if element.kind is ElementKind.MONEY and isinstance(value, int):
        return f"{yuan(Fen(value))} yuan" if english else f"{yuan(Fen(value))} 元"
    if element.kind is ElementKind.DATE:
        return date_text(date.fromisoformat(str(value)), language)
    if element.unit is not None:
        return f"{value} {element.unit.in_language(language)}"
    return str(value)


def _choice_words(element: Element, code: str, language: str) -> str:
    found = next((choice for choice in element.choices if choice.code == code), None)
    return found.words.in_language(language) if found else code


_CHOOSE = Words("请选一项", "Choose one")
_CHOOSE_LISTED = Words("请从列出的选项里选", "Choose from what is listed")
_WHOLE = Words("请填整数，例如 12", "Enter a whole number, such as 12")
_NUMERIC = Words("请填数字，例如 12.5", "Enter a number, such as 12.5")
_YUAN = Words("请填金额，最多两位小数，例如 99.50", "Enter an amount with at most two decimals, such as 99.50")
_DAY = Words("请填真实的日期，例如 2026 年 3 月 9 日", "Enter a real date, such as 9 March 2026")


def _text(element: Element, text: str) -> Answer | None:
    multiline = element.kind is ElementKind.LONG_TEXT
    try:
        return canonical(text, multiline=multiline, max_length=element.max_length) or None
    except UnacceptableText as refused:
        raise WrongAnswer(refused.reason, refused.words) from refused


def _integer(element: Element, text: str) -> Answer:
    number = _decimal(text, 0, _WHOLE)
    _bound(element, number, str)
    return int(number)


def _number(element: Element, text: str) -> Answer:
    number = _decimal(text, DECIMALS, _NUMERIC)
    _bound(element, number, str)
    return _plain(number)


def _money(element: Element, fen: Decimal) -> Answer:
    _bound(element, fen, lambda bound: yuan(Fen(int(bound))))
    return int(fen)


def _decimal(text: str, decimals: int, otherwise: Words) -> Decimal:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:80]))
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    match = _NUMBER.fullmatch(plain)
    if match is None or len(text) > 80:
        raise WrongAnswer("not_a_number", otherwise)
    if len((match.group(3) or "").rstrip("0")) > decimals:
        raise WrongAnswer("too_many_decimals", otherwise)
    return Decimal(plain)


def _bound(element: Element, number: Decimal, say: Callable[[Decimal], str]) -> None:
    least = element.minimum if element.minimum is not None else -LARGEST
    most = element.maximum if element.maximum is not None else LARGEST
    if not least <= number <= most:
        low, high = say(least), say(most)
        if element.minimum is None and element.maximum is None:
            raise WrongAnswer("too_large", Words("这个数太大了，请核对", "This number is too large: check it"))
        raise WrongAnswer(
            "out_of_bounds", Words(f"请填 {low} 到 {high} 之间的数", f"Enter a number between {low} and {high}")
        )


def _plain(number: Decimal | int | float) -> str:
    """A number without exponent or needless zeros: 1e2 is "100", 12.50 is "12.5"."""
    text = f"{Decimal(str(number)):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.removeprefix("+")


def _date(element: Element, text: str) -> Answer:
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text[:40]).strip())
    try:
        day = date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        raise WrongAnswer("not_a_date", _DAY)
    return day.isoformat()


def _choice(element: Element, text: str) -> Answer:
    if all(choice.code != text for choice in element.choices):
        raise WrongAnswer("choose", _CHOOSE_LISTED)
    return text


def _choices(element: Element, given: list[str]) -> Answer | None:
    wanted = {code for code in given if code}
    known = [choice.code for choice in element.choices]
    if not wanted <= set(known):
        raise WrongAnswer("choose", _CHOOSE_LISTED)
    return [code for code in known if code in wanted] or None


def _identified(check: Callable[[str], str]) -> Callable[[Element, str], Answer]:
    def read(element: Element, text: str) -> Answer:
        try:
            return check(text)
        except InvalidIdentifier as refused:
            raise WrongAnswer(refused.reason, refused.words) from refused

    return read


_READ: Mapping[ElementKind, Callable[[Element, str], Answer | None]] = {
    ElementKind.TEXT: _text,
    ElementKind.LONG_TEXT: _text,
    ElementKind.ADDRESS: _text,
    ElementKind.INTEGER: _integer,
    ElementKind.DECIMAL: _number,
    ElementKind.DATE: _date,
    ElementKind.CHOICE: _choice,
    ElementKind.RESIDENT_ID: _identified(check_resident_id),
    ElementKind.USCC: _identified(check_uscc),
    ElementKind.PHONE: _identified(check_phone),
}
