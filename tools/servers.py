"""Run a city on this machine: prepare its data, start its web server and its worker, stop them again."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tools.tree import ROOT, SOURCE

HOST = "127.0.0.1"
STATIC = SOURCE / "web" / "static"
YIWANG = (sys.executable, "-c", "import sys; from yiwang.web.commands import main; sys.exit(main())")
TESTCITY = (sys.executable, "-m", "yiwang_testcity.commands")
PATIENCE = 15.0
"""Seconds that a process has to end after SIGTERM."""


class DidNotStart(Exception):
    """A part of the city failed to start; the message holds what it said."""


@dataclass(frozen=True)
class City:
    """Where a city keeps its data. An empty `database_url` means SQLite in the data directory; `gateways` is the folder
    of the departments' bindings, the city's own where it is left out."""

    data_dir: Path
    database_url: str = ""
    files: Path = ROOT / "city"
    gateways: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "YIWANG_DATA_DIR": str(self.data_dir),
            "YIWANG_DATABASE_URL": self.database_url,
            "YIWANG_CITY_DIR": str(self.files),
            "YIWANG_SMS_URL": os.environ.get("YIWANG_SMS_URL", "outbox:"),
            "DJANGO_SETTINGS_MODULE": "yiwang.web.settings",
            "PYTHONUNBUFFERED": "1",
            **({"YIWANG_GATEWAYS_DIR": str(self.gateways)} if self.gateways is not None else {}),
        }

    def command(self, *words: str) -> str:
        """Run `yiwang ...` in this city and return what it printed. Raises DidNotStart."""
        return self._run("yiwang", YIWANG, words)

    def _run(self, name: str, program: Sequence[str], words: Sequence[str]) -> str:
        done = subprocess.run(
            [*program, *words],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DidNotStart(f"{name} {' '.join(words)} failed:\n{done.stdout.strip()}")
        return done.stdout

    def migrate(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.command("django", "migrate", "--no-input", "--verbosity", "0")

    def prepare(self) -> None:
        """Bring the database up to date and load the city's files."""
        self.migrate()
        self.command("load", str(self.files))

    @property
    def has_population(self) -> bool:
        """True where the departments hold data, whoever put it there; what was only begun does not count."""
        folder = self.data_dir / "departments"
        return folder.is_dir() and any(path.suffix != ".new" for path in folder.iterdir())

    def populate(self, residents: int, as_of: date | None = None) -> None:
        """Put an invented population into the departments' databases, as of today by default. Raises DidNotStart."""
        day = ("--as-of", as_of.isoformat()) if as_of else ()
        self._run("yiwang-testcity", TESTCITY, ("population", "--residents", str(residents), *day))


@dataclass(frozen=True)
class Running:
    """A process of the city, leader of its own process group."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-25:])

    def stop(self) -> None:
        """Ask the process to end and wait for it; whatever it leaves of its group is killed."""
        if self.process.poll() is None:
            self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextlib.contextmanager
def running(city: City, name: str, command: Sequence[str]) -> Iterator[Running]:
    """A process of the city for the while; its output goes to `<data>/<name>.log`."""
    log = city.data_dir / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=city.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    started = Running(name, process, log)
    try:
        yield started
    finally:
        started.stop()


@contextlib.contextmanager
def web(
    city: City,
    port: int | None = None,
    *,
    workers: int = 2,
    threads: int = 2,
    application: str = "yiwang.web.wsgi:application",
) -> Iterator[tuple[Running, str]]:
    """The web server, answering, and its address. Raises DidNotStart."""
    port = port or free_port()
    if is_busy(port):  # granian would share the port with another granian, and each get half of the requests
        raise DidNotStart(f"another program already uses port {port}")
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--no-ws"),
        *("--workers", str(workers), "--blocking-threads", str(threads), "--respawn-failed-workers"),
        *("--workers-kill-timeout", str(int(PATIENCE)), "--log-level", "warning"),
    ]
    if STATIC.is_dir():
        command += ["--static-path-route", "/static", "--static-path-mount", str(STATIC)]
    with running(city, "web", [*command, application]) as server:
        url = f"http://{HOST}:{port}"
        _wait_for(server, url)
        yield server, url


@contextlib.contextmanager
def worker(city: City) -> Iterator[Running]:
    """The background worker."""
    with running(city, "worker", [*YIWANG, "worker"]) as process:
        yield process


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def is_busy(port: int) -> bool:
    """True when another program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def _wait_for(server: Running, url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise DidNotStart(f"the web server ended at once:\n{server.last_words()}")
        try:
            urllib.request.urlopen(url, timeout=10).close()
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
            raise DidNotStart(f"the web server answers {error.code}:\n{server.last_words()}") from error
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise DidNotStart(f"the web server did not answer within a minute:\n{server.last_words()}")
