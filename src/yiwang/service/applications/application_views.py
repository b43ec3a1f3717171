"""The pages on which a person follows an application: receipt, list, status, and what they can still do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yiwang.casework.cases.facts import described
from yiwang.casework.cases.queries import CaseView, case_view
from yiwang.casework.cases.refusals import Changed, NoSuchCase
from yiwang.casework.cases.refusals import NotPossible as CaseNotPossible
from yiwang.casework.cases.state import Stage
from yiwang.casework.cases.timeline import Entry, reported_words
from yiwang.foundation.directory import limits, sign_in
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.documents.refusals import Refused
from yiwang.foundation.kernel.money import Fen, yuan
from yiwang.foundation.kernel.text import UnacceptableText, Words
from yiwang.foundation.ui.language import said
from yiwang.foundation.ui.problems import problem, too_many_requests
from yiwang.foundation.ui.shapes import Moment, Row, Step
from yiwang.service.applications import actions, failed_attempts, payments, queries
from yiwang.service.applications.draft_views import RECEIPT
from yiwang.service.applications.glance import PartGlance
from yiwang.service.applications.pages import actor, go, of_application, read_or_send, take_in
from yiwang.service.applications.queries import Followed
from yiwang.service.applications.refusals import NoSuchApplication, NotAsked, NotPossible
from yiwang.service.applications.standing import state_of
from yiwang.service.catalogue.service import parts_of

LONGEST_REASON = 1000


@require_safe
@never_cache
@of_application
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """What to keep. The tracking code is shown on the first visit only."""
    found = queries.followed(number, actor(request))
    kept = str(request.get_signed_cookie(RECEIPT, default="", max_age=600)).split(" ")
    code = kept[1] if len(kept) == 2 and kept[0] == number else ""
    context = {
        "found": found,
        "tracking_code": code,
        "address": request.build_absolute_uri(reverse("applications:track")),
        "steps": [_step(part, found) for part in found.parts],
    }
    answer = render(request, "applications/receipt.html", context)
    if code:
        answer.delete_cookie(RECEIPT, path=request.path, samesite="Lax")
    return answer


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """My drafts and applications."""
    by = actor(request)
    before = request.GET.get("before", "")
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    cards, older = queries.applications_of(by, before=start)
    context = {
        "drafts": queries.drafts_of(by) if start is None else (),
        "failed_attempts": failed_attempts.all_mine(by) if start is None else (),
        "open": [card for card in cards if not card.closed],
        "closed": [card for card in cards if card.closed],
        "older": f"{request.path}?before={older}" if older else "",
        "first": request.path if start is not None else "",
    }
    return render(request, "applications/mine.html", context)


@require_safe
@of_application
def application(request: HttpRequest, number: str) -> HttpResponse:
    """Where my application is: one sentence, one paragraph, one action, the clock, who has it, what happened."""
    by = actor(request)
    found = queries.followed(number, by)
    try:
        view = case_view(number, found.speaker)
    except NoSuchCase as missing:
        raise NoSuchApplication(number) from missing
    departments = directory.department_names()
    context = {
        "found": found,
        "view": view,
        "rows": [_row(part, view) for part in found.parts],
        "many": len(found.parts) > 1,
        "corrections": [part for part in view.parts if part.stage is Stage.CORRECTING],
        "stopped": [part for part in view.parts if part.running_stop is not None],
        "awaited": _awaited(view, found),
        "results": _results(view, found),
        "checks": [link for link in view.links if link.relation == "check"],
        "hearings": [part for part in view.parts if part.hearing is not None],
        "hearable": [part for part in view.parts if "ask_hearing" in part.verbs],
        "withdrawable": [part for part in view.parts if "withdraw" in part.verbs],
        "fees": [(each, yuan(Fen(each.amount_fen))) for each in payments.due(actions.find(number, by))],
        "history": _history(view, departments, found, str(by)),
    }
    return render(request, "applications/application.html", context)


@require_POST
@of_application
def correct(request: HttpRequest, number: str, part: str) -> HttpResponse:
    """Begin, or go on with, the correction that was asked of a part."""
    try:
        return go("applications:review", actions.begin_correction(number, part, by=actor(request)))
    except CaseNotPossible:
        return go("applications:application", number)


@read_or_send
@of_application
def bring(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Bring a material that was left for later."""
    by = actor(request)
    wanted = actions.awaited(actions.find(number, by)).get(key)
    if wanted is None:
        raise NotAsked(key)
    material, _parts = wanted
    error = ""
    if request.method == "POST":
        try:
            brought = take_in(request, "file")
            if brought:
                actions.bring_deferred(number, key, [each.id for each in brought], by=by)
                return go("applications:application", number)
            error = _("Choose a file first.")
        except (Refused, NotPossible, CaseNotPossible) as refused:
            error = said(refused.words)
    context = {
        "material": material,
        "accepted": actions.accepted_kinds(material),
        "accept": ",".join(material.media),
        "error": error,
        "errors": {"file": error} if error else {},
        "back": reverse("applications:application", args=[number]),
    }
    return render(request, "applications/bring.html", context, status=422 if error else 200)


