"""A day of Shanghai at the API: 280,000 applications for all services, by an open stream that waits for nobody.

Shanghai's offices received 280,000 cases a day in 2022, nearly all in office hours, about ten a second. Here they come
at 45 a second, so that the whole day fits into two hours, with the morning's and the afternoon's swell. An application
is timed from the moment at which it should have been sent: a server that lets clients wait does not make the wait
uncounted. In the middle of the day the clients of one department come seven times as often.

One in a hundred is sent twice under its key, as programs do that lost the answer. In the end all that was acknowledged
is counted in the database. The background worker runs meanwhile; what it has not done by the end is said.
"""

from __future__ import annotations

import json
import math
import queue
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import shapes
from benchmarks.applicants import Applicant, arrive
from benchmarks.clients import Line, Post, together
from benchmarks.ratios import percentile
from benchmarks.submissions import asked
from tools import postgres, servers
from tools.servers import City

DAY = 280_000
PER_SECOND = 45.0
APPLICANTS = {True: 12, False: 48}
"""In a quick run, in a full one."""
CLIENTS = 48
"""Connections at most; who finds none free waits, and the wait counts."""
SURGE = (0.45, 0.60)
"""The part of the day in which one department's clients come more often."""
SURGES = 7
TWICE = 100
"""One in so many is sent again under its key."""
MOST_TRIES = 40
SEED = 20221
PATH = "/api/v1/applications"


@dataclass(frozen=True)
class Kind:
    """A service, and the application of each applicant for it: what the law asks depends on who they are."""

    code: str
    department: str
    applications: tuple[bytes, ...]


@dataclass(frozen=True)
class Arrival:
    """An application and the second, from the start of the day, at which it should be sent."""

    at: float
    department: str
    body: bytes
    token: str


@dataclass
class Day:
    """What became of each application: when it should have been sent, for which department, how many seconds until it
    was received, under which number."""

    seconds: float
    taken: list[tuple[float, str, float]] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, arrival: Arrival, seconds: float, number: str, refused: int) -> None:
        with self.lock:
            self.taken.append((arrival.at, arrival.department, seconds))
            self.numbers.append(number)
            self.refused += refused


def run(quick: bool) -> dict[str, Any]:
    """`quick`: a hundredth of the day at the same pace, on both databases; in full the day on the embedded default."""
    applications = DAY // 100 if quick else DAY
    figures: dict[str, float] = {}
    notes: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="yiwang-day-") as folder:
        figures |= _day(Path(folder) / "embedded", "", applications, notes)
        if quick:
            try:
                with postgres.database("yiwang_bench_day") as url:
                    ours = _day(Path(folder) / "postgres", url, applications, notes)
                figures |= {f"postgres.{name}": value for name, value in ours.items()}
            except postgres.Unavailable as why:
                sys.stderr.write(f"Without PostgreSQL: {why}\n")
    return {**figures, "sizes": {"applications": applications, **notes}}


def _day(folder: Path, database_url: str, applications: int, notes: dict[str, Any]) -> dict[str, float]:
    folder.mkdir()
    city = City(folder / "city", database_url)
    city.prepare()
    people = arrive(city, APPLICANTS[applications < DAY])
    with servers.web(city) as (_server, url):
        kinds = list(_kinds(url, people))
        surging = _busiest(kinds)
        arrivals = list(_arrivals(applications, kinds, people, surging))
        before = _cases(city)
        with servers.worker(city):
            day = _replayed(url, arrivals)
            left = _unheard(city)
        there, doubled = _found(city, day.numbers), _cases(city) - before - len(set(day.numbers))
    others = [(at, seconds) for at, department, seconds in day.taken if department != surging]
    during = [seconds for at, seconds in others if _in_surge(at, applications)]
    around = [seconds for at, seconds in others if not _in_surge(at, applications)]
    notes["services"] = len(kinds)
    return {
        "applications": float(len(day.numbers)),
        "hours": day.seconds / 3600,
        "p99_ms": percentile([seconds for _at, _department, seconds in day.taken], 0.99) * 1000,
        "median_ms": statistics.median(seconds for _at, _department, seconds in day.taken) * 1000,
        "surge_p99_ratio": percentile(during, 0.99) / percentile(around, 0.99),
        "told_to_wait": float(day.refused),
        "events_unheard_at_the_end": float(left),
        "lost": float(len(day.numbers) - there),
        "doubled": float(doubled),
    }


def _kinds(url: str, people: Sequence[Applicant]) -> Iterator[Kind]:
    """Every service that is offered, with answers found as a stranger's program would: by asking what is missing."""
    for code, department in shapes.services(url):
        first = shapes.complete(url, code, people[0])
        found = [(first, people[0]), *((shapes.complete(url, code, who, first), who) for who in people[1:])]
        yield Kind(code, department, tuple(_application(code, shape, who) for shape, who in found))


