"""A product as linkage sees it: its records by key, and what their fields mean. Read through the owner's gateway."""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.foundation.directory.actor import MACHINE
from yiwang.library.centre import gateways
from yiwang.library.centre.in_force import Issued
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.contract import Product, Subject
from yiwang.library.gateways.fragment import Fragment
from yiwang.library.gateways.grant import MaskKind
from yiwang.library.linkage.features import Register
from yiwang.library.linkage.meanings import KNOWN, Meaning, meaning_of
from yiwang.library.linkage.values import as_text

PURPOSE = "linkage"
SECONDS = 600.0
_BESIDES = {"name": "person.name", "sex": "person.sex", "birth_date": "person.birth_date", "born": "person.birth_date"}
"""What a field of a person's product means by its name, where its contract names no element."""


@dataclass(frozen=True, slots=True)
class Source:
    """A product that may be read for linkage, under which grant, and what is compared of it."""

    product: Product
    issued: Issued
    meanings: dict[str, Meaning]


def source(product: Product, issued: Issued) -> Source | None:
    """None where the grant lets nothing be read that tells whose a record is, or not the record's own key."""
    granted = {name for name, mask in issued.grant.fields.items() if mask.kind is MaskKind.NONE}
    if product.subject is Subject.NONE or not set(product.key) <= granted:
        return None
    found: dict[str, Meaning] = {}
    for field in product.fields:
        if field.name in granted and (meant := meaning(product, field.name, field.element)):
            found[field.name] = meant
    return Source(product, issued, found) if found else None


def meaning(product: Product, name: str, element: str | None) -> Meaning | None:
    """What a field says of the product's subject; None for what is not compared."""
    person = product.subject is Subject.PERSON
    if name == product.subject_field:
        return KNOWN["person.resident_id" if person else "enterprise.uscc"]
    meant = meaning_of(element) if element else KNOWN.get(_BESIDES.get(name, "")) if person else None
    if meant and meant.element.partition(".")[0] in (("person" if person else "enterprise"), "address"):
        return meant
    return None


def read(each: Source) -> Register:
    """Every record, in clear, for as long as the caller keeps it. Raises NotGranted, Offline, Cancelled."""
    product, grant = each.product, each.issued.grant
    fields = tuple(dict.fromkeys((*product.key, *each.meanings)))
    asker = Asker(str(MACHINE), "Linkage of subjects", grant.department, grant.post, PURPOSE)
    gateway = gateways.gateway(product.department)
    reading = gateway.read(Fragment(product.reference, fields), each.issued.signed, asker, seconds=SECONDS)
    told: dict[str, list[str]] = {field: [] for field in fields}
    for batch in reading.batches:
        for field in fields:
            told[field] += map(as_text, batch.column(batch.schema.get_field_index(field)).to_pylist())
    columns: dict[str, list[str]] = {}
    for field, meaning in each.meanings.items():
        columns.setdefault(meaning.element, told[field])
    keys = ["\x1f".join(parts) for parts in zip(*(told[field] for field in product.key), strict=True)]
    return Register(product.reference, keys, columns, {meaning.element: meaning for meaning in each.meanings.values()})
