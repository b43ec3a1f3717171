"""What a text is cut into: the terms that are stored in the index and looked up in it.

A run of Chinese characters gives its overlapping pairs and, for questions of one character, its single characters.
A run of Latin letters or digits gives one word, levelled (case, accents, plural), and its pieces of three letters,
which find a misspelt word. Traditional characters are read as simplified ones. A whole line gives one term besides, so
that who says exactly what a department wrote down is understood.
"""

from __future__ import annotations

import hashlib
import unicodedata
from functools import lru_cache
from pathlib import Path

from yiwang.foundation.kernel.text import bigrams

VERSION = 2
"""Raise it when the same text gives other terms: every index is then rebuilt."""

MAX_TERM = 32
PIECE = "~"
SAYING = "="
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    table: dict[int, str] = {}
    for line in Path(__file__).with_name("traditional.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            for pair in line.split():
                table[ord(pair[0])] = pair[1]
    return table


def fold(text: str, max_length: int = 100_000) -> str:
    """The level form in which texts are compared; never raises. What is longer than `max_length` is left out."""
    text = unicodedata.normalize("NFKC", text[:max_length])[:max_length].casefold()
    if not text.isascii():
        text = text.translate(_simplified())
        if any("\u00c0" <= character <= "\u024f" for character in text):
            text = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
            text = unicodedata.normalize("NFC", text)
    # A control character parts words; so does every run of white space, which becomes one space.
    return " ".join("".join(" " if unicodedata.category(c) in _INVISIBLE else c for c in text).split())


def terms(text: str) -> list[str]:
    """The words, pairs and single characters of a folded text, in order and with repetition."""
    found: list[str] = []
    for term in bigrams(text):
        found.append(word(term) if term.isascii() else term[:MAX_TERM])
    return found


def word(latin: str) -> str:
    """A Latin word without its plural: "restaurants" and "restaurant" are the same question."""
    if len(latin) > 4 and latin.endswith("ies"):
        latin = latin[:-3] + "y"
    elif len(latin) > 3 and latin.endswith("s") and not latin.endswith("ss"):
        latin = latin[:-1]
    return latin[:MAX_TERM]


def pieces(latin: str) -> list[str]:
    """The overlapping pieces of three letters of a Latin word of four letters or more; of others, none."""
    if len(latin) < 4 or not latin.isascii():
        return []
    return [PIECE + latin[i : i + 3] for i in range(len(latin) - 2)]


def indexed_terms(text: str) -> list[str]:
    """All terms under which a folded text is found."""
    found = terms(text)
    for term in tuple(found):
        found.extend(pieces(term))
    found.extend(character for character in text if is_character(character))
    return found


def saying(line: str) -> str:
    """The one term of a folded line as a whole, whatever spaces and punctuation it has; empty where it says nothing."""
    dense = "".join(character for character in line if character.isalnum())
    return SAYING + hashlib.sha256(dense.encode("utf-8", "surrogatepass")).hexdigest()[: MAX_TERM - 1] if dense else ""


def is_character(character: str) -> bool:
    """Whether it is a Chinese character."""
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U000323af"
