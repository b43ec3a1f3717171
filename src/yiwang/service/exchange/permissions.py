"""Who may do what with an exchange: the system itself, its department's people, administrators."""

from __future__ import annotations

from django.db.models import Q

from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.library.centre.permissions import stewards
from yiwang.service.exchange.models import System

NOTHING = Q(pk__in=())


def speak_as(by: Actor) -> Q:
    """Systems: a system's account its own, while the exchange is open."""
    if by.kind is ActorKind.SYSTEM and by.id is not None:
        return Q(account=by.id, arranged=True, is_open=True)
    return NOTHING


def look_after(by: Actor) -> Q:
    """Systems: an administrator all, an officer those that do the work of a post they hold, a data steward or head
    those of their department."""
    if by.kind is ActorKind.ADMINISTRATOR:
        return Q(pk__isnull=False)
    if by.kind is not ActorKind.OFFICER:
        return NOTHING
    mine = stewards(by)
    own = [
        row.pk
        for row in System.objects.filter(department__in=by.departments)
        if row.department in mine or by.posts & set(row.posts)
    ]
    return Q(pk__in=own)
