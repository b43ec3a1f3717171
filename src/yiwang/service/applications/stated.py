"""What the text of a document states: identity numbers, credit codes, and values behind a label. Pure, bounded, plain
patterns: whoever reads the finding can find it in the document by eye."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_resident_id, check_uscc
from yiwang.foundation.standards.elements import Element, ElementKind

MOST_STATED = 50
"""So many values of one sort are taken from one document."""
_HAN = "\u4e00-\u9fff"
_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}])[ \t]+(?=[{_HAN}])")
_RESIDENT_ID = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])", re.ASCII)
_USCC = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])", re.ASCII)
_DATE = re.compile(r"(\d{4})\s?[年./-]\s?(\d{1,2})\s?[月./-]\s?(\d{1,2})", re.ASCII)
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3}){1,5}|\d{1,15})(?:\.(\d{1,6}))?\s?(万)?", re.ASCII)
_NEXT_LABEL = re.compile(f"\\s+[{_HAN}A-Za-z ]{{2,12}}:")
_NOT_WORD = re.compile(r"[\W_]+")
TEXTS = (ElementKind.TEXT, ElementKind.LONG_TEXT, ElementKind.ADDRESS)
NUMBERS = (ElementKind.INTEGER, ElementKind.DECIMAL, ElementKind.MONEY)


@dataclass(frozen=True, slots=True)
class Stated:
    """A value as the document writes it, and the page (from 1) on which it stands."""

    value: str
    page: int


def levelled(text: str) -> str:
    """One form for a text that several programs have written: compatibility forms, no spaces between characters."""
    return _BETWEEN_HAN.sub("", unicodedata.normalize("NFKC", text))


def resident_ids(pages: Sequence[str]) -> list[Stated]:
    """The valid identity numbers (GB 11643), each once."""
    return _valid(pages, _RESIDENT_ID, check_resident_id)


def usccs(pages: Sequence[str]) -> list[Stated]:
    """The valid unified social credit codes (GB 32100), each once."""
    return _valid(pages, _USCC, check_uscc)


def behind(pages: Sequence[str], label: str) -> list[Stated]:
    """The values written behind a label: “经营地址：望江区滨江路 8 号”."""
    pattern = re.compile(
        f"(?<![{_HAN}A-Za-z]){re.escape(levelled(label))}\\s{{0,4}}:\\s{{0,4}}([^\\n;]{{1,120}})", re.IGNORECASE
    )
    return list(_found(pages, pattern))


def contradicts(element: Element, answer: object, value: str) -> bool:
    """Whether a value behind the element's label cannot be the answer. What cannot be compared contradicts nothing."""
    if element.kind in TEXTS:
        said, held = _bare(str(answer)), _bare(value)
        return bool(said and held) and said not in held and held not in said
    if element.kind is ElementKind.DATE:
        found = _DATE.search(value)
        return found is not None and _day(found) is not None and _day(found) != str(answer)
    if element.kind in NUMBERS:
        number = _NUMBER.search(value)
        if number is None:
            return False
        amount = Decimal(f"{number[1].replace(',', '')}.{number[2] or '0'}") * (10_000 if number[3] else 1)
        return amount * (100 if element.kind is ElementKind.MONEY else 1) != Decimal(str(answer))
    return False


def _bare(text: str) -> str:
    return _NOT_WORD.sub("", levelled(text)).casefold()


def _day(found: re.Match[str]) -> str | None:
    try:
        return date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:
        return None


def _valid(pages: Sequence[str], pattern: re.Pattern[str], check: object) -> list[Stated]:
    assert callable(check)
    found: dict[str, Stated] = {}
    for number, page in enumerate(pages, 1):
        for match in pattern.finditer(levelled(page)):
            try:
                value = check(match.group())
            except InvalidIdentifier:
                continue
            found.setdefault(value, Stated(value, number))
            if len(found) >= MOST_STATED:
                return list(found.values())
    return list(found.values())


def _found(pages: Sequence[str], pattern: re.Pattern[str]) -> Iterator[Stated]:
    left = MOST_STATED
    for number, page in enumerate(pages, 1):
        for match in pattern.finditer(levelled(page)):
            value = _NEXT_LABEL.split(match[1], maxsplit=1)[0].strip(" 。,，.")
            if value:
                yield Stated(value, number)
                left -= 1
            if left <= 0:
                return
