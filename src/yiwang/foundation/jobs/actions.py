"""Ask for work, call it off, try a failed job again."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from yiwang.foundation.jobs.declarations import JobKind, ScheduleKind
from yiwang.foundation.jobs.models import Job, State
from yiwang.foundation.kernel.time import now

_DELETED_AT_ONCE = 1000


class NotFailed(Exception):
    """Only a job that failed for good can be tried again; this one is open, done, or gone."""


class KeyInUse(Exception):
    """The failed job's work has been asked for again meanwhile: an open job bears its key."""


def enqueue(
    kind: JobKind | ScheduleKind,
    args: Mapping[str, object] | None = None,
    run_at: datetime | None = None,
    key: str | None = None,
) -> int:
    """Ask for `kind` to run with `args`, now or from `run_at` (aware) on; returns the job's number.

    Part of the caller's transaction: if that rolls back, nobody asked. While a job with `key` is open (waiting or
    running), asking again changes nothing and returns its number; to move a timer, cancel it and ask anew.
    Raises TypeError or ValueError for arguments that the handler cannot take.
    """
    job = kind.job if isinstance(kind, ScheduleKind) else kind
    arguments = dict(args or {})
    job.check(arguments)
    if run_at is not None and run_at.utcoffset() is None:
        raise ValueError("run_at must say its time zone")
    if key is not None and not 0 < len(key) <= 200:
        raise ValueError("a key has 1 to 200 characters")
    moment = now()
    row = Job(
        name=job.name,
        args=arguments,
        key=key,
        run_at=run_at or moment,
        ready_at=run_at or moment,
        created_at=moment,
    )
    if key is None:
        row.save(force_insert=True)
        return row.pk
    for _ in range(10):
        Job.objects.bulk_create([row], ignore_conflicts=True)
        open_job = Job.objects.filter(key=key, ready_at__isnull=False).values_list("pk", flat=True).first()
        if open_job is not None:
            return open_job
        # The job that bore the key was closed between the two statements: the key is free now.
    raise RuntimeError(f"the key {key!r} was taken and freed ten times while asking for {job.name}")


def cancel(key: str) -> bool:
    """Call off the open job that bears `key`; True when it had not started and now never will.

    A run under way cannot be recalled, but it will be neither recorded as done nor tried again.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(key=key, ready_at__isnull=False).first()
        if job is None:
            return False
        waited = job.state == State.WAITING and job.attempts == 0
        job.state, job.ready_at, job.lease_token, job.finished_at = State.CANCELLED, None, None, now()
        job.save(update_fields=["state", "ready_at", "lease_token", "finished_at"])
    return waited


def retry(number: int) -> None:
    """Give a job that failed for good its full number of attempts again, from now.

    The right to do so is the caller's to check. Raises NotFailed, KeyInUse.
    """
    moment = now()
    try:
        with transaction.atomic():
            changed = Job.objects.filter(pk=number, state=State.FAILED).update(
                state=State.WAITING, ready_at=moment, run_at=moment, finished_at=None, attempts=0
            )
    except IntegrityError as taken:
        raise KeyInUse(number) from taken
    if not changed:
        raise NotFailed(number)


def delete_finished(done_before: datetime, failed_before: datetime) -> int:
    """Forget jobs closed long ago; returns how many. Failed ones have their own, longer time to be seen."""
    deleted = 0
    for states, before in (((State.DONE, State.CANCELLED), done_before), ((State.FAILED,), failed_before)):
        for state in states:
            while True:
                # In small portions, so that no other writer waits long.
                numbers = list(
                    Job.objects.filter(state=state, finished_at__lt=before)
                    .order_by("finished_at")
                    .values_list("pk", flat=True)[:_DELETED_AT_ONCE]
                )
                if not numbers:
                    break
                deleted += Job.objects.filter(pk__in=numbers, state=state).delete()[0]
    return deleted


KEEP_DONE = timedelta(days=14)
KEEP_FAILED = timedelta(days=365)
