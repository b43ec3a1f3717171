"""Several workers at once, with real threads and the real clock."""

import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction

from yiwang.foundation.jobs import worker
from yiwang.foundation.jobs.actions import enqueue
from yiwang.foundation.jobs.declarations import job
from yiwang.foundation.jobs.models import Job, State
from yiwang.foundation.kernel.time import now

pytestmark = pytest.mark.django_db(transaction=True)

counted: Counter[int] = Counter()
lock = threading.Lock()


@job("tests.count", retries=2, lease=timedelta(seconds=20))
def count(number: int) -> None:
    with lock:
        counted[number] += 1


@job("tests.outlast", lease=timedelta(seconds=2))
def outlast(seconds: float) -> None:
    with lock:
        counted[-1] += 1
    time.sleep(seconds)


@pytest.fixture(autouse=True)
def fresh():
    counted.clear()


def work_until_done(workers: int, **options) -> None:
    stop = threading.Event()
    threads = [
        threading.Thread(target=worker.run_forever, args=(stop,), kwargs=options, daemon=True) for _ in range(workers)
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 60
    while Job.objects.filter(ready_at__isnull=False).exists() and time.monotonic() < until:
        time.sleep(0.02)
    stop.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def test_many_hands_do_each_job_once() -> None:
    with transaction.atomic():
        for number in range(150):
            enqueue(count, {"number": number})
    work_until_done(3, claims=4)
    assert counted == dict.fromkeys(range(150), 1)
    assert Job.objects.filter(state=State.DONE, attempts=1).count() == 150


def test_a_run_longer_than_its_lease_is_renewed_and_not_doubled() -> None:
    enqueue(outlast, {"seconds": 3.0})
    work_until_done(2, claims=1)
    assert counted == {-1: 1}


def test_work_asked_for_in_a_transaction_that_rolls_back_was_never_asked_for() -> None:
    with transaction.atomic():
        enqueue(count, {"number": 1})
        transaction.set_rollback(True)
    assert worker.run_due() == 0


def test_many_who_ask_under_one_key_at_once_ask_for_one_job() -> None:
    numbers: list[int] = []
    barrier = threading.Barrier(6)

    def ask() -> None:
        try:
            barrier.wait(10)
            with transaction.atomic():
                number = enqueue(count, {"number": 1}, key="one")
            with lock:
                numbers.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(numbers) == 6
    assert len(set(numbers)) == 1
    assert Job.objects.count() == 1


def test_a_worker_asked_to_stop_finishes_what_it_holds() -> None:
    enqueue(outlast, {"seconds": 0.5})
    stop = threading.Event()
    thread = threading.Thread(target=worker.run_forever, args=(stop,), daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not counted and time.monotonic() < until:
        time.sleep(0.01)
    stop.set()
    thread.join(30)
    assert Job.objects.get().state == State.DONE


def test_looking_for_work_reads_the_small_index_of_open_jobs() -> None:
    moment = now()
    Job.objects.bulk_create(
        Job(name="tests.count", args={}, state=State.DONE, run_at=moment, created_at=moment, finished_at=moment)
        for _ in range(2000)
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE jobs_job")
    ready = Job.objects.filter(ready_at__lte=moment, name__in=["tests.count"]).order_by("ready_at", "id")[:4]
    assert "jobs_ready" in ready.explain()
