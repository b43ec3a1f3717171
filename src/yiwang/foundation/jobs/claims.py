"""Taking jobs, keeping them, closing them: the part where two workers could collide.

A claim holds a random token. Whatever a worker does to a job later names the token, so a worker that was thought
dead and comes back (its lease having run out and another having taken the job) changes nothing.
"""

import random
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from yiwang.foundation.jobs.declarations import JobKind, declared_jobs
from yiwang.foundation.jobs.models import Job, State
from yiwang.foundation.kernel.time import now

_LONGEST_ERROR = 4000


@dataclass(frozen=True)
class Claim:
    """The right to run a job until its lease ends."""

    number: int
    token: str
    kind: JobKind
    args: dict[str, object]
    attempt: int
    since: datetime


def claim(limit: int) -> list[Claim]:
    """Take up to `limit` jobs that are ready, those waiting longest first, in one short transaction.

    Jobs that this program does not declare are left to one that does. PostgreSQL skips rows that another worker is
    taking; SQLite lets one writer in at a time (transactions are IMMEDIATE), so both see a job taken once.
    """
    kinds = {kind.name: kind for kind in declared_jobs()}
    moment = now()
    # Ordered also for the mere look: without an order, PostgreSQL reads the whole table until it has been analysed.
    ready = Job.objects.filter(ready_at__lte=moment, name__in=list(kinds)).order_by("ready_at", "id")
    if limit < 1 or not ready.values_list("pk", flat=True)[:1]:
        return []
    claims: list[Claim] = []
    with transaction.atomic():
        for row in ready.select_for_update(skip_locked=True)[:limit]:
            kind = kinds[row.name]
            if row.attempts > kind.retries:
                # Only a run whose worker died comes here: a failure would have closed the job.
                row.state, row.ready_at, row.lease_token, row.finished_at = State.FAILED, None, None, moment
                row.last_error = (
                    f"The worker died or hung in attempt {row.attempts}, the last.\n{row.last_error}".strip()
                )
                row.save(update_fields=["state", "ready_at", "lease_token", "finished_at", "last_error"])
                continue
            row.state, row.ready_at, row.lease_token = State.RUNNING, moment + kind.lease, secrets.token_hex(16)
            row.attempts, row.started_at = row.attempts + 1, moment
            row.save(update_fields=["state", "ready_at", "lease_token", "attempts", "started_at"])
            claims.append(Claim(row.pk, row.lease_token, kind, row.args, row.attempts, moment))
    return claims


def renew(claims: Iterable[Claim]) -> None:
    """Put off the end of these leases; one that was lost stays lost, one that ran its longest is let go."""
    moment = now()
    for held in claims:
        if moment - held.since < held.kind.longest:
            _held(held).update(ready_at=moment + held.kind.lease)


def complete(held: Claim) -> bool:
    """Record the job as done; False when the lease was lost and the job belongs to another by now."""
    return bool(_held(held).update(state=State.DONE, ready_at=None, lease_token=None, finished_at=now(), last_error=""))


def fail(held: Claim, error: str) -> bool:
    """Record a failed attempt: the job waits to be tried again, or has failed for good; False as for `complete`."""
    moment = now()
    error = error[-_LONGEST_ERROR:].replace("\x00", "")
    if held.attempt > held.kind.retries:
        changed = _held(held).update(
            state=State.FAILED, ready_at=None, lease_token=None, finished_at=moment, last_error=error
        )
    else:
        # Seeded by job and attempt: workers spread out, and the same history replays the same waits.
        wait = held.kind.wait_before_retry(held.attempt, random.Random(f"{held.number}/{held.attempt}"))  # noqa: S311
        changed = _held(held).update(
            state=State.WAITING, ready_at=moment + wait, run_at=moment + wait, lease_token=None, last_error=error
        )
    return bool(changed)


def _held(held: Claim) -> QuerySet[Job]:
    return Job.objects.filter(pk=held.number, lease_token=held.token)
