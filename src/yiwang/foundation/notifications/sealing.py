"""A text message while it waits in the database: nobody who reads a row or a copy of it learns a code."""

from __future__ import annotations

import base64
import json

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac

from yiwang.foundation.notifications.texting import Text


def seal(text: Text) -> str:
    """Readable only with the city's secret key."""
    return _lock().encrypt(json.dumps([text.phone, text.text], ensure_ascii=False).encode()).decode()


def opened(key: str, sealed: str) -> Text | None:
    """What was sealed; None when the secret key has changed since."""
    try:
        phone, text = json.loads(_lock().decrypt(sealed.encode()))
    except InvalidToken:
        return None
    return Text(key, phone, text)


def _lock() -> Fernet:
    secret = salted_hmac("yiwang.notifications.text", "seal", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(secret))
