"""The catalogue of data products (数据资源目录) as officers look through it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards import queries as standards
from yiwang.library.centre import queries
from yiwang.library.centre.in_force import Published
from yiwang.library.centre.models import Grant as GrantRow
from yiwang.library.gateways.contract import Field, Product

MOST = 500


@dataclass(frozen=True)
class ProductLine:
    """A product in a list; `found` are the fields in which the search found something."""

    product: Product
    department: Words
    found: tuple[Words, ...] = ()


@dataclass(frozen=True)
class FieldLine:
    """A field with the name of its element, where it is bound to one."""

    field: Field
    element: Words | None


@dataclass(frozen=True)
class Consumer:
    """Who may read a product: not under which terms, which are the two departments' business."""

    name: Words
    purpose: Words
    expires: datetime


@dataclass(frozen=True)
class ProductPage:
    product: Product
    department: Words
    number: int
    published_at: datetime
    fields: tuple[FieldLine, ...]
    consumers: tuple[Consumer, ...]
    versions: tuple[Published, ...]


def search(text: str = "", department: str = "") -> tuple[ProductLine, ...]:
    """Products whose title, code, field or element holds every word of the text. Two SQL queries."""
    names = directory.department_names()
    wanted = text.casefold().split()[:8]
    found = []
    for product in queries.products(department or None)[:MOST]:
        office = names.get(product.department, Words(product.department, product.department))
        whole = [product.title.zh, product.title.en, product.code, product.summary.zh, product.summary.en]
        whole += [office.zh, office.en]
        fields = [
            (f"{field.words.zh} {field.words.en} {field.name} {field.element or ''}".casefold(), field.words)
            for field in product.fields
        ]
        everything = " ".join([*whole, *(words for words, _field in fields)]).casefold()
        if all(word in everything for word in wanted):
            hits = tuple(field for words, field in fields if wanted and any(word in words for word in wanted))
            found.append(ProductLine(product, office, hits[:5]))
    return tuple(found)


def product_page(code: str) -> ProductPage:
    """Raises NoSuchProduct."""
    published = queries.published(code)
    product = published.product
    elements = standards.elements({field.element for field in product.fields if field.element})
    rows = GrantRow.objects.filter(queries.holding(), product__startswith=f"{product.code}@")[:MOST]
    consumers = {
        (row.post, row.purpose): Consumer(
            queries.consumer_words(row.post), queries.purpose_words(row.purpose), row.expires
        )
        for row in rows
    }
    names = directory.department_names()
    return ProductPage(
        product=product,
        department=names.get(product.department, Words(product.department, product.department)),
        number=published.number,
        published_at=published.published_at,
        fields=tuple(
            FieldLine(field, elements[field.element].name if field.element in elements else None)
            for field in product.fields
        ),
        consumers=tuple(consumers.values()),
        versions=queries.versions(product.code),
    )
