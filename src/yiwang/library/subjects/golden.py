"""The golden record (主体档案): what departments hold of one person or enterprise, put together when somebody asks.

Nothing of it is kept. Every value stands with its source and age; where sources disagree all are shown, the one source
of the element (一数一源) first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_resident_id, check_uscc
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.foundation.standards import queries as standards
from yiwang.library.centre import consents
from yiwang.library.centre import queries as centre
from yiwang.library.centre.questions import Standing
from yiwang.library.gateways.contract import Subject
from yiwang.library.gateways.fragment import Keys
from yiwang.library.linkage.values import as_text
from yiwang.library.subjects import queries, references
from yiwang.library.subjects.looking import Opening, Row, Silent, Value, look, openings
from yiwang.library.subjects.models import Record
from yiwang.library.subjects.reviewing import UNREADABLE

MOST_RECORDS = 60
ID_LENGTH = 20


class Unknown(ValueError):
    """What was typed is no identity number, no credit code and no id of a subject."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom the officer asks for: by an identifier, or by an id of ours."""

    text: str
    kind: Subject
    """NONE for an id of ours"""


@dataclass(frozen=True, slots=True)
class Told:
    """One value and where it comes from. `age`: since its source last changed, None where the source does not tell."""

    shown: str
    masked: bool
    authoritative: bool
    title: Words
    code: str
    department: Words
    as_of: datetime | None
    age: timedelta | None


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that is known, with every value told of it."""

    name: Words
    values: tuple[Told, ...]
    disputed: bool


@dataclass(frozen=True, slots=True)
class Golden:
    """`subjects` are the ids to which the records belong: more than one where an identifier is shared by mistake."""

    subjects: tuple[str, ...]
    things: tuple[Thing, ...]
    records: int
    silent: tuple[Silent, ...]


def sought(text: str) -> Sought:
    """Raises Unknown."""
    plain = "".join(text.split())
    if len(plain) == ID_LENGTH and set(plain.lower()) <= set("0123456789abcdef"):
        return Sought(plain.lower(), Subject.NONE)
    for check, kind in ((check_resident_id, Subject.PERSON), (check_uscc, Subject.ENTERPRISE)):
        try:
            return Sought(check(plain), kind)
        except InvalidIdentifier:
            continue
    raise Unknown


def standings(posts: Iterable[str]) -> tuple[Standing, ...]:
    """Posts of the officer and purposes for which they may read somebody's record."""
    return tuple(
        Standing(post, purpose)
        for post in sorted(posts)
        for purpose in dict.fromkeys(issued.grant.purpose for issued in centre.issued_for([post]))
        if openings([post], purpose)
    )


def needs_case(standing: Standing) -> bool:
    """Whether a grant among those that would be used wants to know for which case."""
    return any(each.issued.grant.needs_case for each in openings([standing.post], standing.purpose).values())


def assemble(who: Sought, standing: Standing, by: Actor, *, case: str = "") -> Golden:
    """Ask every product that the post may read for the purpose: first by identifier, then by what linkage found."""
    granted = openings([standing.post], standing.purpose)
    agreed = consents.standing(who.text, case, standing.purpose)
    rows: list[Row] = []
    silent: list[Silent] = []
    asked: set[str] = set()
    if who.kind is not Subject.NONE:
        for each in granted.values():
            if each.product.subject is who.kind and each.product.subject_field in each.clear:
                keys = Keys(each.product.subject_field, (who.text,))
                _take(look(each, by, keys=keys, subject=who.text, case=case, agreed=agreed), rows, silent)
                asked.add(each.product.reference)
    ids = [queries.successor(who.text)] if who.kind is Subject.NONE else _ids(rows)
    silenced = {each.product.reference for each in silent}
    seen = {references.digest(row.product.code, row.key) for row in rows if row.key}
    for record in Record.objects.filter(subject__in=ids).order_by("product", "pk")[:MOST_RECORDS]:
        opening = granted.get(record.product)
        if opening is None or record.digest in seen or record.product in silenced:
            continue
        if set(opening.product.key) <= opening.clear:
            _take(_again(opening, record, by, case), rows, silent)
    return Golden(tuple(ids), _things(rows), len(rows), tuple(silent))


def _ids(rows: Iterable[Row]) -> list[str]:
    """Whose these records are, as far as linkage has seen them."""
    digests = [references.digest(row.product.code, row.key) for row in rows if row.key]
    return sorted(set(Record.objects.filter(digest__in=digests).values_list("subject", flat=True)))


def _again(opening: Opening, record: Record, by: Actor, case: str) -> tuple[Row, ...] | Silent:
    product = opening.product
    try:
        condition = references.where(product, references.unseal(product.code, bytes(record.sealed)))
    except references.Unreadable:
        return Silent(product, UNREADABLE)
    return look(opening, by, where=condition, case=case)


def _take(answer: tuple[Row, ...] | Silent, rows: list[Row], silent: list[Silent]) -> None:
    if isinstance(answer, Silent):
        if answer not in silent:
            silent.append(answer)
    else:
        rows.extend(answer)


def _things(rows: Iterable[Row]) -> tuple[Thing, ...]:
    offices = directory.department_names()
    at = now()
    found: dict[str, list[tuple[Value, Told]]] = {}
    for row in rows:
        product = row.product
        office = offices.get(product.department, Words(product.department, product.department))
        age = max(at - row.as_of, timedelta(0)) if row.as_of else None
        for value in row.values:
            told = Told(
                value.shown,
                value.masked,
                value.field.authoritative,
                product.title,
                product.code,
                office,
                row.as_of,
                age,
            )
            found.setdefault(value.means, []).append((value, told))
    elements = standards.elements(found)
    return tuple(
        Thing(
            elements[means].name if means in elements else told[0][0].field.words,
            _in_order(each for _value, each in told),
            len({as_text(each.shown).casefold() for _value, each in told if not each.masked}) > 1,
        )
        for means, told in found.items()
    )


def _in_order(told: Iterable[Told]) -> tuple[Told, ...]:
    """The one source first, then the youngest."""
    return tuple(sorted(set(told), key=lambda it: (not it.authoritative, it.masked, it.age or timedelta.max, it.code)))
