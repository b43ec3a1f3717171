"""The codes of authenticator apps, as RFC 6238 works them out."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.directory.second_factors import totp

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert totp.code_at(RFC_SECRET, seconds // totp.PERIOD, digits=8) == code
    assert totp.code_at(RFC_SECRET, seconds // totp.PERIOD) == code[-6:]


@given(MOMENTS)
def test_a_code_holds_while_clocks_differ_by_a_step_and_not_by_two(moment: datetime) -> None:
    secret = totp.new_secret()
    code = totp.code_at(secret, totp.step_at(moment))
    found = totp.step_of(secret, code, moment)
    assert found is not None
    for steps in (-1, 1):
        assert totp.step_of(secret, code, moment + timedelta(seconds=30 * steps)) is not None
    near = {totp.code_at(secret, totp.step_at(moment) + 3 + drift) for drift in (-1, 0, 1)}
    assert (totp.step_of(secret, code, moment + timedelta(seconds=90)) is not None) == (code in near)


@given(MOMENTS)
def test_a_step_that_was_taken_is_taken(moment: datetime) -> None:
    step = totp.step_at(moment)
    found = totp.step_of(RFC_SECRET, totp.code_at(RFC_SECRET, step), moment, after=step)
    assert found is None or found > step


def test_an_app_reads_secret_account_and_city() -> None:
    parts = urlsplit(totp.address(RFC_SECRET, "wu.water", "Yiwang"))
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/Yiwang%3Awu.water")
    assert parse_qs(parts.query) == {"secret": [RFC_SECRET], "issuer": ["Yiwang"]}
