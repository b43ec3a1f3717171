"""The officer's queue asked at random: a process that fills the database of its environment and answers rounds.

`python -m benchmarks.desk_queue SIZE` loads so many cases, says "ready", and then reads a seed a line: each is a round
of random questions (department, show, matter, kind, text, order, page up to 50), the same for the same seed. Answered
is a line of JSON: milliseconds of every `desk.queue`, of every page over Django's own test client, and the SQL queries.
Every round checks some answers against the whole desk, filtered and sorted in Python.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tools.servers import City
from tools.tree import ROOT

if TYPE_CHECKING:
    from benchmarks.town import Town
    from yiwang.casework.cases.desk import Filters, Queue

SINCE = datetime(2025, 1, 6, tzinfo=UTC)
UNTIL = datetime(2025, 7, 4, 8, tzinfo=UTC)
TOWN_SIZE = 20_000
STORIES = 2500
QUESTIONS = 200
"""in a round"""
CHECKED = 10
PAGES = 40
LAST_PAGE = 50


@dataclass(frozen=True)
class Round:
    """What one round measured: milliseconds a question, milliseconds a page, and how many queries each took."""

    queue: list[float]
    page: list[float]
    queue_queries: set[int]
    page_queries: set[int]


@dataclass(frozen=True)
class Desk:
    """A running process and its database."""

    process: subprocess.Popen[str]

    def round(self, seed: int) -> Round:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{seed}\n")
        self.process.stdin.flush()
        answer = json.loads(self._line())
        return Round(answer["queue"], answer["page"], set(answer["queue_queries"]), set(answer["page_queries"]))

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the desk's process ended with code {self.process.wait()}")
        return line

    def wait_until_ready(self) -> None:
        assert self._line().strip() == "ready"


@contextmanager
def desk(city: City, size: int) -> Iterator[Desk]:
    """A migrated city with `size` cases, ready for questions."""
    city.migrate()
    command = [sys.executable, "-m", "benchmarks.desk_queue", str(size)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=city.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    started = Desk(process)
    try:
        started.wait_until_ready()
        yield started
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


def main() -> None:
    import django

    django.setup()
    from benchmarks import bulk, histories
    from benchmarks.town import Town
    from yiwang.foundation.kernel.time import frozen

    town = Town(size=TOWN_SIZE)
    town.settle()
    size = int(sys.argv[1])
    told = list(histories.write_many(1, STORIES, town, SINCE, UNTIL))
    bulk.load(told, size, town, with_events=False)
    print("ready", flush=True)
    with frozen(UNTIL + timedelta(minutes=bulk.MOST_MINUTES)):
        for line in sys.stdin:
            print(json.dumps(ask(Random(int(line)), town, size)), flush=True)


def ask(rng: Random, town: Town, size: int) -> dict[str, Any]:
    """One round."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from yiwang.casework.cases.desk import queue
    from yiwang.foundation.directory.models import User

    queue_times, page_times = [], []
    queue_queries, page_queries = set(), set()
    for number in range(QUESTIONS):
        filters = question(rng, town, size)
        by = town.whole_department(filters.department)
        started = time.perf_counter()
        found = queue(by, filters)
        queue_times.append((time.perf_counter() - started) * 1000)
        if number < CHECKED:
            check(found, filters, by.id)
            with CaptureQueriesContext(connection) as captured:
                queue(by, filters)
            queue_queries.add(len(captured))
    client = Client()
    for number in range(PAGES):
        filters = question(rng, town, size)
        by = town.whole_department(filters.department)
        assert by.id is not None
        client.force_login(User.objects.get(pk=by.id))
        client.get("/desk/", {"department": filters.department})
        asked = address(filters)
        started = time.perf_counter()
        answer = client.get("/desk/", asked)
        page_times.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200
        if number < CHECKED:
            with CaptureQueriesContext(connection) as captured:
                client.get("/desk/", asked)
            page_queries.add(len(captured))
    return {
        "queue": queue_times,
        "page": page_times,
        "queue_queries": sorted(queue_queries),
        "page_queries": sorted(page_queries),
    }


