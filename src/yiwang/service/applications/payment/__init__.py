"""Fees: which cashier takes them, told by YIWANG_PAYMENT_URL; no Django models.

    https://cashier.example/          a cashier over HTTP (`payment.http`), signed with YIWANG_PAYMENT_SECRET

Without it nobody pays online: fees are taken at a window, where an officer writes down the receipt. Another cashier (a
bank's, the national non-tax platform's) is a module with a `Cashier` and a line in `cashier()`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


class Silent(Exception):
    """The cashier does not answer now; another time it may."""


class Refused(Exception):
    """The cashier will not do this."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid. `number` is ours and the same whenever it is opened again; `subject` names no person."""

    number: str
    amount_fen: int
    subject: str


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in, under the cashier's own `transaction`. `paid_at` is aware UTC."""

    order: str
    transaction: str
    amount_fen: int
    paid_at: datetime


class Cashier(Protocol):
    """Who takes the money."""

    def open(self, order: Order, notify: str, back: str) -> str:
        """Open an order, or find it open; the address at which the applicant pays. Raises Silent, Refused."""

    def look_up(self, order: str) -> Sequence[Payment]:
        """What came in for an order. Raises Silent."""

    def statement(self, day: date) -> Sequence[Payment]:
        """All that came in on a day of the city. Raises Silent."""

    def give_back(self, payment: Payment) -> None:
        """Give money back; asked again, it is given back once. Raises Silent, Refused."""

    def read(self, body: bytes, stamp: str, signature: str) -> Payment:
        """What the cashier notifies. Raises Refused for what it did not sign, ValueError for what cannot be read."""


def cashier() -> Cashier | None:
    """The configured cashier. Raises ImproperlyConfigured when the environment makes no sense."""
    url = os.environ.get("YIWANG_PAYMENT_URL", "")
    if not url:
        return None
    parts = urlsplit(url)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ImproperlyConfigured("YIWANG_PAYMENT_URL must be https://..., or left out.")
    secret = os.environ.get("YIWANG_PAYMENT_SECRET", "")
    if len(secret) < 16:
        raise ImproperlyConfigured("YIWANG_PAYMENT_SECRET must hold the cashier's secret, 16 characters or more.")
    from yiwang.service.applications.payment.http import SignedHttp

    return SignedHttp(url.rstrip("/"), secret)
