"""The page on which promises are signed (告知承诺制), and on which one may go the ordinary way instead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yiwang.foundation.directory import queries as directory
from yiwang.service.applications import actions, drafts
from yiwang.service.applications.drafts import OpenDraft
from yiwang.service.applications.pages import actor, go, home, of_draft, onward, read_or_send
from yiwang.service.applications.refusals import NotAsked
from yiwang.service.catalogue.routes import choices_of
from yiwang.service.catalogue.service import parts_of


@read_or_send
@of_draft
def commitment(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Sign the promises on which parts are granted at once, or choose the ordinary way for some."""
    by = actor(request)
    held = drafts.read(draft, by)
    promises, ordinary = held.progress.promises, _ordinary(held)
    if not promises and not ordinary:
        raise NotAsked
    errors = {}
    if request.method == "POST":
        if changed := _routes(request, held):
            actions.choose_routes(draft, changed - {""}, by=by)
            return go("applications:commitment", draft)
        signed = [promise.part for promise in promises if request.POST.get(f"sign-{promise.part}") == "true"]
        actions.sign(draft, signed, by=by)
        held = drafts.read(draft, by)
        if len(signed) == len(promises):
            return onward(draft, by)
        errors = {
            f"sign-{promise.part}": _("Read the promise and tick that you make it.")
            for promise in promises
            if promise.part not in signed
        }
    context = {
        "draft": held,
        "promises": _promises(held, errors),
        "ordinary": ordinary,
        "choices": [("true", _("I make this promise, and I know that a false one revokes the result."))],
        "errors": errors,
        "back": home(held),
    }
    return render(request, "applications/commitment.html", context, status=422 if errors else 200)


def _routes(request: HttpRequest, held: OpenDraft) -> set[str]:
    """The parts that shall go the ordinary way, where a button changes that; with "" so that it is never empty."""
    chosen = set(held.ordinary)
    if "ordinary" in request.POST:
        return {"", *chosen, request.POST["ordinary"]}
    if "promise" in request.POST:
        return {"", *(chosen - {request.POST["promise"]})}
    return set()


def _promises(held: OpenDraft, errors: dict[str, str]) -> list[dict[str, Any]]:
    posts = {card.code: card for card in directory.posts()}
    free = frozenset() if held.corrects else choices_of((held.published.base or held.published).service)
    return [
        {
            "part": promise.part,
            "field": f"sign-{promise.part}",
            "name": promise.name,
            "commitment": promise.commitment,
            "checked_by": posts[promise.commitment.check_by].department.name
            if promise.commitment.check_by in posts
            else "",
            "ordinary": promise.commitment.ordinary if promise.part in free else None,
            "value": "true" if promise.signed else "",
            "error": errors.get(f"sign-{promise.part}", ""),
        }
        for promise in held.progress.promises
    ]


def _ordinary(held: OpenDraft) -> list[dict[str, Any]]:
    """The parts on the ordinary way, with what it takes and whether a promise is barred."""
    if held.corrects:
        return []
    chosen = {part.key for part in held.progress.parts}
    return [
        {
            "part": part.key,
            "name": part.matter.name,
            "promise": part.matter.promise,
            "barred": held.barred.get(part.key),
        }
        for part in parts_of(held.published.service)
        if part.key in held.ordinary & chosen
    ]
