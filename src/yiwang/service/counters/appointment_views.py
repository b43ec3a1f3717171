"""Pages of appointments: one's own, and the times of a hall."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.kernel.time import city_zone, to_city
from yiwang.foundation.ui.language import said
from yiwang.foundation.ui.problems import problem
from yiwang.foundation.ui.wording import clock_text
from yiwang.service.counters import appointments, refusals
from yiwang.service.counters.appointments import Slot
from yiwang.service.counters.refusals import NoSuchAppointment, NoSuchHall, NotPossible
from yiwang.service.counters.views import go, read_or_send


@require_safe
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """One's appointments, and where one may be made."""
    by = actor_of(request.user)
    context = {
        "mine": appointments.mine(by),
        "halls": appointments.halls(),
        "blocked_until": appointments.blocked_until(by),
    }
    return render(request, "counters/appointments.html", context)


@read_or_send
@never_cache
def book(request: HttpRequest, hall: str) -> HttpResponse:
    """Choose a day and a time; whoever has an appointment here moves it."""
    by = actor_of(request.user)
    here = appointments.hall(hall)
    if here is None:
        raise Http404
    current = next((each for each in appointments.mine(by) if each.hall.code == hall), None)
    refused: NotPossible | None = None
    typed = request.POST.get("at", "")[:40]
    if request.method == "POST":
        instead = request.POST.get("instead_of", "")[:18]
        try:
            wanted = _moment(typed)
            appointments.book(
                hall, wanted, instead_of=int(instead) if instead.isascii() and instead.isdigit() else None, by=by
            )
            return go("counters:appointments")
        except NoSuchHall as gone:
            raise Http404 from gone
        except NotPossible as why:
            refused = why
    days = appointments.days(hall)
    day = _chosen(typed[:10] or request.GET.get("day", "")[:10], days)
    free = [each for each in appointments.slots(hall, day) if each.left] if day else []
    error = said(refused.words) if refused else ""
    context = {
        "hall": here,
        "current": current,
        "days": days,
        "day": day,
        "times": [_choice(each) for each in free],
        "typed": typed,
        "error": error,
        "errors": {"at" if free else "": error} if error else {},
        "verify": refused is refusals.WHO_ARE_YOU,
    }
    return render(request, "counters/book.html", context, status=422 if error else 200)


@require_POST
def cancel(request: HttpRequest, booking: int) -> HttpResponse:
    """Give the place back."""
    try:
        appointments.cancel(booking, by=actor_of(request.user))
    except NoSuchAppointment as missing:
        raise Http404 from missing
    except NotPossible as refused:
        there = reverse("counters:appointments")
        return problem(request, 409, _("This cannot be done now"), said(refused.words), href=there)
    return go("counters:appointments")


def _moment(text: str) -> datetime:
    """A time of the city's clock as the form sends it. Raises NotPossible."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=city_zone()).astimezone(UTC)
    except (ValueError, OverflowError) as unreadable:
        raise refusals.NO_SUCH_TIME from unreadable


def _chosen(text: str, days: tuple[date, ...]) -> date | None:
    """The day that was asked for, where it is one of these, else the first."""
    return next((day for day in days if day.isoformat() == text), days[0] if days else None)


def _choice(slot: Slot) -> tuple[str, str, str]:
    left = ngettext("%(left)d place left", "%(left)d places left", slot.left) % {"left": slot.left}
    value = to_city(slot.starts_at).strftime("%Y-%m-%dT%H:%M")
    return value, f"{clock_text(slot.starts_at)}–{clock_text(slot.ends_at)}", left
