"""Who is told of an application: the applicant, and whoever sent it for them under a mandate."""

from __future__ import annotations

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.notifications.actions import tell
from yiwang.service.applications.models import Application


def addressees(application: Application) -> tuple[int, ...]:
    """The accounts that are told; nobody's where the applicant has none and came to a window by themselves."""
    own = directory.identity_of_person(application.applicant_id).user_id
    sent_for_them = application.owner_id if application.mandate_id is not None else None
    return tuple(dict.fromkeys(user for user in (own, sent_for_them) if user is not None))


def tell_all(application: Application, subject: Words, body: Words, link: str, key: str) -> None:
    """Put it into each addressee's inbox, once for each `key`."""
    for user in addressees(application):
        tell(user, subject, body, link, key)
