"""Loading a city: what a department publishes is data, checked first, then taken in by each package in order."""

from __future__ import annotations

import sys
from pathlib import Path

from django.db import transaction

from yiwang.foundation.directory import loading as directory
from yiwang.foundation.places import loading as places
from yiwang.foundation.standards.findings import Refused
from yiwang.service.catalogue import loading as catalogue


def load(city: Path) -> int:
    """Take in places, departments, people and matters; all or nothing. Returns the exit code."""
    if not (city / "city.yaml").is_file():
        sys.stderr.write(f"{city} holds no city.yaml. Name the folder of a city.\n")
        return 1
    try:
        with transaction.atomic():
            places.load(city)
            directory.load(city)
            catalogue.load(city)
    except (Refused, places.Refused) as refused:
        sys.stderr.write(f"{refused}\nNothing was loaded. `yiwang check {city}` says the same.\n")
        return 1
    return 0
