"""Standing grants (常设授权) as a city publishes them: `city/grants/*.yaml`, one entry a grant.

    food-premises:
      product: natural-resources.property@1
      to: market/food                      # or market/* for any post of the department
      purpose: application
      basis: 中华人民共和国食品安全法 第三十五条
      until: 2030-12-31                    # the last day on which it holds
      approved_by: [yang.data, bai.head]   # the owner's data steward (post data), then its head (post head)
      rows: 'status = "valid"'             # FEEL over the product's fields; left out: every row
      needs_case: true                     # left out: true
      most_rows: 100                       # left out: 10000
      per_minute: 600                      # left out: 600
      statistics_only: false               # left out: false
      fields:
        - owner_id
        - owner_name: partial              # its first character stays
        - phone: {mask: partial, first: 3, last: 4}
        - birth_date: {mask: generalise, unit: year}
        - floor_area: {mask: generalise, step: 50}
        - address: {mask: generalise, first: 6}
        - resident_id: hash
        - remarks: withheld                # the field is there, always empty

A file may hold many; the key of an entry names the grant in the whole city.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.kernel.time import end_of_day
from yiwang.foundation.standards.reading import SLUG, Section, near, read_file
from yiwang.library.centre.sharing import HEAD, STEWARD
from yiwang.library.gateways.contract import Product, Sharing
from yiwang.library.gateways.grant import Grant, Mask, MaskKind
from yiwang.library.gateways.policy import check_grant

FOLDER = "grants"
MASKS = {"none": MaskKind.NONE, "withheld": MaskKind.NULL, **{str(m): m for m in MaskKind if m not in ("none", "null")}}


@dataclass(frozen=True, slots=True)
class Offices:
    """What the city's directory says: posts, and the posts of each officer by user name."""

    posts: tuple[str, ...]
    officers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class StandingGrant:
    """`grant.approved_by` is still empty: `approved_by` are user names, who get their accounts at loading."""

    grant: Grant
    owner: str
    approved_by: tuple[str, str]
    path: Path
    line: int


def read(
    city: Path, products: tuple[Product, ...], purposes: tuple[str, ...], offices: Offices
) -> tuple[tuple[StandingGrant, ...], list[Finding]]:
    """Every standing grant of the city's folder that is right, and what is wrong with the others."""
    findings: list[Finding] = []
    by_reference = {product.reference: product for product in products}
    found: dict[str, StandingGrant] = {}
    folder = city / FOLDER
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        root = read_file(path, findings)
        for key in list(root.fields) if root is not None else ():
            assert root is not None
            section = root.section(key, required=True)
            if section is None:
                continue
            if not SLUG.match(key) or len(key) > 60:
                section.report(f"“{key}” is not a code.", "Use small letters, digits and single hyphens.")
            elif key in found:
                section.report(f"“{key}” is granted twice, also in {found[key].path}.", "Give each grant its own name.")
            elif (grant := _grant(key, section, by_reference, purposes, offices)) is not None:
                found[key] = grant
    return tuple(found.values()), findings


def _grant(
    key: str,
    section: Section,
    products: Mapping[str, Product],
    purposes: tuple[str, ...],
    offices: Offices,
) -> StandingGrant | None:
    before = len(section.findings)
    reference = section.text("product", example="market.enterprises@1", max_length=90)
    product = products.get(reference or "")
    if reference is not None and product is None:
        section.report(
            f"There is no product “{reference}”.", near(reference, sorted(products), "Products are"), "product"
        )
    if product is not None and product.sharing is Sharing.WITHHELD:
        section.report(f"“{reference}” is shared with nobody by law.", "Remove the grant.", "product")
    to = _consumer(section, offices)
    purpose = section.one_of("purpose", purposes or ("application",))
    basis = section.text("basis", example="法律名 第几条", max_length=300)
    until = _until(section)
    approved = _approved(section, product, offices)
    fields = _fields(section, product)
    most_rows = section.integer("most_rows", minimum=1, maximum=10_000_000, default=10_000)
    per_minute = section.integer("per_minute", minimum=1, maximum=100_000, default=600)
    rows = section.text("rows", required=False, max_length=2000)
    needs_case = section.boolean("needs_case", default=True)
    statistics_only = section.boolean("statistics_only")
    section.finish()
    if len(section.findings) > before or product is None or to is None or until is None or approved is None:
        return None
    grant = Grant(
        id=key,
        department=to.partition("/")[0],
        post=to,
        product=product.reference,
        fields=fields,
        purpose=purpose or "",
        basis=basis or "",
        expires=end_of_day(until),
        rows=rows,
        needs_case=needs_case,
        most_rows=most_rows or 10_000,
        per_minute=per_minute or 600,
        statistics_only=statistics_only,
    )
    if wrong := check_grant(product, grant):
        section.report(f"A gateway would not accept this grant: {wrong[0]}.", "Correct the fields, masks or rows.")
        return None
    return StandingGrant(grant, product.department, approved, section.document.path, section.line())


