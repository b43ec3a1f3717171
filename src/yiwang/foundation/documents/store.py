"""Where the bytes lie: a quarantine by document number, and the store by content, under the data directory.

A file appears in either whole or not at all: it is written beside, synchronised to the disk, and renamed.
"""

import errno
import fcntl
import hashlib
import logging
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from yiwang.foundation.documents.refusals import LARGEST_FILE, Refused
from yiwang.foundation.kernel import folders

log = logging.getLogger(__name__)

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Quarantined:
    """Bytes that were taken in and not yet looked at."""

    path: Path
    size: int
    sha256: str


def take_in(number: UUID, chunks: Iterable[bytes]) -> Quarantined:
    """Write an upload into the quarantine. Raises Refused (empty, too_large, not_stored), leaving nothing behind."""
    digest, size = hashlib.sha256(), 0
    path = _folder("quarantine") / str(number)
    with _whole_or_nothing(path) as descriptor:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST_FILE:
                raise Refused("too_large")
            digest.update(chunk)
            _write(descriptor, chunk)
        if size == 0:
            raise Refused("empty")
    return Quarantined(path, size, digest.hexdigest())


def keep(quarantined: Quarantined) -> None:
    """Move a file out of the quarantine into the store. Raises Refused (not_stored)."""
    target = _place(quarantined.sha256)
    with _locked(fcntl.LOCK_SH), _storing():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        quarantined.path.chmod(0o400)
        quarantined.path.replace(target)
        folders.make_durable(target.parent)
        folders.make_durable(target.parent.parent)


def discard(number: UUID) -> None:
    """Remove a document's bytes from the quarantine, if they are there."""
    (_folder("quarantine") / str(number)).unlink(missing_ok=True)


def discard_older(before: datetime) -> int:
    """Remove from the quarantine what killed servers left there before that moment; returns how many files."""
    left = [path for path in _folder("quarantine").iterdir() if path.stat().st_mtime < before.timestamp()]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


@contextmanager
def deleting() -> Iterator[None]:
    """While this runs nothing is put into the store: what nobody refers to now can be removed."""
    with _locked(fcntl.LOCK_EX):
        yield


def remove(sha256: str) -> None:
    """Remove bytes from the store; call it inside `deleting`, after looking whether a document still refers to them."""
    _place(sha256).unlink(missing_ok=True)


def read(sha256: str) -> bytes:
    """The bytes. Raises FileNotFoundError, and ValueError when the disk has altered them."""
    content = _place(sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"the stored file {sha256} is damaged on the disk")
    return content


def place(sha256: str) -> Path:
    """Where the bytes lie, for the process that reads them. Raises FileNotFoundError."""
    path = _place(sha256)
    if not path.is_file():
        raise FileNotFoundError(sha256)
    return path


def _folder(name: str) -> Path:
    folder = Path(settings.YIWANG_DATA_DIR) / "documents" / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _place(sha256: str) -> Path:
    return Path(settings.YIWANG_DATA_DIR) / "documents" / "store" / sha256[:2] / sha256


@contextmanager
def _whole_or_nothing(path: Path) -> Iterator[int]:
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    with _storing():
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            try:
                yield descriptor
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            part.replace(path)
            folders.make_durable(path.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise


@contextmanager
def _storing() -> Iterator[None]:
    try:
        yield
    except OSError as failure:
        if failure.errno in _FULL:
            log.error("No room for documents under %s: %s", settings.YIWANG_DATA_DIR, failure)
        else:
            log.exception("Documents cannot be stored under %s", settings.YIWANG_DATA_DIR)
        raise Refused("not_stored") from failure


@contextmanager
def _locked(how: int) -> Iterator[None]:
    descriptor = os.open(_folder("quarantine").parent / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _write(descriptor: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(descriptor, view) :]
