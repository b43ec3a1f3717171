"""The centre's signature under grants and consents: the one thing that gateways believe.

The key is made at first use and kept in the data directory with owner-only rights.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from yiwang.library.gateways import signing
from yiwang.library.gateways.access import Consent, SignedConsent
from yiwang.library.gateways.grant import Grant, SignedGrant


def key() -> signing.SigningKey:
    return signing.centre_key(Path(settings.YIWANG_DATA_DIR))


def sign(grant: Grant) -> SignedGrant:
    return signing.issue(grant, key())


def sign_consent(given: Consent) -> SignedConsent:
    return signing.consent(given, key())
