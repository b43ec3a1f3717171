"""What somebody must do before anything else: set a password of their own, add or show a second factor.

An account that was made for somebody begins with a password that others know. A city that sets
YIWANG_SECOND_FACTOR=officers lets nobody who works for it reach anything with a password alone.
"""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest

from yiwang.foundation.directory.models import User, UserKind
from yiwang.foundation.kernel import time

STRONG = "second_factor_at"
"""In a session: when the second factor was proven."""
AT_WORK = frozenset({UserKind.OFFICER, UserKind.ADMINISTRATOR})
ALWAYS_OPEN = frozenset(
    {
        "web:home",
        "web:help",
        "web:language",
        "web:elders",
        "directory:sign-in",
        "directory:sign-out",
    }
)


class Duty(StrEnum):
    """What is to be done, as the route on which one does it."""

    PASSWORD = "directory:password"  # noqa: S105 (the name of a route)
    SECOND_FACTOR = "directory:second-factors"


WAYS = {
    Duty.PASSWORD: ALWAYS_OPEN | {"directory:password"},
    Duty.SECOND_FACTOR: ALWAYS_OPEN
    | {
        "directory:password",
        "directory:second-factors",
        "directory:totp",
        "directory:add-passkey",
        "directory:recovery-codes",
    },
}
"""What can be reached all the same."""


def first_of(request: HttpRequest, user: User) -> Duty | None:
    """What is to be done first in this session; None when nothing is."""
    if user.must_change_password:
        return Duty.PASSWORD
    if is_demanded(user) and not is_strong(request):
        return Duty.SECOND_FACTOR
    return None


def is_demanded(user: User) -> bool:
    """Whether the city lets this account do nothing without a second factor."""
    return settings.YIWANG_SECOND_FACTOR == "officers" and user.kind in AT_WORK


def is_strong(request: HttpRequest) -> bool:
    """Whether a second factor was proven in this session."""
    return STRONG in request.session


def strengthen(request: HttpRequest) -> None:
    """A second factor was proven in this session: it goes on under a new key."""
    request.session.cycle_key()
    request.session[STRONG] = time.now().isoformat()
