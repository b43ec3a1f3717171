"""Whom a gateway hears no more: a list in its folder, read again whenever it has changed.

A line is what is revoked: the centre's public key or the key's id (64 or 16 hexadecimal digits), or the SHA-256
fingerprint of a certificate, as `openssl x509 -fingerprint -sha256` prints it. What follows a # is for people. A list
that cannot be read revokes everybody: who wrote it meant somebody.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from dataclasses import dataclass
from pathlib import Path

from yiwang.library.gateways.signing import key_id

log = logging.getLogger(__name__)

_DIGITS = re.compile(r"[0-9a-f]{16}|[0-9a-f]{64}")


class BadList(Exception):
    """A line that names neither key nor certificate, or a file that cannot be read."""


@dataclass(frozen=True, slots=True)
class _Listed:
    keys: frozenset[str] = frozenset()
    certificates: frozenset[str] = frozenset()


class Revoked:
    """The list in a file; without the file nobody is revoked. For any thread."""

    def __init__(self, path: Path) -> None:
        """Raises BadList."""
        self._path = path
        self._lock = threading.Lock()
        self._seen = self._state()
        self._listed: _Listed | None = self._read() if self._seen else _Listed()

    def has_key(self, key: str) -> bool:
        """By the key's id."""
        listed = self._now()
        return listed is None or key in listed.keys

    def has_certificate(self, certificate: bytes) -> bool:
        """By the certificate itself (DER)."""
        listed = self._now()
        return listed is None or hashlib.sha256(certificate).hexdigest() in listed.certificates

    def _now(self) -> _Listed | None:
        """None where the list cannot be read."""
        with self._lock:
            if (state := self._state()) != self._seen:
                try:
                    self._listed = self._read() if state else _Listed()
                except BadList as error:
                    log.error("Nobody is heard until the list can be read: %s", error)
                    self._listed = None
                else:
                    log.warning("%s has changed", self._path)
                self._seen = state
            return self._listed

    def _state(self) -> tuple[int, ...]:
        """Differs whenever the file does; empty where there is none."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return ()
        except OSError:
            return (0,)
        return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino

    def _read(self) -> _Listed:
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise BadList(f"{self._path} cannot be read: {error}") from error
        keys, certificates = set[str](), set[str]()
        for number, line in enumerate(lines, 1):
            said = line.partition("#")[0].strip().lower().replace(":", "")
            if not said:
                continue
            if _DIGITS.fullmatch(said) is None:
                message = "write a key (64 hexadecimal digits), a key's id (16) or a certificate's SHA-256 fingerprint"
                raise BadList(f"{self._path}:{number}: {message}")
            if len(said) == 16:
                keys.add(said)
            else:
                # A public key and a fingerprint look alike; what is the one is surely not the other.
                keys.add(key_id(bytes.fromhex(said)))
                certificates.add(said)
        return _Listed(frozenset(keys), frozenset(certificates))
