"""What text messages the demonstration would have sent."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.foundation.notifications import texting
from yiwang.foundation.notifications.texting.outbox import Outbox, newest


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The outbox of a demonstration; where messages are really sent, or none are, nothing is shown."""
    gateway = texting.gateway()
    shown = newest() if isinstance(gateway, Outbox) else ()
    context = {"shown": shown, "demonstration": isinstance(gateway, Outbox), "sent": gateway is not None}
    response = render(request, "notifications/texts.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
