"""Names as people write, hear and mistype them: Chinese by characters and sounds, western by letters and sounds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

import pypinyin
from opencc import OpenCC

_HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_NOT_LETTERS = re.compile(r"[\W_]+")
_MARKS = re.compile("[\u0300-\u036f]")

COMPOUND_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳司马上官诸葛东方皇甫尉迟公孙慕容令狐司徒端木长孙宇文轩辕夏侯南宫西门独孤闻人澹台百里呼延申屠"
        "太史濮阳公冶宗政淳于单于鲜于闾丘钟离赫连仲孙第五万俟拓跋",
    )
)
# Characters that are read differently as surnames.
_SURNAME_SOUNDS: Mapping[str, str] = {
    "单": "shan4", "解": "xie4", "查": "zha1", "任": "ren2", "曾": "zeng1", "仇": "qiu2", "朴": "piao2", "区": "ou1",
    "盖": "ge3", "缪": "miao4", "尉": "wei4", "覃": "qin2", "翟": "zhai2", "华": "hua4", "乐": "yue4", "纪": "ji3",
    "宁": "ning4", "燕": "yan1", "应": "ying1", "种": "chong2", "黑": "he4", "折": "she2", "员": "yun4", "幺": "yao1",
}  # fmt: skip
_NO_TONE = str.maketrans("", "", "12345")
_simplify = OpenCC("t2s")
_FORMS = str.maketrans({"喆": "哲", "堃": "坤", "淼": "森", "昇": "升", "甯": "宁", "濬": "浚", "陞": "升", "祐": "佑"})


class Name(NamedTuple):
    """`text` levelled, `family` and `given` as far as they can be told apart, `sound` the whole without tones,
    `tones` with them (western names: the phonetic key), `letters` what it is made of, in order of the alphabet."""

    text: str
    family: str
    given: str
    sound: str
    tones: str
    letters: str


def is_han(text: str) -> bool:
    return _HAN.search(text) is not None


class _Characters(dict[int, str]):
    """For `str.translate`: what each character becomes, worked out when it is first met."""

    def __init__(self, becomes: Callable[[str], str]) -> None:
        super().__init__()
        self._becomes = becomes

    def __missing__(self, code: int) -> str:
        found = self[code] = self._becomes(chr(code))
        return found


_SIMPLE = _Characters(lambda each: str(_simplify.convert(each)).translate(_FORMS))


def simplified(text: str) -> str:
    """Traditional and variant characters as their simplified ones, one by one."""
    return text.translate(_SIMPLE)


def levelled(text: str) -> str:
    """Compatibility forms, case, accents and punctuation levelled; words apart by one space; simplified characters."""
    text = unicodedata.normalize("NFKC", text).casefold()
    if not text.isascii():
        text = simplified(text) if is_han(text) else _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return text if text.isalnum() else _NOT_LETTERS.sub(" ", text).strip()


def spelt(text: str) -> str:
    """The text in ASCII, so that letters can be counted anywhere: Chinese by its sounds."""
    return text if text.isascii() else text.translate(_SPELT)


def with_one_missing(text: str) -> list[str]:
    """The text, and of three characters or more every way to leave one out: two texts with one in common are one
    mistake apart (Bocek, Hunt & Stiller 2007)."""
    if len(text) < 3 or text.isascii():
        return [text]
    return [text, *(text[:at] + text[at + 1 :] for at in range(min(len(text), 8)))]


def name(text: str) -> Name | None:
    """A whole name; None where nothing of it is a letter."""
    level = levelled(text)
    if not level:
        return None
    if is_han(level):
        return _chinese(level.replace(" ", ""))
    words = level.split()
    before, comma, after = text.partition(",")
    if comma and levelled(before) and levelled(after):  # "Miller, Ann"
        words = [*levelled(after).split(), *levelled(before).split()]
    return _western(tuple(words))


def part(text: str, *, family: bool) -> Name | None:
    """A given name or a surname by itself."""
    level = levelled(text).replace(" ", "")
    if not level:
        return None
    if is_han(level):
        tones = _tones(level, surname=family)
        sound = tones.translate(_NO_TONE)
        return Name(level, level if family else "", "" if family else level, sound, tones, "".join(sorted(level)))
    return Name(level, level, level, phonetic(level), phonetic(level), "".join(sorted(level)))


def _chinese(text: str) -> Name:
    length = 2 if text[:2] in COMPOUND_SURNAMES and len(text) > 2 else 1
    family, given = text[:length], text[length:]
    tones = _tones(family, surname=True) + _tones(given, surname=False)
    return Name(text, family, given, tones.translate(_NO_TONE), tones, "".join(sorted(text)))


def _western(words: tuple[str, ...]) -> Name:
    family = words[-1]
    given = "".join(words[:-1])
    letters = "".join(sorted("".join(words)))
    tones = " ".join(sorted(phonetic(word) for word in words))
    return Name(" ".join(words), family, given, "".join(words), tones, letters)


def _tones(text: str, *, surname: bool) -> str:
    if surname and text in _SURNAME_SOUNDS:
        return _SURNAME_SOUNDS[text]
    return text.translate(_TONES)


def _tone(character: str) -> str:
    """A character that nobody can read keeps its number, so that all of it stays ASCII."""
    ((syllable,),) = pypinyin.pinyin(character, style=pypinyin.Style.TONE3, neutral_tone_with_five=True, v_to_u=False)
    return str(syllable) if syllable.isascii() else f"u{ord(character):x}"


def _letter(character: str) -> str:
    if character.isascii():
        return character
    return _tone(character).translate(_NO_TONE) if is_han(character) else f"u{ord(character):x}"


_TONES = _Characters(_tone)
_SPELT = _Characters(_letter)


_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), becomes)
    for pattern, becomes in (
        (r"^(kn|gn|pn)", "n"), (r"^wr", "r"), (r"^ps", "s"), (r"^x", "s"), (r"^wh", "w"), (r"mb$", "m"),
        (r"sch", "s"), (r"tch", "c"), (r"c[kq]", "k"), (r"ph", "f"), (r"gh(?=[^aeiou]|$)", ""), (r"ough", "o"),
        (r"[sc]h", "s"), (r"th", "t"), (r"dg(?=[eiy])", "j"), (r"c(?=[eiy])", "s"), (r"g(?=[eiy])", "j"),
        (r"[cq]", "k"), (r"z", "s"), (r"v", "f"), (r"w(?=[^aeiouy]|$)", ""), (r"x", "ks"), (r"d", "t"), (r"b", "p"),
        (r"h", ""), (r"(?<=.)[aeiouyw]+", ""), (r"^[aeiouy]+", "a"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


@lru_cache(maxsize=200_000)
def phonetic(word: str) -> str:
    """How a western word sounds, roughly and for any spelling: its consonants in classes, vowels only in front."""
    for pattern, becomes in _SOUNDS:
        word = pattern.sub(becomes, word)
    return word
