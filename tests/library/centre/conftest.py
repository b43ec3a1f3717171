from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.library.centre import city
from tests.library.centre import rows as departments
from yiwang.foundation.directory import loading as directory
from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.directory.models import User
from yiwang.library.centre import gateways as registry
from yiwang.library.centre import loading
from yiwang.library.gateways.local import LocalGateway


class People:
    """The officers of the little city, as they act."""

    def __getattr__(self, name: str) -> Actor:
        return actor_of(self.account(name))

    @staticmethod
    def account(name: str) -> User:
        """`food_one` is the user food.one."""
        return User.objects.get(username=name.replace("_", "."))


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """The city's files, its offices and people loaded; keys and files of the centre in a folder of this test."""
    settings.YIWANG_DATA_DIR = tmp_path / "data"
    made = city.build(tmp_path / "city")
    directory.load(made)
    return made


@pytest.fixture
def people(folder: Path) -> People:
    """A city whose products are published and whose standing grants are in force, and its officers."""
    loading.load(folder, city.PRODUCTS)
    return People()


@dataclass(frozen=True)
class Library(People):
    """The little city with its gateways running; `rows` are the departments' data, to be changed by tests."""

    gateways: dict[str, LocalGateway]
    rows: dict[str, departments.MemoryRows]


@pytest.fixture
def library(people: People, tmp_path: Path) -> Iterator[Library]:
    running, rows = departments.gateways(tmp_path / "gateways")
    with registry.instead(running):
        yield Library(running, rows)
    for each in running.values():
        each.close()
