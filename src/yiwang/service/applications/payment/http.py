"""A cashier over HTTP, every message signed with a secret that both sides know.

POST /orders      {"order", "amount_fen", "subject", "notify", "back"}     → {"pay_at": "https://..."}
GET  /orders/NUMBER                                                        → {"payments": [PAYMENT, ...]}
GET  /statement/2026-03-09                                                 → {"payments": [PAYMENT, ...]}
POST /refunds     PAYMENT                                                  → 2xx, once however often
and the cashier's own POST of a PAYMENT to `notify`, once or several times, soon or late

PAYMENT: {"order", "transaction", "amount_fen", "paid_at": "2026-03-09T08:30:00+00:00"}
X-Yiwang-Timestamp: seconds since 1970
X-Yiwang-Signature: sha256=<hex>      HMAC-SHA256(secret, timestamp + "." + body); for a GET, the path is the body
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import httpx

from yiwang.foundation.kernel.text import canonical_json
from yiwang.foundation.kernel.time import now
from yiwang.service.applications.payment import Order, Payment, Refused, Silent

SECONDS = 10.0
OLDEST = 24 * 3600
"""Seconds for which a signature is believed: a notification may be late, but not replayed for ever."""
MOST = 100_000
LONGEST = 120


@dataclass(frozen=True, slots=True)
class SignedHttp:
    url: str
    secret: str = field(repr=False)

    def open(self, order: Order, notify: str, back: str) -> str:
        body = {"order": order.number, "amount_fen": order.amount_fen, "subject": order.subject}
        answer = self._asked("POST", "/orders", {**body, "notify": notify, "back": back})
        pay_at = answer.get("pay_at")
        if not isinstance(pay_at, str) or not pay_at.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise Refused("no address to pay at")
        return pay_at

    def look_up(self, order: str) -> Sequence[Payment]:
        return self._payments(self._asked("GET", f"/orders/{quote(order, safe='')}"))

    def statement(self, day: date) -> Sequence[Payment]:
        return self._payments(self._asked("GET", f"/statement/{day.isoformat()}"))

    def give_back(self, payment: Payment) -> None:
        self._asked("POST", "/refunds", _written(payment))

    def read(self, body: bytes, stamp: str, signature: str) -> Payment:
        right = f"sha256={signed(self.secret, stamp, body)}"
        if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")):
            raise Refused("the signature is not the cashier's")
        if not stamp.isascii() or not stamp.isdigit() or abs(now().timestamp() - int(stamp[:12])) > OLDEST:
            raise Refused("the signature is too old")
        return _read(json.loads(body))

    def _payments(self, answer: Mapping[str, Any]) -> Sequence[Payment]:
        try:
            return [_read(each) for each in answer["payments"][:MOST]]
        except (KeyError, TypeError, ValueError) as broken:
            raise Silent("the cashier's answer cannot be read") from broken

    def _asked(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        content = canonical_json(body) if body is not None else b""
        stamp = str(int(now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "X-Yiwang-Timestamp": stamp,
            "X-Yiwang-Signature": f"sha256={signed(self.secret, stamp, content or path.encode())}",
        }
        try:
            answer = httpx.request(
                method, f"{self.url}{path}", content=content, headers=headers, timeout=SECONDS, follow_redirects=False
            )
        except httpx.HTTPError as failed:
            raise Silent(type(failed).__name__) from None
        if answer.status_code >= 500 or answer.status_code in (408, 425, 429):
            raise Silent(str(answer.status_code))
        if not answer.is_success:
            raise Refused(str(answer.status_code))
        try:
            found = answer.json() if answer.content else {}
        except ValueError as broken:
            raise Silent("the cashier's answer is no JSON") from broken
        return found if isinstance(found, dict) else {}


def signed(secret: str, stamp: str, body: bytes) -> str:
    """What both sides work out."""
    return hmac.new(secret.encode(), stamp.encode("utf-8", "replace") + b"." + body, hashlib.sha256).hexdigest()


def _written(payment: Payment) -> dict[str, Any]:
    return {
        "order": payment.order,
        "transaction": payment.transaction,
        "amount_fen": payment.amount_fen,
        "paid_at": payment.paid_at.isoformat(),
    }


def _read(body: Any) -> Payment:
    """Raises ValueError."""
    if not isinstance(body, dict):
        raise ValueError("a payment is an object")
    order, transaction, amount = (body.get(name) for name in ("order", "transaction", "amount_fen"))
    if not (isinstance(order, str) and isinstance(transaction, str) and 0 < len(transaction) <= LONGEST >= len(order)):
        raise ValueError("a payment names its order and transaction")
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount < 10**14:
        raise ValueError("a payment is a sum in whole fen")
    paid_at = datetime.fromisoformat(str(body.get("paid_at")))
    if paid_at.tzinfo is None:
        raise ValueError("a payment's time says its zone")
    return Payment(order, transaction, amount, paid_at.astimezone(UTC))
