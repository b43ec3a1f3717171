"""Who may do what with drafts and applications: one Q per right."""

from __future__ import annotations

from django.db.models import Q

from yiwang.foundation.directory.actor import Actor, ActorKind

NOTHING = Q(pk__in=())


def own(by: Actor) -> Q:
    """Drafts, applications: one's own. Officers see what was submitted on their desk, never here."""
    return Q(owner=by.id) if by.kind is ActorKind.RESIDENT and by.id is not None else NOTHING


def said_by(by: Actor) -> Q:
    """Failed attempts: those that a resident said while signed in."""
    return Q(user=by.id) if by.kind is ActorKind.RESIDENT and by.id is not None else NOTHING