def _application(code: str, shape: shapes.Shape, who: Applicant) -> bytes:
    body = {
        "code": code,
        "answers": shape.answers,
        "materials": {key: [who.paper] for key in shape.materials},
        "signed": shape.signed,
        "declared": True,
    }
    return json.dumps(body, ensure_ascii=False).encode()


def _busiest(kinds: Sequence[Kind]) -> str:
    """The department that offers most services: the first of the alphabet where several do."""
    counted = dict.fromkeys(sorted(kind.department for kind in kinds), 0)
    for kind in kinds:
        counted[kind.department] += 1
    return max(counted, key=lambda department: counted[department])


def _arrivals(applications: int, kinds: Sequence[Kind], people: Sequence[Applicant], surging: str) -> Iterator[Arrival]:
    """A Poisson stream whose rate swells twice a day; in the surge, one department's part of it is seven times as
    dense."""
    rng = Random(SEED)
    others = [kind for kind in kinds if kind.department != surging]
    theirs = [kind for kind in kinds if kind.department == surging]
    share = len(theirs) / len(kinds)
    length = applications / PER_SECOND
    usual = 1 / (1 + share * (SURGES - 1) * (SURGE[1] - SURGE[0]))
    at = 0.0
    for _number in range(applications):
        inside = SURGE[0] * length <= at < SURGE[1] * length
        weight = share * SURGES if inside else share
        rate = PER_SECOND * usual * _swell(at / length) * (1 - share + weight)
        at += rng.expovariate(rate)
        chosen = theirs if rng.random() < weight / (1 - share + weight) else others
        kind, who = rng.choice(chosen), rng.randrange(len(people))
        yield Arrival(at, kind.department, kind.applications[who], people[who].token)


def _swell(part: float) -> float:
    """The morning's and the afternoon's swell: a third above the mean, a third below it at noon."""
    return 1 - math.cos(4 * math.pi * min(part, 1.0)) / 3


def _in_surge(at: float, applications: int) -> bool:
    length = applications / PER_SECOND
    return SURGE[0] * length <= at < SURGE[1] * length


def _replayed(url: str, arrivals: Sequence[Arrival]) -> Day:
    """Send each when it is due, over whatever line is free. Raises AssertionError for a refusal that is none."""
    due: queue.Queue[Arrival | None] = queue.Queue()
    day = Day(0.0)
    started = time.perf_counter() + 0.5

    def clock() -> None:
        for arrival in arrivals:
            wait = started + arrival.at - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            due.put(arrival)
        for _client in range(CLIENTS):
            due.put(None)

    def client() -> None:
        line = Line(url)
        rng = Random(SEED)
        while (arrival := due.get()) is not None:
            number, refused = _sent(line, arrival, rng)
            day.add(arrival, time.perf_counter() - started - arrival.at, number, refused)
        line.hang_up()

    together([clock, *(client for _client in range(CLIENTS))])
    day.seconds = time.perf_counter() - started
    day.taken.sort()
    return day


def _sent(line: Line, arrival: Arrival, rng: Random) -> tuple[str, int]:
    """The number under which it was received, and how often it was told to come again later."""
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {arrival.token}",
        "Idempotency-Key": secrets.token_hex(16),
    }
    post = Post(PATH, arrival.body, headers)
    refused = 0
    for _try in range(MOST_TRIES):
        status, body = line.send(post)
        if status == 201:
            break
        assert status in (429, 503), (status, body[:500])
        refused += 1
        time.sleep(0.2 + rng.random() * 0.3)
    else:
        raise AssertionError(f"told to wait {MOST_TRIES} times")
    if rng.randrange(TWICE) == 0:
        again = line.send(post)
        assert again == (201, body), "the same key got another answer"
    return str(json.loads(body)["number"]), refused


def _found(city: City, numbers: Sequence[str]) -> int:
    """How many of the numbers are cases."""
    there = {str(number) for (number,) in asked(city, "SELECT number FROM cases_case")}
    return sum(number in there for number in numbers)


def _cases(city: City) -> int:
    ((number,),) = asked(city, "SELECT count(*) FROM cases_case WHERE kind = 'application'")
    return int(str(number))


def _unheard(city: City) -> int:
    """Events that the slowest hearer has not heard yet."""
    ((last,),) = asked(city, "SELECT coalesce(max(position), 0) FROM ledger_seal")
    ((slowest,),) = asked(city, "SELECT coalesce(min(position), 0) FROM ledger_cursor")
    return int(str(last)) - int(str(slowest))
