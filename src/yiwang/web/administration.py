"""The works: what an administrator must see so that nothing stands still unseen. Nothing personal is shown here."""

from __future__ import annotations

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from yiwang.foundation.jobs import actions as jobs
from yiwang.foundation.jobs import queries as work
from yiwang.foundation.ledger import hearing
from yiwang.foundation.ledger import queries as ledger


@require_safe
def works(request: HttpRequest) -> HttpResponse:
    """The record's positions, who is behind, what is parked, what background work failed."""
    record, queue = ledger.record(), work.overview()
    behind = [each for each in record.hearings if each.behind]
    context = {
        "record": record,
        "queue": queue,
        "behind": behind,
        "failed": work.failed(),
        "well": not (record.parked or queue.failed or queue.unknown),
    }
    return render(request, "web/works.html", context)


@require_POST
def retry_job(request: HttpRequest, number: int) -> HttpResponse:
    """Give a job that failed for good another set of attempts."""
    # With its key in use, the same work has been asked for anew since: there is nothing left to repeat.
    with suppress(jobs.KeyInUse):
        try:
            jobs.retry(number)
        except jobs.NotFailed:
            raise Http404 from None
    return redirect("web:works")


@require_POST
def hear_again(request: HttpRequest, number: int) -> HttpResponse:
    """Try a parked stream at the next round."""
    if not hearing.hear_again(number):
        raise Http404
    return redirect("web:works")
