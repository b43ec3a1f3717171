"""What others ask the centre: products, purposes, and the grants under which somebody may read.

Whatever is in force costs one SQL query, as long as nothing has changed (`in_force`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.library.centre import in_force
from yiwang.library.centre.in_force import Issued, Published
from yiwang.library.centre.models import GrantState, ProductVersion, RulingOffice
from yiwang.library.centre.models import Product as ProductRow
from yiwang.library.centre.models import Purpose as PurposeRow
from yiwang.library.centre.purposes import Ruling
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.grant import SignedGrant


class NoSuchProduct(LookupError):
    """No product of that code is offered, or not in that major version."""


class NoSuchGrant(LookupError):
    """There is no grant of that code, or it is none of the asker's business."""


def products(department: str | None = None) -> tuple[Product, ...]:
    """The contracts in force, the newest of each product, by department and code."""
    return tuple(published.product for published in published_products(department))


def published_products(department: str | None = None) -> tuple[Published, ...]:
    """As `products`, with their places in the history."""
    found = in_force.current().products
    return tuple(each for each in found if department is None or each.product.department == department)


def product(reference: str) -> Product:
    """By code, or by code and major: "market.enterprises@1". Raises NoSuchProduct."""
    return published(reference).product


def published(reference: str) -> Published:
    """As `product`, with its place in the history."""
    found = in_force.current().published(reference)
    if found is None:
        raise NoSuchProduct(reference)
    return found


def versions(code: str) -> tuple[Published, ...]:
    """Every contract that was ever published for a product, newest first."""
    return tuple(
        in_force.contract_of(row) for row in ProductVersion.objects.filter(product__code=code).order_by("-number")[:200]
    )


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
    """Grants in force for any of these posts ("market/food"), newest first; `product` by reference."""
    return in_force.current().issued_for(posts, purpose, product)


def issued_for_purpose(purpose: str) -> tuple[Issued, ...]:
    """Grants in force for a purpose, whoever holds them, newest first: for what runs by itself."""
    return tuple(each for each in in_force.current().grants if each.grant.purpose == purpose)


def grants_for(by: Actor | str, purpose: str, product: str) -> tuple[SignedGrant, ...]:
    """As signed: the grants under which this officer, or a post, may read the product for that purpose."""
    posts = (by,) if isinstance(by, str) else by.posts
    return tuple(each.signed for each in issued_for(posts, purpose, product))


def holding(at: datetime | None = None) -> Q:
    """Rows of the grants that hold at a moment (now when left out)."""
    return Q(state=GrantState.ISSUED, expires__gt=now() if at is None else at)


def ruling_office() -> Ruling | None:
    """The posts that rule on refused requests; None where the city has named none."""
    row = RulingOffice.objects.first()
    return None if row is None else Ruling(row.examines, row.decides)
