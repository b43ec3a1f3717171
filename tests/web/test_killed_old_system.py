"""A department's old system and the worker as real processes, killed with SIGKILL again and again: nothing is lost and
nothing doubled. The old system has its own MariaDB where a server answers, else a file."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.library.gateways.sources.servers import mariadb_database
from yiwang_testcity.old_system.store import Store

PERMITS = 6
KILLS = 8
PATIENCE = 240.0


class City:
    """A city in a folder of its own, with the exchange of the water bureau open."""

    def __init__(self, folder: Path, own: str) -> None:
        self.environment = {**os.environ, "YIWANG_DATA_DIR": str(folder), "YIWANG_DATABASE_URL": ""}
        self.environment |= {"DJANGO_SETTINGS_MODULE": "yiwang.web.settings", "PYTHONPATH": str(settings.ROOT)}
        self.exchange = f"sqlite:{folder / 'departments' / 'water-exchange.sqlite3'}"
        self.own = own
        for words in (("load", "city"), ("exchange", "tables", "water"), ("exchange", "open", "water")):
            self.yiwang(*words)

    def yiwang(self, *words: str) -> str:
        return self._finish("yiwang.web.commands", "from yiwang.web.commands import main; main(WORDS)", list(words))

    def drains(self, *words: str) -> str:
        return self._run([sys.executable, "-m", "tests.web.drains", *words])

    def state(self) -> dict[str, Any]:
        return dict(json.loads(self.drains("state")))

    def _finish(self, _name: str, code: str, words: list[str]) -> str:
        return self._run([sys.executable, "-c", code.replace("WORDS", repr(words))])

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(command, env=self.environment, cwd=settings.ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    def start(self, which: str) -> subprocess.Popen[bytes]:
        if which == "worker":
            code = "from yiwang.web.commands import main; main(['worker'])"
        else:
            words = ["old-system", "--exchange", self.exchange, "--own", self.own, "--every", "0.2"]
            code = f"from yiwang_testcity.commands import main; main({words!r})"
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            [sys.executable, "-c", code], env=self.environment, cwd=settings.ROOT, stdout=quiet, stderr=quiet
        )


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with ExitStack() as stack:
        try:
            own = stack.enter_context(mariadb_database())
        except pytest.skip.Exception:
            own = f"sqlite:{tmp_path / 'old.sqlite3'}"
        yield City(tmp_path / "data", own)


@pytest.mark.slow
def test_killed_again_and_again_each_permit_is_decided_once(city: City) -> None:
    city.drains("apply", str(PERMITS))
    running = {which: city.start(which) for which in ("worker", "old system")}
    try:
        turns = itertools.cycle(running)
        for kill in range(KILLS):
            time.sleep(3.0 + kill % 3)
            which = next(turns)
            running[which].send_signal(signal.SIGKILL)
            running[which].wait()
            running[which] = city.start(which)
        until = time.monotonic() + PATIENCE
        while (found := city.state())["stages"] != ["granted"] * PERMITS or found["unanswered"] or found["to_put_out"]:
            assert time.monotonic() < until, found
            time.sleep(2.0)
        time.sleep(2.0)
        own = Store(city.own)
        sent = own.rows("SELECT COUNT(*), MIN(fs), MAX(fs) FROM t_psxk_lc")
        own.close()
    finally:
        for process in running.values():
            process.kill()
            process.wait()
    assert sent == [(4 * PERMITS, 2, 2)], "each line of its log was sent once and has its answer"
    assert found["decided"] == PERMITS and found["steps"] == found["reported"] == 4 * PERMITS
    assert not found["untaken"] and not found["parked"] and not found["differences"]
