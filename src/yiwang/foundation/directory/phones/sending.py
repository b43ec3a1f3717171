"""The port to text messages, which `notifications` sends: it lies above the directory and registers at start-up."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Texts(Protocol):
    """Who sends text messages."""

    def are_sent(self) -> bool:
        """Whether this city sends text messages at all."""

    def send(self, phone: str, text: str, *, key: str, expires_at: datetime) -> None:
        """Send one, once for each `key`, and not after `expires_at` (UTC). Part of the caller's transaction."""


_texts: Texts | None = None


def register_texts(texts: Texts) -> None:
    """Tell the directory who sends text messages."""
    global _texts
    _texts = texts


def texts() -> Texts | None:
    """Who sends text messages; None where nobody does, and then no page offers it."""
    return _texts if _texts is not None and _texts.are_sent() else None
