"""Who a record is about, and which records are about somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from yiwang.library.subjects.models import Passage, Record
from yiwang.library.subjects.references import digest


@dataclass(frozen=True, slots=True)
class Happened:
    """What became of an id."""

    at: datetime
    change: str
    subject: str
    others: tuple[str, ...]


def subject_of(product: str, key: str) -> str | None:
    """The stable id of whom a record is about, by the product's code and the record's key; None for one unseen."""
    return Record.objects.filter(digest=digest(product, key)).values_list("subject", flat=True).first()


def same_subject(product: str, key: str, other_product: str, other_key: str) -> bool:
    one = subject_of(product, key)
    return one is not None and one == subject_of(other_product, other_key)


def successor(subject: str) -> str:
    """The id that an old id leads to now: the one it was merged into, however often."""
    merges = {old: row.subject for row in Passage.objects.filter(change="merged") for old in row.others}
    seen = {subject}
    while (following := merges.get(subject)) and following not in seen:
        subject = following
        seen.add(subject)
    return subject


def history(limit: int = 100) -> tuple[Happened, ...]:
    """The latest merges and splits, newest first."""
    rows = Passage.objects.order_by("-pk")[:limit]
    return tuple(Happened(row.at, row.change, row.subject, tuple(row.others)) for row in rows)


def records_by_product() -> dict[str, int]:
    rows = Record.objects.order_by("product").values_list("product").annotate(Count("pk"))
    return {str(product): int(number) for product, number in rows}
