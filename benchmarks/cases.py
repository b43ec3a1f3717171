"""What the main job costs: submissions against a bare view, the desk's queue at a million cases, a kill -9 round.

Submissions where the departments behind gateways are silent, where they answer, and where there are none. On both
databases; the queue's figures under the plain names are those of the slower one. Where there is no PostgreSQL, its
figures are left out and the run says so.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import desk_queue, kills, submissions
from benchmarks.ratios import percentile
from tools import postgres
from tools.servers import City

SEEDS = (11, 12, 13, 14, 15)
"""One round of questions each."""

Place = Callable[[str], AbstractContextManager[str]]
"""From a name to the URL of an empty database for the while."""

DATABASES: dict[str, Place] = {
    "sqlite": lambda name: contextlib.nullcontext(""),
    "postgres": lambda name: postgres.database(f"yiwang_bench_{name}"),
}


@dataclass(frozen=True)
class Asked:
    """Milliseconds of `desk.queue` and of the whole page, over all rounds."""

    queue_p95: float
    queue_median: float
    page_p95: float


def run(quick: bool) -> dict[str, Any]:
    """`quick`: 10,000 cases on the desk, small rounds, workers killed on SQLite only; in full up to a million cases."""
    each, rounds, deaths = (16, 5, 2) if quick else (200, 7, 24)
    desks = {"10k": 10_000} if quick else {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
    figures: dict[str, float] = {}
    outcomes: list[kills.Outcome] = []
    for name, place in DATABASES.items():
        try:
            with tempfile.TemporaryDirectory(prefix="yiwang-bench-") as folder:
                figures |= _submissions(name, place, Path(folder), each, rounds)
                figures |= _desks(name, place, Path(folder), desks)
                if quick and outcomes:
                    continue
                with place("kills") as url:
                    outcomes.append(kills.kill_round(Path(folder) / "kills", url, kills=deaths, seed=7))
        except postgres.Unavailable as why:
            sys.stderr.write(f"Without PostgreSQL: {why}\n")
    for label in desks:
        figures[f"queue_p95_ms_{label}"] = _worst(figures, f".queue_p95_ms_{label}")
    if "1m" in desks:
        figures["queue_ratio_1m_to_10k"] = _worst(figures, ".queue_ratio_1m_to_10k")
    figures["acknowledged"] = sum(outcome.acknowledged for outcome in outcomes)
    figures["lost"] = sum(outcome.lost for outcome in outcomes)
    figures["doubled"] = sum(outcome.doubled for outcome in outcomes)
    sizes = {
        "clients": kills.CLIENTS,
        "submissions_a_round": each,
        "rounds": rounds,
        "desks": list(desks.values()),
        "questions_a_desk": desk_queue.QUESTIONS * len(SEEDS),
        "workers_killed": sum(outcome.kills for outcome in outcomes),
    }
    return {**figures, "sizes": sizes}


def _submissions(name: str, place: Place, folder: Path, each: int, rounds: int) -> dict[str, float]:
    """The plain names are those of the demonstration city as it is shipped."""
    figures = {}
    with place("submissions") as url:
        for departments, measured in submissions.measure(folder / "submissions", url, each, rounds).items():
            ending = "" if departments is submissions.Departments.SILENT else f"_{departments}"
            figures[f"{name}.submissions_per_s{ending}"] = measured.per_second
            figures[f"{name}.ratio_to_bare{ending}"] = measured.ratio
    return figures


def _desks(name: str, place: Place, folder: Path, desks: dict[str, int]) -> dict[str, float]:
    """All desks stand at once and are asked by turns, so that their ratio is not that of two moments of the machine."""
    with contextlib.ExitStack() as open_desks:
        running = {}
        for label, size in desks.items():
            url = open_desks.enter_context(place(f"desk_{label}"))
            running[label] = open_desks.enter_context(desk_queue.desk(City(folder / f"desk-{label}", url), size))
        for desk in running.values():
            desk.round(SEEDS[0])
        rounds: dict[str, list[desk_queue.Round]] = {label: [] for label in desks}
        for seed in SEEDS:
            for label, desk in running.items():
                rounds[label].append(desk.round(seed))
    asked = {label: _asked(done) for label, done in rounds.items()}
    figures = {}
    for label, measured in asked.items():
        figures[f"{name}.queue_p95_ms_{label}"] = measured.queue_p95
        figures[f"{name}.page_p95_ms_{label}"] = measured.page_p95
    if "1m" in desks:
        figures[f"{name}.queue_ratio_1m_to_10k"] = asked["1m"].queue_p95 / asked["10k"].queue_p95
    return figures


def _asked(rounds: list[desk_queue.Round]) -> Asked:
    """The number of SQL queries of a page must be the same whatever is asked."""
    queries = set[int]().union(*(each.queue_queries for each in rounds))
    assert len(queries) == 1, f"a queue takes {queries} SQL queries"
    queue = [value for each in rounds for value in each.queue]
    page = [value for each in rounds for value in each.page]
    return Asked(percentile(queue, 0.95), statistics.median(queue), percentile(page, 0.95))


def _worst(figures: dict[str, float], ending: str) -> float:
    return max(value for name, value in figures.items() if name.endswith(ending))
