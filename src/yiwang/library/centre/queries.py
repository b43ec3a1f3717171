"""What others ask the centre: products, purposes, and the grants under which somebody may read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import msgspec
from django.db.models import Count, Max, Q

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.library.centre import bodies
from yiwang.library.centre.models import Grant as GrantRow
from yiwang.library.centre.models import GrantState, ProductVersion, RulingOffice
from yiwang.library.centre.models import Product as ProductRow
from yiwang.library.centre.models import Purpose as PurposeRow
from yiwang.library.centre.purposes import Ruling
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.grant import Grant, SignedGrant


class NoSuchProduct(LookupError):
    """No product of that code is offered, or not in that major version."""


class NoSuchGrant(LookupError):
    """There is no grant of that code, or it is none of the asker's business."""


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


def products(department: str | None = None) -> tuple[Product, ...]:
    """The contracts in force, the newest of each product, by department and code."""
    return tuple(published.product for published in published_products(department))


def published_products(department: str | None = None) -> tuple[Published, ...]:
    rows = ProductRow.objects.filter(offered=True, current__isnull=False).select_related("current")
    rows = rows.defer("current__body")
    if department is not None:
        rows = rows.filter(department=department)
    return tuple(_published(row.current) for row in rows if row.current is not None)


def product(reference: str) -> Product:
    """By code, or by code and major: "market.enterprises@1". Raises NoSuchProduct."""
    return published(reference).product


def published(reference: str) -> Published:
    """As `product`, with its place in the history. One SQL query."""
    code, _at, major = reference.partition("@")
    versions = ProductVersion.objects.filter(product__code=code, product__offered=True)
    if major.isdecimal() and len(major) < 6:
        versions = versions.filter(major=int(major))
    elif major:
        raise NoSuchProduct(reference)
    row = versions.defer("body").order_by("-major", "-number").first()
    if row is None:
        raise NoSuchProduct(reference)
    return _published(row)


def served(department: str) -> tuple[Product, ...]:
    """The newest contract of every major of the department's products that are offered."""
    newest: dict[tuple[str, int], Product] = {}
    rows = ProductVersion.objects.filter(product__department=department, product__offered=True).defer("body")
    for row in rows.order_by("number"):
        contract = _published(row).product
        newest[contract.code, contract.major] = contract
    return tuple(newest.values())


def contracts_marker(department: str) -> str:
    """Changes whenever `served` answers something else. One SQL query."""
    rows = ProductVersion.objects.filter(product__department=department, product__offered=True)
    found = rows.aggregate(newest=Max("pk"), number=Count("pk"))
    return f"{found['newest']}/{found['number']}"


def versions(code: str) -> tuple[Published, ...]:
    """Every contract that was ever published for a product, newest first."""
    return tuple(_published(row) for row in ProductVersion.objects.filter(product__code=code).order_by("-number")[:200])


def title_of(reference: str) -> Words:
    """What people call a product, offered or not; its reference where it is unknown. One SQL query."""
    row = ProductRow.objects.filter(code=reference.partition("@")[0]).first()
    return Words(row.name_zh, row.name_en) if row is not None else Words(reference, reference)


def purposes() -> dict[str, Words]:
    """Why data may be read, in the city's order."""
    return {row.code: Words(row.name_zh, row.name_en) for row in PurposeRow.objects.all()}


def purpose_words(code: str) -> Words:
    """A purpose as people say it; the code itself where the city has no words for it."""
    known = purposes()
    return known.get(code) or _PURPOSES.get(code) or Words(code, code)


_PURPOSES = {"open": Words("数据开放", "Open data")}
"""Purposes that no city has to name."""


def consumer_words(post: str) -> Words:
    """Who reads: a post with its department, a whole department, or everybody."""
    return Words("社会公众", "The public") if post.startswith("public/") else directory.post_name(post)


def sql_name(product: Product) -> str:
    """How a question in SQL names the product: market.enterprises, "public-security".residents."""
    return ".".join(f'"{part}"' if "-" in part else part for part in (product.department, product.name))


def issued_for(posts: Iterable[str], purpose: str | None = None, product: str | None = None) -> tuple[Issued, ...]:
    """Grants in force for any of these posts ("market/food"), newest first; `product` by reference. One SQL query."""
    held = tuple(posts)
    if not held:
        return ()
    named = {*held, *(f"{post.partition('/')[0]}/*" for post in held)}
    rows = GrantRow.objects.filter(in_force(), post__in=named)
    if purpose is not None:
        rows = rows.filter(purpose=purpose)
    if product is not None:
        rows = rows.filter(product=product)
    return tuple(issued(row) for row in rows.order_by("-issued_at", "-pk"))


def issued_for_purpose(purpose: str) -> tuple[Issued, ...]:
    """Grants in force for a purpose, whoever holds them, newest first: for what runs by itself."""
    rows = GrantRow.objects.filter(in_force(), purpose=purpose)
    return tuple(issued(row) for row in rows.order_by("-issued_at", "-pk"))


def grants_for(by: Actor | str, purpose: str, product: str) -> tuple[SignedGrant, ...]:
    """As signed: the grants under which this officer, or a post, may read the product for that purpose."""
    posts = (by,) if isinstance(by, str) else by.posts
    return tuple(each.signed for each in issued_for(posts, purpose, product))


def in_force(at: datetime | None = None) -> Q:
    """Grants that hold at a moment (now when left out)."""
    return Q(state=GrantState.ISSUED, expires__gt=now() if at is None else at)


def issued(row: GrantRow) -> Issued:
    body = bytes(row.body)
    return Issued(_grant(body), SignedGrant(body, bytes(row.signature), row.key_id), row.owner)


@lru_cache(maxsize=2000)
def _grant(body: bytes) -> Grant:
    """What a signed body says; bodies never change."""
    return bodies.grant_of(msgspec.json.decode(body))


_contracts: dict[str, Product] = {}
"""What this process has read of the contracts, by digest: they never change."""

MOST_CONTRACTS = 5000


def _published(row: ProductVersion) -> Published:
    contract = _contracts.get(row.digest)
    if contract is None:
        if len(_contracts) > MOST_CONTRACTS:
            _contracts.clear()
        contract = _contracts[row.digest] = bodies.product_of(row.body)
    return Published(contract, row.number, row.published_at)


def ruling_office() -> Ruling | None:
    """The posts that rule on refused requests; None where the city has named none."""
    row = RulingOffice.objects.first()
    return None if row is None else Ruling(row.examines, row.decides)
