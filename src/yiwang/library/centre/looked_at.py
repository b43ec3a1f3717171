"""Who looked at my data: every access to a person's records and to their enterprises', out of the departments' logs.

The centre keeps no copy: each gateway is asked for what its log holds on the identifier, and leaves out what an
investigation may still delay. A gateway that does not answer is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.merkle import includes, leaf_hash
from yiwang.foundation.kernel.text import Words
from yiwang.library.centre import gateways, queries
from yiwang.library.gateways.access import AccessRecord, Receipt
from yiwang.library.gateways.gateway import Gateway, Offline
from yiwang.library.gateways.log import verify_receipt
from yiwang.library.gateways.signing import BadSignature, SigningKey, Trust

MOST = 200
"""Looks of one log and one identifier that the list reaches back to."""
PER_PAGE = 20
ONE_ROUND = timedelta(minutes=10)
"""Looks of one application at one product within this time stand on one line."""


class NotYours(LookupError):
    """There is no such look, or it was not at this person's data: nobody is told which."""


@dataclass(frozen=True, slots=True)
class CaseName:
    """What a look was for, as the person knows it; `href` leads there, empty where there is no page."""

    words: Words
    href: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """One access in plain words. `own`: the person's own doing; `machine`: no officer saw it; `statistics`: nobody did,
    figures were told of everyone; `refused`: nobody did, it was only tried."""

    department: str
    position: int
    at: datetime
    own: bool
    machine: bool
    who: Words
    owner: Words
    title: Words
    fields: tuple[Words, ...]
    purpose: Words
    case: str
    case_name: CaseName | None
    rows: int
    statistics: bool
    refused: bool
    about: str = ""
    """the enterprise whose record it was; empty: the person's own"""


@dataclass(frozen=True, slots=True)
class Line:
    """Looks that a person reads as one: their own application read a product several times within minutes, as several
    offices need it and each may see only what its grant gives. Newest first, at least one."""

    looks: tuple[Look, ...]

    @property
    def latest(self) -> Look:
        return self.looks[0]

    @property
    def fields(self) -> tuple[Words, ...]:
        """Every field that was read, each once."""
        return tuple(dict.fromkeys(name for look in self.looks for name in look.fields))

    @property
    def rows(self) -> int:
        """How many rows came, this person's and others'."""
        return sum(look.rows for look in self.looks)

    @property
    def offices(self) -> tuple[Words, ...]:
        """For which offices it was read, each once."""
        return tuple(dict.fromkeys(look.who for look in reversed(self.looks)))


@dataclass(frozen=True, slots=True)
class Looks:
    """A page of lines of looks, newest first. `silent` are departments whose log did not answer, `enterprises` those
    that the person represents, whose looks are among these."""

    lines: tuple[Line, ...]
    silent: tuple[Words, ...]
    number: int
    more: bool
    enterprises: tuple[str, ...]

    @property
    def looks(self) -> tuple[Look, ...]:
        """Each access, newest first."""
        return tuple(look for line in self.lines for look in line.looks)


@dataclass(frozen=True, slots=True)
class Verified:
    """A receipt and what our own code says of it: that the leaf stands in the tree, and that the gateway signed the
    tree (None: its key is not known here)."""

    look: Look
    receipt: Receipt
    stands: bool
    signed: bool | None


Enterprises = Callable[[int], Mapping[str, str]]
_enterprises: list[Enterprises] = []


def register_enterprises(of: Enterprises) -> None:
    """A higher package says of which enterprises (name by code) an account's own applications looked something up."""
    _enterprises.append(of)


Namer = Callable[[int, str], CaseName | None]
_namers: list[Namer] = []


def register_namer(namer: Namer) -> None:
    """A higher package says what a case number or draft of an account is called; None where it does not know it."""
    _namers.append(namer)


def looks_at(user_id: int, number: int = 1, per_page: int = PER_PAGE) -> Looks:
    """A page (from 1) of the looks at an account holder's data."""
    number = min(max(number, 1), MOST)
    names = directory.department_names()
    found: list[Found] = []
    silent = []
    subjects = _subjects(user_id)
    for department in gateways.departments() if subjects else ():
        records: dict[int, Found] = {}
        try:
            gateway = gateways.gateway(department)
            for subject in subjects:
                for each in gateway.accesses_of(subject.identifier, limit=MOST):
                    if subject.shows(user_id, each):
                        records.setdefault(each.position, Found(department, each, subject.name))
        except Offline:
            silent.append(names.get(department, Words(department, department)))
            continue
        found += records.values()
    found.sort(key=lambda each: (each.record.at, each.record.position), reverse=True)
    lines = _together(user_id, found)
    start = (number - 1) * per_page
    purposes = queries.purposes()
    return Looks(
        tuple(Line(tuple(_look(user_id, each, purposes) for each in line)) for line in lines[start : start + per_page]),
        tuple(silent),
        number,
        len(lines) > start + per_page,
        tuple(subject.name for subject in subjects if subject.name),
    )


