"""Resolve pyproject.toml into the hashed locks. Each is held to the versions of the one before and holds all of it."""

import subprocess
import sys

from tools.tree import ROOT

COMPILE = ["uv", "pip", "compile", "--quiet", "--generate-hashes", "--no-emit-index-url", "--python-version", "3.11"]


def main() -> int:
    for further in (
        ["pyproject.toml", "-o", "requirements.lock"],
        ["--extra", "dev", "-c", "requirements.lock", "pyproject.toml", "-o", "requirements-dev.lock"],
        [
            *("--extra", "dev", "--extra", "spark", "-c", "requirements-dev.lock"),
            *("pyproject.toml", "-o", "requirements-spark.lock"),
        ],
    ):
        if code := subprocess.run([*COMPILE, *sys.argv[1:], *further], cwd=ROOT, check=False).returncode:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
