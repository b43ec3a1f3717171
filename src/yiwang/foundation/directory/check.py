"""What is wrong with a city's departments, people and identity levels, for `yiwang check`."""

from pathlib import Path

from yiwang.foundation.directory import published, published_levels
from yiwang.foundation.kernel.findings import Finding


def check(city: Path) -> list[Finding]:
    return [*published.read(city)[1], *published_levels.read(city)[1]]
