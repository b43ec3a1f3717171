"""A kill -9 round: web workers die at random while clients submit and retry; every 201 must be there exactly once."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.applicants import settle
from benchmarks.clients import Line, Post, together
from tools import servers
from tools.servers import City

CLIENTS = 8
GROWN = 4.5
"""Seconds after which a worker may be killed."""
LONGEST_TRY = 120.0
"""Seconds after which a client gives up on one submission; none should."""


@dataclass(frozen=True)
class Outcome:
    """`acknowledged`: submissions that a client got a 201 for; `lost`: of those, not in the database; `doubled`: there
    more than once, by number, applicant's address or answer to a repeated request; `kills`: how many workers died."""

    acknowledged: int
    lost: int
    doubled: int
    kills: int


def kill_round(folder: Path, database_url: str, *, kills: int, seed: int) -> Outcome:
    """`CLIENTS` clients submit until `kills` workers of a server with four were killed, and each has its answer."""
    city = City(folder / "city", database_url)
    applicants = settle(city, CLIENTS)
    answers: dict[str, set[str]] = {}
    guard = threading.Lock()
    done = threading.Event()

    with servers.web(city, workers=4) as (server, url):

        def submit(client: int) -> None:
            line = Line(url)
            number = 0
            while not done.is_set():
                number += 1
                key = f"kill-{seed}-{client}-{number}"
                headers = {
                    "Content-Type": "application/json",
                    "Authorization": f"Bearer {applicants[client].token}",
                    "Idempotency-Key": key,
                }
                body = applicants[client].application(f"望江区滨江路 {client:02d}{number:05d} 号")
                # Every submission is sent once more after its 201: the answer must be the very same.
                for _again in range(2):
                    found = _answer(line, Post("/api/v1/applications", body, headers))
                    with guard:
                        answers.setdefault(key, set()).add(found)
            line.hang_up()

        def kill() -> None:
            try:
                _kill(server.process.pid, kills, Random(seed))
                time.sleep(1)
            finally:
                done.set()

        together([kill, *(lambda client=client: submit(client) for client in range(CLIENTS))])
    numbers = [number for each_answer in answers.values() for number in each_answer]
    stored = _numbers(city)
    assert "0 differences" in city.command("ledger", "replay")
    return Outcome(
        acknowledged=len(answers),
        lost=len(set(numbers) - set(stored)),
        doubled=(len(numbers) - len(answers)) + (len(stored) - len(set(numbers))),
        kills=kills,
    )


def _kill(server: int, count: int, chance: Random) -> None:
    """Kill -9 as many workers. A young one is spared: the server gives up when a worker dies as soon as it is born."""
    seen: dict[int, float] = {}
    killed = 0
    deadline = time.monotonic() + LONGEST_TRY + count * 10
    while killed < count:
        assert time.monotonic() < deadline, "the server has no workers left to kill"
        time.sleep(chance.uniform(0.2, 0.6))
        moment = time.monotonic()
        alive = _children(server)
        seen = {pid: seen.get(pid, moment) for pid in alive}
        grown = [pid for pid in alive if moment - seen[pid] > GROWN]
        if grown:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(grown), signal.SIGKILL)
                killed += 1


def _answer(line: Line, post: Post) -> str:
    """The case's number in the 201 that comes at last."""
    deadline = time.monotonic() + LONGEST_TRY
    while time.monotonic() < deadline:
        try:
            status, body = line.send(post)
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
            continue
        if status == 201:
            return str(json.loads(body)["number"])
        assert status >= 500, f"{status}: {body[:300]!r}"
        time.sleep(0.05)
    raise AssertionError(f"no answer in {LONGEST_TRY} s")


def _children(pid: int) -> list[int]:
    """The worker processes of the server."""
    with contextlib.suppress(FileNotFoundError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _numbers(city: City) -> list[str]:
    asked = "from yiwang.casework.cases.models import Case; print(*Case.objects.values_list('number', flat=True))"
    return city.command("django", "shell", "--verbosity", "0", "-c", asked).split()
