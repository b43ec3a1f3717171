"""What is in a person's inbox."""

from dataclasses import dataclass
from datetime import datetime

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.notifications.models import Message

PAGE = 20


@dataclass(frozen=True)
class Told:
    """A message as its reader sees it."""

    number: int
    subject: Words
    body: Words
    link: str
    at: datetime
    unread: bool


@dataclass(frozen=True)
class Inbox:
    """One page of messages, newest first; `older` continues after the last of them, None at the end."""

    messages: tuple[Told, ...]
    unread: int
    older: int | None


def inbox(user_id: int, before: int | None = None) -> Inbox:
    """The page of messages with numbers below `before` (all when None). Two queries."""
    rows = Message.objects.filter(user_id=user_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = [
        Told(
            number=row.pk,
            subject=Words(row.subject_zh, row.subject_en),
            body=Words(row.body_zh, row.body_en),
            link=row.link,
            at=row.created_at,
            unread=row.read_at is None,
        )
        for row in rows.order_by("-pk")[: PAGE + 1]
    ]
    return Inbox(
        messages=tuple(found[:PAGE]),
        unread=unread_count(user_id),
        older=found[PAGE - 1].number if len(found) > PAGE else None,
    )


def unread_count(user_id: int) -> int:
    """How many messages the person has not read: one query over a small index."""
    return Message.objects.filter(user_id=user_id, read_at__isnull=True).count()
