"""The clock asking for work: each tick of a schedule becomes one job, however many workers look."""

from datetime import datetime

from django.db import transaction

from yiwang.foundation.jobs.actions import enqueue
from yiwang.foundation.jobs.declarations import ScheduleKind, declared_schedules
from yiwang.foundation.jobs.models import Schedule
from yiwang.foundation.kernel.time import now


def tick() -> int:
    """Ask for every declared schedule whose time has come; returns how many this worker asked for.

    A schedule seen for the first time, or declared anew with another rhythm, starts at its next tick.
    """
    moment = now()
    rows = {row.name: row for row in Schedule.objects.all()}
    asked = 0
    for kind in declared_schedules():
        row = rows.get(kind.name)
        rhythm = str(kind.rhythm)
        if row is None:
            # Another worker may be doing the same.
            Schedule.objects.bulk_create(
                [Schedule(name=kind.name, rhythm=rhythm, next_run=kind.rhythm.after(moment))], ignore_conflicts=True
            )
        elif row.rhythm != rhythm:
            Schedule.objects.filter(name=row.name, rhythm=row.rhythm).update(
                rhythm=rhythm, next_run=kind.rhythm.after(moment)
            )
        elif row.next_run <= moment:
            asked += _ask(kind, row.next_run, moment)
    return asked


def _ask(kind: ScheduleKind, seen: datetime, moment: datetime) -> bool:
    """Compare and set: of all workers that saw `seen`, one moves the schedule on and asks, in one transaction."""
    with transaction.atomic():
        if not Schedule.objects.filter(name=kind.name, next_run=seen).update(next_run=kind.rhythm.after(moment)):
            return False
        enqueue(kind, key=f"schedule:{kind.name}")
    return True
