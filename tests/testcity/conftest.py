"""A city of 20,000, made once for all tests that only look at it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from yiwang_testcity import departments, population

CITY = Path(__file__).parents[2] / "city"
DAY = dt.date(2025, 3, 12)


@dataclass(frozen=True)
class Made:
    """The data directory of a city that was made, and how many rows each of its tables got."""

    data: Path
    counts: dict[str, int]

    def rows(self, department: str, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(departments.folder(self.data) / f"{department}.sqlite3")) as database:
            return database.execute(sql).fetchall()

    def certificates(self) -> list[dict[str, Any]]:
        read: list[dict[str, Any]] = pq.read_table(departments.folder(self.data) / "health" / "jkz").to_pylist()
        return read

    def truth(self) -> list[dict[str, Any]]:
        read: list[dict[str, Any]] = pq.read_table(departments.truth_path(self.data)).to_pylist()
        return read


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    data = tmp_path_factory.mktemp("city")
    return Made(data, dict(departments.make(population.plan(20_000, 1, DAY, CITY), data, processes=1)))
