"""Real servers for tests: a PostgreSQL database, a MariaDB database, an HTTP server with a JSON API of pages."""

import http.server
import json
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import psycopg
import pymysql
import pytest

POSTGRES = "postgresql://postgres@127.0.0.1:5432"
MARIADB = "mysql://root@127.0.0.1:3306"


def missing(name: str, reason: str) -> None:
    """Skip, or fail where YIWANG_TEST_REQUIRE names it."""
    if name in os.environ.get("YIWANG_TEST_REQUIRE", "").split(","):
        pytest.fail(f"{reason}, and YIWANG_TEST_REQUIRE asks for {name}")
    pytest.skip(reason)


def postgres_address() -> str:
    given = os.environ.get("YIWANG_DATABASE_URL", "")
    return given.rpartition("/")[0] if given.startswith("postgres") else POSTGRES


@contextmanager
def postgres_database() -> Iterator[str]:
    """The address of a fresh database, dropped afterwards."""
    server, name = postgres_address(), f"sources_{uuid.uuid4().hex[:12]}"
    try:
        connection = psycopg.connect(f"{server}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        missing("postgres", "no PostgreSQL answers on this machine")
    with connection:
        # Sorted as people read, not by code point: the sources must not rely on it.
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8'")
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def mariadb_database() -> Iterator[str]:
    """The address of a fresh database, dropped afterwards."""
    name = f"sources_{uuid.uuid4().hex[:12]}"
    parts = urlsplit(os.environ.get("YIWANG_TEST_MARIADB_URL", MARIADB))
    try:
        connection = pymysql.connect(
            host=parts.hostname,
            port=parts.port or 3306,
            user=parts.username,
            password=parts.password or "",
            connect_timeout=3,
            autocommit=True,
        )
    except pymysql.OperationalError:
        missing("mariadb", "no MariaDB answers on this machine")
    with connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
        try:
            yield f"{parts.scheme}://{parts.netloc}/{name}"
        finally:
            cursor.execute(f"DROP DATABASE {name}")


def mariadb_connection(url: str) -> "pymysql.connections.Connection":  # type: ignore[type-arg]
    parts = urlsplit(url)
    return pymysql.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
        database=parts.path.lstrip("/"),
        charset="utf8mb4",
        autocommit=True,
    )


class Api:
    """Objects by path, in pages (`page`, `size`); further parameters filter by equality. Counts what it is asked."""

    def __init__(self) -> None:
        self.data: dict[str, list[dict[str, object]]] = {}
        self.asked: list[str] = []
        self.url = ""

    @contextmanager
    def running(self) -> Iterator["Api"]:
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                api.asked.append(self.path)
                parts = urlsplit(self.path)
                asked = dict(parse_qsl(parts.query))
                page, size = int(asked.pop("page", 1)), int(asked.pop("size", 1000))
                found = [each for each in api.data[parts.path] if all(each.get(k) == v for k, v in asked.items())]
                body = json.dumps({"data": {"list": found[(page - 1) * size : page * size]}}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
