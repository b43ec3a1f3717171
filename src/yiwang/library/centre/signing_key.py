"""The centre's signature under a grant: the one thing that gateways believe.

The key is made at first use and kept in the data directory with owner-only rights.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from yiwang.foundation.kernel.text import canonical_json
from yiwang.library.centre.bodies import grant_body
from yiwang.library.gateways.grant import Grant, SignedGrant


def sign(grant: Grant) -> SignedGrant:
    key = _key(Path(settings.YIWANG_DATA_DIR) / "library" / "centre-key")
    body = canonical_json(grant_body(grant))
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return SignedGrant(body, key.sign(body), hashlib.sha256(public).hexdigest()[:16])


def _key(path: Path) -> Ed25519PrivateKey:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    key = Ed25519PrivateKey.generate()
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes_raw())
        file.flush()
        os.fsync(file.fileno())
    return key
