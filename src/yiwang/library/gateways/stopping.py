"""Stopping a reading that nobody waits for any more, or that took too long: the running statement is interrupted.

A `Stop` is made for one question and handed down to the source. Whoever runs a statement says how to interrupt it:

    with stop.interrupting(connection.cancel):
        cursor.execute(...)

One thread of the process watches all deadlines. An interruption may come a moment before the statement that it is meant
for has begun, and is then lost; so it is repeated until the block is left.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from yiwang.library.gateways.refusals import Cancelled

Interrupt = Callable[[], object]

AGAIN = 0.25
"""Seconds after which a statement that still runs is interrupted once more."""


class Stop:
    """One question's deadline (`seconds` from its making, on the machine's own steady clock) and its cancellation."""

    def __init__(self, seconds: float = 30.0) -> None:
        self.deadline = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._cancelled = False
        self._interrupts: dict[int, Interrupt] = {}
        self._numbers = itertools.count()

    def cancel(self) -> None:
        """Interrupt what is running; every further step raises Cancelled. From any thread, any number of times."""
        if self._interrupt():
            _WATCH.add(self, time.monotonic() + AGAIN)

    @property
    def stopped(self) -> bool:
        return self._cancelled or time.monotonic() >= self.deadline

    @property
    def remaining(self) -> float:
        """Seconds that are left."""
        return max(0.0, self.deadline - time.monotonic())

    def check(self) -> None:
        """Raises Cancelled when it is over."""
        if self.stopped:
            raise Cancelled

    @contextmanager
    def interrupting(self, interrupt: Interrupt) -> Iterator[None]:
        """While the block runs, `interrupt` is called when the question is cancelled or its time is up."""
        with self._lock:
            if self.stopped:
                raise Cancelled
            number = next(self._numbers)
            self._interrupts[number] = interrupt
        _WATCH.add(self, self.deadline)
        try:
            yield
        finally:
            with self._lock:
                del self._interrupts[number]

    def _interrupt(self) -> bool:
        """Whether anything was running."""
        with self._lock:
            self._cancelled = True
            running = list(self._interrupts.values())
        for interrupt in running:
            # A statement that ends at this very moment has nothing left to interrupt.
            with contextlib.suppress(Exception):
                interrupt()
        return bool(running)

    def _expire(self) -> None:
        with self._lock:
            running = bool(self._interrupts)
        if running:
            self.cancel()


class _Watch:
    """The thread that waits for the earliest deadline. Stops that ended are forgotten when their time comes."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._heap: list[tuple[float, int, Stop]] = []
        self._known: dict[int, float] = {}
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None

    def add(self, stop: Stop, when: float) -> None:
        """Look at it at that moment, unless it is to be looked at sooner."""
        with self._wake:
            if self._known.get(id(stop), math.inf) <= when:
                return
            self._known[id(stop)] = when
            heapq.heappush(self._heap, (when, next(self._numbers), stop))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="yiwang-deadlines", daemon=True)
                self._thread.start()
            elif self._heap[0][2] is stop:
                self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._heap:
                    self._wake.wait()
                wait = self._heap[0][0] - time.monotonic()
                if wait > 0:
                    self._wake.wait(wait)
                    continue
                when, _number, stop = heapq.heappop(self._heap)
                if self._known.get(id(stop)) != when:
                    continue
                del self._known[id(stop)]
            stop._expire()  # noqa: SLF001 - the watch is its other half


_WATCH = _Watch()


def within(seconds: float, stop: Stop | None) -> Stop:
    """The caller's own `stop` where they bring one, else one that ends after `seconds`."""
    return Stop(seconds) if stop is None else stop
