"""The worker: takes jobs and runs them, several at a time, until told to stop."""

import logging
import queue
import threading
import time
import traceback
from collections.abc import Callable

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection

from yiwang.foundation.jobs.claims import Claim, claim, complete, fail, renew
from yiwang.foundation.jobs.schedules import tick

log = logging.getLogger(__name__)

IDLE = 0.5
"""Seconds between two looks at an empty queue."""
RENEW = 1.0
"""Seconds after which the leases held are looked at when there were none."""
LONGEST_PAUSE = 30.0
"""Seconds between two tries while the database is away."""
CLOSING_TRIES = 5
"""How often the end of a run is tried to be recorded."""


def run_due(limit: int = 1000) -> int:
    """Run what is ready, here and now, one after the other, including what that work asks for in turn.

    Returns how many runs there were, at most `limit`. For tests, commands, and a worker of a single breath.
    """
    ran = 0
    tick()
    while ran < limit and (claims := claim(1)):
        _run(claims[0])
        ran += 1
    return ran


def run_forever(stop: threading.Event, *, claims: int = 4, grace: float = 20.0) -> None:
    """Take and run jobs, up to `claims` at once, until `stop` is set; runs under way then get `grace` seconds.

    A run that does not end in time keeps its lease until it runs out, and another worker takes it over.
    A database that is away is waited for.
    """
    hands = Hands(claims)
    ended = threading.Event()
    keeper = threading.Thread(target=_keep_leases, args=(hands, ended), name="jobs-leases", daemon=True)
    keeper.start()
    pause = IDLE
    while not stop.is_set():
        try:
            close_old_connections()
            tick()
            taken = claim(hands.free())
        except DatabaseError:
            log.exception("The job queue cannot be read; trying again in %.1f s", pause)
            connection.close()
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            continue
        pause = IDLE
        for held in taken:
            hands.take(held)
        if not taken or not hands.free():
            hands.wait(IDLE, stop)
    hands.finish(grace)
    ended.set()
    connection.close()


class Hands:
    """A fixed number of threads, each running one claimed job at a time."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._queue: queue.SimpleQueue[Claim | None] = queue.SimpleQueue()
        self._held: dict[str, Claim] = {}
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._work, name=f"jobs-{index}", daemon=True) for index in range(number)
        ]
        for thread in self._threads:
            thread.start()

    def free(self) -> int:
        with self._changed:
            return self._number - len(self._held)

    def held(self) -> list[Claim]:
        with self._changed:
            return list(self._held.values())

    def take(self, held: Claim) -> None:
        with self._changed:
            self._held[held.token] = held
        self._queue.put(held)

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Return when a run ends, or after `seconds`, or (nothing running) when `stop` is set."""
        with self._changed:
            if self._held:
                self._changed.wait(seconds)
                return
        stop.wait(seconds)

    def finish(self, grace: float) -> None:
        for _ in self._threads:
            self._queue.put(None)
        until = time.monotonic() + grace
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _work(self) -> None:
        while (held := self._queue.get()) is not None:
            close_old_connections()
            try:
                _run(held)
            finally:
                with self._changed:
                    del self._held[held.token]
                    self._changed.notify_all()
        connection.close()


def _keep_leases(hands: Hands, ended: threading.Event) -> None:
    """Renew the leases of what runs, also in the grace after the stop, at a third of the shortest of them."""
    while not ended.wait(min((held.kind.lease.total_seconds() / 3 for held in hands.held()), default=RENEW)):
        try:
            close_old_connections()
            renew(hands.held())
        except DatabaseError:
            log.exception("Leases could not be renewed; trying again before they end")
            connection.close()
    connection.close()


def _run(held: Claim) -> None:
    try:
        held.kind(**held.args)
    except Exception:  # noqa: BLE001 - whatever a handler raises is that job's failure, not the worker's
        error = traceback.format_exc()
        log.warning("Job %s #%d failed (attempt %d)\n%s", held.kind.name, held.number, held.attempt, error)
        kept = _close(lambda: fail(held, error), held)
    else:
        kept = _close(lambda: complete(held), held)
    if not kept:
        log.warning("Job %s #%d outlived its lease; its end is not recorded", held.kind.name, held.number)


def _close(record: Callable[[], bool], held: Claim) -> bool:
    """Record the end of a run, patiently: if that fails, work already done would be done again."""
    for attempt in range(CLOSING_TRIES):
        try:
            return record()
        except DatabaseError:
            if connection.in_atomic_block:
                raise
            log.exception("The end of job %s #%d could not be recorded", held.kind.name, held.number)
            connection.close()
            time.sleep(0.1 * 2**attempt)
    return False
