"""Text messages: which gateway takes them, told by YIWANG_SMS_URL; no Django models.

    https://gateway.example/messages      a gateway over HTTP (`texting.http`), signed with YIWANG_SMS_SECRET
    outbox:                               for demonstrations: administrators read it at /administration/texts/

Without it the city sends none, and no page offers a code. Another gateway is a module with a `Gateway` and a line in
`gateway()`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


class Refused(Exception):
    """The gateway will never take this message: no such number, no such country."""


class NotTaken(Exception):
    """The gateway did not take it now; another time it may."""


@dataclass(frozen=True, slots=True)
class Text:
    """One message. `key` is the same whenever it is sent again: a gateway that knows keys delivers it once."""

    key: str
    phone: str
    text: str


class Gateway(Protocol):
    """Who takes text messages."""

    def send(self, text: Text) -> None:
        """Hand one message over. Raises Refused, NotTaken."""


def gateway() -> Gateway | None:
    """The configured gateway. Raises ImproperlyConfigured when the environment makes no sense."""
    url = os.environ.get("YIWANG_SMS_URL", "")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "outbox":
        from yiwang.foundation.notifications.texting.outbox import Outbox

        return Outbox()
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme == "https" or (parts.scheme == "http" and local):
        from yiwang.foundation.notifications.texting.http import SignedHttp

        secret = os.environ.get("YIWANG_SMS_SECRET", "")
        if len(secret) < 16:
            raise ImproperlyConfigured("YIWANG_SMS_SECRET must hold the secret of the gateway, 16 characters or more.")
        return SignedHttp(url, secret, os.environ.get("YIWANG_SMS_SENDER", "一网"))
    raise ImproperlyConfigured("YIWANG_SMS_URL must be https://... or outbox:, or left out.")
