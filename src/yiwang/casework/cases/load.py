"""What comes due on a department's desk, by post, and what will be late if nothing changes (明日工作量).

The forecast is one that can be done by hand: a post goes on finishing as many tasks a working day as it did lately, the
most urgent first; whatever its turn comes for after its last day will be late. Stopped clocks and what is not due wait
outside of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.db.models import F, Min, Sum

from yiwang.casework.cases import events
from yiwang.casework.cases.clock import END_OF_TIME
from yiwang.casework.cases.models import DoneOnDay, Task
from yiwang.casework.cases.plan import TaskKind
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.calendar import CHINA, WorkingCalendar
from yiwang.foundation.kernel.time import city_date, end_of_day, now
from yiwang.foundation.ledger.events import Recorded

LOOKED_BACK = 20
"""Working days, today apart, in which a post's pace is counted."""
LOOKED_THROUGH = 1000
"""Open tasks of a department, the most urgent first; what comes after them is far away."""
NAMED = 10
WEEK = 5
BY_HAND = ("officer", "system")
"""Whose deeds count as a post's work: not the law's, a rule's or the applicant's."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A task that will be late: its last day, and the day on which its turn comes."""

    case: str
    part: str
    applicant: str
    last_day: date
    expected: date


@dataclass(frozen=True, slots=True)
class PostLoad:
    """One post. `pace` is in tasks a working day, None before it has finished any; `days` are those it was counted in.

    `late` are late already; `tomorrow` comes due on the next working day, `week` within five; `will_be_late` counts
    what is not late yet and will be, `first` names the first of them.
    """

    post: str
    open: int
    late: int
    tomorrow: int
    week: int
    done: int
    days: int
    pace: Fraction | None
    will_be_late: int
    first: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """`whole`: every open task was looked at."""

    posts: tuple[PostLoad, ...]
    tomorrow: date
    until: date
    whole: bool


def turns(count: int, pace: Fraction, today: date, calendar: WorkingCalendar) -> list[date]:
    """The working days on which the turn of each of `count` tasks comes, today being the first if it is one. Pure."""
    first = today if calendar.is_working(today) else calendar.next_working_day(today)
    days: dict[int, date] = {}
    found = []
    for place in range(count):
        ahead = int(place / pace)
        if ahead not in days:
            days[ahead] = calendar.add(first, min(ahead, 5000))
        found.append(days[ahead])
    return found


def load(by: Actor, department: str) -> Load:
    """The load of one of the actor's departments; empty for any other. Three queries."""
    at = now()
    today = city_date(at)
    tomorrow, until = CHINA.next_working_day(today), CHINA.add(today, WEEK)
    if department not in by.departments:
        return Load((), tomorrow, until, True)
    rows = list(
        Task.objects.filter(is_open=True, department=department, due__lt=END_OF_TIME)
        .order_by("due", "id")[: LOOKED_THROUGH + 1]
        .values_list("post", "due", "case__number", "part", "applicant")
    )
    whole, rows = len(rows) <= LOOKED_THROUGH, rows[:LOOKED_THROUGH]
    since = CHINA.add(today, -LOOKED_BACK)
    paces = _paces(department, since, today)
    waiting: dict[str, list[tuple[str, datetime, str, str, str]]] = {post: [] for post in paces}
    for row in rows:
        waiting.setdefault(row[0], []).append(row)
    posts = [_post(post, mine, paces.get(post), at, tomorrow, until) for post, mine in waiting.items()]
    posts.sort(key=lambda each: (-each.late - each.will_be_late, -each.open, each.post))
    return Load(tuple(posts), tomorrow, until, whole)


def count_done(heard: Recorded) -> None:
    """Count a task that was finished by hand for its post and the city's day. Once for each event."""
    key = _finished(heard.body)
    if key is None or heard.actor.partition(":")[0] not in BY_HAND:
        return
    tasks = Task.objects.filter(case=heard.stream_id, part=heard.body.part)
    tasks = tasks.filter(kind__in=(TaskKind.DECIDE, TaskKind.RULE)) if key == "" else tasks.filter(key=key)
    post = tasks.values_list("post", flat=True).first()
    if post is None:
        return
    row, _new = DoneOnDay.objects.get_or_create(
        post=post, day=city_date(heard.at), defaults={"department": post.partition("/")[0], "done": 0}
    )
    DoneOnDay.objects.filter(pk=row.pk).update(done=F("done") + 1)


def _finished(body: object) -> str | None:
    """The key of the task that an event finishes; empty for the decision, None where it finishes none."""
    if isinstance(body, events.Accepted | events.NotAccepted | events.CorrectionRequested):
        return "accept"
    if isinstance(body, events.TaskCompleted):
        return body.task
    if isinstance(body, events.Decided):
        return ""
    return "deliver" if isinstance(body, events.Delivered) and body.means != "online" else None


def _paces(department: str, since: date, today: date) -> dict[str, tuple[int, int]]:
    """By post: how many tasks it finished, and in how many working days since its first one."""
    rows = DoneOnDay.objects.filter(department=department, day__gt=since, day__lt=today)
    found = rows.values_list("post").annotate(done=Sum("done"), first=Min("day"))
    yesterday = today - timedelta(days=1)
    return {
        post: (done, max(CHINA.count(first - timedelta(days=1), yesterday), 1)) for post, done, first in found if done
    }


def _post(
    post: str,
    rows: Sequence[tuple[str, datetime, str, str, str]],
    done: tuple[int, int] | None,
    at: datetime,
    tomorrow: date,
    until: date,
) -> PostLoad:
    tonight = end_of_day(city_date(at))
    pace = Fraction(*done) if done is not None else None
    late = sum(due <= at for _post, due, *_rest in rows)
    soon: list[Expected] = []
    if pace is not None:
        days = turns(len(rows), pace, city_date(at), CHINA)
        for (_post, due, case, part, applicant), day in zip(rows, days, strict=True):
            last = city_date(due - timedelta(microseconds=1))
            if due > at and day > last:
                soon.append(Expected(case, part, applicant, last, day))
    return PostLoad(
        post=post,
        open=len(rows),
        late=late,
        tomorrow=sum(tonight < due <= end_of_day(tomorrow) for _post, due, *_rest in rows),
        week=sum(at < due <= end_of_day(until) for _post, due, *_rest in rows),
        done=done[0] if done is not None else 0,
        days=done[1] if done is not None else 0,
        pace=pace,
        will_be_late=len(soon),
        first=tuple(soon[:NAMED]),
    )
