"""Which place of the city an address names. Pure, and never a guess: what could be two places is none.

Chinese addresses begin with the city (if it is said), then district and street; English ones end with them, between
commas. What stands elsewhere in a text is the name of a road or a house.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Element

_COUNTRY = frozenset({"china", "p.r. china", "prc"})


def place_named(element: Element, text: str) -> str | None:
    """The code of the one place among the element's answers that an address names; None where it names none or leaves
    a doubt. A street's name without its district says it only where one street alone has that name."""
    around = {each.code: each.words for each in element.around}
    short = {each.code: _own_name(each.code, each.words, around) for each in element.choices}
    plain = unicodedata.normalize("NFKC", text)
    found = _chinese(plain, short, around) or _english(plain, short, around)
    return next(iter(found)) if len(found) == 1 else None


def full_name(name: Words, district: Words | None) -> Words:
    """A place as people say it: a street with its district."""
    return name if district is None else Words(f"{district.zh}{name.zh}", f"{name.en}, {district.en}")


def _own_name(code: str, full: Words, around: Mapping[str, Words]) -> Words:
    """A street's name without its district's."""
    district = around.get(code[:6])
    if district is None or code[:6] == code:
        return full
    return Words(full.zh.removeprefix(district.zh), full.en.removesuffix(f", {district.en}"))


def _chinese(text: str, short: Mapping[str, Words], around: Mapping[str, Words]) -> set[str]:
    """The places that may stand at the head of an address."""
    plain = re.sub(r"[\s,，、]+", "", text)
    cities = [name.zh for code, name in around.items() if code.endswith("00")]
    heads = {plain, *(plain.removeprefix(name) for name in cities)}
    named = {
        code
        for code, name in short.items()
        for head in heads
        if head.startswith(f"{_district(code, around).zh}{name.zh}" if _is_street(code) else name.zh)
    }
    if named:
        return _longest(named, short)
    streets = {code: name.zh for code, name in short.items() if _is_street(code)}
    return _longest({code for code, name in streets.items() if any(head.startswith(name) for head in heads)}, short)


def _longest(codes: Iterable[str], short: Mapping[str, Words]) -> set[str]:
    """Those with the longest name: who lives in the longer-named place names the shorter one by the way."""
    found = set(codes)
    longest = max((len(short[code].zh) for code in found), default=0)
    return {code for code in found if len(short[code].zh) == longest}


def _english(text: str, short: Mapping[str, Words], around: Mapping[str, Words]) -> set[str]:
    """The places that stand between the commas at the end of an address, with nothing else behind them."""
    pieces = [piece.strip().casefold() for piece in text.split(",")]
    cities = {name.en.casefold() for code, name in around.items() if code.endswith("00")} | _COUNTRY
    while pieces and pieces[-1] in cities:
        pieces.pop()
    if not pieces:
        return set()
    districts = {name.en.casefold(): code for code, name in around.items() if not code.endswith("00")}
    if pieces[-1] in districts:
        district = districts[pieces.pop()]
        last = pieces[-1] if pieces else ""
        return {code for code, name in short.items() if code[:6] == district and name.en.casefold() == last}
    return {code for code, name in short.items() if name.en.casefold() == pieces[-1]}


def _is_street(code: str) -> bool:
    return len(code) > 6


def _district(code: str, around: Mapping[str, Words]) -> Words:
    return around.get(code[:6], Words("", ""))
