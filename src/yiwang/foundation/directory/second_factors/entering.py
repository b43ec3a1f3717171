"""From the first proof of who somebody is to their session: with a second factor between, where they have one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from yiwang.foundation.directory import duties, sign_in, unsent
from yiwang.foundation.directory.models import User
from yiwang.foundation.directory.second_factors import actions
from yiwang.foundation.kernel import time

PATIENCE = timedelta(minutes=10)
"""How long somebody may take for the second factor."""
_HALF = "half_signed_in"


def enter(request: HttpRequest, user: User, onward: str, *, strong: bool = False) -> HttpResponse:
    """Begin the session, or ask for the second factor first; `strong`: what was proven counts as two factors."""
    if not strong and actions.has_one(user):
        request.session.flush()
        request.session[_HALF] = {"user": user.pk, "at": time.now().isoformat(), "next": onward}
        return HttpResponseRedirect(reverse("directory:second-factor"))
    sign_in.begin_session(request, user)
    if strong:
        duties.strengthen(request)
    return HttpResponseRedirect(onward if onward != "/" else unsent.waits_at(request) or onward)


def half(request: HttpRequest) -> tuple[User, str] | None:
    """Who has proven the first factor in this browser and goes where; None when nobody has, or too long ago."""
    kept = request.session.get(_HALF)
    if not isinstance(kept, dict) or time.now() >= datetime.fromisoformat(kept["at"]) + PATIENCE:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    return None if user is None else (user, str(kept["next"]))
