"""Whole fen, never a float."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.kernel.money import Fen, fen, yuan


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0.00"), (5, "0.05"), (150, "1.50"), (1234567, "12,345.67"), (-1234567, "-12,345.67")]
)
def test_an_amount_reads_in_yuan(amount: int, text: str) -> None:
    assert yuan(Fen(amount)) == text


@given(st.integers(-(10**16), 10**16))
def test_an_amount_reads_back(amount: int) -> None:
    assert fen(yuan(Fen(amount))) == amount


def test_yuan_become_fen() -> None:
    assert fen(12) == 1200
    assert fen("0.5") == 50
    assert fen(Decimal("1E+2")) == 10000
    assert fen(Decimal("0.500")) == 50


@pytest.mark.parametrize(
    "text", ["", "1.234", "1e5", "NaN", "a", "１２", ".5", "9" * 16, Decimal("0.005"), Decimal("NaN")]
)
def test_what_is_no_amount_is_refused(text: str | Decimal) -> None:
    with pytest.raises(ValueError):
        fen(text)
