"""Text messages on their way: sealed in the database until a worker has handed them over, then only that it did."""

from __future__ import annotations

from datetime import datetime

from yiwang.foundation.jobs.actions import enqueue
from yiwang.foundation.kernel.text import canonical
from yiwang.foundation.kernel.time import now
from yiwang.foundation.notifications import texting
from yiwang.foundation.notifications.jobs import send_text
from yiwang.foundation.notifications.models import TextMessage
from yiwang.foundation.notifications.sealing import seal
from yiwang.foundation.notifications.texting import Text

LONGEST = 300


def text(phone: str, message: str, *, key: str, expires_at: datetime) -> None:
    """Ask for a text message, once for each `key`; after `expires_at` it is not sent any more.

    Part of the caller's transaction. Phone and message are sealed with the city's key until they are sent, and erased
    then. Raises UnacceptableText.
    """
    row, created = TextMessage.objects.get_or_create(
        key=key,
        defaults={
            "sealed": seal(Text(key, phone, canonical(message, max_length=LONGEST))),
            "created_at": now(),
            "expires_at": expires_at,
        },
    )
    if created:
        enqueue(send_text, {"message": row.pk}, key=f"text:{row.pk}")


class TextsOfTheCity:
    """The directory's port to text messages."""

    def are_sent(self) -> bool:
        return texting.gateway() is not None

    def send(self, phone: str, message: str, *, key: str, expires_at: datetime) -> None:
        text(phone, message, key=key, expires_at=expires_at)
