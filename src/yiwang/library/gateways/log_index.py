"""What is worked out from an access log and can be worked out again: where each record stands, whom it is about.

One SQLite file, filled when somebody asks, not when somebody reads: reading pays for the log alone. A file that is
broken, or knows more than the log, is made anew.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from yiwang.foundation.kernel.merkle import leaf_hash
from yiwang.foundation.kernel.readable import readable
from yiwang.library.gateways.log_file import MAGIC, LogFile

DIGEST = 16
"""bytes of a subject's digest"""
_TABLES = """
CREATE TABLE IF NOT EXISTS record (position INTEGER PRIMARY KEY, place INTEGER, leaf BLOB, hidden_until REAL);
CREATE TABLE IF NOT EXISTS subject (digest BLOB, position INTEGER, PRIMARY KEY (digest, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS everyone (position INTEGER PRIMARY KEY, kind TEXT);
CREATE TABLE IF NOT EXISTS known (only INTEGER PRIMARY KEY CHECK (only = 1), records INTEGER, place INTEGER);
"""


class _Brief(msgspec.Struct):
    """What the index needs of a leaf."""

    subjects: list[str] = []
    disclose_after: datetime | None = None
    everyone: str = ""


class LogIndex:
    """For any thread; one at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._connection = self._opened()

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def known(self) -> tuple[int, int]:
        """How many records are indexed, and where the next one begins."""
        with self._lock:
            row = self._connection.execute("SELECT records, place FROM known").fetchone()
        return (row[0], row[1]) if row else (0, len(MAGIC))

    def catch_up(self, file: LogFile) -> int:
        """Take in what was appended since; returns how many records are indexed now."""
        with self._lock:
            with self._changing() as connection:
                count, place = self.known()
                for frame in file.frames(count, place):
                    brief = msgspec.json.decode(frame.leaf, type=_Brief)
                    until = brief.disclose_after.timestamp() if brief.disclose_after is not None else None
                    connection.execute(
                        "INSERT INTO record VALUES (?, ?, ?, ?)",
                        (frame.position, frame.offset, leaf_hash(frame.leaf), until),
                    )
                    digests = [bytes.fromhex(each) for each in brief.subjects]
                    digests += [frame.digests[n : n + DIGEST] for n in range(0, len(frame.digests), DIGEST)]
                    connection.executemany(
                        "INSERT OR IGNORE INTO subject VALUES (?, ?)", [(each, frame.position) for each in digests]
                    )
                    if brief.everyone:
                        connection.execute("INSERT INTO everyone VALUES (?, ?)", (frame.position, brief.everyone))
                    count, place = frame.position + 1, frame.end
                connection.execute("INSERT OR REPLACE INTO known VALUES (1, ?, ?)", (count, place))
            return count

    def places(self, after: int, limit: int) -> list[tuple[int, int]]:
        """Position and place of the records from position `after` on."""
        return self._rows(
            "SELECT position, place FROM record WHERE position >= ? ORDER BY position LIMIT ?", after, limit
        )

    def place(self, position: int) -> int:
        """Raises LookupError."""
        found = self._rows("SELECT place, 0 FROM record WHERE position = ?", position)
        if not found:
            raise LookupError(position)
        return found[0][0]

    def places_of(
        self, digest: bytes, kind: str, before: int | None, now: datetime, limit: int
    ) -> list[tuple[int, int]]:
        """Position and place of the records about a subject that may be disclosed now, newest first.

        Those about every subject of its `kind` are among them.
        """
        return self._rows(
            "SELECT position, place FROM record WHERE position IN (SELECT position FROM subject WHERE digest = ?"
            " UNION ALL SELECT position FROM everyone WHERE kind = ?)"
            " AND position < ? AND (hidden_until IS NULL OR hidden_until <= ?) ORDER BY position DESC LIMIT ?",
            digest,
            kind,
            2**62 if before is None else before,
            now.timestamp(),
            limit,
        )

    def leaves(self, after: int) -> Iterator[bytes]:
        """The leaf hashes from position `after` on."""
        with self._lock:
            rows = self._connection.execute("SELECT leaf FROM record WHERE position >= ? ORDER BY position", (after,))
            yield from (row[0] for row in rows)

    def begin_anew(self) -> None:
        with self._lock:
            self._connection.close()
            self._delete()
            self._connection = self._opened()

    def _rows(self, sql: str, *values: object) -> list[tuple[int, int]]:
        with self._lock:
            return list(self._connection.execute(sql, values))

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; several processes take turns."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._prepared()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise
            self._delete()
            return self._prepared()

    def _prepared(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.executescript(_TABLES)
            connection.execute("SELECT count(*) FROM known").fetchone()
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    def _delete(self) -> None:
        for ending in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                self._path.with_name(self._path.name + ending).unlink()


readable(_Brief)
