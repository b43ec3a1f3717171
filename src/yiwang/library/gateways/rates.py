"""How often a grant may be used: a bucket of a minute's calls that fills evenly.

The buckets lie in one small file that all processes of a gateway map into memory; a lock on it takes microseconds.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import struct
import threading
from datetime import datetime
from pathlib import Path

from yiwang.foundation.kernel.time import now

SLOTS = 4_096
_PROBES = 64
_SLOT = struct.Struct("<8sdd")


class Rates:
    """Calls per minute of each grant, over all processes that share `path`. Without the file, buckets are full."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        size = SLOTS * _SLOT.size
        if os.fstat(self._file).st_size < size:
            os.ftruncate(self._file, size)
        self._slots = mmap.mmap(self._file, size)
        self._lock = threading.Lock()

    def close(self) -> None:
        with self._lock:
            self._slots.close()
            os.close(self._file)

    def take(self, grant: str, per_minute: int) -> bool:
        """Whether one more call is allowed now; if so, it is counted."""
        at = _seconds(now())
        name = hashlib.sha256(grant.encode()).digest()[:8]
        with self._lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                place, left, since = self._find(name, at, per_minute)
                left = min(float(per_minute), left + max(0.0, at - since) * per_minute / 60)
                allowed = left >= 1
                _SLOT.pack_into(self._slots, place, name, left - allowed, at)
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        return allowed

    def _find(self, name: bytes, at: float, per_minute: int) -> tuple[int, float, float]:
        """The grant's slot; a new grant takes a free one, or the one near it that was unused for longest."""
        start = int.from_bytes(name, "little")
        oldest, oldest_at = 0, float("inf")
        for step in range(_PROBES):
            place = (start + step) % SLOTS * _SLOT.size
            found, left, since = _SLOT.unpack_from(self._slots, place)
            if found == name:
                return place, left, since
            if found == bytes(8):
                return place, float(per_minute), at
            if since < oldest_at:
                oldest, oldest_at = place, since
        return oldest, float(per_minute), at


def _seconds(moment: datetime) -> float:
    return moment.timestamp()
