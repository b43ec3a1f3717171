"""Run the demonstration city on this machine until Ctrl-C, or (--check) drive one application through it and stop."""

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

import yaml

from tools import servers
from tools.servers import City, DidNotStart, Running
from tools.tree import ROOT

RESIDENTS = 20_000
RESIDENTS_OF_A_CHECK = 2_000


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./dev up", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="default: 8000")
    parser.add_argument("--workers", type=int, default=2, help="web processes; default: 2")
    parser.add_argument(
        "--check", action="store_true", help="scratch data, one application from search to result, stop"
    )
    options = parser.parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):  # SIGHUP: the terminal was closed
        signal.signal(number, _as_interrupt)
    try:
        if options.check:
            return check(options.workers)
        up(options.port, options.workers)
    except DidNotStart as failure:
        print(f"./dev up: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0


def up(port: int, workers: int) -> NoReturn:
    if servers.is_busy(port):
        raise DidNotStart(
            f"another program already uses port {port}. Stop it, or choose another: ./dev up --port {port + 1}"
        )
    city = City(Path(os.environ.get("YIWANG_DATA_DIR", ROOT / "var")), os.environ.get("YIWANG_DATABASE_URL", ""))
    _say("Preparing the database and the city")
    city.prepare()
    if not city.has_population:
        _say(f"Inventing {RESIDENTS:,} residents in the departments' databases")
        city.populate(RESIDENTS)
    with servers.web(city, port, workers=workers) as (web, url), servers.worker(city) as worker:
        print(f"\n{sign_ins(city.files / 'people.yaml')}\n\nYiwang is running at {url}\nCtrl-C stops it.", flush=True)
        _until_one_ends(web, worker)


def check(workers: int) -> int:
    from tools import drive

    with tempfile.TemporaryDirectory(prefix="yiwang-up-") as folder:
        city = City(Path(folder) / "data")
        started = time.monotonic()
        _say("Preparing a scratch city")
        city.prepare()
        city.populate(RESIDENTS_OF_A_CHECK)
        with servers.web(city, workers=workers) as (web, url), servers.worker(city) as worker:
            _say(f"Running at {url} after {time.monotonic() - started:.1f} s")
            try:
                drive.one_application(url, city, say=_say)
            except drive.WentWrong as failure:
                print(f"./dev up --check: {failure}", file=sys.stderr)
                for process in (web, worker):
                    if words := process.last_words():
                        print(f"\nThe last words of {process.name}:\n{words}", file=sys.stderr)
                return 1
    _say(f"All stopped after {time.monotonic() - started:.1f} s. It works.")
    return 0


def sign_ins(path: Path) -> str:
    """The demonstration sign-ins, as a table."""
    people = yaml.safe_load(path.read_text())
    lines = [f"Sign in with the password {people['password']} as one of"]
    for kind in ("residents", "officers", "administrators"):
        for username, person in people.get(kind, {}).items():
            duties = ", ".join(person.get("posts", ())) or kind.removesuffix("s")
            lines.append(f"  {username:18} {duties:28} {person['name']}")
    return "\n".join(lines)


def _until_one_ends(*processes: Running) -> NoReturn:
    while all(process.process.poll() is None for process in processes):
        time.sleep(0.5)
    ended = next(process for process in processes if process.process.poll() is not None)
    raise DidNotStart(f"the {ended.name} ended by itself:\n{ended.last_words()}")


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(words: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        print(f"· {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
