"""Check everything that can be checked without running the city. Name checks to run only those; --fix formats first."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence

from tools.tree import ROOT

Check = Callable[[], list[str]]
"""A check returns its complaints, each a line `file:line: what is wrong, what to do`; none means that it passed."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./dev check", description=__doc__)
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"one of: {', '.join(CHECKS)}")
    parser.add_argument("--fix", action="store_true", help="let ruff repair and format what it can, then check")
    options = parser.parse_args(arguments)
    if unknown := set(options.checks) - set(CHECKS):
        parser.error(f"there is no check named {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}")
    if options.fix:
        _command("ruff", "check", "--fix-only", "--quiet", ".")
        _command("ruff", "format", "--quiet", ".")
    with tempfile.TemporaryDirectory(prefix="yiwang-check-") as scratch:
        os.environ.update(YIWANG_DATA_DIR=scratch, YIWANG_DATABASE_URL="", DJANGO_SETTINGS_MODULE="yiwang.web.settings")
        return _run(options.checks or list(CHECKS))


def _run(names: Sequence[str]) -> int:
    failed = []
    for name in names:
        started = time.monotonic()
        complaints = _complaints(CHECKS[name])
        for complaint in complaints:
            print(complaint)
        result = "ok" if not complaints else f"{len(complaints)} to mend" if len(complaints) > 1 else "to mend"
        print(f"{name:13} {result:12} {time.monotonic() - started:5.1f} s", flush=True)
        if complaints:
            failed.append(name)
    print(
        f"{len(names) - len(failed)} checks passed, {len(failed)} failed" + (f": {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


def _complaints(check: Check) -> list[str]:
    """A check that itself breaks, as it does over code that cannot be loaded, complains of that."""
    try:
        return check()
    except Exception:  # noqa: BLE001 - whatever it is, the other checks still run
        return [traceback.format_exc(limit=-4).rstrip()]


def _command(*command: str) -> list[str]:
    """Run a program of the environment; its whole output is one complaint when it fails."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    return [done.stdout.rstrip() or f"{' '.join(command)} failed"] if done.returncode else []


def _style() -> list[str]:
    return _command("ruff", "check", "--output-format", "concise", ".") + _command(
        "ruff", "format", "--check", "--output-format", "concise", "."
    )


def _types() -> list[str]:
    # Its cache does not notice modules that are added between two runs.
    return _command("mypy", "--no-error-summary", "--no-incremental")


def _imports() -> list[str]:
    return _command("lint-imports", "--no-logo")


def _migrations() -> list[str]:
    return _command("yiwang", "django", "makemigrations", "--check", "--dry-run") + _command(
        "yiwang", "django", "check"
    )


def _city() -> list[str]:
    return _command("yiwang", "check", "city/")


def _layers() -> list[str]:
    from tools import check_layers

    return check_layers.complaints()


def _templates() -> list[str]:
    from tools import check_templates

    return check_templates.complaints()


def _translations() -> list[str]:
    from tools import check_translations

    return check_translations.complaints()


def _files() -> list[str]:
    from tools import check_files

    return check_files.complaints()


CHECKS: dict[str, Check] = {
    "style": _style,
    "files": _files,
    "imports": _imports,
    "layers": _layers,
    "templates": _templates,
    "translations": _translations,
    "migrations": _migrations,
    "types": _types,
    "city": _city,
}

if __name__ == "__main__":
    sys.exit(main())
