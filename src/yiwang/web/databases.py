"""Which database Yiwang runs on, and the only durability settings it accepts.

SQLite is the embedded default: WAL, `synchronous=FULL` and IMMEDIATE transactions, because a submission that was
acknowledged must survive a power cut. PostgreSQL is chosen by URL; `durability` looks at its settings.
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class UnusableDatabaseUrl(ValueError):
    """The text of YIWANG_DATABASE_URL names no database that Yiwang can use."""


def from_url(url: str, data_dir: Path) -> dict[str, Any]:
    """The Django setting for `sqlite:///path` (or nothing: a file in the data directory) or `postgresql://...`."""
    if not url:
        return _sqlite(str(data_dir / "yiwang.sqlite3"))
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path[1:]) or str(data_dir / "yiwang.sqlite3"))
    if parts.scheme in ("postgresql", "postgres"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")) or "yiwang",
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
            "TEST": {"NAME": None},
        }
    raise UnusableDatabaseUrl(f"YIWANG_DATABASE_URL must start with sqlite:/// or postgresql://, not {parts.scheme!r}.")


def _sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY"
            ),
        },
    }
