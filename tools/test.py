"""Run the tests twice, on SQLite and on PostgreSQL, and end with one summary. Further words go to pytest.

`--only=sqlite` or `--only=postgres` runs one of them. Tests of the browser and of Spark run with SQLite only. What this
machine lacks is skipped with its reason; `YIWANG_TEST_REQUIRE` names, with commas, what may not be missing: postgres,
browser, mariadb, spark.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools import chromium, postgres
from tools.tree import ROOT

NO_TESTS = 5
REQUIRABLE = ("postgres", "browser", "mariadb", "spark")
ONCE = ("browser", "spark")
"""Markers of slow tests to which the database makes no difference."""
COUNTED = ("passed", "failed", "skipped")


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
    only = _taken(arguments, "--only=")
    legs = []
    if only in ("", "sqlite"):
        legs.append(_leg("SQLite", arguments, {"YIWANG_DATABASE_URL": ""}))
    if only in ("", "postgres"):
        legs.append(_on_postgres(arguments, "postgres" in required))
    print("\n" + "\n".join(str(leg) for leg in legs))
    total = {kind: sum(leg.counts.get(kind, 0) for leg in legs) for kind in COUNTED}
    print("total: " + ", ".join(f"{total[kind]} {kind}" for kind in COUNTED), flush=True)
    return next((leg.code for leg in legs if leg.code), 0)


def _taken(arguments: list[str], option: str) -> str:
    """The value of an option of ours, taken out of the words for pytest."""
    values = [word.removeprefix(option) for word in arguments if word.startswith(option)]
    arguments[:] = [word for word in arguments if not word.startswith(option)]
    return values[-1] if values else ""


def _on_postgres(arguments: Sequence[str], required: bool) -> Leg:
    name = f"yiwang_{os.getpid()}"
    try:
        with postgres.server() as url:
            try:
                once = [f"--deselect-marker={marker}" for marker in ONCE]
                return _leg("PostgreSQL", [*arguments, *once], {"YIWANG_DATABASE_URL": f"{url}/{name}"})
            finally:
                postgres.drop(url, f"test_{name}")
    except postgres.Unavailable as unavailable:
        return Leg("PostgreSQL", int(required), skipped_because=str(unavailable))


def _leg(name: str, arguments: Sequence[str], settings: Mapping[str, str]) -> Leg:
    print(f"\n· Tests on {name}", flush=True)
    with tempfile.TemporaryDirectory(prefix="yiwang-test-") as folder:
        report = Path(folder) / "report.json"
        environment = os.environ | {
            "PYTHONHASHSEED": "0",
            "YIWANG_DATA_DIR": f"{folder}/data",
            "YIWANG_TEST_REPORT": str(report),
            **settings,
        }
        started = time.monotonic()
        code = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment, check=False
        ).returncode
        counts = json.loads(report.read_text()) if report.exists() else {}
    code = 0 if code == NO_TESTS and arguments else code
    return Leg(name, code, time.monotonic() - started, counts)


if __name__ == "__main__":
    sys.exit(main())
