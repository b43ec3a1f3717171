"""The pages on which an application is filled in: one thing a page, saved at once, nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from yiwang.casework.cases.refusals import NotPossible as CaseNotPossible
from yiwang.foundation.directory import mandates
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.mandates import MandateCard
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.fields import Posted, posted
from yiwang.foundation.ui.language import language, said
from yiwang.foundation.ui.shapes import Row, Step
from yiwang.service.applications import (
    actions,
    answers,
    asking,
    checking,
    drafts,
    identity,
    queries,
    sources,
    submission,
)
from yiwang.service.applications.answers import WrongAnswer
from yiwang.service.applications.drafts import OpenDraft
from yiwang.service.applications.pages import (
    actor,
    address_of,
    desk_of,
    go,
    home,
    material_list,
    next_address,
    of_draft,
    onward,
    read_or_send,
    see,
)
from yiwang.service.applications.progress import Kind, Progress
from yiwang.service.applications.refusals import (
    DraftChanged,
    Incomplete,
    NotAsked,
    NotPossible,
)
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.catalogue.package import Question
from yiwang.service.catalogue.views import no_such_service

RECEIPT = "receipt"
"""The signed cookie that carries the tracking code to the receipt page, once."""


@read_or_send
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Before the first question: for whom, where one acts for others too. An open draft goes on where it was."""
    by = actor(request)
    chosen = request.POST.get("for", request.GET.get("for", ""))
    held = mandates.held(by, code)
    card = next((each for each in held if str(each.id) == chosen), None)
    lapsed = bool(chosen) and chosen != MYSELF and card is None
    error = ""
    try:
        published = catalogue.service(code)
        if request.method == "POST" and lapsed:
            error = _("This mandate has ended or does not reach this service. Choose again.")
        elif request.method == "POST" and held and not chosen:
            error = _("Choose for whom this is.")
        elif request.method == "POST":
            speaker = by if card is None else by.speaking_for(card.principal_id, card.id)
            draft, _new = actions.start(code, by=speaker)
            asking.look_up(draft, by=by)
            return onward(draft, by)
    except catalogue.NotPublished:
        return no_such_service(request)
    assert by.id is not None
    person = directory.identity(by.id)
    context = {
        "service": published.service,
        "code": code,
        "departments": _names(published.service.departments),
        "known": [Row(*each) for each in identity.masked(person)] if not held or chosen == MYSELF else [],
        "open": by.person in queries.open_drafts(by, code) and not held,
        "gap": directory.gap(person.level, published.service.identity) if person else None,
        "whom": _whom(held),
        "chosen": chosen if card is not None or chosen == MYSELF else "",
        "error": error,
        "errors": {"for": error} if error else {},
    }
    return render(request, "applications/start.html", context, status=422 if error else 200)


MYSELF = "me"


def _whom(held: Sequence[MandateCard]) -> list[tuple[str, str]]:
    """For whom one may apply: oneself, and those whose mandate reaches the service."""
    if not held:
        return []
    choices = [(MYSELF, _("Myself"))]
    for card in held:
        enterprise = f" · {card.enterprise.name}" if card.enterprise is not None else ""
        choices.append((str(card.id), f"{card.principal}{enterprise} ({said(card.kind_words)})"))
    return choices


@require_safe
@of_draft
def draft(request: HttpRequest, draft: UUID) -> HttpResponse:
    """What is done, what comes next."""
    by = actor(request)
    asking.look_up(draft, by=by)
    held = drafts.read(draft, by)
    if held.corrects:
        return go("applications:review", draft)
    progress = held.progress
    missing = {kind: [step for step in progress.missing if step.kind is kind] for kind in Kind}
    context = {
        "draft": held,
        "title": progress.service.name,
        "steps": _steps(progress, missing),
        "next": progress.next,
        "onward": next_address(held),
        "materials": _materials(held, linked=True),
        "found": _found(held),
        "worked_out": _worked_out(held),
        "asked_consent": bool(held.consents) or bool(asking.wanted_consents(held, by)),
        "visit": desk.visit(held.id) if (desk := desk_of(by)) is not None else "",
    }
    return render(request, "applications/draft.html", context)


