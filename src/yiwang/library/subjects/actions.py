"""Find out anew who is who. Ids that were given before go on; what changes is written down."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from yiwang.foundation.kernel.time import now
from yiwang.library.centre import queries as centre
from yiwang.library.gateways.contract import Subject
from yiwang.library.gateways.gateway import Cancelled, NotGranted, Offline
from yiwang.library.gateways.signing import secret_kept_in
from yiwang.library.linkage.engine import OnDuckDB
from yiwang.library.linkage.features import Register
from yiwang.library.linkage.identity import Change, Identities, continued
from yiwang.library.linkage.linking import NothingToCompare, link
from yiwang.library.subjects import registers
from yiwang.library.subjects.models import Passage, Record
from yiwang.library.subjects.registers import PURPOSE, Source

log = logging.getLogger(__name__)

AT_ONCE = 2_000
"""Rows of one statement; SQLite bounds its parameters."""


@dataclass(frozen=True)
class Relinked:
    """What a run came to. `missing` names products that did not answer: their records stay as they were."""

    kind: Subject
    records: int
    subjects: int
    merged: int
    split: int
    missing: tuple[str, ...]


def relink(kind: Subject) -> Relinked:
    """Read every product about persons (or enterprises) that linkage is granted, link, keep ids and passages."""
    read: list[Register] = []
    missing: list[str] = []
    for source in sources(kind):
        try:
            read.append(registers.read(source))
        except (Offline, NotGranted, Cancelled) as error:
            log.warning("%s is left out of linkage: %s", source.product.reference, error)
            missing.append(source.product.reference)
    groups = _groups([one for one in read if len(one)])
    with transaction.atomic():
        found = _keep(groups, [one.name for one in read])
    told = [passage.change for passage in found.passages]
    return Relinked(
        kind,
        len(found.of),
        len(set(found.of.values())),
        told.count(Change.MERGED),
        told.count(Change.SPLIT),
        tuple(missing),
    )


def sources(kind: Subject) -> tuple[Source, ...]:
    """The products about such subjects that some post may read for linkage, each under its newest grant."""
    products = {product.reference: product for product in centre.products() if product.subject is kind}
    found: dict[str, Source] = {}
    for issued in centre.issued_for_purpose(PURPOSE):
        product = products.get(issued.grant.product)
        if product and product.reference not in found and (one := registers.source(product, issued)):
            found[product.reference] = one
    return tuple(found[reference] for reference in sorted(found))


def digest(product: str, key: str) -> str:
    """How a record is known here; who has the key of the city's data directory and the record can tell, nobody else."""
    secret = secret_kept_in(Path(settings.YIWANG_DATA_DIR) / "library" / "subjects-key")
    return hmac.new(secret, f"{product.partition('@')[0]}\x1f{key}".encode(), hashlib.sha256).hexdigest()


def _groups(read: Sequence[Register]) -> list[list[tuple[str, str]]]:
    """(product, digest) of the records of each subject, those that stand alone included."""
    records = [(one.name, digest(one.name, key)) for one in read for key in one.ids]
    engine = OnDuckDB()
    try:
        groups = link(read, engine).groups if len(records) > 1 else []
    except NothingToCompare:
        groups = []
    finally:
        engine.close()
    together = {at for group in groups for at in group}
    everyone = [*groups, *([at] for at in range(len(records)) if at not in together)]
    return [[records[at] for at in group] for group in everyone]


def _keep(groups: Iterable[Sequence[tuple[str, str]]], products: Sequence[str]) -> Identities:
    """One writer at a time: two runs would give two ids to one person."""
    product_of = {record: product for group in groups for product, record in group}
    known = {
        record: (pk, subject)
        for pk, record, subject in Record.objects.select_for_update()
        .filter(product__in=products)
        .values_list("pk", "digest", "subject")
    }
    # Ids that records of other products have are taken, too: theirs may not be given to somebody else.
    before = dict(Record.objects.values_list("digest", "subject"))
    found = continued(before, [[record for _product, record in group] for group in groups])
    gone = [pk for record, (pk, _subject) in known.items() if record not in found.of]
    for at in range(0, len(gone), AT_ONCE):
        Record.objects.filter(pk__in=gone[at : at + AT_ONCE]).delete()
    new = [Record(product=product_of[it], digest=it, subject=found.of[it]) for it in found.of if it not in known]
    Record.objects.bulk_create(new, batch_size=AT_ONCE)
    moved = [
        Record(pk=known[it][0], subject=subject)
        for it, subject in found.of.items()
        if it in known and known[it][1] != subject
    ]
    Record.objects.bulk_update(moved, ["subject"], batch_size=500)
    at_now = now()
    Passage.objects.bulk_create(
        Passage(at=at_now, change=str(it.change), subject=it.subject, others=list(it.others))
        for it in found.passages
        if it.change is not Change.NEW
    )
    return found
