"""Submissions over HTTP against a bare view that inserts the same rows; both are served alike, each on its database.

No department stands behind a gateway here: to ask them takes what their registers take, and a bare view asks nobody.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks import bare
from benchmarks.applicants import Applicant, settle
from benchmarks.clients import Post, all_post
from benchmarks.ratios import Comparison, compare
from tools import servers
from tools.servers import City, DidNotStart
from tools.tree import ROOT

APPLICANTS = 24


@dataclass(frozen=True)
class Measured:
    """Rounds of `each` submissions."""

    each: int
    comparison: Comparison

    @property
    def per_second(self) -> float:
        ordered = sorted(self.comparison.ours)
        return self.each / ordered[len(ordered) // 2]

    @property
    def ratio(self) -> float:
        return self.comparison.speed_ratio


def measure(folder: Path, database_url: str, each: int, rounds: int) -> Measured:
    """Submit `each` applications a round, by turns with the peer. `database_url` is empty for SQLite."""
    city = City(folder / "city", database_url, gateways=folder / "gateways-of-nobody")
    applicants = settle(city, APPLICANTS)
    rows = folder / "rows.json"
    rows.write_text(_recorded(city, applicants[0]))
    with _twin(city, folder / "bare") as twin, _served_bare(twin, rows) as peer, servers.web(city) as (_server, ours):
        applications = _applications(applicants)
        insertions = _insertions(applicants)
        compared = compare(
            lambda: all_post(ours, [next(applications) for _ in range(each)]),
            lambda: all_post(peer, [next(insertions) for _ in range(each)]),
            rounds=rounds,
        )
        # One more than the rounds: `compare` warms up with one that it does not count. And two for the record.
        assert _cases(city) == _cases(twin) == each * (rounds + 1) + 2
    assert "0 differences" in city.command("ledger", "replay")
    return Measured(each, compared)


def _applications(applicants: list[Applicant]) -> Iterator[Post]:
    for number in count():
        who = applicants[number % len(applicants)]
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {who.token}",
            "Idempotency-Key": secrets.token_hex(16),
        }
        yield Post("/api/v1/applications", who.application(f"望江区滨江路 {number:06d} 号"), headers)


def _insertions(applicants: list[Applicant]) -> Iterator[Post]:
    for application in _applications(applicants):
        yield Post("/insert", application.body, {"Content-Type": "application/json"})


def _recorded(city: City, who: Applicant) -> str:
    """The rows that one submission leaves."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bare", who.token],
        cwd=ROOT,
        env=city.environment,
        input=who.application("望江区滨江路 000000 号"),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise DidNotStart(f"no submission to record:\n{done.stderr.decode().strip()}")
    return done.stdout.decode()


@contextlib.contextmanager
def _twin(city: City, folder: Path) -> Iterator[City]:
    """A city with a copy of the database."""
    shutil.copytree(city.data_dir, folder)
    if not city.database_url:
        yield City(folder)
        return
    server, _slash, name = city.database_url.rpartition("/")
    twin = f"{name}_bare"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(twin)))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(twin), sql.Identifier(name)))
    try:
        yield City(folder, f"{server}/{twin}")
    finally:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(twin)))


@contextlib.contextmanager
def _served_bare(twin: City, rows: Path) -> Iterator[str]:
    os.environ[bare.ROWS] = str(rows)
    try:
        with servers.web(twin, application="benchmarks.bare_wsgi:application") as (_server, url):
            yield url
    finally:
        del os.environ[bare.ROWS]


def _cases(city: City) -> int:
    asked = "from yiwang.casework.cases.models import Case; print(Case.objects.count())"
    return int(city.command("django", "shell", "--verbosity", "0", "-c", asked))
