"""Who may do what at windows: one Q per right."""

from __future__ import annotations

from django.db.models import Q

from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.service.counters.models import Shift

NOTHING = Q(pk__in=())


def serve(by: Actor) -> Q:
    """Halls and lines: whoever holds the post that serves there."""
    return Q(post__in=by.posts, offered=True) if by.kind is ActorKind.OFFICER else NOTHING


def own(by: Actor) -> Q:
    """Visits: those at the clerk's own window, while they hold the post."""
    if by.kind is not ActorKind.OFFICER or by.id is None:
        return NOTHING
    return Q(shift__clerk=by.id, shift__hall__post__in=by.posts)


def own_appointments(by: Actor) -> Q:
    """Appointments: one's own. Nobody makes one for somebody else."""
    if by.kind is not ActorKind.RESIDENT or by.person is None or by.mandate is not None:
        return NOTHING
    return Q(person=by.person)


def expect(by: Actor) -> Q:
    """Appointments: those in the hall where the clerk has a window open, while they hold the post."""
    if by.kind is not ActorKind.OFFICER or by.id is None:
        return NOTHING
    return Q(hall__in=Shift.objects.filter(clerk=by.id, closed_at__isnull=True).values("hall"), hall__post__in=by.posts)
