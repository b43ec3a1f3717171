"""Folders whose entries outlive a power cut."""

from __future__ import annotations

import os
from pathlib import Path


def make_durable(folder: Path) -> None:
    """That a file came into the folder, or has gone from it. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
