"""Secrets that must be read again (a seed, a message on its way), sealed with the city's secret key while they rest."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac


def seal(text: str, purpose: str) -> str:
    """Readable only with the city's secret key and for the same purpose."""
    return _lock(purpose).encrypt(text.encode()).decode()


def opened(sealed: str, purpose: str) -> str | None:
    """What was sealed; None when it was not, or under another secret key."""
    try:
        return _lock(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _lock(purpose: str) -> Fernet:
    secret = salted_hmac("yiwang.directory.sealed", purpose, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(secret))
