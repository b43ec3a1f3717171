"""Who did not answer a moment ago is not asked again at once: one slow department must not slow everybody down.

Each process remembers by product. When the moment is over, one question tries whether there is an answer again, and
the others go without until it knows.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from yiwang.foundation.kernel.time import now

MOMENT = timedelta(seconds=5)

_lock = threading.Lock()
_since: dict[str, datetime] = {}


def holds(product: str) -> bool:
    """Whether the product (by reference) is silent, and is not to be asked now."""
    if not _since:
        return False
    at = now()
    with _lock:
        since = _since.get(product)
        if since is None:
            return False
        if timedelta() <= at - since < MOMENT:
            return True
        _since[product] = at
        return False


def began(product: str) -> None:
    """It did not answer."""
    at = now()
    with _lock:
        _since[product] = at


def ended(product: str) -> None:
    """It has answered."""
    if product in _since:
        with _lock:
            _since.pop(product, None)


def forget() -> None:
    """Ask everybody again."""
    with _lock:
        _since.clear()
