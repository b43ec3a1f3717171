"""A PostgreSQL server to test and measure on: the one that answers on this machine, or a private one for the while.

The private server needs Debian's `postgresql` programs only. It listens on 127.0.0.1, lives in a temporary folder, and
is gone afterwards. PostgreSQL refuses to run as root; then it runs as the system user `postgres` or `nobody`.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

ADDRESS = ("127.0.0.1", 5432)


class Unavailable(Exception):
    """There is neither a server nor the means to start one; the message says why."""


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL, without a database's name, of a server that lets us make databases. Raises Unavailable."""
    if url := os.environ.get("YIWANG_TEST_POSTGRES") or _answering():
        yield url.rstrip("/")
        return
    with _private() as url:
        yield url


@contextlib.contextmanager
def database(name: str) -> Iterator[str]:
    """The URL of an empty database of that name, dropped afterwards. Raises Unavailable."""
    with server() as url:
        create(url, name)
        try:
            yield f"{url}/{name}"
        finally:
            drop(url, name)


def create(url: str, name: str) -> None:
    drop(url, name)
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
        )


def drop(url: str, name: str) -> None:
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _answering() -> str | None:
    """A server on this machine that trusts us and lets us make databases."""
    for user in dict.fromkeys((os.environ.get("PGUSER"), "postgres", _current_user())):
        url = f"postgresql://{user}@{ADDRESS[0]}:{ADDRESS[1]}"
        with contextlib.suppress(psycopg.OperationalError):
            if user and _may_create(url):
                return url
    return None


def _may_create(url: str) -> bool:
    with psycopg.connect(f"{url}/postgres", connect_timeout=3) as connection:
        row = connection.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        return bool(row and row[0])


@contextlib.contextmanager
def _private() -> Iterator[str]:
    binaries = _binaries()
    owner = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="yiwang-postgres-"))
    try:
        if owner:
            shutil.chown(folder, owner.pw_uid, owner.pw_gid)
        identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
        data, port = folder / "data", _free_port()
        made = subprocess.run(  # type: ignore[call-overload]
            [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            **identity,
        )
        if made.returncode:
            raise Unavailable(f"initdb failed: {made.stderr.strip()[-300:]}")
        process = subprocess.Popen(  # type: ignore[call-overload]
            [binaries / "postgres", "-D", data, "-k", folder, "-p", str(port), "-c", f"listen_addresses={ADDRESS[0]}"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **identity,
        )
        try:
            url = f"postgresql://postgres@{ADDRESS[0]}:{port}"
            _wait_for(url, process)
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    folders = [Path(found).resolve().parent for name in ("initdb", "postgres") if (found := shutil.which(name))]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise Unavailable(
        f"no PostgreSQL answers at {ADDRESS[0]}:{ADDRESS[1]} with trust authentication, and its server programs are "
        "not installed (on Debian: apt install postgresql)"
    )


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to run as when we are root; None when we are not."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Unavailable("PostgreSQL does not run as root, and there is no system user postgres or nobody")


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise Unavailable(f"PostgreSQL ended at once with code {process.returncode}")
        try:
            psycopg.connect(f"{url}/postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise Unavailable("PostgreSQL did not answer within 20 seconds")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((ADDRESS[0], 0))
        port: int = listener.getsockname()[1]
        return port


def _current_user() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name
