"""Who acts: an officer with their posts of this moment, a resident, an administrator, a department's own system, a
machine, the law, a visitor; and for whom, where they speak for somebody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q

from yiwang.foundation.directory.models import Appointment, User, UserKind
from yiwang.foundation.kernel import time

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


class ActorKind(StrEnum):
    RESIDENT = "resident"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"
    """a department's own system, for the posts that the department arranged to do their work there"""
    MACHINE = "machine"
    LAW = "law"
    VISITOR = "visitor"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, as every verb's `by`. Written `officer:12`, under a mandate `resident:12+mandate:7`, into
    events and rows.

    `posts` ("water/permits") and their `departments` ("water") are those held at the moment of asking; an
    administrator holds none, so that nothing an administrator is could decide a case. A department's own system is
    written by its department, `system:water`: whoever runs it may change. `person` is for whom the actor speaks: a
    resident for themselves, under a `mandate` for its principal; a clerk for whoever stands at the window.
    """

    kind: ActorKind
    id: int | None = None
    posts: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    system: str = ""
    person: int | None = None
    mandate: int | None = None

    def __str__(self) -> str:
        if self.system:
            return f"{self.kind.value}:{self.system}"
        name = self.kind.value if self.id is None else f"{self.kind.value}:{self.id}"
        return name if self.mandate is None else f"{name}+mandate:{self.mandate}"

    def speaking_for(self, person: int, mandate: int | None = None) -> Actor:
        """The same one, speaking for this person: under a mandate in force or at a window, as the caller has seen.
        Whoever speaks for somebody else holds no post meanwhile and decides nothing."""
        if person == self.person and mandate == self.mandate:
            return self
        return Actor(self.kind, self.id, person=person, mandate=mandate)


VISITOR = Actor(ActorKind.VISITOR)
MACHINE = Actor(ActorKind.MACHINE)
"""A job, a sensor or a rule that acts by itself."""
LAW = Actor(ActorKind.LAW)
"""What happens because time has passed: silence means accepted (行政许可法 art. 32)."""


def actor_of(user: User | AbstractBaseUser | AnonymousUser | None) -> Actor:
    """The actor behind an account: at most one query, remembered on the account's object for this request.

    An account that is switched off acts as nobody.
    """
    # For the lazy object in request.user, isinstance() looks at the account inside.
    if not isinstance(user, User) or not user.is_active:
        return VISITOR
    known: Actor | None = user.__dict__.get("_actor")
    if known is None:
        known = _read(user)
        user.__dict__["_actor"] = known
    return known


def officer(user_id: int, posts: Iterable[str]) -> Actor:
    """An officer with these posts, for callers that know them already (loaders, generators of histories)."""
    held = frozenset(posts)
    return Actor(ActorKind.OFFICER, user_id, held, frozenset(post.split("/")[0] for post in held))


def system(department: str, posts: Iterable[str]) -> Actor:
    """A department's own system, which does the work of these posts of it ("water/permits")."""
    return Actor(ActorKind.SYSTEM, None, frozenset(posts), frozenset({department}), department)


def in_term(at: datetime | None = None) -> Q:
    """Appointments whose term holds the moment `at` (now when left out)."""
    moment = time.now() if at is None else at
    return Q(since__lte=moment) & (Q(until__isnull=True) | Q(until__gt=moment))


def _read(user: User) -> Actor:
    if user.kind != UserKind.OFFICER:
        return Actor(ActorKind(user.kind), user.pk, person=user.person_id if user.kind == UserKind.RESIDENT else None)
    held = Appointment.objects.filter(in_term(), user=user).values_list("post__department__code", "post__code")
    return officer(user.pk, [f"{department}/{post}" for department, post in held])
