"""Text for a stranger: what tells who somebody is gives way to numbered marks, and comes back in the answer. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_LONG_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Za-z]{15,18}(?![0-9A-Za-z])|(?<!\d)\d{3,4}-?\d{7,8}(?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)"
    r"|\d{6}-\d{4}-\d{7,}",
    re.ASCII,
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.ASCII)
_MARK = re.compile(r"⟦\d{1,3}⟧")
_FIGURE = re.compile(r"\d+")


class Altered(ValueError):
    """The answer lost, doubled or invented a mark or a figure: it says another thing than the text."""


@dataclass(frozen=True, slots=True)
class Masked:
    """`text` holds marks ⟦1⟧ in the place of `kept[0]`, and so on."""

    text: str
    kept: tuple[str, ...]


def mask(text: str, hidden: Iterable[str]) -> Masked:
    """The text without these words, and without numbers of people, enterprises, telephones, cases; and e-mail."""
    kept: list[str] = []
    text = text.replace("⟦", "[").replace("⟧", "]")

    def put_away(found: re.Match[str]) -> str:
        if found.group() not in kept:
            kept.append(found.group())
        return f"⟦{kept.index(found.group()) + 1}⟧"

    words = sorted({each for each in hidden if len(each.strip()) > 1}, key=lambda each: (-len(each), each))
    known = "|".join(map(re.escape, words))
    for pattern in ([re.compile(known)] if known else []) + [_EMAIL, _LONG_NUMBER]:
        pieces = re.split(r"(⟦\d{1,3}⟧)", text)
        text = "".join(piece if _MARK.fullmatch(piece) else pattern.sub(put_away, piece) for piece in pieces)
    return Masked(text, tuple(kept))


def restore(masked: Masked, answer: str) -> str:
    """The answer with what was put away. Raises Altered unless it holds the same marks and figures as the text."""
    if Counter(_MARK.findall(answer)) != Counter(_MARK.findall(masked.text)):
        raise Altered("the marks for what was hidden are not the same")
    if Counter(_FIGURE.findall(_MARK.sub("", answer))) != Counter(_FIGURE.findall(_MARK.sub("", masked.text))):
        raise Altered("the figures are not the same")
    return _MARK.sub(lambda found: masked.kept[int(found.group()[1:-1]) - 1], answer)
