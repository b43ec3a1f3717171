"""The file of an access log: frames one after another, each of them durable before anybody is told of it.

A frame is the record's canonical JSON (the leaf of the Merkle tree) and the digests of its subjects, behind their
lengths and a CRC-32. Threads that append at the same time share one write and one fdatasync; processes that share the
folder take turns by a lock on a file beside it. What a killed writer left half-written at the end is cut off by the
next one and put aside: nobody was given rows for it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from yiwang.foundation.kernel import folders

log = logging.getLogger(__name__)

MAGIC = b"YIWANGL1"
_LENGTHS = struct.Struct("<II")
_HEAD = struct.Struct("<III")
LONGEST = 256 * 1024 * 1024
"""bytes of a frame's leaf or digests"""


class LogDamaged(Exception):
    """The log is not what it once was: a record that was acknowledged is missing or altered. Reading stops."""


@dataclass(frozen=True, slots=True)
class Frame:
    position: int
    offset: int
    end: int
    leaf: bytes
    digests: bytes


@dataclass(slots=True)
class _Waiting:
    """One thread's record on its way: `compose` makes leaf and digests once the position is known."""

    compose: Callable[[int], tuple[bytes, bytes]]
    position: int = -1
    error: BaseException | None = None

    @property
    def settled(self) -> bool:
        return self.position >= 0 or self.error is not None


class LogFile:
    """`count` and `end` are what this process knows of the file; others may have appended since."""

    def __init__(self, folder: Path, count: int = 0, end: int = len(MAGIC)) -> None:
        """`count` records are known to end at `end`. Raises LogDamaged, OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._file = os.open(folder / "records", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._lock_path = folder / "lock"
        self._lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._queue: list[_Waiting] = []
        self._queueing = threading.Lock()
        self._leading = threading.Lock()
        self.count = count
        self.end = end
        self.acknowledged = 0
        """size of the largest signed tree head: fewer records than that are never right"""
        with self._locked(fcntl.LOCK_EX):
            self._begin()

    def close(self) -> None:
        with self._leading:
            for descriptor in (self._file, self._lock):
                os.close(descriptor)

    def append(self, compose: Callable[[int], tuple[bytes, bytes]]) -> int:
        """Write one record durably; returns its position. Raises LogDamaged, OSError: then nothing was written."""
        waiting = _Waiting(compose)
        with self._queueing:
            self._queue.append(waiting)
        with self._leading:
            # Whoever led meanwhile has written for all that stood in the queue.
            if not waiting.settled:
                with self._queueing:
                    batch, self._queue = self._queue, []
                self._commit(batch)
        if waiting.error is not None:
            raise waiting.error
        return waiting.position

    def frames(self, count: int, offset: int) -> Iterator[Frame]:
        """The durable records from `offset` on, the first of which has the position `count`."""
        with self._locked(fcntl.LOCK_SH):
            size = os.fstat(self._file).st_size
        while (frame := self._frame(count, offset, size)) is not None:
            yield frame
            count, offset = frame.position + 1, frame.end

    def frame(self, position: int, offset: int) -> Frame:
        """One record. Raises LogDamaged."""
        found = self._frame(position, offset, os.fstat(self._file).st_size)
        if found is None:
            raise LogDamaged(f"record {position} of {self._folder} cannot be read")
        return found

    # --- writing

    def _commit(self, batch: list[_Waiting]) -> None:
        try:
            with self._locked(fcntl.LOCK_EX):
                self._catch_up()
                self._write(batch)
        except BaseException as error:
            for each in batch:
                each.position, each.error = -1, error
            if not isinstance(error, LogDamaged | OSError):
                raise

    def _write(self, batch: list[_Waiting]) -> None:
        parts, positions = [], []
        for position, each in enumerate(batch, self.count):
            leaf, digests = each.compose(position)
            lengths = _LENGTHS.pack(len(leaf), len(digests))
            parts += [lengths, crc32(digests, crc32(leaf, crc32(lengths))).to_bytes(4, "little"), leaf, digests]
            positions.append(position)
        whole = b"".join(parts)
        try:
            written = 0
            while written < len(whole):
                written += os.pwrite(self._file, memoryview(whole)[written:], self.end + written)
            os.fdatasync(self._file)
        except OSError:
            # A full disk: leave the log as it was.
            os.ftruncate(self._file, self.end)
            raise
        self.count += len(batch)
        self.end += len(whole)
        for each, position in zip(batch, positions, strict=True):
            each.position = position

    def _begin(self) -> None:
        size = os.fstat(self._file).st_size
        if size < len(MAGIC):
            os.pwrite(self._file, MAGIC, 0)
            os.fsync(self._file)
            folders.make_durable(self._folder)
        elif os.pread(self._file, len(MAGIC), 0) != MAGIC:
            raise LogDamaged(f"{self._folder / 'records'} is no access log")
        if self.end > max(size, len(MAGIC)):
            self.count, self.end = 0, len(MAGIC)
        self._catch_up()

    def _catch_up(self) -> None:
        """Read what other processes have appended; cut off what a killed one left. The lock is held."""
        size = os.fstat(self._file).st_size
        if size == self.end:
            return
        if size < self.end:
            raise LogDamaged(f"{self._folder / 'records'} has become shorter")
        while (frame := self._frame(self.count, self.end, size)) is not None:
            self.count, self.end = frame.position + 1, frame.end
        if self.end < size:
            if self.count < self.acknowledged:
                raise LogDamaged(f"{self._folder / 'records'} breaks off before record {self.acknowledged}")
            aside = self._folder / f"torn-{self.end}"
            aside.write_bytes(os.pread(self._file, min(size - self.end, LONGEST), self.end))
            log.warning("The last write to %s was torn: %d bytes put aside", self._folder, size - self.end)
            os.ftruncate(self._file, self.end)
            os.fsync(self._file)

    # --- reading

    def _frame(self, position: int, offset: int, size: int) -> Frame | None:
        """None where no whole frame stands."""
        if offset + _HEAD.size > size:
            return None
        head = os.pread(self._file, _HEAD.size, offset)
        if len(head) < _HEAD.size:
            return None
        leaf_length, digests_length, check = _HEAD.unpack(head)
        end = offset + _HEAD.size + leaf_length + digests_length
        if not leaf_length or max(leaf_length, digests_length) > LONGEST or end > size:
            return None
        body = os.pread(self._file, leaf_length + digests_length, offset + _HEAD.size)
        if len(body) < leaf_length + digests_length or crc32(body, crc32(head[: _LENGTHS.size])) != check:
            return None
        return Frame(position, offset, end, body[:leaf_length], body[leaf_length:])

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        # A lock belongs to an open file: readers of this process open their own, beside the writer's.
        descriptor = self._lock
        if how == fcntl.LOCK_SH:
            descriptor = os.open(self._lock_path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            if how == fcntl.LOCK_SH:
                os.close(descriptor)
            else:
                fcntl.flock(descriptor, fcntl.LOCK_UN)
