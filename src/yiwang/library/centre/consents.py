"""The centre's word to a gateway that the person concerned agreed to a reading (个人信息保护法 art. 13, 23)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from yiwang.foundation.kernel.time import now
from yiwang.library.centre import signing_key
from yiwang.library.gateways.access import Consent, SignedConsent

LASTS = timedelta(days=180)
"""Longer than a draft is kept; a case that lasts longer asks again."""


def signed(subject: str, products: Iterable[str], purpose: str) -> tuple[SignedConsent, ...]:
    """For each product (by reference) that the subject agreed to have read for this purpose."""
    at = now()
    return tuple(signing_key.sign_consent(Consent(subject, product, purpose, at, at + LASTS)) for product in products)


Agreed = Callable[[str, str, str], Iterable[str]]
_agreed: list[Agreed] = []


def register_agreed(to: Agreed) -> None:
    """A higher package says which products (by reference) a subject, by identifier, agreed to have read for a case, by
    its number, and a purpose; what was said longer than LASTS ago does not stand any more."""
    _agreed.append(to)


def standing(subject: str, case: str, purpose: str) -> frozenset[str]:
    """The products whose reading for this case and purpose the subject has agreed to, as far as it still stands."""
    return frozenset(product for to in _agreed for product in to(subject, case, purpose)) if case else frozenset()
