"""The old system as a process: copy in, work, copy out, note the answers, and again."""

from __future__ import annotations

import signal
import threading
from dataclasses import dataclass
from datetime import datetime
from types import FrameType

from yiwang.foundation.kernel.time import city_zone, now, to_city
from yiwang_testcity.old_system import bridge, schema, working
from yiwang_testcity.old_system.store import Store


@dataclass(frozen=True, slots=True)
class Options:
    """Where its tables lie and how it works. `at`: what its clock says; `worked_at`: what is written down now was done
    then, on paper; `paces`: things done to a file in one round."""

    exchange: str
    own: str
    every: float = 5.0
    paces: int = 1
    at: datetime | None = None
    worked_at: datetime | None = None
    rounds: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What one round came to."""

    copied: int
    logged: int
    sent: int
    answered: int

    @property
    def idle(self) -> bool:
        return not (self.copied or self.logged or self.sent or self.answered)


def one_round(exchange: Store, own: Store, options: Options) -> Done:
    """One round of work, with the day's counts at its end."""
    at = to_city(options.at.astimezone(city_zone()) if options.at else now())
    worked = options.worked_at.astimezone(city_zone()) if options.worked_at else at
    copied = bridge.copy_in(exchange, own)
    answered = bridge.copy_answers(exchange, own)
    logged = working.work(own, worked, paces=options.paces)
    sent = bridge.copy_out(exchange, own, at)
    bridge.count(exchange, own, f"{at:%Y-%m-%d}")
    return Done(copied, logged, sent, answered)


def run(options: Options) -> int:
    """Work until SIGTERM or SIGINT, or for so many rounds; returns 0."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    exchange, own = Store(options.exchange), Store(options.own)
    schema.create(own)
    left = options.rounds
    while not stop.is_set() and left != 0:
        done = one_round(exchange, own, options)
        if not done.idle:
            print(
                f"{done.copied} sheets copied, {done.logged} things done, {done.sent} sent, {done.answered} answered",
                flush=True,
            )
        left = None if left is None else left - 1
        if left != 0:
            stop.wait(options.every)
    exchange.close()
    own.close()
    return 0
