"""Writing what happened to an officer into the record, in the transaction of the deed."""

from __future__ import annotations

from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.directory.events import STREAM, Event
from yiwang.foundation.directory.models import Appointment, User
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.text import canonical_json
from yiwang.foundation.ledger.actions import Step, append
from yiwang.foundation.ledger.replay import history


def publish(user_id: int, event: Event, *, by: Actor) -> None:
    """Append the event to the officer's stream. The caller holds the lock on the account's row and has changed it."""
    at = time.now()
    open_terms = Appointment.objects.filter(user_id=user_id, until__isnull=True).order_by("post")
    posts = [f"{row.post.department.code}/{row.post.code}" for row in open_terms.select_related("post__department")]
    active = User.objects.filter(pk=user_id, is_active=True).exists()
    state = canonical_json({"active": active, "posts": posts})
    version = len(list(history(STREAM, user_id)))
    append(STREAM, user_id, after_version=version, steps=[Step(event, state)], at=at, actor=str(by))
