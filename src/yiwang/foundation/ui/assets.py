"""Addresses of static files with the hash of their content, so that a browser keeps a file until it changes."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings

import yiwang

STATIC_ROOT = Path(yiwang.__file__).parent / "web" / "static"
"""The one folder that the server mounts at STATIC_URL."""


@lru_cache(maxsize=512)
def _hash(path: Path, changed: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """`yiwang/portal.css` → `/static/yiwang/portal.css?v=0123456789ab`.

    Raises FileNotFoundError for a file that is not there, so that a page with a dead link fails its test.
    """
    path = STATIC_ROOT / name
    return f"{settings.STATIC_URL}{name}?v={_hash(path, path.stat().st_mtime)}"
