"""A condition in words that a neighbour understands: `discharge.daily_m3 >= 50` → “每天排水量 50 立方米以上”."""

from __future__ import annotations

import re
from collections.abc import Mapping

from yiwang.foundation.kernel.money import Fen, yuan
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Element, ElementKind

COMPARISON = re.compile(r'([a-z][\w.]*)\s*(!=|>=|<=|=|>|<)\s*(?:"([^"]*)"|(-?[0-9]+(?:\.[0-9]+)?|true|false))\Z')
ALONE = re.compile(r"([a-z][\w.]*)\Z")
DENIED = re.compile(r"not\(([a-z][\w.]*)\)\Z")

_ZH = {
    ">=": "{} {}{}以上",
    ">": "{}超过 {}{}",
    "<=": "{}不超过 {}{}",
    "<": "{}不到 {}{}",
    "=": "{}为 {}{}",
    "!=": "{}不是 {}{}",
}
_EN = {
    ">=": "{}: {}{} or more",
    ">": "{}: more than {}{}",
    "<=": "{}: {}{} or less",
    "<": "{}: less than {}{}",
    "=": "{}: {}{}",
    "!=": "{}: not {}{}",
}


def in_words(condition: str, elements: Mapping[str, Element]) -> Words | None:
    """The condition as a phrase; None where it is not plain enough for one, or mixes `and` with `or`."""
    for joint, zh, en in ((" or ", "，或者", ", or "), (" and ", "，并且", ", and ")):
        pieces = condition.split(joint)
        if len(pieces) > 1:
            phrases = [_phrase(piece.strip(), elements) for piece in pieces]
            known = [phrase for phrase in phrases if phrase is not None]
            if len(known) < len(phrases):
                return None
            return Words(zh.join(phrase.zh for phrase in known), en.join(phrase.en for phrase in known))
    return _phrase(condition.strip(), elements)


def _phrase(piece: str, elements: Mapping[str, Element]) -> Words | None:
    alone, denied, compared = ALONE.match(piece), DENIED.match(piece), COMPARISON.match(piece)
    if alone or denied:
        element = elements.get((alone or denied)[1])  # type: ignore[index]
        return _yes_or_no(element, yes=alone is not None)
    if compared is None or compared[1] not in elements:
        return None
    element = elements[compared[1]]
    operator, text, number = compared[2], compared[3], compared[4]
    if number in ("true", "false"):
        return _yes_or_no(element, yes=(number == "true") == (operator == "="))
    if text is not None:
        return _chosen(element, operator, text)
    return _measured(element, operator, number)


def _yes_or_no(element: Element | None, *, yes: bool) -> Words | None:
    if element is None or element.kind is not ElementKind.BOOLEAN:
        return None
    return Words(f"{element.name.zh}：{'是' if yes else '否'}", f"{element.name.en}: {'yes' if yes else 'no'}")


def _chosen(element: Element, operator: str, code: str) -> Words | None:
    choice = next((choice for choice in element.choices if choice.code == code), None)
    if choice is None or operator not in ("=", "!="):
        return None
    if operator == "=":
        return Words(f"{element.name.zh}：{choice.words.zh}", f"{element.name.en}: {choice.words.en}")
    return Words(f"{element.name.zh}不是“{choice.words.zh}”", f"{element.name.en} is not “{choice.words.en}”")


def _measured(element: Element, operator: str, number: str) -> Words | None:
    if element.kind is ElementKind.MONEY:
        sum_zh = sum_en = yuan(Fen(int(float(number))))
        unit = Words(" 元", " yuan")
    else:
        sum_zh = sum_en = number
        unit = Words(f" {element.unit.zh}", f" {element.unit.en}") if element.unit else Words("", "")
    return Words(
        _ZH[operator].format(element.name.zh, sum_zh, unit.zh), _EN[operator].format(element.name.en, sum_en, unit.en)
    )
