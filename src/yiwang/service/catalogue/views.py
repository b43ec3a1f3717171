"""Pages on which a person finds a service and reads about it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.levels import Level
from yiwang.foundation.directory.offices import around
from yiwang.foundation.kernel.text import UnacceptableText, canonical
from yiwang.foundation.ui.language import said
from yiwang.foundation.ui.problems import problem
from yiwang.service.catalogue import lanes, queries
from yiwang.service.catalogue.guide import Guide
from yiwang.service.catalogue.starting import start_address

MAX_QUESTION = 200
SHOWN = 20
FAINT = 0.2
"""Results with less than this share of the best one's score are not shown: they answer something else."""


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What answers a question in everyday words; without one, every service that can be applied for here."""
    asked, error = request.GET.get("q", ""), ""
    try:
        question = canonical(asked, max_length=MAX_QUESTION)
    except UnacceptableText as refused:
        question, error = "", said(refused.words)
    found = queries.search(question, SHOWN) if question else []
    found = [hit for hit in found if hit.score >= FAINT * found[0].score]
    context = {
        "question": question,
        "error": error,
        "here": [hit for hit in found if hit.kind != "guidance"],
        "elsewhere": [hit for hit in found if hit.kind == "guidance"],
        "bundles": {card.code: card for card in queries.bundles()},
        "listed": [] if question else queries.listed(),
    }
    return render(request, "catalogue/search.html", context, status=400 if error else 200)


@require_safe
def service(request: HttpRequest, code: str) -> HttpResponse:
    """The guide to a matter or bundle; for guidance, where to go."""
    try:
        guide = queries.guide(code)
    except queries.NotPublished:
        return _guidance(request, code)
    context = {
        "guide": guide,
        "start": start_address(code),
        "always": [material for material in guide.materials if not material.when and not material.held_by],
        "situational": [material for material in guide.materials if material.when and not material.held_by],
        "exempt": [material for material in guide.materials if material.held_by],
        "lanes": lanes.draw(guide) if guide.kind == "bundle" else None,
        "part": guide.parts[0],
        "identity": directory.levels()[guide.identity] if guide.identity is not Level.UNVERIFIED else None,
        "gap": directory.gap(directory.level_of(request.user), guide.identity),
        **_offices(guide, request.GET.get("place", "")[:12]),
    }
    return render(request, f"catalogue/{guide.kind}.html", context)


def _offices(guide: Guide, place: str) -> dict[str, object]:
    """The places to choose from, and the offices that decide each part of the guide in the one that was chosen."""
    deciding = [part for part in guide.parts if part.offices]
    finest = max((part.offices for part in deciding), key=lambda offices: len(offices[0].place), default=())
    competent = [
        (part, office) for part in deciding for office in part.offices if place and office.place in around(place)
    ]
    return {
        "places": [("", _("Choose"))] + [(each.place, said(each.place_name)) for each in finest] if finest else [],
        "place": place,
        "competent": competent,
    }


def _guidance(request: HttpRequest, code: str) -> HttpResponse:
    try:
        guidance = queries.guidance(code)
    except queries.NotPublished:
        return no_such_service(request)
    return render(request, "catalogue/guidance.html", {"guidance": guidance})


def no_such_service(request: HttpRequest) -> HttpResponse:
    """What every address of a service that is not offered answers."""
    return problem(
        request,
        404,
        _("We have no such service"),
        _("It may have been renamed. Search for it in your own words."),
        action=_("Search services"),
        href=reverse("catalogue:search"),
    )
