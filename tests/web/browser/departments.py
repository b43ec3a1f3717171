"""The demonstration city's departments at work: invented people in their databases, a gateway before each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from tests.web.browser.persons import CITY
from yiwang.library.centre import facts, gateways, in_force, signing_key
from yiwang.library.gateways import opening
from yiwang.library.gateways.local import LocalGateway
from yiwang_testcity import departments, population

RESIDENTS = 300
PATIENCE = 120.0
"""No test waits for a clock: a busy machine answers late, not never."""


@contextmanager
def answering(data: Path, today: date) -> Iterator[Mapping[str, LocalGateway]]:
    """The loaded city's departments answer out of databases of a few hundred residents, made in `data`."""
    departments.make(population.plan(RESIDENTS, 1, today, CITY), data, processes=1)
    opened = {
        department: opening.local(
            path, in_force.current().served(department), data=data, trust=signing_key.key().trust()
        )
        for department, path in opening.here(CITY / "gateways").items()
    }
    patience, facts.SECONDS = facts.SECONDS, PATIENCE
    try:
        with gateways.instead(opened):
            yield opened
    finally:
        facts.SECONDS = patience
        for each in opened.values():
            each.close()


def lose(data: Path, department: str) -> None:
    """The department's database is gone, as when its server is switched off."""
    folder = departments.folder(data)
    for path in folder.glob(f"{department}*"):
        path.rename(path.with_name(f"lost-{path.name}"))