def question(rng: Random, town: Town, size: int) -> Filters:
    """Departments as often as they have work; the first page as often as all others together."""
    from benchmarks import townscape
    from yiwang.casework.cases.desk import Filters, Show, Sort

    offices = list(townscape.offices().values())
    office = rng.choices(offices, [office.share for office in offices])[0]
    matter = f"{office.code}-{rng.randrange(len(office.matters)) + 1}" if rng.random() < 0.3 else ""
    return Filters(
        department=office.code,
        show=rng.choice(list(Show)),
        matter=matter,
        kind=rng.choice(("accept", "work", "decide")) if rng.random() < 0.2 else "",
        text=text(rng, town, size) if rng.random() < 0.3 else "",
        sort=rng.choice(list(Sort)),
        page=1 if rng.random() < 0.5 else rng.randrange(1, LAST_PAGE + 1),
    )


def text(rng: Random, town: Town, size: int) -> str:
    """A surname, a name, a case's number or its last digits."""
    from benchmarks.townscape import AREA

    name = rng.choice(town.residents).name
    number = rng.randrange(1, size + 1)
    return rng.choice((name[0], name, str(number), f"{AREA}-2025-{number:07d}"))


def address(filters: Filters) -> dict[str, str]:
    return {
        "department": filters.department,
        "show": filters.show.value,
        "matter": filters.matter,
        "kind": filters.kind,
        "text": filters.text,
        "sort": filters.sort.value,
        "page": str(filters.page),
    }


def check(found: Queue, filters: Filters, officer: int | None) -> None:
    """The answer is what looking at every open task of the department would give."""
    from yiwang.casework.cases.clock import END_OF_TIME
    from yiwang.casework.cases.desk import MOST, PAGE, Show, Sort
    from yiwang.casework.cases.models import Task
    from yiwang.foundation.kernel.calendar import CHINA
    from yiwang.foundation.kernel.time import city_date, end_of_day, now

    moment = now()
    tonight = end_of_day(city_date(moment))
    tomorrow = end_of_day(CHINA.next_working_day(city_date(moment)))
    shown = {
        Show.ALL: lambda task: True,
        Show.LATE: lambda task: task.due <= moment,
        Show.TODAY: lambda task: moment < task.due <= tonight,
        Show.SOON: lambda task: moment < task.due <= tomorrow,
        Show.STOPPED: lambda task: task.due == END_OF_TIME and task.clock == "stopped",
        Show.MINE: lambda task: task.officer_id == officer,
        Show.FREE: lambda task: task.officer_id is None,
    }
    order = {
        Sort.DUE: lambda task: (task.due, task.id),
        Sort.NEWEST: lambda task: (-task.ready_at.timestamp(), -task.id),
        Sort.OLDEST: lambda task: (task.ready_at, task.id),
    }
    digits = filters.text.rpartition("-")[2]
    desk = list(Task.objects.filter(is_open=True, department=filters.department).select_related("case"))
    wanted = [
        task
        for task in desk
        if shown[filters.show](task)
        and filters.matter in ("", task.matter)
        and filters.kind in ("", task.kind)
        and (task.case_id == int(digits) if digits.isdigit() else task.applicant.startswith(filters.text))
    ]
    wanted.sort(key=order[filters.sort])
    start = (filters.page - 1) * PAGE
    expected = [(task.case.number, task.part, task.key) for task in wanted[start : start + PAGE]]
    assert [(row.case, row.part, row.task) for row in found.rows] == expected, filters
    assert found.has_next == (len(wanted) > start + PAGE), filters
    late, today = (sum(map(shown[show], desk)) for show in (Show.LATE, Show.TODAY))
    assert (found.open, found.late, found.today) == tuple(min(count, MOST) for count in (len(desk), late, today))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.web.settings")
    main()
