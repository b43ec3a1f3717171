"""Pairs of records that a run could not tell apart or together: who may look at them, and what they see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.text import Words
from yiwang.library.centre import queries as centre
from yiwang.library.gateways.contract import Field, Product
from yiwang.library.linkage.values import as_text
from yiwang.library.subjects import references
from yiwang.library.subjects.looking import Opening, Row, Silent, Value, look, openings
from yiwang.library.subjects.models import Answer, Opinion, Reason, Record, Review
from yiwang.library.subjects.registers import PURPOSE

SHOWN = 50


class NoSuchReview(LookupError):
    """There is no such pair, or no post of the officer may read both its records."""


@dataclass(frozen=True, slots=True)
class Line:
    """One pair in a list, without a look at either record. `mine` is what this officer last said of it, or empty."""

    number: int
    one: Words
    other: Words
    split: bool
    needs: int
    found_at: datetime
    verdict: str
    mine: str


@dataclass(frozen=True, slots=True)
class Queue:
    """`open` wait for this officer, `said` for somebody else to agree, `decided` are the latest verdicts."""

    open: tuple[Line, ...]
    waiting: int
    said: tuple[Line, ...]
    decided: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What either record says of one thing. `state`: same, different, or one (only one of them says anything)."""

    name: Words
    one: str
    other: str
    state: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records side by side, as their owners hold them now."""

    line: Line
    products: tuple[Product, Product]
    compared: tuple[Compared, ...]
    as_of: tuple[datetime | None, datetime | None]
    silent: tuple[Silent, ...]


def queue(by: Actor) -> Queue:
    """What this officer may look at. Reads no record."""
    mine = _reviews(by)
    said = {row.review_id: row.answer for row in Opinion.objects.filter(by=str(by)).order_by("pk")}
    opened = mine.filter(verdict="")
    fresh = opened.exclude(pk__in=Opinion.objects.filter(by=str(by)).values("review_id"))
    titles: dict[str, Words] = {}

    def lines(rows: QuerySet[Review]) -> tuple[Line, ...]:
        return tuple(_line(row, said.get(row.pk, ""), titles) for row in rows[:SHOWN])

    others = opened.filter(pk__in=Opinion.objects.filter(by=str(by)).values("review_id"))
    return Queue(lines(fresh), fresh.count(), lines(others), lines(mine.exclude(verdict="").order_by("-pk")))


def may_review(by: Actor) -> bool:
    """Whether a post of the officer holds grants for linkage."""
    return bool(openings(by.posts, PURPOSE))


def following(by: Actor) -> int | None:
    """The next pair that waits for this officer."""
    rows = _reviews(by).filter(verdict="").exclude(pk__in=Opinion.objects.filter(by=str(by)).values("review_id"))
    return rows.values_list("pk", flat=True).first()


def pair(number: int, by: Actor) -> Pair:
    """Both records, read now; each look stands in its owner's log. Raises NoSuchReview."""
    review = Review.objects.filter(pk=number).first()
    granted = openings(by.posts, PURPOSE)
    if review is None or review.one_product not in granted or review.other_product not in granted:
        raise NoSuchReview(number)
    opened = (granted[review.one_product], granted[review.other_product])
    found = [_look(each, digest, by) for each, digest in zip(opened, (review.one, review.other), strict=True)]
    rows = [each if isinstance(each, Row) else None for each in found]
    said = latest(review.pk).get(str(by), "")
    return Pair(
        _line(review, said, {}),
        (opened[0].product, opened[1].product),
        _side_by_side(rows[0], rows[1]),
        (rows[0].as_of if rows[0] else None, rows[1].as_of if rows[1] else None),
        tuple(each for each in found if isinstance(each, Silent)),
    )


def post_for(review: Review, by: Actor) -> str | None:
    """The post in whose name the officer may judge the pair; None where they may not read both records."""
    granted = openings(by.posts, PURPOSE)
    if review.one_product in granted and review.other_product in granted:
        return granted[review.one_product].post
    return None


def latest(review: int) -> dict[str, str]:
    """The last answer of each officer about a pair."""
    return dict(Opinion.objects.filter(review_id=review).order_by("pk").values_list("by", "answer"))


def _reviews(by: Actor) -> QuerySet[Review]:
    granted = list(openings(by.posts, PURPOSE))
    return Review.objects.filter(Q(one_product__in=granted) & Q(other_product__in=granted))


def _line(row: Review, mine: str, titles: dict[str, Words]) -> Line:
    for each in (row.one_product, row.other_product):
        if each not in titles:
            titles[each] = centre.title_of(each)
    return Line(
        row.pk,
        titles[row.one_product],
        titles[row.other_product],
        row.reason == Reason.SPLIT,
        row.needs,
        row.found_at,
        row.verdict,
        mine,
    )


def _look(opening: Opening, digest: str, by: Actor) -> Row | Silent:
    record = Record.objects.filter(digest=digest).first()
    if record is None:
        return Silent(opening.product, GONE)
    product = opening.product
    try:
        condition = references.where(product, references.unseal(product.code, bytes(record.sealed)))
    except references.Unreadable:
        return Silent(product, UNREADABLE)
    rows = look(opening, by, where=condition)
    return rows if isinstance(rows, Silent) else rows[0] if rows else Silent(product, GONE)


GONE = Words("这条记录已经不在了。", "This record is no longer there.")
UNREADABLE = Words(
    "这条记录要等下一次核对以后才能打开。", "This record can be opened again after the next linkage run."
)


def _side_by_side(one: Row | None, other: Row | None) -> tuple[Compared, ...]:
    """What both may say first, what only one of them says after it; not the department's own numbers and days."""
    ones, others = _by_meaning(one), _by_meaning(other)
    lines = []
    for means in dict.fromkeys((*ones, *others)):
        mine, theirs = ones.get(means), others.get(means)
        named = mine or theirs
        assert named is not None
        state = "one"
        if mine and theirs:
            state = "same" if _plain(mine.shown) == _plain(theirs.shown) else "different"
        lines.append(Compared(named.field.words, mine.shown if mine else "", theirs.shown if theirs else "", state))
    return tuple(sorted(lines, key=lambda line: line.state == "one"))


def _by_meaning(row: Row | None) -> dict[str, Value]:
    if row is None:
        return {}
    found: dict[str, Value] = {}
    for value in row.values:
        if not _its_own(row.product, value.field, value.means):
            found.setdefault(_same_in_both(row.product, value.means), value)
    return found


def _its_own(product: Product, field: Field, means: str) -> bool:
    bookkeeping = field.name == product.cursor or field.name in product.key
    return bookkeeping and means == f"{product.code}.{field.name}"


def _same_in_both(product: Product, means: str) -> str:
    """Fields of one name are set side by side, though nobody said that they mean the same."""
    return means.removeprefix(f"{product.code}.")


def _plain(text: str) -> str:
    return as_text(text).casefold()


ANSWERS = tuple(Answer)
