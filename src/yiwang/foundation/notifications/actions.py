"""Tell a person something; note that they have read it."""

from django.db import transaction

from yiwang.foundation.jobs.actions import enqueue
from yiwang.foundation.kernel.text import Words, canonical
from yiwang.foundation.kernel.time import now
from yiwang.foundation.notifications.jobs import send_mail
from yiwang.foundation.notifications.models import Message

SUBJECT_LENGTH = 200
BODY_LENGTH = 5000


class NoSuchMessage(Exception):
    """The person has no message of this number."""


def tell(user_id: int, subject: Words, body: Words, link: str, key: str) -> int:
    """Put a message into the person's inbox and, where they have an address, ask for an e-mail; returns its number.

    It says what happened (`subject`), what to do about it (`body`) and where (`link`, a path of this site). `key`
    names the event for this person: telling it again returns the first message and sends nothing. The subject goes
    out by e-mail, which anyone on the way can read: it holds no personal answers. Part of the caller's transaction.
    Raises UnacceptableText; ValueError for a link that leads elsewhere.
    """
    if not link.startswith("/") or link.startswith("//") or "\\" in link or len(link) > 500:
        raise ValueError(f"a message links to a path of this site, not to {link!r}")
    told, created = Message.objects.get_or_create(
        user_id=user_id,
        key=key,
        defaults={
            "subject_zh": canonical(subject.zh, max_length=SUBJECT_LENGTH),
            "subject_en": canonical(subject.en, max_length=SUBJECT_LENGTH),
            "body_zh": canonical(body.zh, multiline=True, max_length=BODY_LENGTH),
            "body_en": canonical(body.en, multiline=True, max_length=BODY_LENGTH),
            "link": link,
            "created_at": now(),
        },
    )
    if created and told.user.email and told.user.is_active:
        enqueue(send_mail, {"message": told.pk}, key=f"mail:{told.pk}")
    return told.pk


def mark_read(user_id: int, number: int) -> str:
    """Note that the person has read the message; returns where it leads. Raises NoSuchMessage."""
    with transaction.atomic():
        message = Message.objects.filter(pk=number, user_id=user_id).first()
        if message is None:
            raise NoSuchMessage(number)
        if message.read_at is None:
            Message.objects.filter(pk=number, read_at__isnull=True).update(read_at=now())
    return message.link


def mark_all_read(user_id: int, up_to: int) -> int:
    """Note that the person has read all messages up to this number, the newest they had before their eyes."""
    return Message.objects.filter(user_id=user_id, read_at__isnull=True, pk__lte=up_to).update(read_at=now())
