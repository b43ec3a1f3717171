"""Who looked at my data, for programs: the same list and receipts as the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Schema, Status

from yiwang.foundation.directory.api import Problem
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.text import Words
from yiwang.library.centre import looked_at
from yiwang.library.gateways.gateway import Offline

router = Router(tags=["my data"])


class LookOut(Schema):
    """One access. `own`: your own doing; `machine`: no officer saw it; `position` in the log of `department`;
    `statistics`: nobody saw a row, figures were told of everyone; `refused`: it was tried, and nobody saw anything;
    `about`: the enterprise whose record it was."""

    department: str
    position: int
    at: datetime
    own: bool
    machine: bool
    who: Words
    product: Words
    fields: list[Words]
    purpose: Words
    case: str
    rows: int
    statistics: bool
    refused: bool
    about: str


class LooksOut(Schema):
    """A page, newest first. `silent`: departments whose log did not answer, so that their looks are missing."""

    looks: list[LookOut]
    silent: list[Words]
    page: int
    more: bool


class HeadOut(Schema):
    """The log's signed state (RFC 6962); bytes in hexadecimal."""

    size: int
    root: str
    at: datetime
    signature: str
    key_id: str


class ReceiptOut(Schema):
    """Proof that a look stands in its log: the SHA-256 of a zero byte and `leaf` leads along `proof` to the root.

    `verified` is what this city's own code says of it.
    """

    department: str
    position: int
    leaf: str
    record: str
    proof: list[str]
    head: HeadOut
    verified: bool


@router.get("/my-data/looks", url_name="my-looks", response=LooksOut, summary="Who looked at my data, newest first")
def my_looks(request: HttpRequest, page: Annotated[int, Query(ge=1, le=1000)] = 1) -> LooksOut:
    found = looked_at.looks_at(_user(request).pk, page)
    return LooksOut(
        looks=[
            LookOut(
                department=each.department,
                position=each.position,
                at=each.at,
                own=each.own,
                machine=each.machine,
                who=each.who,
                product=each.title,
                fields=list(each.fields),
                purpose=each.purpose,
                case=each.case,
                rows=each.rows,
                statistics=each.statistics,
                refused=each.refused,
                about=each.about,
            )
            for each in found.looks
        ],
        silent=list(found.silent),
        page=found.number,
        more=found.more,
    )


@router.get(
    "/my-data/looks/{department}/{position}",
    url_name="my-receipt",
    response={200: ReceiptOut, 404: Problem, 503: Problem},
    summary="The receipt of a look",
)
def my_receipt(
    request: HttpRequest,
    department: Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9-]+$")],
    position: Annotated[int, Path(ge=0, le=2**53)],
) -> Status:
    try:
        found = looked_at.receipt_of(_user(request).pk, department, position)
    except looked_at.NotYours:
        return Status(404, Problem(code="not_found", detail=_("There is no such thing, or it is not yours.")))
    except Offline:
        return Status(503, Problem(code="offline", detail=_("The log does not answer")))
    body: dict[str, Any] = looked_at.as_json(found)
    return Status(200, ReceiptOut(**body, verified=found.stands and found.signed is not False))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
