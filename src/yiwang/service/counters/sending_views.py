"""The end of filling in for somebody: they sign or confirm, it is sent, and the receipt is printed."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.documents.refusals import Refused
from yiwang.foundation.ui.language import said
from yiwang.service.applications import draft_views, drafts, pages
from yiwang.service.applications import queries as applications
from yiwang.service.applications import refusals as of_drafts
from yiwang.service.applications.submission import Submitted
from yiwang.service.counters import actions, codes, queries, refusals
from yiwang.service.counters.models import Channel
from yiwang.service.counters.refusals import NoSuchVisit, NotPossible
from yiwang.service.counters.views import go, of_visit, read_or_send

RECEIPT = "counter-receipt"
"""The signed cookie that carries the tracking code to the receipt page."""


@read_or_send
@never_cache
@of_visit
@pages.of_draft
def sign(request: HttpRequest, draft: UUID) -> HttpResponse:
    """All of it for the applicant to read or to hear, and their own yes."""
    by = actor_of(request.user)
    held = drafts.read(draft, by)
    number = queries.visit_of(draft)
    visit = None if number is None else queries.visit(number, by)
    if visit is None or visit.over or not visit.confirmed:
        raise NoSuchVisit
    if held.progress.missing:
        return go("applications:review", draft)
    error = ""
    if request.method == "POST":
        try:
            done = _act(request, held, visit.shift.hall.channel, by)
            return go("counters:sign", draft) if done is None else _receipt(request, done)
        except (Refused, NotPossible, of_drafts.NotPossible) as refused:
            error = said(refused.words)
        except of_drafts.DraftChanged:
            error = _("Something was changed on another page. Let them read it once more.")
        held = drafts.read(draft, by)
    context = {
        "draft": held,
        "visit": visit,
        "title": held.progress.service.name,
        "rows": draft_views.summary(held),
        "materials": pages.material_list(held.progress, directory.department_names(), held.files, None),
        "promises": held.progress.promises,
        "by_phone": visit.shift.hall.channel is Channel.PHONE,
        "code_sent": _code_sent(held, number),
        "error": error,
        "errors": {_field(visit.shift.hall.channel): error} if error else {},
        "back": reverse("applications:review", args=[draft]),
    }
    return render(request, "counters/sign.html", context, status=422 if error else 200)


@require_safe
@never_cache
@of_visit
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt to print: number, tracking code, promise, what is still owed. No answers."""
    by = actor_of(request.user)
    visit = queries.visit_that_received(number, by)
    if visit is None:
        raise Http404
    card = queries.visit(visit.id, by)
    kept = str(request.get_signed_cookie(RECEIPT, default="", max_age=3600)).split(" ")
    found = applications.followed(number, by.speaking_for(visit.person))
    context = {
        "found": found,
        "visit": card,
        "tracking_code": kept[1] if len(kept) == 2 and kept[0] == number else "",
        "address": request.build_absolute_uri(reverse("applications:track")),
        "owed": [name for part in found.parts for _key, name in part.awaiting if part.stage.is_open],
    }
    return render(request, "counters/receipt.html", context)


def _act(request: HttpRequest, held: drafts.OpenDraft, channel: Channel, by: Actor) -> Submitted | None:
    """Send it with the signature or the code; None where a code was asked for."""
    version = request.POST.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1
    if channel is Channel.PHONE:
        if "send_code" in request.POST:
            actions.read_out(held.id, by=by)
            return None
        return actions.send_confirmed(held.id, seen, request.POST.get("code", "")[:20], by=by)
    brought = pages.take_in(request, "signature")
    if not brought:
        raise refusals.NOT_SIGNED
    return actions.send_signed(held.id, seen, brought[0], by=by)


def _code_sent(held: drafts.OpenDraft, visit: int | None) -> bool:
    return visit is not None and codes.was_sent(visit, codes.what(held))


def _field(channel: Channel) -> str:
    return "code" if channel is Channel.PHONE else "signature"


def _receipt(request: HttpRequest, done: Submitted) -> HttpResponseRedirect:
    answer = go("counters:receipt", done.number)
    answer.set_signed_cookie(
        RECEIPT,
        f"{done.number} {done.tracking_code}",
        max_age=3600,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
        path=reverse("counters:receipt", args=[done.number]),
    )
    return answer
