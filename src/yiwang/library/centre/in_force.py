"""Contracts and grants in force, kept by each process and compared with the city's whenever they are used.

Whoever changes a contract or a grant writes a new edition in the same transaction (`changed`). Whoever uses them reads
the edition, one row, and everything else only where it is another than the one kept: a grant that some process took
back a moment ago is used by none. What expires meanwhile is left out by the clock.
"""

from __future__ import annotations

import secrets
import time
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import msgspec
from django.db import connection

from yiwang.foundation.kernel.time import now
from yiwang.library.centre import bodies
from yiwang.library.centre.models import Edition, GrantState, ProductVersion
from yiwang.library.centre.models import Grant as GrantRow
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.grant import Grant, SignedGrant

NEVER = datetime.max.replace(tzinfo=UTC)
MOST_CONTRACTS = 5000
MOST_WORKED_OUT = 2000


@dataclass(frozen=True)
class Published:
    """A contract in force and since when it has been."""

    product: Product
    number: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    """A grant in force: what it says, and as it was signed, for the gateway."""

    grant: Grant
    signed: SignedGrant
    owner: str


@dataclass(frozen=True)
class InForce:
    """All that is in force from `since` until just before `until`, when the first of these grants expires.

    `products` are the newest of each, by department and code; `majors` the newest of every major, by reference;
    `grants` the newest first. `worked_out` keeps what follows from all this alone.
    """

    edition: str
    since: datetime
    until: datetime
    products: tuple[Published, ...]
    majors: Mapping[str, Published]
    grants: tuple[Issued, ...]
    worked_out: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def _newest(self) -> dict[str, Published]:
        ordered = sorted(self.majors.values(), key=lambda each: each.product.major)
        return {each.product.code: each for each in ordered}

    @cached_property
    def _served(self) -> dict[str, tuple[Product, ...]]:
        found = defaultdict[str, list[Product]](list)
        for each in self.majors.values():
            found[each.product.department].append(each.product)
        return {department: tuple(products) for department, products in found.items()}

    @cached_property
    def _held(self) -> dict[str, list[tuple[int, Issued]]]:
        """Grants with their places, by post."""
        found = defaultdict[str, list[tuple[int, Issued]]](list)
        for place, issued in enumerate(self.grants):
            found[issued.grant.post].append((place, issued))
        return dict(found)

    def published(self, reference: str) -> Published | None:
        """By code, or by code and major: "market.enterprises@1"."""
        return self._newest.get(reference) or self.majors.get(reference)

    def served(self, department: str) -> tuple[Product, ...]:
        """The newest contract of every major of the department's products."""
        return self._served.get(department, ())

    def issued_for(
        self, posts: Iterable[str], purpose: str | None = None, product: str | None = None
    ) -> tuple[Issued, ...]:
        """Grants for any of these posts ("market/food"), or for all of their department, newest first."""
        named = {name for post in posts for name in (post, f"{post.partition('/')[0]}/*")}
        found = [
            each
            for name in named
            for each in self._held.get(name, ())
            if (purpose is None or each[1].grant.purpose == purpose)
            and (product is None or each[1].grant.product == product)
        ]
        return tuple(issued for _place, issued in sorted(found, key=lambda each: each[0]))

    def keep(self, key: Hashable, value: Any) -> None:
        """Remember something that follows from this alone."""
        if len(self.worked_out) >= MOST_WORKED_OUT:
            self.worked_out.clear()
        self.worked_out[key] = value


@dataclass(frozen=True, slots=True)
class _Kept:
    """`looked`: when the edition was compared last, on the machine's steady clock; `rows`: the grants by their rows."""

    library: InForce
    looked: float
    rows: Mapping[tuple[int, bytes], Issued]


_kept: _Kept | None = None


def changed() -> None:
    """Contracts or grants are no longer what they were: to be called in the transaction that changes them."""
    row = Edition(pk=Edition.ONLY, name=secrets.token_hex(16))
    Edition.objects.bulk_create([row], update_conflicts=True, update_fields=["name"], unique_fields=["id"])