def _together(user_id: int, found: list[Found]) -> list[list[Found]]:
    """Records as lines: those of the person's own application, or of the machine for it, in one round at one product
    stand together; an officer's looks, and what was refused, stand each alone."""
    lines: list[list[Found]] = []
    rounds: dict[tuple[str, ...], list[Found]] = {}
    for each in found:
        asker = each.record.asker
        key = (each.department, each.record.product, each.about, asker.actor, asker.purpose, asker.case)
        line = rounds.get(key)
        mechanical = asker.actor in (f"resident:{user_id}", "machine") and asker.case and not each.record.refused
        if mechanical and line is not None and line[0].record.at - each.record.at < ONE_ROUND:
            line.append(each)
            continue
        rounds[key] = [each]
        lines.append(rounds[key])
    return lines


def receipt_of(user_id: int, department: str, position: int) -> Verified:
    """The receipt of one look at this person's data. Raises NotYours, Offline."""
    gateway = gateways.gateway(department) if department in gateways.departments() else None
    if gateway is None:
        raise NotYours
    for subject in _subjects(user_id):
        for record in gateway.accesses_of(subject.identifier, after=position + 1, limit=1):
            if record.position == position and subject.shows(user_id, record):
                receipt = gateway.receipt(position)
                look = _look(user_id, Found(department, record, subject.name), queries.purposes())
                return Verified(look, receipt, _stands(receipt), _signed(gateway, receipt))
    raise NotYours


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whose looks a person reads: their own, and those of enterprises (`name`). Of one for which only a register says
    that they stand, they read what they looked up themselves (`only_own`)."""

    identifier: str
    name: str = ""
    only_own: bool = False

    def shows(self, user_id: int, record: AccessRecord) -> bool:
        return not self.only_own or record.asker.actor == f"resident:{user_id}"


@dataclass(frozen=True, slots=True)
class Found:
    """A record of a department's log; `about` is the enterprise whose record was read, empty for the person's own."""

    department: str
    record: AccessRecord
    about: str


def _subjects(user_id: int) -> tuple[_Subject, ...]:
    person = directory.identity(user_id)
    own = (_Subject(person.resident_id),) if person is not None and person.resident_id else ()
    theirs = {card.uscc: _Subject(card.uscc, card.name) for card in directory.represented_by(user_id)}
    for of in _enterprises:
        for code, name in of(user_id).items():
            theirs.setdefault(code, _Subject(code, name or code, only_own=True))
    return (*own, *theirs.values())


def _look(user_id: int, found: Found, purposes: dict[str, Words]) -> Look:
    department, record, asker = found.department, found.record, found.record.asker
    try:
        fields = queries.product(record.product).by_name
    except queries.NoSuchProduct:
        fields = {}
    name = next((named for each in _namers if asker.case and (named := each(user_id, asker.case)) is not None), None)
    return Look(
        department=department,
        position=record.position,
        at=record.at,
        own=asker.actor == f"resident:{user_id}",
        machine=asker.actor == "machine",
        who=directory.post_name(asker.post),
        owner=directory.post_name(f"{department}/*"),
        title=queries.title_of(record.product),
        fields=tuple(fields[each].words if each in fields else Words(each, each) for each in record.fields),
        purpose=purposes.get(asker.purpose, Words(asker.purpose, asker.purpose)),
        case=asker.case,
        case_name=name,
        rows=record.rows,
        statistics=record.statistics,
        refused=bool(record.refused),
        about=found.about,
    )


def _stands(receipt: Receipt) -> bool:
    head = receipt.head
    return includes(leaf_hash(receipt.leaf), receipt.record.position, head.size, receipt.proof, head.root)


def _signed(gateway: Gateway, receipt: Receipt) -> bool | None:
    trust = trust_of(gateway)
    if trust is None:
        return None
    try:
        verify_receipt(receipt, trust)
    except BadSignature:
        return False
    return True


def trust_of(gateway: Gateway) -> Trust | None:
    """Whose signature under a log's head is the gateway's."""
    key = getattr(gateway, "key", None)
    if isinstance(key, SigningKey):
        return key.trust()
    trust = getattr(gateway, "trust", None)
    return trust if isinstance(trust, Trust) else None


def as_json(verified: Verified) -> dict[str, object]:
    """A receipt as a file that anybody can verify: bytes in hexadecimal, RFC 6962 (SHA-256)."""
    receipt = verified.receipt
    return {
        "department": receipt.head.department,
        "position": receipt.record.position,
        "leaf": receipt.leaf.hex(),
        "record": receipt.leaf.decode("utf-8", "replace"),
        "proof": [each.hex() for each in receipt.proof],
        "head": {
            "size": receipt.head.size,
            "root": receipt.head.root.hex(),
            "at": receipt.head.at.isoformat(),
            "signature": receipt.head.signature.hex(),
            "key_id": receipt.head.key_id,
        },
    }
