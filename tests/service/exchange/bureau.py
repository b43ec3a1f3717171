"""The water bureau's old system as a neighbour: exchange tables and its own, each on a server of its own kind."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from tests.library.gateways.sources.servers import mariadb_database, postgres_database
from yiwang.foundation.kernel.time import now
from yiwang.service.exchange import actions, polling, tables
from yiwang.service.exchange.arrangement import TablesAt
from yiwang.service.exchange.models import System
from yiwang.web.worker import run_until_quiet
from yiwang_testcity.old_system import running, schema
from yiwang_testcity.old_system.running import Done, Options
from yiwang_testcity.old_system.store import Store


@dataclass
class Bureau:
    """`exchange` and `own` are addresses as an operator types them."""

    system: System
    exchange: str
    own: str

    def works(self, *, paces: int = 1, worked_at: datetime | None = None) -> Done:
        """One round of the old system, as its process makes it."""
        exchange, own = Store(self.exchange), Store(self.own)
        try:
            schema.create(own)
            return running.one_round(
                exchange, own, Options(self.exchange, self.own, paces=paces, at=now(), worked_at=worked_at)
            )
        finally:
            exchange.close()
            own.close()

    def until_quiet(self, most: int = 40, **options: object) -> None:
        """Both sides in turn, until neither has anything to do."""
        for _round in range(most):
            run_until_quiet()
            moved = polling.work(self.system)
            run_until_quiet()
            if self.works(**options).idle and not moved:  # type: ignore[arg-type]
                return
        raise AssertionError("the two sides do not come to rest")

    def rows(self, sql: str, values: tuple[object, ...] = (), *, own: bool = False) -> list[tuple[object, ...]]:
        store = Store(self.own if own else self.exchange)
        try:
            return store.rows(sql, values)
        finally:
            store.close()


@contextlib.contextmanager
def a_database(kind: str) -> Iterator[str]:
    if kind == "mysql":
        with mariadb_database() as url:
            yield url
    elif kind == "postgres":
        with postgres_database() as url:
            yield url
    else:
        yield f"sqlite:{Path(settings.YIWANG_DATA_DIR) / f'bureau-{uuid4().hex}.sqlite3'}"


@contextlib.contextmanager
def a_bureau(kind: str, posts: tuple[str, ...] = ("water/permits", "water/inspection")) -> Iterator[Bureau]:
    """Its exchange tables are there and the exchange is open."""
    with a_database(kind) as exchange, a_database("mysql" if kind == "mysql" else "sqlite") as own:
        at = TablesAt.of_url(exchange)
        with tables.opened(at, Path("/")) as made:
            made.create()
            made.create()
        System.objects.update_or_create(
            department="water",
            defaults={"name_zh": "水务系统", "name_en": "Water system", "posts": list(posts), "tables": at.to_json()},
        )
        yield Bureau(actions.open_exchange("water"), exchange, own)
