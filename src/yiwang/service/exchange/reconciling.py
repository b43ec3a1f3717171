"""Each day both sides say what they hold of every file that moved, and what differs is shown and can be sent again.

What is compared of a file: how many sheets and how many steps there are in all, with a digest of each list. The digest
of sheets is SHA-256 of lines "number digest" in order of number, that of steps of the steps' numbers in order of their
bytes; lines are joined by a line feed. Both sides work it out with any language's standard library.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from yiwang.foundation.kernel.time import end_of_day, now, start_of_day
from yiwang.service.exchange.models import Count, Difference, Reconciliation, Sheet, Step, System
from yiwang.service.exchange.sheets import project_of, split_project

OLDEST = timedelta(days=30)
SHEETS, STEPS = "sheets", "steps"


@dataclass(frozen=True, slots=True)
class Held:
    """What one side holds of a file."""

    project: str
    sheets: int
    sheets_digest: str
    steps: int
    steps_digest: str


def digest_of_sheets(sheets: Iterable[tuple[int, str]]) -> str:
    """Of numbers and digests in order of number."""
    return _digest(f"{number} {digest}" for number, digest in sheets)


def digest_of_steps(numbers: Iterable[str]) -> str:
    return _digest(sorted(numbers, key=str.encode))


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def ours(system: System, project: str) -> Held:
    """What we hold of a file: sheets that we put out, and steps that came, whatever became of them. Two queries."""
    number, part = split_project(project)
    sheets = list(
        Sheet.objects.filter(system=system, case__number=number, part=part, put_out_at__isnull=False)
        .order_by("number")
        .values_list("number", "digest")
    )
    steps = list(Step.objects.filter(system=system, project=project).values_list("number", flat=True))
    return Held(project, len(sheets), digest_of_sheets(sheets), len(steps), digest_of_steps(steps))


def moved(system: System, day: date) -> frozenset[str]:
    """The files of which something was put out or came in on a day of the city."""
    start, end = start_of_day(day), end_of_day(day)
    out = Sheet.objects.filter(system=system, made_at__gte=start, made_at__lt=end, put_out_at__isnull=False)
    came = Step.objects.filter(system=system, received_at__gte=start, received_at__lt=end)
    put_out = {project_of(number, part) for number, part in out.values_list("case__number", "part").distinct()}
    return frozenset(put_out | set(came.values_list("project", flat=True).distinct()))


def keep_counts(system: System, day: date, theirs: Sequence[Held]) -> int:
    """Keep what the system says of a day; said anew, the new word counts. Returns how many files."""
    at = now()
    with transaction.atomic():
        for each in theirs:
            Count.objects.update_or_create(
                system=system,
                day=day,
                project=each.project,
                defaults={
                    "sheets": each.sheets,
                    "sheets_digest": each.sheets_digest,
                    "steps": each.steps,
                    "steps_digest": each.steps_digest,
                    "received_at": at,
                },
            )
    return len(theirs)


def reconcile(system: System, day: date) -> list[str]:
    """Compare a day's counts with what we hold now; returns the files that differ. Doing it again changes nothing, and
    a difference that has gone is gone from the list."""
    theirs = {row.project: row for row in Count.objects.filter(system=system, day=day)}
    still = set(
        Difference.objects.filter(system=system, gone_at__isnull=True, day=day).values_list("project", flat=True)
    )
    projects = sorted(moved(system, day) | set(theirs) | still)
    different = []
    with transaction.atomic():
        for project in projects:
            held, said = ours(system, project), theirs.get(project)
            pairs = (
                (SHEETS, (held.sheets, held.sheets_digest), (said.sheets, said.sheets_digest) if said else (0, "")),
                (STEPS, (held.steps, held.steps_digest), (said.steps, said.steps_digest) if said else (0, "")),
            )
            for kind, here, there in pairs:
                alike = here == there or here[0] == there[0] == 0
                if _note(system, project, kind, day, here[0], there[0], alike=alike or not theirs):
                    different.append(project)
        Reconciliation.objects.update_or_create(
            system=system, day=day, defaults={"at": now(), "projects": len(projects), "counted": bool(theirs)}
        )
    return sorted(set(different))


def _note(system: System, project: str, kind: str, day: date, here: int, there: int, *, alike: bool) -> bool:
    known = Difference.objects.filter(system=system, project=project, kind=kind, gone_at__isnull=True)
    if alike:
        known.update(gone_at=now())
        return False
    if not known.update(ours=here, theirs=there, day=day):
        Difference.objects.create(
            system=system, project=project, kind=kind, ours=here, theirs=there, day=day, found_at=now()
        )
    return True
