"""Find out anew who is who. Ids that were given before go on; what changes is written down."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.time import now
from yiwang.library.centre import queries as centre
from yiwang.library.centre.refusals import NotPermitted
from yiwang.library.gateways.contract import Level, Subject
from yiwang.library.gateways.gateway import Cancelled, NotGranted, Offline
from yiwang.library.linkage.clusters import Pair
from yiwang.library.linkage.engine import OnDuckDB
from yiwang.library.linkage.features import Register
from yiwang.library.linkage.identity import Change, Identities, continued
from yiwang.library.linkage.linking import NothingToCompare, link
from yiwang.library.subjects import registers, reviewing
from yiwang.library.subjects.doubts import Doubt, doubts, verdict
from yiwang.library.subjects.models import Answer, Opinion, Passage, Record, Review
from yiwang.library.subjects.references import digest, seal
from yiwang.library.subjects.registers import PURPOSE, Source

log = logging.getLogger(__name__)

AT_ONCE = 2_000
"""Rows of one statement; SQLite bounds its parameters."""


@dataclass(frozen=True)
class Relinked:
    """What a run came to. `unsure` pairs wait for people; `missing` names products that did not answer, whose records
    stay as they were."""

    kind: Subject
    records: int
    subjects: int
    merged: int
    split: int
    unsure: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class _Known:
    """A record of this run, its key in clear for as long as the run takes."""

    product: str
    key: str
    digest: str


@dataclass(frozen=True)
class _Found:
    groups: list[list[_Known]]
    doubts: list[tuple[_Known, _Known, Doubt]] = field(default_factory=list)


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
    linked = _linked([one for one in read if len(one)])
    with transaction.atomic():
        found = _keep(linked.groups, [one.name for one in read])
        _keep_doubts(kind, linked, [one.name for one in read])
    told = [passage.change for passage in found.passages]
    return Relinked(
        kind,
        len(found.of),
        len(set(found.of.values())),
        told.count(Change.MERGED),
        told.count(Change.SPLIT),
        len(linked.doubts),
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


def _linked(read: Sequence[Register]) -> _Found:
    """The records of each subject, those that stand alone included, and the pairs that remain in doubt."""
    records = [_Known(one.name, key, digest(one.name, key)) for one in read for key in one.ids]
    judged = _judged(records)
    groups: list[list[int]] = []
    unsure: list[Doubt] = []
    engine = OnDuckDB()
    try:
        if len(records) > 1:
            found = link(read, engine, judged=judged)
            groups, unsure = found.groups, doubts(found.weights, found.groups, judged)
    except NothingToCompare:
        pass
    finally:
        engine.close()
    together = {at for group in groups for at in group}
    everyone = [*groups, *([at] for at in range(len(records)) if at not in together)]
    return _Found(
        [[records[at] for at in group] for group in everyone],
        [(records[each.one], records[each.other], each) for each in unsure],
    )


def _judged(records: Sequence[_Known]) -> Mapping[Pair, bool]:
    """What people decided about pairs of these records."""
    number = {record.digest: at for at, record in enumerate(records)}
    found: dict[Pair, bool] = {}
    for one, other, said in Review.objects.exclude(verdict="").values_list("one", "other", "verdict"):
        if one in number and other in number:
            pair = sorted((number[one], number[other]))
            found[pair[0], pair[1]] = said == Answer.SAME
    return found


def _keep_doubts(kind: Subject, found: _Found, products: Sequence[str]) -> None:
    """What waits for people after this run; answered pairs and those of products that did not answer stay."""
    levels = {product.reference: product.level for product in centre.products()}
    at_now = now()
    wanted: dict[tuple[str, str], Review] = {}
    for each, another, doubt in found.doubts:
        one, other = sorted((each, another), key=lambda it: it.digest)
        grave = any(levels.get(it.product, Level.GENERAL) is not Level.GENERAL for it in (one, other))
        wanted[one.digest, other.digest] = Review(
            kind=str(kind),
            one=one.digest,
            other=other.digest,
            one_product=one.product,
            other_product=other.product,
            reason=doubt.reason,
            needs=2 if grave else 1,
            found_at=at_now,
        )
    open_ones = Review.objects.filter(kind=str(kind), verdict="", one_product__in=products, other_product__in=products)
    answered = set(Opinion.objects.filter(review__in=open_ones).values_list("review_id", flat=True))
    gone = [row.pk for row in open_ones if (row.one, row.other) not in wanted and row.pk not in answered]
    for at in range(0, len(gone), AT_ONCE):
        Review.objects.filter(pk__in=gone[at : at + AT_ONCE]).delete()
    Review.objects.bulk_create(wanted.values(), batch_size=500, ignore_conflicts=True)


def give_opinion(number: int, answer: Answer, *, by: Actor) -> str:
    """Say whether two records are about the same one; returns the verdict, empty while others must agree.

    Raises NoSuchReview, and NotPermitted where no post of the officer may read both records.
    """
    with transaction.atomic():
        row = Review.objects.select_for_update().filter(pk=number).first()
        if row is None:
            raise reviewing.NoSuchReview(number)
        post = reviewing.post_for(row, by)
        if post is None:
            raise NotPermitted
        Opinion.objects.create(review=row, answer=answer, by=str(by), post=post, at=now())
        row.verdict = verdict(reviewing.latest(row.pk), row.needs)
        row.save(update_fields=["verdict"])
        return row.verdict


def _keep(groups: Iterable[Sequence[_Known]], products: Sequence[str]) -> Identities:
    """One writer at a time: two runs would give two ids to one person."""
    read = {record.digest: record for group in groups for record in group}
    known = {
        record: (pk, subject, bool(sealed))
        for pk, record, subject, sealed in Record.objects.select_for_update()
        .filter(product__in=products)
        .values_list("pk", "digest", "subject", "sealed")
    }
    # Ids that records of other products have are taken, too: theirs may not be given to somebody else.
    before = dict(Record.objects.values_list("digest", "subject"))
    found = continued(before, [[record.digest for record in group] for group in groups])
    gone = [pk for record, (pk, _subject, _sealed) in known.items() if record not in found.of]
    for at in range(0, len(gone), AT_ONCE):
        Record.objects.filter(pk__in=gone[at : at + AT_ONCE]).delete()
    new = [_row(read[it], found.of[it]) for it in found.of if it not in known]
    Record.objects.bulk_create(new, batch_size=AT_ONCE)
    moved = [
        _row(read[it], subject, pk=known[it][0])
        for it, subject in found.of.items()
        if it in known and known[it][1:] != (subject, True)
    ]
    Record.objects.bulk_update(moved, ["subject", "sealed"], batch_size=400)
    at_now = now()
    Passage.objects.bulk_create(
        Passage(at=at_now, change=str(it.change), subject=it.subject, others=list(it.others))
        for it in found.passages
        if it.change is not Change.NEW
    )
    return found


def _row(record: _Known, subject: str, pk: int | None = None) -> Record:
    sealed = seal(record.product, record.key)
    return Record(pk=pk, product=record.product, digest=record.digest, sealed=sealed, subject=subject)
