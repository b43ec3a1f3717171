"""The installation's secret key, made once and kept in its data directory with owner-only rights."""

import os
import secrets
from pathlib import Path


def secret_key(data_dir: Path) -> str:
    """The key of this installation; made at first use. Two processes that start at once agree on one key."""
    path = data_dir / "secret-key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    return _read(path)


def _read(path: Path) -> str:
    key = path.read_text().strip()
    if len(key) < 32:
        raise RuntimeError(f"{path} holds no usable secret key. Delete it and start again; people will sign in anew.")
    return key
