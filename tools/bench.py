"""Measure: run one bench on a scratch database, print its figures and write them to bench/NAME.json."""

import argparse
import importlib
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools import evaluation
from tools.tree import ROOT


def main(arguments: Sequence[str] | None = None) -> int:
    names = available()
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("name", choices=names, metavar="NAME", help=", ".join(names) or "there is none yet")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, under two minutes")
    options = parser.parse_args(arguments)
    # On disk, not in memory: a submission that is acknowledged is flushed, and that is part of what it costs.
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as folder:
        prepare(Path(folder))
        started = time.monotonic()
        try:
            result = dict(importlib.import_module(f"benchmarks.{options.name}").run(options.quick))
        except evaluation.Absent as absent:
            print(f"bench {options.name} not run: {absent}")
            return 0
        seconds = time.monotonic() - started
        forget()
    sizes = result.pop("sizes", {})
    print(table(options.name, result, sizes, seconds))
    write(options.name, result, sizes, quick=options.quick)
    return 0


def available() -> list[str]:
    """The benches, by name: the modules of `benchmarks` that hold a `run`."""
    found = (path for path in (ROOT / "benchmarks").glob("*.py") if "\ndef run(" in path.read_text())
    return sorted(path.stem for path in found)


def prepare(folder: Path) -> None:
    """Set Django up on an empty migrated database in the folder."""
    os.environ.update(YIWANG_DATA_DIR=str(folder), YIWANG_DATABASE_URL="", DJANGO_SETTINGS_MODULE="yiwang.web.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)


def forget() -> None:
    from django.db import connections

    connections.close_all()


def table(name: str, figures: Mapping[str, float], sizes: Mapping[str, Any], seconds: float) -> str:
    width = max((len(figure) for figure in figures), default=0)
    lines = [f"bench {name}: {seconds:.1f} s on {os.cpu_count()} cores, Python {platform.python_version()}"]
    lines += [f"  {figure:{width}}  {shown(value):>12}" for figure, value in figures.items()]
    if sizes:
        lines.append("  measured on " + ", ".join(f"{size} {value}" for size, value in sizes.items()))
    return "\n".join(lines)


def shown(value: float) -> str:
    if isinstance(value, int) or value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.4g}"


def write(name: str, figures: Mapping[str, float], sizes: Mapping[str, Any], *, quick: bool) -> None:
    content: dict[str, Any] = {"figures": figures}
    if quick:
        content["quick"] = True
    if sizes:
        content["sizes"] = sizes
    folder = ROOT / "bench"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    print(f"written to bench/{name}.json")


if __name__ == "__main__":
    sys.exit(main())
