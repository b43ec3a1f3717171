"""The gateway of demonstrations: messages lie in a folder, and administrators read them on a page. Nothing is sent."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from yiwang.foundation.kernel.time import now
from yiwang.foundation.notifications.texting import Text

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that would have gone out."""

    at: datetime
    phone: str
    text: str


class Outbox:
    def send(self, text: Text) -> None:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        at = now()
        name = f"{at:%Y%m%dT%H%M%S%f}-{hashlib.sha256(text.key.encode()).hexdigest()[:12]}.json"
        body = {"at": at.isoformat(), "phone": text.phone, "text": text.text}
        (folder / name).write_text(json.dumps(body, ensure_ascii=False))


def newest() -> tuple[Kept, ...]:
    """The last messages, the newest first."""
    folder = _folder()
    names = sorted(folder.glob("*.json"), reverse=True)[:SHOWN] if folder.is_dir() else []
    found = [json.loads(each.read_text()) for each in names]
    return tuple(Kept(datetime.fromisoformat(each["at"]), each["phone"], each["text"]) for each in found)


def _folder() -> Path:
    return Path(settings.YIWANG_DATA_DIR) / "texts"
