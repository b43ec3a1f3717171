"""What an administrator needs to see of the background work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from yiwang.foundation.jobs.declarations import declared_jobs
from yiwang.foundation.jobs.models import Job, State
from yiwang.foundation.kernel.time import now


@dataclass(frozen=True)
class FailedJob:
    """Work that failed for good; `error` is the last attempt's, for a technician."""

    number: int
    name: str
    args: dict[str, object]
    attempts: int
    error: str
    asked_at: datetime
    failed_at: datetime


@dataclass(frozen=True)
class Overview:
    """The queue at a glance; counts include the whole table, open jobs only for the first three."""

    waiting: int
    running: int
    later: int
    """Timers whose time has not come."""
    failed: int
    delay: timedelta
    """For how long the most patient job has been ready without a worker taking it."""
    unknown: tuple[str, ...]
    """Names of open jobs that no package of this program declares: nobody will take them."""


def failed(limit: int = 50, before: int | None = None) -> tuple[FailedJob, ...]:
    """Jobs that failed for good, the latest number first; `before` continues after the last one seen."""
    rows = Job.objects.filter(state=State.FAILED, finished_at__isnull=False)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(
        FailedJob(
            number=row.pk,
            name=row.name,
            args=row.args,
            attempts=row.attempts,
            error=row.last_error,
            asked_at=row.created_at,
            failed_at=row.finished_at or row.created_at,
        )
        for row in rows.order_by("-pk")[: min(limit, 200)]
    )


def overview() -> Overview:
    """Four small counts over the indexes of open and failed jobs."""
    moment = now()
    open_jobs = Job.objects.filter(ready_at__isnull=False)
    counts = dict(open_jobs.values_list("state").annotate(count=Count("id")))
    ready = open_jobs.filter(state=State.WAITING, ready_at__lte=moment).aggregate(
        count=Count("id"), oldest=Min("ready_at")
    )
    known = [kind.name for kind in declared_jobs()]
    return Overview(
        waiting=ready["count"],
        running=counts.get(State.RUNNING, 0),
        later=counts.get(State.WAITING, 0) - ready["count"],
        failed=Job.objects.filter(state=State.FAILED, finished_at__isnull=False).count(),
        delay=moment - ready["oldest"] if ready["oldest"] else timedelta(0),
        unknown=tuple(open_jobs.exclude(name__in=known).values_list("name", flat=True).distinct().order_by("name")),
    )
