"""Requests to share as pages and programs see them: what was asked, how far it is, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiwang.casework.cases import queries as cases
from yiwang.casework.cases.queries import PartView
from yiwang.casework.cases.state import Stage
from yiwang.foundation.directory.actor import MACHINE, Actor
from yiwang.foundation.kernel.text import Words
from yiwang.library.centre import bodies, permissions, queries, sharing
from yiwang.library.centre.mask_words import words_of
from yiwang.library.centre.models import Grant as GrantRow
from yiwang.library.centre.models import ShareRequest
from yiwang.library.gateways.grant import Grant

PER_PAGE = 50


class NoSuchRequest(LookupError):
    """There is no request of that number, or it is none of the asker's business."""


@dataclass(frozen=True, slots=True)
class FieldAsked:
    """A field, what it is called, and how it is asked for."""

    name: str
    words: Words
    mask: Words
    personal: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What a grant says, in words: who may read what, why, and until when."""

    grant: Grant
    title: Words
    consumer: Words
    purpose: Words
    fields: tuple[FieldAsked, ...]


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in a list. `due` is when it is to be answered, while it is open."""

    number: str
    kind: str
    title: Words
    consumer: Words
    asked_at: datetime
    stage: Stage
    due: datetime | None


@dataclass(frozen=True)
class RequestView:
    """A request as one page. `answer` is what the decision says; `grant` the code of what came of it."""

    line: RequestLine
    terms: Terms
    reason: str
    part: PartView
    answer: str
    grant: str
    refused: str
    """for a ruling: the number of the refused request"""
    ruling: str
    """the number of the ruling that was called for, empty where none was"""
    may_call: bool


def row(number: str, by: Actor) -> ShareRequest:
    """Raises NoSuchRequest, also where it exists but is none of the actor's business."""
    found = ShareRequest.objects.select_related("case").filter(permissions.see_request(by), case__number=number).first()
    if found is None:
        raise NoSuchRequest(number)
    return found


def stage_of(request: ShareRequest) -> Stage:
    return _part(request).stage


def request(number: str, by: Actor) -> RequestView:
    """Raises NoSuchRequest."""
    found = row(number, by)
    part = _part(found)
    ruling = ShareRequest.objects.filter(refused=found).select_related("case").first()
    refused = ShareRequest.objects.filter(pk=found.refused_id).select_related("case").first()
    grant = GrantRow.objects.filter(request=found).values_list("code", flat=True).first() or ""
    may_call = (
        part.stage is Stage.REFUSED
        and found.refused_id is None
        and ruling is None
        and permissions.speaks_for(by, found.post)
        and queries.ruling_office() is not None
    )
    return RequestView(
        line=_line(found, part),
        terms=terms(bodies.grant_of(found.terms)),
        reason=found.reason,
        part=part,
        answer=part.reason,
        grant=grant,
        refused=refused.case.number if refused is not None else "",
        ruling=ruling.case.number if ruling is not None else "",
        may_call=may_call,
    )


def requests(by: Actor, page: int = 1) -> tuple[tuple[RequestLine, ...], bool]:
    """Requests of and to the officer's departments, newest first, and whether there are more."""
    start = (page - 1) * PER_PAGE
    rows = ShareRequest.objects.select_related("case").filter(permissions.see_request(by))
    found = list(rows[start : start + PER_PAGE + 1])
    return tuple(_line(each, _part(each)) for each in found[:PER_PAGE]), len(found) > PER_PAGE


def of_case(case_id: int) -> ShareRequest | None:
    return ShareRequest.objects.select_related("case").filter(pk=case_id).first()


def terms(grant: Grant) -> Terms:
    """A grant in words; a product that is gone leaves the names of its fields."""
    try:
        fields = queries.product(grant.product).by_name
    except queries.NoSuchProduct:
        fields = {}
    place = {name: number for number, name in enumerate(fields)}
    return Terms(
        grant=grant,
        title=queries.title_of(grant.product),
        consumer=queries.consumer_words(grant.post),
        purpose=queries.purpose_words(grant.purpose),
        fields=tuple(
            FieldAsked(
                name,
                fields[name].words if name in fields else Words(name, name),
                words_of(mask),
                name in fields and fields[name].personal,
            )
            for name, mask in sorted(grant.fields.items(), key=lambda item: place.get(item[0], len(place)))
        ),
    )


def _part(request: ShareRequest) -> PartView:
    return cases.case_view(request.case.number, MACHINE).part(sharing.PART)


def _line(request: ShareRequest, part: PartView) -> RequestLine:
    return RequestLine(
        number=request.case.number,
        kind=request.case.kind,
        title=Words(request.case.title_zh, request.case.title_en),
        consumer=queries.consumer_words(request.post),
        asked_at=request.asked_at,
        stage=part.stage,
        due=part.promise if part.is_open else None,
    )