@read_or_send
@of_application
def withdraw(request: HttpRequest, number: str, part: str) -> HttpResponse:
    """Ask, then withdraw a part."""
    by = actor(request)
    found = queries.followed(number, by)
    try:
        shown = case_view(number, found.speaker).part(part)
    except NoSuchCase as missing:
        raise NoSuchApplication(number) from missing
    back = reverse("applications:application", args=[number])
    error = ""
    if request.method == "POST":
        try:
            actions.withdraw(number, part, request.POST.get("reason", ""), by=by)
            return go("applications:application", number)
        except CaseNotPossible as refused:
            return problem(request, 409, _("This cannot be withdrawn now"), said(refused.words), href=back)
        except Changed:
            error = _("Something happened meanwhile. Look at the case before you withdraw.")
        except UnacceptableText as refused:
            error = said(refused.words)
    if "withdraw" not in shown.verbs:
        return go("applications:application", number)
    context = {
        "question": _("Withdraw “%(name)s”?") % {"name": said(shown.name)},
        "text": _("Work on it ends. What needs it ends too. You may apply again later."),
        "action": request.path,
        "confirm": _("Yes, withdraw it"),
        "cancel": back,
        "button_kind": "danger",
        "error": error,
        "reason": request.POST.get("reason", ""),
        "longest": LONGEST_REASON,
    }
    return render(request, "applications/withdraw.html", context, status=422 if error else 200)


@read_or_send
@never_cache
def track(request: HttpRequest) -> HttpResponse:
    """Look an application up with its tracking code and a second fact, without signing in.

    Whatever is wrong, the answer is the same; who tries too often waits.
    """
    typed = {name: request.POST.get(name, "")[:80] for name in ("number", "code", "fact")}
    error = ""
    if request.method == "POST":
        try:
            attempt = limits.admit(limits.Purpose.LOOK_UP, "", sign_in.address_of(request))
        except limits.TooManyAttempts as refused:
            return too_many_requests(request, refused.wait)
        try:
            found = queries.tracked(typed["code"], typed["fact"], typed["number"].strip())
        except NoSuchApplication:
            try:
                said_before = failed_attempts.tracked(typed["code"])
            except NoSuchApplication:
                pass
            else:
                attempt.succeeded()
                return render(request, "applications/failed_attempt_followed.html", {"found": said_before})
            attempt.failed()
            error = _("We found nothing with these. Copy the tracking code from the receipt and try again.")
        else:
            attempt.succeeded()
            rows = [_row(part, None) for part in found.parts]
            return render(request, "applications/tracked.html", {"found": found, "rows": rows})
    context = {"typed": typed, "error": error, "errors": {"code": error} if error else {}}
    return render(request, "applications/track.html", context, status=422 if error else 200)


