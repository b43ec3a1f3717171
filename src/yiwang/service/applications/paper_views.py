"""The page of one paper: adopt the model text, bring files, or leave it for later."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.documents.refusals import Refused
from yiwang.foundation.ui.language import said
from yiwang.service.applications import actions, drafts, model_papers
from yiwang.service.applications.drafts import OpenDraft
from yiwang.service.applications.pages import actor, address_of, go, home, of_draft, onward, read_or_send, take_in
from yiwang.service.applications.refusals import NoSuchDraft, NotAsked, NotPossible
from yiwang.service.catalogue.package import Material
from yiwang.service.catalogue.service import MaterialStatus


@read_or_send
@of_draft
def material(request: HttpRequest, draft: UUID, key: str) -> HttpResponse:
    """One paper: adopt the department's text, bring files, take one away, or choose to bring it later."""
    by = actor(request)
    held = drafts.read(draft, by)
    wanted = held.progress.material(key)
    if wanted is None:
        raise NotAsked(key)
    deferrable = wanted.status is MaterialStatus.DEFERRABLE and not held.corrects
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            done = _do(request, held, wanted.material, deferrable, by)
            if done is not None:
                return done
            errors = {"file": _("Choose a file first.")}
            if "adopt" in request.POST:
                errors = {"adopted": _("Read the text and tick that you adopt it, or bring a paper of your own.")}
        except (Refused, NotPossible) as refused:
            errors = {"file": said(refused.words)}
        held = drafts.read(draft, by)
    files = held.files.get(key, ())
    person = directory.identity_of_person(held.applicant)
    context = {
        "draft": held,
        "material": wanted.material,
        "model": model_papers.text_of(wanted.material, held.progress, person.name)
        if wanted.material.model is not None
        else None,
        "adopted": any(model_papers.is_adopted(each) for each in files),
        "adopting": [("true", _("I adopt this text as mine and will keep to it."))],
        "files": files,
        "full": len(files) >= actions.MOST_FILES,
        "most": actions.MOST_FILES,
        "deferrable": deferrable and not files,
        "later": held.progress.later(key),
        "deferral": held.progress.deferral(key),
        "accepted": actions.accepted_kinds(wanted.material),
        "accept": ",".join(wanted.material.media),
        "error": errors.get("file", ""),
        "adopted_error": errors.get("adopted", ""),
        "errors": errors,
        "back": home(held),
        "onward": address_of(draft, held.progress.next),
    }
    return render(request, "applications/material.html", context, status=422 if errors else 200)


def _do(request: HttpRequest, held: OpenDraft, material: Material, deferrable: bool, by: Actor) -> HttpResponse | None:
    """What the form says; None where something is left to tick or to choose."""
    draft, key = held.id, material.key
    if "remove" in request.POST:
        actions.remove(draft, key, _uuid(request.POST["remove"]), by=by)
        return go("applications:material", draft, key)
    if "adopt" in request.POST:
        if request.POST.get("adopted") != "true":
            return None
        actions.adopt(draft, key, by=by)
        return onward(draft, by)
    if "later" in request.POST and deferrable:
        actions.bring_later(draft, key, True, by=by)
        return onward(draft, by)
    brought = take_in(request, "file")
    if not brought:
        return None
    actions.bring(draft, key, [each.id for each in brought], by=by)
    return go("applications:material", draft, key)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise NoSuchDraft from wrong
