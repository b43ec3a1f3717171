"""A text message while it waits in the database: nobody who reads a row or a copy of it learns a code."""

from __future__ import annotations

import json

from yiwang.foundation.directory import sealed
from yiwang.foundation.notifications.texting import Text

_PURPOSE = "text message"


def seal(text: Text) -> str:
    """Readable only with the city's secret key."""
    return sealed.seal(json.dumps([text.phone, text.text], ensure_ascii=False), _PURPOSE)


def opened(key: str, row: str) -> Text | None:
    """What was sealed; None when the secret key has changed since."""
    found = sealed.opened(row, _PURPOSE)
    if found is None:
        return None
    phone, text = json.loads(found)
    return Text(key, phone, text)
