"""An officer looks at single records, live: through the owners' gateways, under a grant of a post of theirs, logged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import start_of_day
from yiwang.library.centre import consents, gateways
from yiwang.library.centre import queries as centre
from yiwang.library.centre.in_force import Issued
from yiwang.library.centre.own_records import shown
from yiwang.library.centre.question_words import why
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.contract import Field, Product, Subject
from yiwang.library.gateways.fragment import Fragment, Keys, Predicate
from yiwang.library.gateways.gateway import Cancelled, NotGranted, Offline
from yiwang.library.gateways.grant import MaskKind
from yiwang.library.linkage.values import as_text
from yiwang.library.subjects.references import BETWEEN
from yiwang.library.subjects.registers import meaning

SECONDS = 5.0
MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Opening:
    """A product that a post of the officer may read for a purpose, under which grant."""

    product: Product
    issued: Issued
    post: str

    @property
    def clear(self) -> frozenset[str]:
        """The fields that are given as they are."""
        return frozenset(name for name, mask in self.issued.grant.fields.items() if mask.kind is MaskKind.NONE)


@dataclass(frozen=True, slots=True)
class Value:
    """One value as the page shows it. `means` is the same for values of several products that mean the same."""

    field: Field
    means: str
    shown: str
    masked: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One record as it was read just now. `key` is empty where the grant does not give it."""

    product: Product
    key: str
    values: tuple[Value, ...]
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class Silent:
    """A product that did not say what was asked, and why not."""

    product: Product
    why: Words


def openings(posts: Iterable[str], purpose: str) -> dict[str, Opening]:
    """By the product's reference: what these posts may read row by row about persons and enterprises."""
    found: dict[str, Opening] = {}
    held = sorted(posts)
    for issued in centre.issued_for(held, purpose):
        grant = issued.grant
        if grant.product in found or grant.statistics_only:
            continue
        try:
            product = centre.product(grant.product)
        except centre.NoSuchProduct:
            continue
        post = next(each for each in held if grant.post in (each, f"{each.partition('/')[0]}/*"))
        if product.subject is not Subject.NONE:
            found[grant.product] = Opening(product, issued, post)
    return found


def look(
    opening: Opening,
    by: Actor,
    *,
    where: Predicate | None = None,
    keys: Keys | None = None,
    subject: str = "",
    case: str = "",
    agreed: frozenset[str] = frozenset(),
) -> tuple[Row, ...] | Silent:
    """The rows that meet the condition, every granted field of them; the look stands in the owner's log first.

    A product whose contract wants the subject's consent is asked only by `subject`, and where it is among those that
    were `agreed` to.
    """
    product, grant = opening.product, opening.issued.grant
    if product.consent and not (subject and product.reference in agreed):
        return Silent(product, why("gateway_consent"))
    fields = tuple(each.name for each in product.fields if each.name in grant.fields)
    asker = Asker(
        str(by),
        name_of(by),
        opening.post.partition("/")[0],
        opening.post,
        grant.purpose,
        case=case,
        subject=subject,
        consents=consents.signed(subject, [product.reference], grant.purpose) if product.consent else (),
    )
    fragment = Fragment(product.reference, fields, where=where, keys=keys, limit=min(MOST_ROWS, grant.most_rows))
    try:
        gateway = gateways.gateway(product.department)
        reading = gateway.read(fragment, opening.issued.signed, asker, seconds=SECONDS)
        rows = [row for batch in reading.batches for row in batch.to_pylist()]
    except (Offline, Cancelled):
        return Silent(product, NO_ANSWER)
    except NotGranted as refused:
        return Silent(product, why(f"gateway_{refused.code}"))
    return tuple(_row(opening, row, reading.as_of) for row in rows)


NO_ANSWER = Words("这个部门现在没有应答，请稍后再试。", "This department does not answer now. Try again later.")


def name_of(by: Actor) -> str:
    """The officer's name, as the owner's log keeps it."""
    return directory.names([by.id]).get(by.id, "") if by.kind is ActorKind.OFFICER and by.id is not None else ""


def _row(opening: Opening, row: Mapping[str, object], as_of: datetime | None) -> Row:
    product, clear = opening.product, opening.clear
    key = BETWEEN.join(as_text(row[name]) for name in product.key) if set(product.key) <= clear else ""
    values = []
    for each in product.fields:
        value = row.get(each.name)
        if value is None or value == "":
            continue
        told = shown(each, value) if each.name in clear else str(value)  # type: ignore[arg-type]
        values.append(Value(each, _means(product, each), told, each.name not in clear))
    return Row(product, key, tuple(values), _changed(opening, row) or as_of)


def _changed(opening: Opening, row: Mapping[str, object]) -> datetime | None:
    """When the record itself was last changed, where its cursor is a moment or a day that the grant gives."""
    cursor = opening.product.cursor
    value = row.get(cursor) if cursor is not None and cursor in opening.clear else None
    if isinstance(value, datetime):
        return value
    return start_of_day(value) if isinstance(value, date) else None


def _means(product: Product, field: Field) -> str:
    """The element, or what linkage takes the field for, or the field itself where nothing else means the same."""
    meant = meaning(product, field.name, field.element)
    return meant.element if meant else field.element or f"{product.code}.{field.name}"
