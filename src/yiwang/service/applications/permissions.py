"""Who may do what with drafts and applications: one Q per right."""

from __future__ import annotations

from django.db.models import Q

from yiwang.foundation.directory import mandates
from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.foundation.directory.models import Mandate

NOTHING = Q(pk__in=())
_TYPISTS = (ActorKind.RESIDENT, ActorKind.OFFICER)


def fill_in(by: Actor) -> Q:
    """Drafts: those that one has begun, for oneself, under a mandate that is in force, or as a clerk for whom one
    serves; and corrections of what one has applied for."""
    if by.kind not in _TYPISTS or by.id is None:
        return NOTHING
    begun = Q(owner=by.id) & _still_meant()
    return begun if by.person is None else begun | Q(applicant=by.person, corrects__isnull=False)


def follow(by: Actor) -> Q:
    """Applications: those of the person for whom one speaks, and those that one has sent under a mandate in force.
    Officers see what was submitted on their desk, never here."""
    if by.kind not in _TYPISTS or by.person is None:
        return NOTHING
    if by.kind is ActorKind.OFFICER or by.mandate is not None:
        return Q(applicant=by.person)
    return Q(applicant=by.person) | Q(owner=by.id, mandate__isnull=False) & _still_meant()


def said_by(by: Actor) -> Q:
    """Failed attempts: those that a resident said while signed in."""
    return Q(user=by.id) if by.kind is ActorKind.RESIDENT and by.id is not None else NOTHING


def _still_meant() -> Q:
    return Q(mandate__isnull=True) | Q(mandate__in=Mandate.objects.filter(mandates.in_force()).values("pk"))
