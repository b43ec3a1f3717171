"""What is done at the centre: contracts are published and taken back, grants are asked for, given and revoked."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from yiwang.foundation.kernel.time import now
from yiwang.library.centre import bodies
from yiwang.library.centre.models import Product as ProductRow
from yiwang.library.centre.models import ProductVersion
from yiwang.library.gateways.contract import Product


def publish(products: Iterable[Product]) -> tuple[str, ...]:
    """Publish contracts; the codes of those that were new or have changed. Old versions stay beside the new."""
    changed = []
    with transaction.atomic():
        listed = list(products)
        rows = ProductRow.objects.select_related("current").in_bulk([each.code for each in listed], field_name="code")
        for product in listed:
            body = bodies.product_body(product)
            digest = bodies.digest(body)
            row = rows.get(product.code) or ProductRow(code=product.code)
            if row.current is not None and row.current.digest == digest and row.offered:
                continue
            changed.append(product.code)
            row.department, row.offered = product.department, True
            row.name_zh, row.name_en = product.title.zh, product.title.en
            row.save()
            row.current = _version(row, product, body, digest)
            row.save()
    return tuple(changed)


def _version(row: ProductRow, product: Product, body: dict[str, object], digest: str) -> ProductVersion:
    """A further version, also where an old one said just this: the newest of a major is the one in force."""
    last = ProductVersion.objects.filter(product=row).order_by("-number").values_list("number", flat=True).first() or 0
    return ProductVersion.objects.create(
        product=row,
        number=last + 1,
        major=product.major,
        minor=product.minor,
        digest=digest,
        body=body,
        published_at=now(),
    )


def take_back(codes: Iterable[str]) -> int:
    """Offer these products no longer. Their versions stay, for the grants and accesses that speak of them."""
    return ProductRow.objects.filter(code__in=list(codes), offered=True).update(offered=False)
