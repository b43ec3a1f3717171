"""Grants as the pages and the command line show them: held and given, in force and over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.library.centre import asked, in_force, permissions, queries
from yiwang.library.centre.models import Grant as GrantRow
from yiwang.library.centre.models import GrantState

MOST = 500


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant in a list. `state`: in_force, expired or revoked."""

    code: str
    product: str
    title: Words
    owner: str
    consumer: Words
    purpose: Words
    expires: datetime
    state: str


@dataclass(frozen=True, slots=True)
class GrantView:
    """A grant as one page: its terms, who approved it, how it ended."""

    code: str
    owner: str
    owner_name: Words
    terms: asked.Terms
    approved_by: tuple[str, ...]
    """display names; the rule where a rule granted it"""
    issued_at: datetime
    expires: datetime
    revoked_at: datetime | None
    revoked_because: str
    standing: bool
    request: str
    key_id: str

    @property
    def state(self) -> str:
        if self.revoked_at is not None:
            return "revoked"
        return "in_force" if self.expires > now() else "expired"

    @property
    def in_force(self) -> bool:
        return self.state == "in_force"


def grants(by: Actor, *, held: bool) -> tuple[GrantLine, ...]:
    """Those that the officer's departments hold, or those that they gave; in force first, then the newest ended."""
    rows = GrantRow.objects.filter(permissions.see_grant(by))
    rows = rows.filter(department__in=by.departments) if held else rows.filter(owner__in=by.departments)
    return lines(list(rows.order_by("-issued_at", "-pk")[:MOST]))


def every(limit: int = 10_000) -> tuple[GrantLine, ...]:
    """All grants of the city, for the command line."""
    return lines(list(GrantRow.objects.order_by("owner", "product", "department", "-issued_at")[:limit]))


def grant(code: str, by: Actor) -> GrantView:
    """Raises NoSuchGrant, also where it is none of the officer's business."""
    row = GrantRow.objects.select_related("request__case").filter(permissions.see_grant(by), code=code).first()
    if row is None:
        raise queries.NoSuchGrant(code)
    issued = in_force.issued(row).grant
    numbers = [int(each.partition(":")[2]) for each in issued.approved_by if each.startswith("officer:")]
    names = directory.names(numbers)
    return GrantView(
        code=row.code,
        owner=row.owner,
        owner_name=directory.post_name(f"{row.owner}/*"),
        terms=asked.terms(issued),
        approved_by=tuple(names[number] for number in numbers if number in names),
        issued_at=row.issued_at,
        expires=row.expires,
        revoked_at=row.revoked_at,
        revoked_because=row.revoked_because,
        standing=row.standing,
        request=row.request.case.number if row.request is not None else "",
        key_id=row.key_id,
    )


def lines(rows: list[GrantRow]) -> tuple[GrantLine, ...]:
    at = now()
    purposes = {code: queries.purpose_words(code) for code in {row.purpose for row in rows}}
    titles = {reference: queries.title_of(reference) for reference in {row.product for row in rows}}
    posts = {post: queries.consumer_words(post) for post in {row.post for row in rows}}
    found = [
        GrantLine(
            code=row.code,
            product=row.product,
            title=titles[row.product],
            owner=row.owner,
            consumer=posts[row.post],
            purpose=purposes[row.purpose],
            expires=row.expires,
            state="revoked" if row.state == GrantState.REVOKED else "in_force" if row.expires > at else "expired",
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda line: line.state != "in_force"))
