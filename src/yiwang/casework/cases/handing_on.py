"""No task stays with an officer who may no longer do it: it goes to the named colleague, or back to its post."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from yiwang.casework.cases import events
from yiwang.casework.cases.models import Case, Task
from yiwang.casework.cases.permissions import EVERYTHING
from yiwang.casework.cases.record import Decide, Right, Situation, TaskRef, happen
from yiwang.casework.cases.state import TaskState
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import MACHINE, in_term
from yiwang.foundation.directory.models import Appointment

LIMIT = 500
MOST_ROUNDS = 100


def hand_on(officer: int | None = None, successor: int | None = None, *, limit: int = LIMIT) -> int:
    """Take tasks from officers whose term or account is over (from one of them only), and give each to the successor,
    where they hold its post, or to nobody; returns how many. Doing it again changes nothing.
    """
    left = _left_behind()
    if officer is not None:
        left = left.filter(officer=officer)
    found = list(left.order_by("pk").values_list("case__number", "part", "key", "officer", "post")[:limit])
    for number, part, task, holder, post in found:
        heir = successor if successor is not None and successor in _holders(post) else None
        happen(TaskRef(number, part, task), _given(task, holder, heir), by=MACHINE, may=Right(Case, EVERYTHING))
    return len(found)


def hand_on_all(officer: int | None = None, successor: int | None = None) -> None:
    """However many they hold."""
    for _round in range(MOST_ROUNDS):
        if hand_on(officer, successor) < LIMIT:
            return


def _given(task: str, holder: int, heir: int | None) -> Decide:
    def decide(now: Situation) -> Sequence[events.Event]:
        progress = now.part.tasks.get(task)
        if progress is None or progress.state is not TaskState.READY or progress.officer != holder:
            return []
        return [events.TaskAssigned(part=now.part.key, task=task, officer=heir)]

    return decide


def _left_behind() -> QuerySet[Task]:
    """Open tasks whose holder has no term in the task's post now, or whose account is off."""
    post = Concat("post__department__code", Value("/"), "post__code", output_field=CharField())
    may = Appointment.objects.filter(in_term(), user=OuterRef("officer"), user__is_active=True)
    may = may.alias(code=post).filter(code=OuterRef("post"))
    return Task.objects.filter(~Exists(may), is_open=True, officer__isnull=False)


def _holders(post: str) -> frozenset[int]:
    return frozenset(card.id for card in directory.officers_in(post.partition("/")[0], post))