@read_or_send
@of_draft
def question(request: HttpRequest, draft: UUID, element: str) -> HttpResponse:
    """One question; its answer is checked, kept, and leads to the next."""
    by = actor(request)
    held = drafts.read(draft, by)
    asked = held.progress.question(element)
    if asked is None:
        raise NotAsked(element)
    known, suggestion = held.progress.known.get(element), held.progress.worked_out.get(element)
    if request.method != "POST" and known is not None and held.answers.get(element) == known.value:
        return go("applications:dispute", draft, element)
    value: Any = held.progress.relevant.get(element)
    error = ""
    if request.method == "POST" and "suggested" in request.POST:
        actions.answer(draft, {element: None}, by=by)
        return onward(draft, by)
    if request.method == "POST":
        value = posted(element, asked.element.kind, cast(Posted, request.POST))
        try:
            given = answers.typed(asked.element, value)
            if given is None and asked.required:
                error = _("Answer this question to go on.")
        except WrongAnswer as wrong:
            error = said(wrong.words)
        if not error:
            actions.answer(draft, {element: given}, by=by)
            asking.look_up(draft, by=by)
            return onward(draft, by)
    number, left = held.progress.place_of(element)
    told = identity.known(directory.identity_of_person(held.applicant))
    context = {
        "draft": held,
        "question": asked,
        "value": value,
        "error": error,
        "errors": {element: error} if error else {},
        "place": _place(number, left),
        "back": _before(held, asked),
        "source": identity.SOURCE if told.get(element, "") == value and value else "",
        "suggestion": suggestion,
        "instead": _instead(held, asked) if suggestion is None else "",
        "materials": _materials(held),
    }
    return render(request, "applications/question.html", context, status=422 if error else 200)


