"""The worker: seals events, lets their consumers hear them, and runs background jobs. Any number may run at once."""

from __future__ import annotations

import logging
import signal
import threading
from types import FrameType

from django.db import DatabaseError, close_old_connections, connection

from yiwang.foundation.jobs.worker import run_forever
from yiwang.foundation.ledger import actions as ledger
from yiwang.foundation.ledger import hearing

log = logging.getLogger(__name__)

IDLE = 0.2
LONGEST_PAUSE = 10.0


def run() -> int:
    """Work until SIGTERM or SIGINT; returns 0."""
    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    telling = threading.Thread(target=tell_forever, args=(stop,), name="ledger")
    telling.start()
    run_forever(stop)
    telling.join()
    return 0


def tell_forever(stop: threading.Event) -> None:
    """Seal what is committed and tell it, until `stop` is set. A database that is away is waited for."""
    pause = IDLE
    while not stop.is_set():
        try:
            close_old_connections()
            worked = ledger.seal() + hearing.tell_all()
        except DatabaseError:
            log.exception("The ledger cannot be read; trying again in %.1f s", pause)
            connection.close()
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            continue
        pause = IDLE
        if not worked:
            stop.wait(IDLE)
    connection.close()


def run_until_quiet(most: int = 100) -> None:
    """Seal, tell and work until nothing is left to do now: for tests, commands and demonstrations."""
    from yiwang.foundation.jobs.worker import run_due

    for _round in range(most):
        if not ledger.seal() + hearing.tell_all() + run_due():
            return
    raise RuntimeError("the work does not come to an end")
