"""The owner's access log (谁看过): append-only, provable, on the owner's own disk.

Its records are the leaves of a Merkle tree (RFC 6962), whose heads the gateway signs. `append` returns when the record
is durable; only then are rows handed out. The log names nobody: subjects are digests under a key beside it. Where a
record is about more than one, the leaf holds the SHA-256 of their digests, so that a receipt tells of nobody else.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from yiwang.foundation.kernel.identifiers import check_resident_id
from yiwang.foundation.kernel.merkle import Tree, includes, leaf_hash
from yiwang.foundation.kernel.readable import readable
from yiwang.foundation.kernel.text import canonical_json
from yiwang.foundation.kernel.time import now
from yiwang.library.gateways.access import AccessRecord, Asker, Receipt, TreeHead
from yiwang.library.gateways.contract import Subject
from yiwang.library.gateways.log_file import Frame, LogDamaged, LogFile
from yiwang.library.gateways.log_index import DIGEST, LogIndex
from yiwang.library.gateways.signing import BadSignature, SigningKey, Trust, secret_kept_in, signed_head, verify_head

_TAIL = 64 * 1024
"""bytes of the file of signed heads that are looked at when a log is opened"""


@dataclass(frozen=True, slots=True)
class Entry:
    """An access before it has its place in the log."""

    asker: Asker
    grant: str
    product: str
    fields: tuple[str, ...]
    rows: int
    subjects: Sequence[bytes]
    everyone: str = ""
    """what kind of subject (person, enterprise) all are that the product holds, where it was read whole"""
    statistics: bool = False
    """figures were told, no row"""
    refused: str = ""
    """why nothing was read (`refusals.NotGranted`)"""
    times: int = 1
    """how many attempts were refused, the last of which this is"""


class _Leaf(msgspec.Struct, frozen=True):
    """A record as it is hashed and kept: its canonical JSON."""

    position: int
    at: datetime
    actor: str
    name: str
    department: str
    post: str
    purpose: str
    case: str
    grant: str
    product: str
    fields: tuple[str, ...]
    rows: int
    statistics: bool
    disclose_after: datetime | None
    subjects: tuple[str, ...]
    """hexadecimal; where there are several: empty"""
    subjects_hash: str
    """SHA-256 of several digests one after another; else empty"""
    everyone: str = ""
    refused: str = ""
    times: int = 1


class AccessLog:
    """One department's log in `folder`. Any number of threads and processes may append."""

    def __init__(self, folder: Path, department: str, key: SigningKey) -> None:
        """Raises LogDamaged where what was signed once is no longer there, BadKey, OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.department = department
        self._folder = folder
        self._key = key
        self._subject_key = secret_kept_in(folder / "subject-key")
        self._index = LogIndex(folder / "index.sqlite3")
        self._file = LogFile(folder, *self._index.known())
        if self._file.count < self._index.known()[0]:
            self._index.begin_anew()
        self._growing = threading.RLock()
        self._tree = Tree()
        self._head = self._last_head()
        if self._head is not None:
            self._file.acknowledged = self._head.size
            if self._file.count < self._head.size:
                raise LogDamaged(f"{folder} holds {self._file.count} records, {self._head.size} were signed for")

    def close(self) -> None:
        self._file.close()
        self._index.close()

    # --- writing

    def digest(self, identifier: str) -> bytes:
        """How a subject appears in this log."""
        return self.digests([identifier])[0]

    def digests(self, identifiers: Iterable[str]) -> list[bytes]:
        """BLAKE2b under the log's own key (RFC 7693): there may be a million of them."""
        keyed = hashlib.blake2b(digest_size=DIGEST, key=self._subject_key)
        found = []
        for each in identifiers:
            digest = keyed.copy()  # a third faster than keying each anew
            digest.update(each.strip().upper().encode())
            found.append(digest.digest())
        return found

    def append(self, entry: Entry) -> int:
        """The record's position, when it is durable. Raises LogDamaged, OSError: then no row may be released."""
        subjects = sorted(set(entry.subjects))
        blob = b"".join(subjects) if len(subjects) > 1 else b""
        at, asker = now(), entry.asker

        def compose(position: int) -> tuple[bytes, bytes]:
            leaf = _Leaf(
                position=position,
                at=at,
                actor=asker.actor,
                name=asker.name,
                department=asker.department,
                post=asker.post,
                purpose=asker.purpose,
                case=asker.case,
                grant=entry.grant,
                product=entry.product,
                fields=entry.fields,
                rows=entry.rows,
                statistics=entry.statistics,
                disclose_after=asker.disclose_after,
                subjects=tuple(each.hex() for each in subjects) if not blob else (),
                subjects_hash=hashlib.sha256(blob).hexdigest() if blob else "",
                everyone=entry.everyone,
                refused=entry.refused,
                times=entry.times,
            )
            return canonical_json(msgspec.to_builtins(leaf)), blob

        return self._file.append(compose)

    # --- reading

    def records(self, *, after: int, limit: int) -> list[AccessRecord]:
        """In the log's order, from position `after` on."""
        self._index.catch_up(self._file)
        return [_record(self._file.frame(*each)) for each in self._index.places(after, limit)]

    def records_of(self, identifier: str, *, before: int | None, limit: int) -> list[AccessRecord]:
        """About one subject, newest first, older than position `before`; what may not be disclosed yet is left out.

        Of several subjects only this one is named. What read a whole product is about every subject of its kind: better
        told to one whom the product does not hold than kept from one whom it held.
        """
        self._index.catch_up(self._file)
        digest = self.digest(identifier)
        places = self._index.places_of(digest, kind_of(identifier), before, now(), limit)
        return [_record(self._file.frame(*each), only=digest) for each in places]

    def receipt(self, position: int) -> Receipt:
        """Raises LookupError."""
        with self._growing:
            head = self.head()
            if not 0 <= position < head.size:
                raise LookupError(position)
            frame = self._file.frame(position, self._index.place(position))
            if leaf_hash(frame.leaf) != self._tree.leaf(position):
                raise LogDamaged(f"record {position} of {self._folder} was altered")
            only = b"" if frame.digests else None
            return Receipt(_record(frame, only=only), frame.leaf, self._tree.inclusion(position, head.size), head)

    def head(self) -> TreeHead:
        """The log's state now, signed. Raises LogDamaged where the log does not continue what was signed before."""
        with self._growing:
            self._grow()
            size, root = self._tree.size, self._tree.root()
            if self._head is None or self._head.size != size:
                self._head = signed_head(self.department, size, root, now(), self._key)
                self._keep_head(self._head)
                self._file.acknowledged = size
            return self._head

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """Raises LookupError."""
        with self._growing:
            self._grow()
            return self._tree.consistency(old, new)

    def _grow(self) -> None:
        """Bring the tree to the log's size; the first time, and whenever it grew, check it against the last head."""
        self._index.catch_up(self._file)
        first = not self._tree.size
        for each in self._index.leaves(self._tree.size):
            self._tree.append_hash(each)
        if first and self._head is not None and not self._continues(self._head):
            # The index may have gone wrong; the records themselves decide.
            self._index.begin_anew()
            self._index.catch_up(self._file)
            self._tree = Tree(self._index.leaves(0))
            if not self._continues(self._head):
                raise LogDamaged(f"the records in {self._folder} are not those that were signed for")

    def _continues(self, head: TreeHead) -> bool:
        return head.size <= self._tree.size and self._tree.root(head.size) == head.root

    # --- signed heads

    def _keep_head(self, head: TreeHead) -> None:
        line = canonical_json(
            {
                "at": head.at.isoformat(),
                "key_id": head.key_id,
                "root": head.root.hex(),
                "signature": head.signature.hex(),
                "size": head.size,
            }
        )
        descriptor = os.open(self._folder / "heads", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, line + b"\n")
        finally:
            os.close(descriptor)

    def _last_head(self) -> TreeHead | None:
        """The largest head that this gateway signed; lines that a power cut tore are passed over."""
        path = self._folder / "heads"
        if not path.exists():
            return None
        best = None
        trust = self._key.trust()
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL))
            lines = file.read().splitlines()
        for line in lines:
            try:
                body = msgspec.json.decode(line, type=dict[str, str | int])
                head = TreeHead(
                    self.department,
                    int(body["size"]),
                    bytes.fromhex(str(body["root"])),
                    datetime.fromisoformat(str(body["at"])),
                    bytes.fromhex(str(body["signature"])),
                    str(body["key_id"]),
                )
                verify_head(head, trust)
            except (msgspec.MsgspecError, KeyError, ValueError, BadSignature):
                continue
            if best is None or head.size >= best.size:
                best = head
        return best


