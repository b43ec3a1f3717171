"""Open data over the API: what is open, and its rows page by page. For everyone, bounded, not too often."""

from __future__ import annotations

import threading
import time
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Schema, Status

from yiwang.foundation.directory import sign_in
from yiwang.foundation.directory.api import Problem
from yiwang.foundation.directory.limits import network_of
from yiwang.library.centre import open_data
from yiwang.library.centre.open_data import NotOpen, WrongPlace
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.gateway import Offline

router = Router(tags=["open data"])

PER_MINUTE = 120
"""Answers for one address in a minute, of each process of the server."""
MOST_ADDRESSES = 10_000


class Title(Schema):
    zh: str
    en: str


class OpenField(Schema):
    """`key`: part of what makes a row unique."""

    name: str
    kind: str
    words: Title
    key: bool


class OpenProduct(Schema):
    code: str
    version: str
    department: str
    title: Title
    summary: Title
    basis: list[str]
    fields: list[OpenField]


class OpenPart(Schema):
    """Rows in the order of the product's key. `next` is the `after` of the part that follows; empty at the end."""

    code: str
    as_of: str
    rows: list[dict[str, Any]]
    next: str


class Turnstile:
    """Lets each address through so often a minute. Counts are this process's own and forgotten with it."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._lock = threading.Lock()
        self._minute = 0
        self._counts: dict[str, int] = {}

    def lets(self, address: str) -> bool:
        minute = int(time.monotonic() // 60)
        with self._lock:
            if minute != self._minute or len(self._counts) > MOST_ADDRESSES:
                self._minute, self._counts = minute, {}
            self._counts[address] = self._counts.get(address, 0) + 1
            return self._counts[address] <= self._per_minute


TURNSTILE = Turnstile(PER_MINUTE)


@router.get(
    "/open/products", auth=None, url_name="list-open-products", response={200: list[OpenProduct], 429: Problem},
    summary="Everything that is open",
)  # fmt: skip
def list_open_products(request: HttpRequest) -> Status:
    """The products that anybody may have, with their fields."""
    if (refused := _too_often(request)) is not None:
        return refused
    return Status(200, [_shape(product) for product in open_data.products()])


@router.get(
    "/open/products/{code}/rows", auth=None, url_name="read-open-rows",
    response={200: OpenPart, 404: Problem, 422: Problem, 429: Problem, 503: Problem},
    summary="Rows of an open product",
)  # fmt: skip
def read_open_rows(
    request: HttpRequest,
    code: str = Path(..., max_length=81),
    after: str = Query("", max_length=2000, description="`next` of the part before; left out: from the beginning"),
    limit: int = Query(100, ge=1, le=open_data.MOST_AT_ONCE),
) -> Status:
    """A part of the rows, in the order of the key."""
    if (refused := _too_often(request)) is not None:
        return refused
    try:
        taken = open_data.rows(code)
        rows, following = open_data.part_of(taken, after, limit)
    except NotOpen:
        return Status(404, Problem(code="not_open", detail=_("There is no open product of this code.")))
    except WrongPlace:
        return Status(422, Problem(code="wrong_place", detail=_("Send as “after” what “next” said.")))
    except Offline:
        detail = _("The department does not answer now. Try again later.")
        return Status(503, Problem(code="offline", detail=detail))
    return Status(200, OpenPart(code=code, as_of=taken.as_of.isoformat(), rows=rows, next=following))


def _too_often(request: HttpRequest) -> Status | None:
    if TURNSTILE.lets(network_of(sign_in.address_of(request))):
        return None
    return Status(429, Problem(code="too_often", detail=_("You ask too often. Try again in a minute.")))


def _shape(product: Product) -> OpenProduct:
    return OpenProduct(
        code=product.code,
        version=product.version,
        department=product.department,
        title=Title(**product.title.to_json()),
        summary=Title(**product.summary.to_json()),
        basis=list(product.basis),
        fields=[
            OpenField(
                name=field.name,
                kind=str(field.kind),
                words=Title(**field.words.to_json()),
                key=field.name in product.key,
            )
            for field in product.fields
        ],
    )
