"""Who was asked for a mandate is told so."""

from __future__ import annotations

from django.urls import reverse

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.mandates import MandateCard
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.notifications.actions import tell


def tell_principal(card: MandateCard) -> None:
    """Put it into the principal's inbox, once; who has no account agrees at a window."""
    user = directory.identity_of_person(card.principal_id).user_id
    if user is None:
        return
    subject = Words("有人想替您办事", "Somebody would like to act for you")
    body = Words(
        f"{card.agent}想替您办事。请看看是不是您认识的人，再同意或拒绝。不认识就不要同意。",
        f"{card.agent} would like to act for you. Look whether you know them before you agree. If not, say no.",
    )
    tell(user, subject, body, reverse("directory:mandates"), f"directory:mandate:{card.id}")
