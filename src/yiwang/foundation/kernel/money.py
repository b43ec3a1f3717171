"""Money in whole fen (分, a hundredth of a yuan): no floating point ever touches it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NewType

Fen = NewType("Fen", int)

_YUAN = re.compile(r"([+-]?)(\d{1,15})(?:\.(\d{1,2}))?")


def yuan(fen: Fen) -> str:
    """The amount as people read it, in yuan without a currency sign: 1234567 fen is "12,345.67"."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{rest:02d}"


def fen(amount: str | int | Decimal) -> Fen:
    """Whole fen of an amount in yuan, such as "12,345.67", 12 or Decimal("0.5").

    Raises ValueError for anything finer than a fen, for text that is no amount and for 10^15 yuan and more.
    """
    text = f"{amount:f}" if isinstance(amount, Decimal) else str(amount)
    if "." in text and isinstance(amount, Decimal):
        text = text.rstrip("0").rstrip(".")
    match = _YUAN.fullmatch(text.strip().replace(",", "")) if text.isascii() else None
    if match is None:
        raise ValueError(f"{text[:40]!r} is no amount in yuan: write it like 12.50, with at most two decimals")
    sign, whole, rest = match.groups()
    value = int(whole) * 100 + int((rest or "").ljust(2, "0"))
    return Fen(-value if sign == "-" else value)
