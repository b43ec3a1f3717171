"""Which department keeps what where, and the making of all of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from yiwang_testcity import population
from yiwang_testcity.population import Plan
from yiwang_testcity.tables import ENTERPRISES, RESIDENTS, TABLES, Store, Table
from yiwang_testcity.writing import Folder, Mysql, Postgres, Sqlite, Target, Truth, all_or_nothing


class NotReached(Exception):
    """A server that was named does not answer, or refuses."""


def folder(data: Path) -> Path:
    """Where the departments keep their data."""
    return data / "departments"


def truth_path(data: Path) -> Path:
    return data / "testcity" / "truth.parquet"


def make(
    plan: Plan, data: Path, *, postgres: str | None = None, mysql: str | None = None, processes: int | None = None
) -> Mapping[str, int]:
    """Write the planned city; returns for each table, where it stands, how many rows it has.

    Raises OSError, ValueError, NotReached; then what was there before is still there.
    """
    targets = _targets(data, postgres, mysql)
    truth = Truth(truth_path(data))
    counts = {table.name: 0 for table in TABLES}
    with population.uncollected(), all_or_nothing([*targets.values(), truth]):
        for rows in population.shards(plan, processes):
            for table in TABLES:
                targets[table.department].add(table, rows.tables[table.name])
                counts[table.name] += len(rows.tables[table.name])
            truth.add(rows)
    return {f"{table.department} {table.name}": counts[table.name] for table in TABLES}


def _targets(data: Path, postgres: str | None, mysql: str | None) -> Mapping[str, Target]:
    tables: dict[str, list[Table]] = {}
    for table in TABLES:
        tables.setdefault(table.department, []).append(table)
    found: dict[str, Target] = {}
    for department, own in tables.items():
        if postgres and department == RESIDENTS.department:
            found[department] = _reached(Postgres, postgres, own)
        elif mysql and department == ENTERPRISES.department:
            found[department] = _reached(Mysql, mysql, own)
        elif own[0].store is Store.SQLITE:
            found[department] = Sqlite(folder(data) / f"{department}.sqlite3", own)
        else:
            found[department] = Folder(folder(data) / department, own)
    return found


def _reached(server: type[Postgres | Mysql], url: str, tables: list[Table]) -> Target:
    import psycopg
    import pymysql

    try:
        return server(url, tables)
    except (psycopg.Error, pymysql.MySQLError) as refused:
        raise NotReached(f"{url.rpartition('@')[2]} does not take the data: {refused}") from refused
