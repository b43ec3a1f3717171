"""Signatures (Ed25519): the centre's under grants and consents, a gateway's under its log and its answers.

What is signed is canonical JSON, and what was signed is what is read: nothing is serialised again to be checked. Every
kind of message is signed under its own name, so that none can be passed off as another. Keys rotate by having several
trusted at a time: a `Trust` is a set of public keys.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from yiwang.foundation.kernel.text import canonical_json
from yiwang.library.gateways.access import Consent, SignedConsent, TreeHead
from yiwang.library.gateways.grant import Grant, SignedGrant


class BadSignature(Exception):
    """Signed by nobody who is trusted, or changed since."""


class BadKey(Exception):
    """A file that holds no key of ours, or that others may read."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key. `id` names its public half: the first 16 hexadecimal digits of its SHA-256."""

    private: Ed25519PrivateKey
    public: bytes
    id: str

    @classmethod
    def of(cls, private: Ed25519PrivateKey) -> SigningKey:
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return cls(private, public, key_id(public))

    @classmethod
    def fresh(cls) -> SigningKey:
        return cls.of(Ed25519PrivateKey.generate())

    @classmethod
    def kept_in(cls, path: Path) -> SigningKey:
        """The key in that file, made at first use. Raises BadKey."""
        raw = secret_kept_in(path)
        return cls.of(Ed25519PrivateKey.from_private_bytes(raw))

    def sign(self, kind: str, body: bytes) -> bytes:
        return self.private.sign(_named(kind, body))

    def trust(self) -> Trust:
        return Trust([self.public])


class Trust:
    """Whose signatures are believed. With two keys in it, the old one may be retired without haste; `revoked` says, by
    a key's id, which is believed no more from now on."""

    def __init__(self, public_keys: Iterable[bytes], revoked: Callable[[str], bool] = lambda _key: False) -> None:
        self._revoked = revoked
        self._keys: Mapping[str, Ed25519PublicKey] = {
            key_id(each): Ed25519PublicKey.from_public_bytes(each) for each in public_keys
        }

    @property
    def key_ids(self) -> frozenset[str]:
        return frozenset(self._keys)

    def require(self, signer: str) -> Ed25519PublicKey:
        """The key of that id. Raises BadSignature where it is not trusted, or not any more."""
        key = self._keys.get(signer)
        if key is None:
            raise BadSignature(f"the key {signer[:16]!r} is not trusted")
        if self._revoked(signer):
            raise BadSignature(f"the key {signer!r} is revoked")
        return key

    def verify(self, kind: str, body: bytes, signature: bytes, signer: str) -> None:
        """Raises BadSignature."""
        try:
            self.require(signer).verify(signature, _named(kind, body))
        except InvalidSignature:
            raise BadSignature(f"what the key {signer!r} signed is something else") from None

    @classmethod
    def kept_in(cls, folder: Path, revoked: Callable[[str], bool] = lambda _key: False) -> Trust:
        """Every public key in a folder: files `*.pub`, each one key in hexadecimal. Raises BadKey."""
        found = []
        for path in sorted(folder.glob("*.pub")):
            try:
                raw = bytes.fromhex(path.read_text(encoding="ascii").strip())
                Ed25519PublicKey.from_public_bytes(raw)
            except ValueError:
                raise BadKey(f"{path} holds no Ed25519 public key (64 hexadecimal digits)") from None
            found.append(raw)
        return cls(found, revoked)


def centre_key(data: Path) -> SigningKey:
    """The key with which the centre signs grants, consents and requests. Raises BadKey."""
    return SigningKey.kept_in(data / "library" / "centre-key")


def key_id(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


def secret_kept_in(path: Path, length: int = 32) -> bytes:
    """Random bytes in a file that its owner alone may read, made at first use by whichever process comes first.

    Raises BadKey where the file is of another length, or open to others.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            os.write(descriptor, os.urandom(length))
            os.fsync(descriptor)
            # A link appears whole or not at all, and only once.
            os.link(scratch, path)
        except FileExistsError:
            pass
        finally:
            os.close(descriptor)
            Path(scratch).unlink()
    if path.stat().st_mode & 0o077:
        raise BadKey(f"{path} can be read by others than its owner: chmod 600 {path}")
    raw = path.read_bytes()
    if len(raw) != length:
        raise BadKey(f"{path} does not hold {length} bytes")
    return raw


# --- grants -----------------------------------------------------------------------------------------------------------


def grant_body(grant: Grant) -> dict[str, Any]:
    """As it is signed: JSON."""
    body: dict[str, Any] = msgspec.to_builtins(grant)
    return body


def issue(grant: Grant, key: SigningKey) -> SignedGrant:
    """Sign a grant: the centre's verb, after two people have approved."""
    body = canonical_json(grant_body(grant))
    return SignedGrant(body, key.sign("grant", body), key.id)


def verified(signed: SignedGrant, trust: Trust) -> Grant:
    """The grant that was signed. Raises BadSignature."""
    trust.verify("grant", signed.body, signed.signature, signed.key_id)
    try:
        return msgspec.json.decode(signed.body, type=Grant)
    except msgspec.MsgspecError:
        raise BadSignature("what was signed is no grant") from None


# --- consents ---------------------------------------------------------------------------------------------------------


def consent(given: Consent, key: SigningKey) -> SignedConsent:
    """The centre's word that the person agreed."""
    body = canonical_json(msgspec.to_builtins(given))
    return SignedConsent(body, key.sign("consent", body), key.id)


def verified_consent(signed: SignedConsent, trust: Trust) -> Consent:
    """Raises BadSignature."""
    trust.verify("consent", signed.body, signed.signature, signed.key_id)
    try:
        return msgspec.json.decode(signed.body, type=Consent)
    except msgspec.MsgspecError:
        raise BadSignature("what was signed is no consent") from None


# --- tree heads -------------------------------------------------------------------------------------------------------


def signed_head(department: str, size: int, root: bytes, at: datetime, key: SigningKey) -> TreeHead:
    return TreeHead(department, size, root, at, key.sign("tree-head", head_body(department, size, root, at)), key.id)


def verify_head(head: TreeHead, trust: Trust) -> None:
    """Raises BadSignature."""
    body = head_body(head.department, head.size, head.root, head.at)
    trust.verify("tree-head", body, head.signature, head.key_id)


def head_body(department: str, size: int, root: bytes, at: datetime) -> bytes:
    return canonical_json({"at": at.isoformat(), "department": department, "root": root.hex(), "size": size})


def _named(kind: str, body: bytes) -> bytes:
    return b"yiwang-library:" + kind.encode("ascii") + b"\x00" + body
