"""Paying a fee: the way to the cashier, who sends people back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiwang.foundation.ui.language import said
from yiwang.foundation.ui.problems import problem
from yiwang.service.applications import payments
from yiwang.service.applications.pages import actor, of_application
from yiwang.service.applications.refusals import NotPossible


@require_POST
@of_application
def pay(request: HttpRequest, number: str, part: str) -> HttpResponse:
    """Open the order and show the way to the cashier: our forms lead nowhere but here (`form-action`)."""
    back = reverse("applications:application", args=[number])
    notify = request.build_absolute_uri(reverse("api:notify-payment"))
    try:
        there = payments.open_order(
            number, part, notify=notify, back=request.build_absolute_uri(back), by=actor(request)
        )
    except NotPossible as refused:
        return problem(request, 409, _("This cannot be paid now"), said(refused.words), href=back)
    return render(request, "applications/pay.html", {"there": there, "back": back})