def current() -> InForce:
    """What is in force now. One SQL query; three or four more after a change."""
    edition, at = _edition(), now()
    kept = _kept
    if kept is None or kept.library.edition != edition or not kept.library.since <= at < kept.library.until:
        kept = _read(edition, at, kept)
    _keep(kept.library, kept.rows)
    return kept.library


def recent(seconds: float) -> InForce:
    """What this process found in force at most so many seconds ago. No SQL query where it has looked since."""
    kept = _kept
    if kept is None or time.monotonic() - kept.looked >= seconds:
        return current()
    return kept.library


def contract_of(row: ProductVersion) -> Published:
    """A published version, whether it is still in force or not."""
    contract = _contracts.get(row.digest)
    if contract is None:
        contract = _learnt(row.digest, row.body)
    return Published(contract, row.number, row.published_at)


def issued(row: GrantRow) -> Issued:
    body = bytes(row.body)
    grant = bodies.grant_of(msgspec.json.decode(body))
    return Issued(grant, SignedGrant(body, bytes(row.signature), row.key_id), row.owner)


def _keep(library: InForce, rows: Mapping[tuple[int, bytes], Issued]) -> None:
    global _kept
    _kept = _Kept(library, time.monotonic(), rows)


def _edition() -> str:
    """Asked before every look-up: the ORM would take ten times as long to phrase it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM centre_edition WHERE id = %s", [Edition.ONLY])
        row = cursor.fetchone()
    return row[0] if row is not None else ""


def _read(edition: str, at: datetime, before: _Kept | None) -> _Kept:
    majors, current_ones = _contracts_in_force()
    rows = _grants_in_force(at, before.rows if before is not None else {})
    grants = tuple(rows.values())
    until = min((each.grant.expires for each in grants), default=NEVER)
    return _Kept(InForce(edition, at, until, current_ones, majors, grants), 0.0, rows)


def _contracts_in_force() -> tuple[dict[str, Published], tuple[Published, ...]]:
    offered = ProductVersion.objects.filter(product__offered=True).select_related("product").defer("body")
    rows = {(row.product_id, row.major): row for row in offered.order_by("product", "number")}.values()
    unknown = [row.pk for row in rows if row.digest not in _contracts]
    if unknown:
        for digest, body in ProductVersion.objects.filter(pk__in=unknown).values_list("digest", "body"):
            _learnt(digest, body)
    found = [(row, contract_of(row)) for row in rows]
    newest = [(row.product, each) for row, each in found if row.product.current_id == row.pk]
    newest.sort(key=lambda pair: (pair[0].department, pair[0].code))
    return {each.product.reference: each for _row, each in found}, tuple(each for _product, each in newest)


def _grants_in_force(at: datetime, known: Mapping[tuple[int, bytes], Issued]) -> dict[tuple[int, bytes], Issued]:
    """Newest first. A row's signature says that it is still the one that was read before."""
    valid = GrantRow.objects.filter(state=GrantState.ISSUED, expires__gt=at)
    order = [
        (pk, bytes(signature)) for pk, signature in valid.order_by("-issued_at", "-pk").values_list("pk", "signature")
    ]
    unread = [pk for pk, signature in order if (pk, signature) not in known]
    fresh = {(row.pk, bytes(row.signature)): issued(row) for row in valid.filter(pk__in=unread)} if unread else {}
    # What was taken back between the two queries is in neither.
    return {key: found for key in order if (found := known.get(key) or fresh.get(key)) is not None}


_contracts: dict[str, Product] = {}
"""What this process has read of the contracts, by digest: they never change."""


def _learnt(digest: str, body: Any) -> Product:
    if len(_contracts) > MOST_CONTRACTS:
        _contracts.clear()
    contract = _contracts[digest] = bodies.product_of(body)
    return contract
