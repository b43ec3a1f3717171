"""Time-based one-time passwords (RFC 6238 over RFC 4226: HMAC-SHA1, six digits, thirty seconds). Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

DIGITS = 6
PERIOD = 30
"""Seconds."""
DRIFT = 1
"""Steps that a clock may be wrong, either way."""


def new_secret() -> str:
    """160 random bits in Base32, as RFC 4226 recommends."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_at(moment: datetime) -> int:
    """The number of the step at a moment (aware)."""
    return int(moment.timestamp()) // PERIOD


def code_at(secret: str, step: int, digits: int = DIGITS) -> str:
    """The code of a step."""
    key = base64.b32decode(secret)
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def step_of(secret: str, code: str, moment: datetime, *, after: int = -1) -> int | None:
    """The step whose code this is, as clocks drift, and later than `after`: a code works once (RFC 6238, 5.2)."""
    here = step_at(moment)
    matching = [
        step
        for step in range(here - DRIFT, here + DRIFT + 1)
        if hmac.compare_digest(code_at(secret, step), code) and step > after
    ]
    return matching[0] if matching else None


def address(secret: str, account: str, issuer: str) -> str:
    """What an authenticator app reads from the picture (otpauth)."""
    label = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"
