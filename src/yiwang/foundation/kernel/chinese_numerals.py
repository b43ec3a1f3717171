"""Small whole numbers as Chinese statutes write them: 五, 十五, 二十, 一百二十."""

from __future__ import annotations

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def number_of(text: str) -> int | None:
    """The number from 0 to 999 that the characters say; None when they say none."""
    hundreds, found, rest = text.rpartition("百")
    if found and (len(hundreds) != 1 or not _DIGITS.get(hundreds)):
        return None
    total = 100 * _DIGITS[hundreds] if found else 0
    if found and rest.startswith("零"):
        rest = rest[1:]
        if "十" in rest or not rest:
            return None
    tens, found_ten, units = rest.rpartition("十")
    if found_ten:
        if len(tens) > 1 or (tens and not _DIGITS.get(tens)):
            return None
        total += 10 * _DIGITS.get(tens, 1)
    if units:
        if len(units) != 1 or units not in _DIGITS or (found_ten and _DIGITS[units] == 0):
            return None
        total += _DIGITS[units]
    return total if text else None
