"""Text at the borders: one canonical form in, words in both languages out."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A text for people in both of the city's languages."""

    zh: str
    en: str

    def in_language(self, code: str) -> str:
        """The text for a language code ("zh-hans", "zh", "en", "en-gb"); Chinese for any other language."""
        return self.en if code.lower().split("-")[0] == "en" else self.zh

    def to_json(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Words:
        """Raises KeyError when a language is missing."""
        return cls(zh=value["zh"], en=value["en"])


class UnacceptableText(ValueError):
    """Text that no border lets in.

    `reason` is one of the keys of `REASONS`, `position` the zero-based character in the text as it was given
    (None when the whole text is meant), `words` what to tell the person.
    """

    REASONS: Mapping[str, Words] = {
        "not_text": Words("请输入文字", "Enter text"),
        "too_long": Words("内容过长，最多 {limit} 个字符", "This is too long: use at most {limit} characters"),
        "control_character": Words(
            "第 {place} 个字符是不可见的控制字符，请删除",
            "Character {place} is an invisible control character: delete it",
        ),
        "line_break": Words(
            "请写在一行内（第 {place} 个字符是换行）", "Write on one line (character {place} breaks it)"
        ),
        "broken_character": Words("第 {place} 个字符已损坏，请重新输入", "Character {place} is damaged: type it again"),
        "direction_control": Words(
            "第 {place} 个字符会改变文字方向，请删除", "Character {place} changes the direction of the text: delete it"
        ),
        "too_many_marks": Words(
            "第 {place} 个字符处叠加的符号过多，请删减", "Too many marks are stacked at character {place}: remove some"
        ),
    }

    def __init__(self, reason: str, position: int | None = None, *, limit: int | None = None) -> None:
        self.reason = reason
        self.position = position
        place = "" if position is None else str(position + 1)
        said = self.REASONS[reason]
        self.words = Words(
            said.zh.format(place=place, limit=limit),
            said.en.format(place=place, limit=limit),
        )
        super().__init__(self.words.en)


_BREAKS = "\n\r\u2028\u2029"
# UAX #9: every character whose only work is to turn the direction of what follows; with them a text can read
# differently from what is stored.
_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_SUSPECT = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{_DIRECTION}\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_DIRECTION_CHARACTER = re.compile(f"[{_DIRECTION}]")
_BROKEN_CHARACTER = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_END = re.compile("\r\n|\r|\u2028|\u2029")

# UAX #15, Stream-Safe Text: nobody writes more than 30 marks on one letter, and a long run is dear to normalise.
_MARKS = 30
_UNCOMMON_RUN = re.compile(
    "[^\x00-\u02ff\u3000-\u3029\u3030-\u3098\u309b-\ua62f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uffef]"
    f"{{{_MARKS + 1},}}"
)


def canonical(text: str, *, multiline: bool = False, max_length: int = 10_000) -> str:
    """The one form in which a text is stored and compared: NFC, without white space at its ends.

    A single line holds no line break and no tab. With `multiline` both may stay, and every line end becomes "\\n".
    `max_length` counts the characters (code points) of the result.

    Raises UnacceptableText for control characters (NUL among them), lone surrogates and noncharacters, direction
    controls (bidi), stacks of more than 30 marks and text that is too long.
    """
    if not isinstance(text, str):
        raise UnacceptableText("not_text")
    # NFC at most thirds a text's length, so what is longer than this can never become short enough.
    if len(text) > 4 * max_length + 1_000:
        raise UnacceptableText("too_long", limit=max_length)
    for found in _SUSPECT.finditer(text):
        _refuse(text, found.group(), found.start(), multiline)
    if not text.isascii():
        _refuse_stacked_marks(text)
        text = unicodedata.normalize("NFC", text)
    if multiline:
        text = _LINE_END.sub("\n", text)
    text = text.strip()
    if len(text) > max_length:
        raise UnacceptableText("too_long", limit=max_length)
    return text


def canonical_json(value: object) -> bytes:
    """The one form in which a value is hashed and compared: UTF-8, keys sorted by code point, no spaces.

    Takes what JSON can say (None, bool, int, finite float, str, list, tuple, dict with text keys).
    Raises TypeError or ValueError for anything else, lone surrogates, circles and endless nesting included.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except RecursionError:
        raise ValueError("the value is nested too deeply for JSON") from None
    _refuse_odd_keys(value)
    return text.encode()


_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUNS = re.compile(f"([{_HAN}]+)|([^\\W_{_HAN}]+)")


def bigrams(text: str) -> list[str]:
    """The terms of a text for search, in order and with repetition.

    Compatibility forms and letter case are levelled first. A run of Chinese characters gives its overlapping pairs
    (a single character gives itself); a run of other letters and digits gives one whole word.
    """
    terms: list[str] = []
    for run in _RUNS.finditer(unicodedata.normalize("NFKC", text).casefold()):
        han, word = run.groups()
        if word is not None:
            terms.append(word)
        elif len(han) == 1:
            terms.append(han)
        else:
            terms.extend(han[i : i + 2] for i in range(len(han) - 1))
    return terms


def _refuse(text: str, character: str, position: int, multiline: bool) -> None:
    if multiline and (character in _BREAKS or character == "\t"):
        return
    # Line ends around a single line are white space that is trimmed; inside it they are refused.
    if character in _BREAKS or character == "\t":
        if not text[:position].strip() or not text[position:].strip():
            return
        raise UnacceptableText("line_break" if character in _BREAKS else "control_character", position)
    if _DIRECTION_CHARACTER.match(character):
        raise UnacceptableText("direction_control", position)
    if _BROKEN_CHARACTER.match(character):
        raise UnacceptableText("broken_character", position)
    raise UnacceptableText("control_character", position)


def _refuse_stacked_marks(text: str) -> None:
    for run in _UNCOMMON_RUN.finditer(text):
        stacked = 0
        for position in range(run.start(), run.end()):
            stacked = stacked + 1 if unicodedata.combining(text[position]) else 0
            if stacked > _MARKS:
                raise UnacceptableText("too_many_marks", position)


def _refuse_odd_keys(value: object) -> None:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if not all(type(key) is str for key in item):
                raise TypeError("the keys of canonical JSON are text")
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            waiting.extend(item)
