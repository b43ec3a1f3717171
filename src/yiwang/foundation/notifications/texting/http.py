"""A gateway over HTTP: one POST of JSON for each message, signed with a secret that both sides know.

    POST {"key": "code:17", "phone": "13800000000", "sender": "一网", "text": "..."}
    Idempotency-Key: code:17
    X-Yiwang-Timestamp: 1764500000                 seconds since 1970; refuse what is older than a few minutes
    X-Yiwang-Signature: sha256=<hex>               HMAC-SHA256(secret, timestamp + "." + body)

2xx: taken. 408, 425, 429 and 5xx: try again later. Any other answer: never to be sent.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

import httpx

from yiwang.foundation.kernel.text import canonical_json
from yiwang.foundation.kernel.time import now
from yiwang.foundation.notifications.texting import NotTaken, Refused, Text

SECONDS = 10.0
LATER = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class SignedHttp:
    url: str
    secret: str = field(repr=False)
    sender: str

    def send(self, text: Text) -> None:
        body = canonical_json({"key": text.key, "phone": text.phone, "sender": self.sender, "text": text.text})
        stamp = str(int(now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": text.key,
            "X-Yiwang-Timestamp": stamp,
            "X-Yiwang-Signature": f"sha256={signature(self.secret, stamp, body)}",
        }
        try:
            answer = httpx.post(self.url, content=body, headers=headers, timeout=SECONDS, follow_redirects=False)
        except httpx.HTTPError as failed:
            # What failed may quote the request: its kind is enough.
            raise NotTaken(type(failed).__name__) from None
        if answer.is_success:
            return
        if answer.status_code in LATER or answer.status_code >= 500:
            raise NotTaken(str(answer.status_code))
        raise Refused(str(answer.status_code))


def signature(secret: str, stamp: str, body: bytes) -> str:
    """What both sides work out."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
