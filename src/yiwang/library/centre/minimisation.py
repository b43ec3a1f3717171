"""Minimisation (最小必要): fields that were granted and that nobody has read, from the owners' own logs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.library.centre import asked, in_force, open_data, permissions, queries
from yiwang.library.centre.models import FieldUse
from yiwang.library.centre.models import Grant as GrantRow

MOST = 500
SETTLED = timedelta(days=30)
"""A grant this young may simply not have been needed yet."""


@dataclass(frozen=True, slots=True)
class UnusedGrant:
    """A grant in force with fields that were never read; `reads` counts the accesses under it, `last` is the newest."""

    code: str
    owner: str
    title: Words
    consumer: Words
    purpose: Words
    issued_at: datetime
    unread: tuple[asked.FieldAsked, ...]
    granted: int
    reads: int
    last: datetime | None
    young: bool


def report(by: Actor) -> tuple[UnusedGrant, ...]:
    """Grants that the officer's departments gave or hold, those with the most unread fields first."""
    rows = GrantRow.objects.filter(permissions.see_grant(by), queries.holding())
    rows = rows.exclude(purpose=open_data.PURPOSE)
    return _report(list(rows.order_by("code")[:MOST]))


def report_of_the_city() -> tuple[UnusedGrant, ...]:
    rows = GrantRow.objects.filter(queries.holding()).exclude(purpose=open_data.PURPOSE)
    return _report(list(rows.order_by("code")[: MOST * 10]))


def _report(rows: list[GrantRow]) -> tuple[UnusedGrant, ...]:
    uses: dict[str, dict[str, FieldUse]] = {}
    for use in FieldUse.objects.filter(grant__in=[row.code for row in rows]):
        uses.setdefault(use.grant, {})[use.field] = use
    found = []
    for row in rows:
        read = uses.get(row.code, {})
        terms = asked.terms(in_force.issued(row).grant)
        unread = tuple(field for field in terms.fields if field.name not in read)
        if unread:
            found.append(
                UnusedGrant(
                    code=row.code,
                    owner=row.owner,
                    title=terms.title,
                    consumer=terms.consumer,
                    purpose=terms.purpose,
                    issued_at=row.issued_at,
                    unread=unread,
                    granted=len(terms.fields),
                    reads=max((use.reads for use in read.values()), default=0),
                    last=max((use.last_at for use in read.values()), default=None),
                    young=now() - row.issued_at < SETTLED,
                )
            )
    return tuple(sorted(found, key=lambda each: (each.young, -len(each.unread), each.code)))
