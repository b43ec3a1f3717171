"""Who may do what at the centre."""

from __future__ import annotations

from django.db.models import Q

from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.library.centre.sharing import HEAD, STEWARD

NOTHING = Q(pk__in=())


def speaks_for(by: Actor, post: str) -> bool:
    """Whether an officer may ask in the name of a post ("market/food"), or of their department ("market/*")."""
    if by.kind is not ActorKind.OFFICER:
        return False
    department, _slash, name = post.partition("/")
    return department in by.departments if name == "*" else post in by.posts


def may_revoke(by: Actor, owner: str) -> bool:
    """The owner's data steward, or its head."""
    return by.kind is ActorKind.OFFICER and bool({f"{owner}/{STEWARD}", f"{owner}/{HEAD}"} & by.posts)


def see_request(by: Actor) -> Q:
    """Share requests: those of an officer's own department, and those about its products."""
    if by.kind is not ActorKind.OFFICER:
        return NOTHING
    owned = Q(pk__in=())
    for department in by.departments:
        owned |= Q(product__startswith=f"{department}.")
    return Q(department__in=by.departments) | owned


def see_grant(by: Actor) -> Q:
    """Grants in full: an officer those of their department, given or received."""
    if by.kind is not ActorKind.OFFICER:
        return NOTHING
    return Q(department__in=by.departments) | Q(owner__in=by.departments)


def stewards(by: Actor) -> frozenset[str]:
    """The departments whose data steward (or head) this officer is: who sees their log, their quality."""
    if by.kind is not ActorKind.OFFICER:
        return frozenset()
    return frozenset(post.partition("/")[0] for post in by.posts if post.partition("/")[2] in (STEWARD, HEAD))
