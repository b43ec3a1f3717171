"""What is wrong with a city's departments and people, for `yiwang check`."""

from pathlib import Path

from yiwang.foundation.directory import published
from yiwang.foundation.kernel.findings import Finding


def check(city: Path) -> list[Finding]:
    return published.read(city)[1]
