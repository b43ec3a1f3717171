"""The inbox. Every verb is a POST; a message of somebody else does not exist."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from yiwang.foundation.directory.models import User
from yiwang.foundation.notifications import actions, queries

LARGEST_NUMBER = 2**63 - 1


def unread_of(request: HttpRequest) -> int:
    """How many unread messages the header shows."""
    return queries.unread_count(request.user.pk) if request.user.is_authenticated else 0


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    page = queries.inbox(reader_of(request), before=_number(request.GET.get("before")))
    here = reverse("notifications:inbox")
    return render(
        request,
        "notifications/inbox.html",
        {
            "page": page,
            "newest": page.messages[0].number if page.messages else None,
            "first": here if "before" in request.GET else "",
            "older": f"{here}?before={page.older}" if page.older else "",
        },
    )


@require_POST
def read(request: HttpRequest, number: int) -> HttpResponse:
    """Mark one message as read; `open` leads on to what it is about."""
    try:
        link = actions.mark_read(reader_of(request), min(number, LARGEST_NUMBER))
    except actions.NoSuchMessage as missing:
        raise Http404 from missing
    return HttpResponseRedirect(link if "open" in request.POST else reverse("notifications:inbox"))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    newest = _number(request.POST.get("newest"))
    if newest is not None:
        actions.mark_all_read(reader_of(request), newest)
    return HttpResponseRedirect(reverse("notifications:inbox"))


def reader_of(request: HttpRequest) -> int:
    if not isinstance(request.user, User):
        raise Http404
    return request.user.pk


def _number(text: str | None) -> int | None:
    """A message's number from an address or form; what is no number counts as none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None
