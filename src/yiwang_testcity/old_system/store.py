"""A database as the old system speaks to it: an SQLite file, MariaDB or MySQL, or PostgreSQL."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


class Store:
    """One connection. Statements are written with ? for values."""

    def __init__(self, url: str) -> None:
        self.kind, self._connection = _connect(url)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Store]:
        """All that is run inside, or nothing."""
        if self.kind == "sqlite":
            self.run("BEGIN IMMEDIATE")
        try:
            yield self
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            raise

    def run(self, sql: str, values: Sequence[object] = ()) -> Any:
        cursor = self._connection.cursor()
        cursor.execute(sql if self.kind == "sqlite" else sql.replace("?", "%s"), list(values))
        return cursor

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Read, in a transaction of its own: a server would show an old picture otherwise."""
        with self.transaction():
            return [tuple(row) for row in self.run(sql, values).fetchall()]

    def close(self) -> None:
        self._connection.close()


def _connect(url: str) -> tuple[str, Any]:
    scheme, _colon, rest = url.partition(":")
    if scheme == "sqlite":
        path = Path(rest)
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        return "sqlite", connection
    if scheme in ("postgresql", "postgres"):
        import psycopg

        return "postgres", psycopg.connect(url)
    if scheme in ("mysql", "mariadb"):
        import pymysql

        parts = urlsplit(url)
        return "mysql", pymysql.connect(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or 3306,
            user=unquote(parts.username or "root"),
            password=unquote(parts.password or ""),
            database=parts.path.strip("/"),
            charset="utf8mb4",
        )
    raise ValueError(f"{url!r} is no database: write sqlite:PATH, mysql://HOST/DATABASE or postgresql://HOST/DATABASE")
