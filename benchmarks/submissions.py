"""Submissions over HTTP against a bare view that inserts the same rows; both are served alike, each on its database.

Measured three times: where no department has a gateway, where all have one and nothing behind it (the demonstration
city as it is shipped), and where their registers are full and truly answer, each look written into its owner's log.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks import bare
from benchmarks.applicants import Applicant, arrive
from benchmarks.clients import Post, all_post
from benchmarks.ratios import Comparison, compare
from tools import servers
from tools.servers import City, DidNotStart
from tools.tree import ROOT

APPLICANTS = 24
RESIDENTS = 2_000
OFTEN = "per_minute: 100000"
"""How often a grant may be used here: all submissions come within seconds, under the same few grants."""


class Departments(StrEnum):
    """Who answers when a submission asks the departments."""

    NONE = "no_departments"
    SILENT = "silent"
    POPULATED = "populated"


ANSWERS: Mapping[Departments, set[str]] = {
    Departments.NONE: set(),
    Departments.SILENT: {"offline"},
    Departments.POPULATED: {"read"},
}
"""What became of the look-ups of every submission."""


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


def measure(folder: Path, database_url: str, each: int, rounds: int) -> Mapping[Departments, Measured]:
    """Submit `each` applications a round, by turns with the peer. `database_url` is empty for SQLite."""
    city = City(folder / "city", database_url, files=_files(folder / "files"))
    city.prepare()
    measured = {}
    for departments in Departments:
        if departments is Departments.POPULATED:
            city.populate(RESIDENTS)
        gateways = folder / "gateways-of-nobody" if departments is Departments.NONE else None
        served = replace(city, gateways=gateways)
        measured[departments] = _measured(served, folder / departments, each, rounds)
        assert _answers(city, each * (rounds + 1)) == ANSWERS[departments]
    assert "0 differences" in city.command("ledger", "replay")
    return measured


def _measured(city: City, folder: Path, each: int, rounds: int) -> Measured:
    folder.mkdir()
    applicants = arrive(city, APPLICANTS)
    rows = folder / "rows.json"
    rows.write_text(_recorded(city, applicants[0]))
    before = _cases(city)
    with _twin(city, folder / "bare") as twin, _served_bare(twin, rows) as peer, servers.web(city) as (_server, ours):
        applications = _applications(applicants)
        insertions = _insertions(applicants)
        compared = compare(
            lambda: all_post(ours, [next(applications) for _ in range(each)]),
            lambda: all_post(peer, [next(insertions) for _ in range(each)]),
            rounds=rounds,
        )
        # One more than the rounds: `compare` warms up with one that it does not count.
        assert _cases(city) == _cases(twin) == before + each * (rounds + 1)
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


def _files(folder: Path) -> Path:
    """The demonstration city's files, with grants that may be used as often as a round wants."""
    shutil.copytree(City.files, folder)
    grants = folder / "grants" / "application.yaml"
    grants.write_text(grants.read_text().replace("  most_rows:", f"  {OFTEN}\n  most_rows:"))
    return folder


def _cases(city: City) -> int:
    ((number,),) = asked(city, "SELECT count(*) FROM cases_case")
    return int(str(number))


def _answers(city: City, submissions: int) -> set[str]:
    """What became of the look-ups of the last submissions."""
    last = f"SELECT case_id FROM applications_application ORDER BY case_id DESC LIMIT {submissions:d}"
    found = asked(city, f"SELECT DISTINCT state FROM applications_lookup WHERE application_id IN ({last})")
    return {str(state) for (state,) in found}


def asked(city: City, query: str) -> list[tuple[object, ...]]:
    """The city's database itself is asked: to start a program of the city takes longer than a round."""
    if city.database_url:
        with psycopg.connect(city.database_url) as connection:
            return connection.execute(query.encode()).fetchall()
    with contextlib.closing(sqlite3.connect(city.data_dir / "yiwang.sqlite3")) as connection:
        return list(connection.execute(query))