def _consumer(section: Section, offices: Offices) -> str | None:
    to = section.text("to", example="market/food", max_length=81)
    if to is None:
        return None
    departments = sorted({post.partition("/")[0] for post in offices.posts})
    allowed = [*offices.posts, *(f"{department}/*" for department in departments)]
    if to not in allowed:
        section.report(f"There is no post “{to}”.", near(to, allowed, "Posts are"), "to")
        return None
    return to


def _until(section: Section) -> date | None:
    text = section.text("until", example="2030-12-31", max_length=10)
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        section.report(f"“{text}” is not a date.", "Write the year, month and day: 2030-12-31.", "until")
        return None


def _approved(section: Section, product: Product | None, offices: Offices) -> tuple[str, str] | None:
    names = section.texts("approved_by", max_length=40)
    if product is None:
        return None
    if len(set(names)) != 2:
        section.report("Two different people approve a grant.", "Name the data steward, then the head.", "approved_by")
        return None
    for name, post in zip(names, (STEWARD, HEAD), strict=True):
        wanted = f"{product.department}/{post}"
        if wanted not in offices.officers.get(name, ()):
            holders = [each for each, posts in offices.officers.items() if wanted in posts]
            section.report(
                f"“{name}” does not hold the post {wanted}.", near(name, holders, "It is held by"), "approved_by"
            )
            return None
    return names[0], names[1]


def _fields(section: Section, product: Product | None) -> dict[str, Mask]:
    fields: dict[str, Mask] = {}
    for name in _without_a_word(section.fields.get("fields")):
        # `null` reads as nothing at all: what was meant as a mask must not become none.
        section.report(f"Nothing says how “{name}” is masked.", f"Write one of: {', '.join(MASKS)}.", "fields")
    for name, entry in section.entries("fields", shorthand="mask", required=True):
        if product is not None and name not in product.by_name:
            entry.report(f"The product has no field “{name}”.", near(name, list(product.by_name), "Fields are"))
            continue
        mask = _mask(entry)
        entry.finish()
        if mask is not None:
            fields[name] = mask
    if not fields and section.has("fields"):
        section.report("The grant names no field.", "Name at least one.", "fields")
    return fields


def _without_a_word(written: object) -> list[str]:
    """Fields written with a colon and nothing behind it."""
    items = written if isinstance(written, list) else [written]
    return [name for item in items if isinstance(item, dict) for name, mask in item.items() if mask is None]


def _mask(entry: Section) -> Mask | None:
    word = entry.one_of("mask", list(MASKS), required=False)
    if word is None and entry.fields:
        entry.report("Nothing says how this field is masked.", f"Write “mask: ...”, one of: {', '.join(MASKS)}.")
        return None
    kind = MASKS[word or "none"]
    first = entry.integer("first", minimum=0, maximum=100, default=0) or 0
    last = entry.integer("last", minimum=0, maximum=100, default=0) or 0
    step = entry.integer("step", minimum=0, maximum=10**15, default=0) or 0
    unit = entry.one_of("unit", ("month", "year"), required=False) or ""
    if kind is MaskKind.PARTIAL and not (first or last):
        first = 1
    if kind is MaskKind.GENERALISE and sum((bool(first), bool(step), bool(unit))) != 1:
        entry.report("Nothing says how this field is generalised.", "Give one of “unit”, “step” and “first”.")
        return None
    if kind not in (MaskKind.PARTIAL, MaskKind.GENERALISE) and (first or last or step or unit):
        entry.report(f"The mask “{kind}” takes no further words.", "Remove them.")
        return None
    return Mask(kind, first, last, step, unit)