@read_or_send
@of_draft
def review(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Everything on one page, each with a way to change it; declare it true; submit."""
    by = actor(request)
    error, desk = "", desk_of(by)
    if request.method == "POST":
        declared = request.POST.get("declared") == "true"
        try:
            return _submit(request, draft, _whole(request.POST.get("version", "")), declared)
        except (NotPossible, CaseNotPossible) as refused:
            error = said(refused.words)
        except DraftChanged:
            error = _("Something was changed on another page. Look it over once more, then submit.")
        except Incomplete:
            error = _("Something is still missing. It is listed below.")
    held = drafts.read(draft, by)
    progress = held.progress
    missing = [(address_of(draft, step), step.name) for step in progress.missing]
    context = {
        "draft": held,
        "title": progress.service.name,
        "rows": summary(held),
        "materials": _materials(held, linked=True),
        "promises": progress.promises,
        "commitment": reverse("applications:commitment", args=[draft]),
        "ordinary": [part.matter.name for part in progress.parts if part.key in held.ordinary],
        "missing": missing,
        "remarks": checking.of_draft(held).remarks,
        "gap": None if held.corrects else _gap(held),
        "error": error,
        "errors": {"declared": error} if error else {},
        "declaration": [("true", _("All of this is true. I know that false statements have consequences by law."))],
        "signing": desk.signing(draft) if desk is not None else "",
        "correction": queries.correction_asked(held.corrects, held.part, held.speaker(by)) if held.corrects else (),
        "back": reverse("applications:application", args=[held.corrects])
        if held.corrects
        else reverse("applications:draft", args=[draft]),
    }
    return render(request, "applications/review.html", context, status=422 if error else 200)


@read_or_send
@of_draft
def discard(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Ask, then throw a draft away."""
    by = actor(request)
    held = drafts.read(draft, by)
    if request.method == "POST":
        desk = desk_of(by)
        onwards = reverse("applications:mine") if desk is None else desk.visit(draft)
        actions.discard(draft, by=by)
        return see(onwards)
    context = {
        "question": _("Throw this draft away?"),
        "text": _("What you answered and uploaded for “%(name)s” will be deleted.")
        % {"name": said(held.progress.service.name)},
        "action": request.path,
        "confirm": _("Yes, throw it away"),
        "cancel": reverse("applications:draft", args=[draft]),
        "button_kind": "danger",
    }
    return render(request, "ui/confirm.html", context)


def _submit(request: HttpRequest, draft: UUID, version: int, declared: bool) -> HttpResponse:
    by = actor(request)
    try:
        done = submission.submit(draft, version, declared=declared, by=by)
    except submission.IsCorrection:
        return go("applications:application", submission.correct(draft, version, declared=declared, by=by))
    answer = go("applications:receipt", done.number)
    answer.set_signed_cookie(
        RECEIPT,
        f"{done.number} {done.tracking_code}",
        max_age=600,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
        path=reverse("applications:receipt", args=[done.number]),
    )
    return answer


def _steps(progress: Progress, missing: dict[Kind, list[Any]]) -> list[Step]:
    """The four things to do, with how far each has come."""
    asked, open_questions = len(progress.questions), len(missing[Kind.QUESTION])
    steps = [
        (
            _("Answer the questions"),
            open_questions,
            _("%(done)d of about %(all)d") % {"done": asked - open_questions, "all": asked},
        )
    ]
    if progress.to_bring:
        brought = len(progress.to_bring) - len(missing[Kind.MATERIAL])
        steps.append(
            (
                _("Bring the documents"),
                len(missing[Kind.MATERIAL]),
                _("%(done)d of %(all)d") % {"done": brought, "all": len(progress.to_bring)},
            )
        )
    if progress.promises:
        steps.append((_("Sign the promise"), len(missing[Kind.COMMITMENT]), ""))
    steps.append((_("Look it over and submit"), 1, ""))
    found, reached = [], False
    for text, left, note in steps:
        state: Literal["waiting", "now", "done"] = "waiting" if reached else "now" if left else "done"
        reached = reached or bool(left)
        found.append(Step(text, state, note if state != "done" else ""))
    return found


def summary(held: OpenDraft) -> list[Row]:
    """Who applies, and the answers, for the summary list, each with where it came from."""
    person = directory.identity_of_person(held.applicant)
    told = identity.known(person)
    departments = directory.department_names()
    asked = {question.element.name for question in held.progress.questions}
    rows = [Row(name, value, source=identity.SOURCE) for name, value in identity.masked(person) if name not in asked]
    for question in held.progress.questions:
        element = question.element
        answer = held.progress.relevant.get(element.code)
        from_account = told.get(element.code) and told[element.code] == answer
        rows.append(
            Row(
                element.name,
                answers.shown(element, answer, language()) or _("Not answered"),
                reverse("applications:question", args=[held.id, element.code]),
                identity.SOURCE
                if from_account
                else sources.of_applicant(
                    element,
                    answer,
                    held.progress.known.get(element.code),
                    departments,
                    held.progress.worked_out.get(element.code),
                ),
            )
        )
    return rows


def _found(held: OpenDraft) -> list[Row]:
    """What departments told, and so nobody has to type."""
    departments = directory.department_names()
    return [
        Row(
            question.element.name,
            answers.shown(question.element, known.value, language()),
            reverse("applications:dispute", args=[held.id, code]),
            sources.of_lookup(known.lookup, departments),
        )
        for question in held.progress.questions
        if (known := held.progress.known.get(code := question.element.code)) is not None
        and held.answers.get(code) == known.value
    ]


def _worked_out(held: OpenDraft) -> list[Row]:
    """What follows from other answers, and so is not asked."""
    return [
        Row(
            question.element.name,
            answers.shown(question.element, held.progress.relevant[code], language()),
            reverse("applications:question", args=[held.id, code]),
            sources.of_suggestion(suggestion),
        )
        for question in held.progress.questions
        if (suggestion := held.progress.worked_out.get(code := question.element.code)) is not None
    ]


def _instead(held: OpenDraft, asked: Question) -> str:
    """What would be worked out, had the person not answered themselves."""
    suggested = held.progress.without(asked.element.code).get(asked.element.code)
    given = held.answers.get(asked.element.code)
    return "" if given is None or suggested is None else answers.shown(asked.element, suggested, language())


def _materials(held: OpenDraft, *, linked: bool = False) -> list[Any]:
    departments = directory.department_names()

    def address(key: str) -> str:
        return reverse("applications:material", args=[held.id, key])

    return material_list(held.progress, departments, held.files, address if linked else None)


def _gap(held: OpenDraft) -> directory.Gap | None:
    applicant = directory.identity_of_person(held.applicant)
    return identity.gap_of(applicant, held.mandate, held.progress.identity)


def _names(codes: tuple[str, ...]) -> list[Words]:
    names = directory.department_names()
    return [names.get(code, Words(code, code)) for code in codes]


def _place(number: int, left: int) -> str:
    if not left:
        return _("Question %(number)d, the last one for now") % {"number": number}
    return ngettext("Question %(number)d, about %(left)d to go", "Question %(number)d, about %(left)d to go", left) % {
        "number": number,
        "left": left,
    }


def _before(held: OpenDraft, asked: Question) -> str:
    codes = [question.element.code for question in held.progress.questions]
    index = codes.index(asked.element.code)
    if index == 0:
        return home(held)
    return reverse("applications:question", args=[held.id, codes[index - 1]])


def _whole(text: str) -> int:
    """The version that a form carries; one that is no number is none that the draft ever had."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
