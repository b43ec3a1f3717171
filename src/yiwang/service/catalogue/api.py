"""The catalogue over the API: search, one service's guide, life events. For everyone."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Schema, Status

from yiwang.foundation.directory.api import Problem
from yiwang.foundation.kernel.text import UnacceptableText, canonical
from yiwang.foundation.ui.language import said
from yiwang.service.catalogue import queries
from yiwang.service.catalogue.guide import Guide
from yiwang.service.catalogue.package import GuidanceOnly
from yiwang.service.catalogue.queries import BundleCard, Found

router = Router(tags=["catalogue"])


class SearchAnswer(Schema):
    """What answers the question, best first; `score` compares within one answer only."""

    found: list[Found]


@router.get(
    "/matters",
    auth=None,
    url_name="search-matters",
    response={200: SearchAnswer, 422: Problem},
    summary="Find services in everyday words",
)
def search_matters(
    request: HttpRequest,
    q: str = Query("", max_length=200, description="A question in everyday words, in Chinese or English"),
    limit: int = Query(20, ge=1, le=queries.MAX_FOUND),
) -> Status:
    """Matters and bundles to apply for, and guidance on matters handled elsewhere."""
    try:
        question = canonical(q, max_length=200)
    except UnacceptableText as refused:
        return Status(422, Problem(code="unacceptable_text", detail=said(refused.words)))
    return Status(200, SearchAnswer(found=queries.search(question, limit)))


@router.get(
    "/matters/{code}",
    auth=None,
    url_name="read-matter",
    response={200: Guide | GuidanceOnly, 404: Problem},
    summary="Everything about one service",
)
def read_matter(request: HttpRequest, code: str = Path(..., max_length=120)) -> Status:
    """Days, papers, steps, fee and law of a matter or bundle; for guidance, where to go."""
    try:
        return Status(200, queries.guide(code))
    except queries.NotPublished:
        pass
    try:
        return Status(200, queries.guidance(code))
    except queries.NotPublished:
        return Status(404, Problem(code="no_such_service", detail=_("We have no such service.")))


@router.get(
    "/bundles", auth=None, url_name="list-bundles", response=list[BundleCard], summary="Life events, all in one"
)
def list_bundles(request: HttpRequest) -> list[BundleCard]:
    """Every life event on offer, with its departments and its promise."""
    return list(queries.bundles())
