"""Run the tests on SQLite and on PostgreSQL, side by side, and end with one summary. Further words go to pytest.

`--only=sqlite` or `--only=postgres` runs one of them. What the second says is shown when the first has ended. Tests of
the browser and of Spark run with SQLite only; those that touch no database run once, with PostgreSQL where both run.
What this machine lacks is skipped with its reason; `YIWANG_TEST_REQUIRE` names, with commas, what may not be missing:
postgres, browser, mariadb, spark.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NoReturn

from tools import chromium, postgres
from tools.tree import ROOT

NO_TESTS = 5
REQUIRABLE = ("postgres", "browser", "mariadb", "spark")
ONCE = ("browser", "spark")
"""Markers of slow tests to which the database makes no difference."""
COUNTED = ("passed", "failed", "skipped")
_RUNNING: list[subprocess.Popen[bytes]] = []
"""The runs of pytest that were started."""


@dataclass(frozen=True)
class Leg:
    """What one run of pytest came to."""

    name: str
    code: int
    seconds: float = 0.0
    counts: Mapping[str, int] = field(default_factory=dict)
    skipped_because: str = ""

    def __str__(self) -> str:
        if self.skipped_because:
            return f"{self.name:11} not run: {self.skipped_because}"
        counted = ", ".join(f"{self.counts.get(kind, 0)} {kind}" for kind in COUNTED)
        return f"{self.name:11} {counted} in {self.seconds:.0f} s" + ("" if self.code == 0 else f" (exit {self.code})")


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    required = {name.strip() for name in os.environ.get("YIWANG_TEST_REQUIRE", "").split(",") if name.strip()}
    if unknown := required - set(REQUIRABLE):
        print(f"YIWANG_TEST_REQUIRE does not know {', '.join(sorted(unknown))}: it takes {', '.join(REQUIRABLE)}.")
        return 2
    if reason := chromium.provide():
        print(f"· Browser tests are skipped: {reason}", flush=True)
        if "browser" in required:
            return 1
    signal.signal(signal.SIGTERM, _told_to_stop)
    only = _taken(arguments, "--only=")
    if only == "postgres":
        legs = [_on_postgres(arguments, "postgres" in required)]
    elif only == "sqlite":
        legs = [_on_sqlite(arguments)]
    else:
        legs = _side_by_side(arguments, "postgres" in required)
    print("\n" + "\n".join(str(leg) for leg in legs))
    total = {kind: sum(leg.counts.get(kind, 0) for leg in legs) for kind in COUNTED}
    print("total: " + ", ".join(f"{total[kind]} {kind}" for kind in COUNTED), flush=True)
    return next((leg.code for leg in legs if leg.code), 0)


def _told_to_stop(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _side_by_side(arguments: Sequence[str], required: bool) -> list[Leg]:
    """Both, so that they take about as long: what touches no database is left to the second."""
    legs: list[Leg] = []
    try:
        with postgres.server() as url, tempfile.TemporaryFile() as said:
            second = threading.Thread(target=lambda: legs.append(_at(url, arguments, said)), daemon=True)
            second.start()
            try:
                first = _on_sqlite([*arguments, "--without-pure"])
                second.join()
            finally:
                for tests in _RUNNING:
                    tests.terminate()
                said.seek(0)
                print(said.read().decode(errors="replace"), flush=True)
    except postgres.Unavailable as unavailable:
        return [_on_sqlite(arguments), _without_postgres(unavailable, required)]
    return [first, *(legs or [Leg("PostgreSQL", 1, skipped_because="it broke off; the traceback is above")])]


def _taken(arguments: list[str], option: str) -> str:
    """The value of an option of ours, taken out of the words for pytest."""
    values = [word.removeprefix(option) for word in arguments if word.startswith(option)]
    arguments[:] = [word for word in arguments if not word.startswith(option)]
    return values[-1] if values else ""


def _on_sqlite(arguments: Sequence[str]) -> Leg:
    return _leg("SQLite", arguments, {"YIWANG_DATABASE_URL": ""})


def _on_postgres(arguments: Sequence[str], required: bool) -> Leg:
    try:
        with postgres.server() as url:
            return _at(url, arguments)
    except postgres.Unavailable as unavailable:
        return _without_postgres(unavailable, required)


def _without_postgres(unavailable: postgres.Unavailable, required: bool) -> Leg:
    return Leg("PostgreSQL", int(required), skipped_because=str(unavailable))


def _at(url: str, arguments: Sequence[str], said: IO[bytes] | None = None) -> Leg:
    """On the PostgreSQL server at that address, in a database that is gone afterwards."""
    name = f"yiwang_{os.getpid()}"
    once = [f"--deselect-marker={marker}" for marker in ONCE]
    try:
        return _leg("PostgreSQL", [*arguments, *once], {"YIWANG_DATABASE_URL": f"{url}/{name}"}, said)
    finally:
        postgres.drop(url, f"test_{name}")


def _leg(name: str, arguments: Sequence[str], settings: Mapping[str, str], said: IO[bytes] | None = None) -> Leg:
    """`said` takes what the tests say, instead of the terminal."""
    with tempfile.TemporaryDirectory(prefix="yiwang-test-") as folder:
        report = Path(folder) / "report.json"
        environment = os.environ | {
            "PYTHONHASHSEED": "0",
            "YIWANG_DATA_DIR": f"{folder}/data",
            "YIWANG_TEST_REPORT": str(report),
            **settings,
        }
        started = time.monotonic()
        print(f"\n· Tests on {name}", flush=True)
        command = [sys.executable, "-m", "pytest", *arguments]
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT if said else None
        ) as tests:
            _RUNNING.append(tests)
            code = tests.wait()
        counts = json.loads(report.read_text()) if report.exists() else {}
    code = 0 if code == NO_TESTS and arguments else code
    return Leg(name, code, time.monotonic() - started, counts)


if __name__ == "__main__":
    sys.exit(main())
