"""Numbers of invented people and businesses: their check characters are right, and nobody has them.

Identity numbers begin with the code of a place at which nobody is registered: a district of the invented city, or a
province as a whole (110000). Telephones begin with 154, a range that is not given out. Credit codes name a registrar in
the invented city.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from random import Random

from yiwang_testcity.names import spread

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LAST = "10X98765432"
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {letter: place for place, letter in enumerate(_LETTERS)}
_USCC_WEIGHTS = tuple(3**place % 31 for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

PROVINCES = spread(
    {
        "110000": 1, "120000": 1, "130000": 4, "140000": 3, "150000": 1, "210000": 2, "220000": 2, "230000": 3,
        "310000": 1, "320000": 12, "330000": 6, "340000": 16, "350000": 3, "360000": 7, "370000": 6, "410000": 10,
        "420000": 6, "430000": 5, "440000": 2, "450000": 2, "460000": 0.5, "500000": 3, "510000": 6, "520000": 3,
        "530000": 2, "540000": 0.2, "610000": 3, "620000": 2, "630000": 0.5, "640000": 0.5, "650000": 1,
    },
    512,
)  # fmt: skip
"""Whole provinces as places of first registration, as often as people come from them."""


def resident_id(place: str, born: date, order: int) -> str:
    """The number of the `order`-th person registered there on that day (GB 11643): odd for men, even for women."""
    day = born.isoformat().replace("-", "")
    tens, ones = divmod(order, 10)
    # The weights of the last three digits are 8, 4 and 2 (GB 11643).
    total = _weighed(place, 0) + _weighed(day, 6) + tens // 10 * 8 + tens % 10 * 4 + ones * 2
    return f"{place}{day}{order:03d}{_LAST[total % 11]}"


@functools.lru_cache(100_000)
def _weighed(digits: str, start: int) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS[start:], strict=False))


def old_resident_id(number: str) -> str:
    """The same number as it was before 1999: 15 digits, without century and check character."""
    return number[:6] + number[8:17]


class ResidentIds:
    """Hands out identity numbers, none twice: each of `of` registrars has its own share of every day's orders."""

    def __init__(self, registrar: int, of: int, taken: Sequence[str] = ()) -> None:
        self._registrar = registrar
        self._of = of
        self._room = 500 // of - 1
        self._given: defaultdict[tuple[str, date, str], int] = defaultdict(int)
        self._taken = frozenset(taken)

    def next(self, place: str, born: date, sex: str) -> str:
        """Raises ValueError when the day's numbers are used up."""
        key = (place, born, sex)
        while True:
            count = self._given[key]
            if count >= self._room:
                raise ValueError(
                    f"more than {self._room * self._of} people of one sex, place and day ({place}, {born})"
                )
            self._given[key] = count + 1
            turn = (count + born.toordinal() * 7) % self._room + 1
            number = resident_id(place, born, 2 * (turn * self._of + self._registrar) + (sex == "male"))
            if number not in self._taken:
                return number


def uscc(place: str, serial: int, *, sole_trader: bool) -> str:
    """A unified social credit code (GB 32100) around an organisation code (GB 11714), another one for each serial."""
    mixed = (serial * 433_494_437 + 12_345) % 31**6
    body = "MA"
    for _ in range(6):
        mixed, digit = divmod(mixed, 31)
        body += _LETTERS[digit]
    check = (11 - sum(int(c, 36) * weight for c, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)) % 11) % 11
    number = f"{'92' if sole_trader else '91'}{place}{body}{'X' if check == 10 else check}"
    total = sum(_VALUES[letter] * weight for letter, weight in zip(number, _USCC_WEIGHTS, strict=True))
    return number + _LETTERS[(31 - total % 31) % 31]


def old_registration(code: str) -> str:
    """The business's registration number from before the credit codes: 15 digits."""
    return code[2:8] + f"{sum(_VALUES[letter] * 31**place for place, letter in enumerate(code[10:16])) % 10**9:09d}"


def phone(chance: Random) -> str:
    return f"154{int(chance.random() * 100_000_000):08d}"
