"""A letter as a page, for the applicant and for officers of its part; and as PDF."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yiwang.casework.cases import correspondence, kinds
from yiwang.casework.cases.correspondence import SentLetter
from yiwang.casework.cases.refusals import NoSuchCase
from yiwang.foundation.directory.actor import ActorKind, actor_of
from yiwang.foundation.documents import typesetting

PDF = "application/pdf"


@require_safe
@never_cache
def letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """The letter in Chinese; beside it, for who reads English, what it says."""
    sent = _sent(request, letter_id)
    officer = actor_of(request.user).kind is ActorKind.OFFICER
    context = {
        "sent": sent,
        "letter": sent.letter,
        "has_pdf": sent.letter is not None and bool(typesetting.font()),
        "back": reverse("cases:case", args=[sent.case]) if officer else kinds.follow_address(sent.case),
        "layout": "ui/desk.html" if officer else "ui/page.html",
    }
    return render(request, "cases/letter.html", context)


@require_safe
@never_cache
def letter_pdf(request: HttpRequest, letter_id: int) -> HttpResponse:
    """The letter as PDF/A; 404 where its text was erased or nothing can be set."""
    sent = _sent(request, letter_id)
    try:
        made = correspondence.pdf(sent)
    except (NoSuchCase, typesetting.CannotTypeset):
        raise Http404 from None
    answer = HttpResponse(made, content_type=PDF)
    answer["Content-Disposition"] = f'attachment; filename="letter-{sent.case}-{sent.card.id}.pdf"'
    return answer


def _sent(request: HttpRequest, letter_id: int) -> SentLetter:
    try:
        return correspondence.sent_letter(letter_id, actor_of(request.user))
    except NoSuchCase:
        raise Http404 from None
