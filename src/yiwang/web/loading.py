"""Loading a city: what a department publishes is data, checked first, then taken in by each package in order."""

from __future__ import annotations

import sys
from pathlib import Path

from django.db import transaction

from yiwang.casework.cases import loading as cases
from yiwang.foundation.directory import loading as directory
from yiwang.foundation.kernel.findings import Refused
from yiwang.foundation.places import loading as places
from yiwang.foundation.standards import vocabulary
from yiwang.library.centre import loading as library
from yiwang.library.gateways import contracts
from yiwang.service.catalogue import loading as catalogue
from yiwang.service.counters import loading as counters
from yiwang.service.exchange import loading as exchange


def load(city: Path) -> int:
    """Take in places, departments, people, procedures, the library and services, all or nothing; say what changed.

    Returns the exit code.
    """
    if not (city / "places.yaml").is_file():
        sys.stderr.write(f"{city} holds no places.yaml. Name the folder of a city.\n")
        return 1
    try:
        with transaction.atomic():
            places.load(city)
            directory.load(city)
            cases.load(city)
            # What is wrong in the contracts, the services' check below refuses together with the rest.
            shared = library.load(city, contracts.read(city, vocabulary.read(city)[0])[0])
            services = catalogue.load(city)
            exchange.load(city)
            counters.load(city)
    except Refused as refused:
        sys.stderr.write(f"{refused}\nNothing was loaded. `yiwang check {city}` says the same.\n")
        return 1
    news = [
        f"{words}: {', '.join(codes)}."
        for words, codes in (
            ("New or changed services", services.changed),
            ("Offered no longer", services.taken_back),
            ("New or changed data products", shared.products),
            ("Shared no longer", shared.taken_back),
        )
        if codes
    ]
    sys.stdout.write(f"{city} is loaded. {' '.join(news) or 'No service and no data product has changed.'}\n")
    return 0
