"""What work exists: jobs and schedules as the packages' `jobs.py` declare them.

    @job("notifications.send_mail", retries=8, lease=timedelta(minutes=1))
    def send_mail(message_id: int) -> None: ...

    @schedule("cases.sweep", every=timedelta(minutes=5))
    def sweep() -> None: ...

Arguments are JSON: identifiers, never personal data. A job may run more than once (a worker can be killed between
the effect and its record), so a handler must bear repetition. Pure: no Django, no database.
"""

import inspect
import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from yiwang.foundation.kernel.time import city_zone, to_city

LARGEST_ARGUMENTS = 64 * 1024
"""Bytes of JSON: a job carries identifiers, not documents."""

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


@dataclass(frozen=True)
class JobKind:
    """One kind of work and how it is to be treated when it fails or its worker dies."""

    name: str
    run: Callable[..., object]
    retries: int
    lease: timedelta
    """After this long without a renewal the worker counts as dead and another takes the job."""
    longest: timedelta
    """A run is renewed for this long at most; a handler that hangs is then taken over."""
    first_wait: timedelta
    longest_wait: timedelta

    def __call__(self, **arguments: object) -> object:
        return self.run(**arguments)

    def check(self, arguments: Mapping[str, object]) -> None:
        """Raise TypeError or ValueError, where the work is asked for, when it could never run."""
        inspect.signature(self.run).bind(**arguments)
        if len(json.dumps(dict(arguments), allow_nan=False).encode()) > LARGEST_ARGUMENTS:
            raise ValueError(f"arguments of {self.name} exceed {LARGEST_ARGUMENTS} bytes; pass an identifier instead")

    def wait_before_retry(self, attempt: int, chance: random.Random) -> timedelta:
        """Exponential back-off after the failure of `attempt` (from 1), spread by ±25 % so that a crowd disperses."""
        doubled = self.first_wait * 2 ** min(attempt - 1, 30)
        return min(doubled, self.longest_wait) * chance.uniform(0.75, 1.25)


@dataclass(frozen=True)
class Every:
    """Ticks at whole multiples of `period` since 1970 UTC, the same for every worker."""

    period: timedelta

    def after(self, moment: datetime) -> datetime:
        """The first tick strictly after `moment` (aware UTC)."""
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        return epoch + ((moment - epoch) // self.period + 1) * self.period

    def __str__(self) -> str:
        return f"every {self.period.total_seconds():g} s"


@dataclass(frozen=True)
class At:
    """Ticks once a day at `moment_of_day`, the city's wall clock."""

    moment_of_day: time

    def after(self, moment: datetime) -> datetime:
        """The first tick strictly after `moment` (aware UTC)."""
        today = to_city(moment).date()
        for days in range(3):
            local = datetime.combine(today + timedelta(days=days), self.moment_of_day, tzinfo=city_zone())
            tick = local.astimezone(UTC)
            if tick > moment:
                return tick
        raise AssertionError("three days hold a tick in every time zone")

    def __str__(self) -> str:
        return f"at {self.moment_of_day:%H:%M} {city_zone().key}"


@dataclass(frozen=True)
class ScheduleKind:
    """A job without arguments that the clock asks for."""

    job: JobKind
    rhythm: Every | At

    @property
    def name(self) -> str:
        return self.job.name

    def __call__(self) -> object:
        return self.job()


_jobs: dict[str, JobKind] = {}
_schedules: dict[str, ScheduleKind] = {}


def _declare(kind: JobKind) -> JobKind:
    known = _jobs.get(kind.name)
    if known is not None and (known.run.__module__, known.run.__qualname__) != (
        kind.run.__module__,
        kind.run.__qualname__,
    ):
        raise ValueError(f"two jobs are named {kind.name}: in {known.run.__module__} and {kind.run.__module__}")
    _jobs[kind.name] = kind
    return kind


def job(
    name: str,
    *,
    retries: int = 8,
    lease: timedelta = timedelta(minutes=1),
    longest: timedelta = timedelta(minutes=15),
    first_wait: timedelta = timedelta(seconds=5),
    longest_wait: timedelta = timedelta(hours=1),
) -> Callable[[Callable[..., object]], JobKind]:
    """Declare a job `package.verb`; after 1 + `retries` failures it stays as a visible failure for an administrator."""
    if not _NAME.fullmatch(name) or len(name) > 100:
        raise ValueError(f"a job is named package.verb, not {name!r}")
    if retries < 0 or lease <= timedelta(0) or longest < lease or first_wait <= timedelta(0):
        raise ValueError(f"{name}: retries, lease, longest and first_wait must be positive, and longest ≥ lease")

    def declare(run: Callable[..., object]) -> JobKind:
        return _declare(JobKind(name, run, retries, lease, longest, first_wait, longest_wait))

    return declare


def schedule(
    name: str,
    *,
    every: timedelta | None = None,
    at: str | None = None,
    retries: int = 3,
    lease: timedelta = timedelta(minutes=1),
    longest: timedelta = timedelta(minutes=15),
    first_wait: timedelta = timedelta(seconds=5),
) -> Callable[[Callable[[], object]], ScheduleKind]:
    """Declare work that the clock asks for: `every` a whole number of seconds, or `at` "HH:MM" of the city's day.

    Ticks missed while no worker ran, or while the last run is not finished, come together into one run.
    """
    if (every is None) == (at is None):
        raise ValueError(f"{name}: give either every= or at=")
    if every is not None and (every < timedelta(seconds=1) or every.microseconds):
        raise ValueError(f"{name}: every= is a whole number of seconds, at least one")
    rhythm = Every(every) if every is not None else At(time.fromisoformat(str(at)))

    def declare(run: Callable[[], object]) -> ScheduleKind:
        kind = job(name, retries=retries, lease=lease, longest=longest, first_wait=first_wait)(run)
        kind.check({})
        _schedules[name] = ScheduleKind(kind, rhythm)
        return _schedules[name]

    return declare


def declared_jobs() -> tuple[JobKind, ...]:
    return tuple(_jobs.values())


def declared_schedules() -> tuple[ScheduleKind, ...]:
    return tuple(_schedules.values())