def _step(part: PartGlance, found: Followed) -> Step:
    words, _kind = state_of(part)
    state: Literal["done", "waiting", "now", "stopped", "ended"] = "now"
    if part.stage is Stage.WAITING:
        state = "waiting"
    elif not part.stage.is_open:
        state = "done" if part.stage is Stage.GRANTED else "ended"
    elif part.stop is not None:
        state = "stopped"
    return Step(part.name, state, f"{said(part.department)} · {said(words)}")


def _row(part: PartGlance, view: CaseView | None) -> dict[str, Any]:
    """One line of "who has it": department, matter, state, working days used."""
    words, kind = state_of(part)
    started = view is not None and view.part(part.key).opened_at is not None
    return {
        "department": part.department,
        "name": part.name,
        "state": words,
        "kind": kind,
        "used": view.part(part.key).days_used if view is not None and started else None,
    }


def _awaited(view: CaseView, found: Followed) -> list[dict[str, Any]]:
    """Materials left for later that have not come, with the page on which to bring them."""
    names = {key: name for part in found.parts for key, name in part.awaiting if part.stage.is_open}
    return [
        {"name": name, "href": reverse("applications:bring", args=[view.number, key])} for key, name in names.items()
    ]


def _results(view: CaseView, found: Followed) -> list[dict[str, Any]]:
    """What was decided: results, and reasons where it was not granted."""
    rules = {part.key: part.matter.rule for part in parts_of(found.published.service)}
    by_rule = {entry.part for entry in view.timeline if entry.by_rule}
    facts = described(view.facts)
    ended = []
    for glance in found.parts:
        part = view.part(glance.key)
        if part.is_open:
            continue
        rule = rules.get(glance.key)
        words, kind = state_of(glance)
        ended.append(
            {
                "name": glance.result if part.stage is Stage.GRANTED else glance.name,
                "state": words,
                "kind": kind,
                "at": part.ended_at,
                "facts": [Row(facts[fact].name, view.facts[fact]) for fact in part.creates if fact in facts],
                "reason": rule.explain if rule is not None and glance.key in by_rule else part.reason,
                "missed": part.missed,
                "can_object": bool(part.missed) or part.stage in (Stage.REFUSED, Stage.NOT_ACCEPTED, Stage.REVOKED),
            }
        )
    return ended


def _history(view: CaseView, departments: dict[str, Words], found: Followed, me: str) -> list[Moment]:
    """What happened, newest first, in sentences; words that somebody wrote stand below."""
    kinds = {"cases.SpecialProcedureStarted": "stopped", "cases.Decided": "done", "cases.CorrectionRequested": "near"}
    late = ("cases.PromiseMissed", "cases.StatuteMissed", "cases.DeferralLapsed")
    rules = {part.key: part.matter.rule.explain for part in parts_of(found.published.service) if part.matter.rule}
    return [
        Moment(
            at=entry.at,
            text=entry.words,
            by=_who(entry, departments.get(entry.department or "", ""), me),
            note=_note(entry, rules),
            kind="late" if entry.type in late else kinds.get(entry.type, "plain"),
        )
        for entry in reversed(view.timeline)
    ]


def _who(entry: Entry, department: Words | str, me: str) -> Words | str:
    """Who did it: I (also under a mandate), the applicant, somebody for them, or a department."""
    if entry.who is not None and entry.actor.partition("+")[0] == me:
        return Words("您", "You")
    return entry.who or department


def _note(entry: Entry, rules: Mapping[str, Words]) -> Words | str:
    """What was written; where a published rule decided, the rule in the page's language. What the department's own
    system reported late says so."""
    late = [said(reported)] if entry.back_dated and (reported := reported_words(entry)) else []
    return (rules.get(entry.part or "") if entry.by_rule else None) or "\n".join([*entry.said, *late])