def record_of(leaf: bytes, *, subjects: tuple[bytes, ...] | None = None) -> AccessRecord:
    """The record that a leaf's bytes say. Raises ValueError."""
    try:
        body = msgspec.json.decode(leaf, type=_Leaf)
    except msgspec.MsgspecError as error:
        raise ValueError("these bytes are no record of an access") from error
    return AccessRecord(
        position=body.position,
        at=body.at,
        asker=Asker(
            actor=body.actor,
            name=body.name,
            department=body.department,
            post=body.post,
            purpose=body.purpose,
            case=body.case,
            disclose_after=body.disclose_after,
        ),
        grant=body.grant,
        product=body.product,
        fields=body.fields,
        rows=body.rows,
        subjects=tuple(bytes.fromhex(each) for each in body.subjects) if subjects is None else subjects,
        statistics=body.statistics,
        everyone=bool(body.everyone),
        refused=body.refused,
        times=body.times,
    )


def kind_of(identifier: str) -> Subject:
    """Whom an identifier names: a person where it is a resident identity number, else an enterprise."""
    try:
        check_resident_id(identifier)
    except ValueError:
        return Subject.ENTERPRISE
    return Subject.PERSON


def verify_receipt(receipt: Receipt, trust: Trust) -> None:
    """That the gateway signed the head, that the leaf stands in its tree, and that it says what the record says.

    Raises BadSignature.
    """
    verify_head(receipt.head, trust)
    hashed, position = leaf_hash(receipt.leaf), receipt.record.position
    if not includes(hashed, position, receipt.head.size, receipt.proof, receipt.head.root):
        raise BadSignature("the record does not stand in the log that was signed")
    try:
        said = record_of(receipt.leaf, subjects=receipt.record.subjects)
    except ValueError as error:
        raise BadSignature(str(error)) from None
    if said != receipt.record:
        raise BadSignature("the record says something else than the log")


def _record(frame: Frame, *, only: bytes | None = None) -> AccessRecord:
    """`only`: of several subjects, name this one (b"": none)."""
    if only is not None:
        subjects: tuple[bytes, ...] | None = (only,) if only else ()
    elif frame.digests:
        subjects = tuple(frame.digests[n : n + DIGEST] for n in range(0, len(frame.digests), DIGEST))
    else:
        subjects = None
    return record_of(frame.leaf, subjects=subjects)


readable(_Leaf)
