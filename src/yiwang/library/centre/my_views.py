"""The citizen's pages: who looked at my data, the receipt of a look, what departments hold on me, and what is wrong."""

from __future__ import annotations

import json
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.text import UnacceptableText, canonical
from yiwang.foundation.ui.language import said
from yiwang.foundation.ui.problems import problem
from yiwang.library.centre import corrections, looked_at, own_records
from yiwang.library.centre.corrections import Wrong
from yiwang.library.centre.own_records import SALT
from yiwang.library.gateways.gateway import Offline

LONGEST_VALUE = 300


@require_safe
@never_cache
def looks(request: HttpRequest) -> HttpResponse:
    """Every look at my data, newest first, in plain words."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    return render(request, "centre/my_looks.html", {"page": looked_at.looks_at(_user(request).pk, number)})


@require_safe
@never_cache
def receipt(request: HttpRequest, department: str, position: int) -> HttpResponse:
    """The proof that a look stands in the department's log, checked here and now; as a file with `?format=json`."""
    try:
        found = looked_at.receipt_of(_user(request).pk, department, position)
    except looked_at.NotYours as missing:
        raise Http404 from missing
    except Offline:
        text = _("The department's log does not answer just now. Nothing is lost: try again later.")
        return problem(request, 503, _("The log does not answer"), text, href=reverse("centre:my-looks"))
    if request.GET.get("format") == "json":
        answer = HttpResponse(
            json.dumps(looked_at.as_json(found), ensure_ascii=False, indent=1), content_type="application/json"
        )
        answer["Content-Disposition"] = f'attachment; filename="{department}-{position}.json"'
        return answer
    context = {"found": found, "look": found.look, "root": found.receipt.head.root.hex()}
    return render(request, "centre/my_receipt.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def facts(request: HttpRequest) -> HttpResponse:
    """What departments hold on me: read when I press the button, and logged as my own look."""
    context: dict[str, Any] = {"asked": request.method == "POST"}
    if request.method == "POST":
        found = own_records.of(_user(request).pk, str(actor_of(request.user)))
        context |= {"records": found.records, "silent": found.silent, "nothing": not found.records}
    return render(request, "centre/my_facts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def dispute(request: HttpRequest, product: str, field: str) -> HttpResponse:
    """Say that a value which a department holds on me is wrong: its owner checks it, as a case of its own."""
    named = own_records.field_of(product, field)
    if named is None:
        raise Http404
    contract, described = named
    errors: dict[str, str] = {}
    value, words = request.POST.get("said", ""), request.POST.get("words", "")
    held = _opened(request.POST.get("held") or request.GET.get("held", ""), product, field)
    if held is None:
        return redirect("centre:my-facts")
    if request.method == "POST":
        try:
            value = canonical(value, max_length=LONGEST_VALUE)
            words = canonical(words, multiline=True, max_length=corrections.LONGEST)
        except UnacceptableText as wrong:
            errors["said"] = said(wrong.words)
        if not errors and not value:
            errors["said"] = _("Write what is right.")
        if not errors:
            case = corrections.ask_for_correction(
                Wrong(contract, described, held, value, words), by=actor_of(request.user)
            )
            return render(request, "centre/my_dispute_sent.html", {"number": case.number, "title": contract.title})
    context = {
        "title": contract.title,
        "name": described.words,
        "held": held,
        "sealed": signing.dumps([product, field, held], salt=SALT),
        "value": value,
        "words_said": words,
        "longest": corrections.LONGEST,
        "longest_value": LONGEST_VALUE,
        "errors": errors,
        "error": errors.get("said", ""),
    }
    return render(request, "centre/my_dispute.html", context, status=422 if errors else 200)


def _opened(sealed: str, product: str, field: str) -> str | None:
    """What the record said when it was shown: sealed, so that nobody complains of what stands nowhere."""
    try:
        told = signing.loads(sealed, salt=SALT, max_age=24 * 3600)
    except signing.BadSignature:
        return None
    return str(told[2]) if told[:2] == [product, field] else None


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
