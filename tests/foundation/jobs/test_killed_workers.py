"""Workers killed with SIGKILL in the middle of their work lose nothing, on either database."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.foundation.jobs.databases import url_of_the_test_database
from tests.foundation.jobs.mortal_worker import mortal
from yiwang.foundation.jobs.actions import enqueue
from yiwang.foundation.jobs.models import Job, State

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    workers: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        environment = os.environ | {"YIWANG_DATABASE_URL": url_of_the_test_database()}
        command = [sys.executable, "-m", "tests.foundation.jobs.mortal_worker", str(tmp_path)]
        workers.append(subprocess.Popen(command, env=environment))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()
        worker.wait()


def wait_until(what: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def effects(folder: Path) -> Counter[int]:
    path = folder / "effects"
    return Counter(int(line) for line in path.read_text().split()) if path.exists() else Counter()


def everything_is_done() -> bool:
    return not Job.objects.exclude(state=State.DONE).exists()


def test_a_job_under_way_when_its_worker_is_killed_is_done_by_the_next(start_worker, tmp_path: Path) -> None:
    enqueue(mortal, {"folder": str(tmp_path), "number": 1, "seconds": 1.0})
    first = start_worker()
    wait_until((tmp_path / f"begun-1-{first.pid}").exists)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert effects(tmp_path) == {}
    assert Job.objects.get().state == State.RUNNING
    start_worker()
    wait_until(everything_is_done)
    assert effects(tmp_path) == {1: 1}
    assert Job.objects.get().attempts == 2


@pytest.mark.slow
def test_workers_killed_again_and_again_do_every_job_and_repeat_only_what_was_under_way(
    start_worker, tmp_path: Path
) -> None:
    chance = random.Random(20250901)
    for number in range(60):
        enqueue(mortal, {"folder": str(tmp_path), "number": number, "seconds": chance.uniform(0, 0.4)})
    workers = [start_worker(), start_worker()]
    kills = 0
    until = time.monotonic() + 300
    while not everything_is_done():
        assert time.monotonic() < until, "the work did not end"
        victim = workers.pop(0)
        wait_until((tmp_path / f"ready-{victim.pid}").exists)
        time.sleep(chance.uniform(0.3, 1.2))
        if everything_is_done():
            break
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()
        kills += 1
        workers.append(start_worker())
    happened = effects(tmp_path)
    assert kills >= 3
    assert set(happened) == set(range(60)), "nothing is lost"
    # A worker has two hands: a kill can repeat what both had done but not recorded.
    assert sum(happened.values()) - 60 <= 2 * kills
    assert Job.objects.filter(state=State.DONE).count() == 60
