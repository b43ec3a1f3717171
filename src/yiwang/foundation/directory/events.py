"""What the directory publishes of accounts: officers joined, moved, left; a sign-in was handed over at a window.

Accounts by number, posts by code, no names.
"""

from __future__ import annotations

import msgspec

from yiwang.foundation.ledger.events import event

STREAM = "directory.officer"
"""One stream for each account, by its number."""


@event("directory.OfficerJoined")
class OfficerJoined(msgspec.Struct, frozen=True, omit_defaults=True):
    posts: tuple[str, ...] = ()


@event("directory.OfficerMoved")
class OfficerMoved(msgspec.Struct, frozen=True, omit_defaults=True):
    """Terms ended (`gone`) and begun (`taken`) in one deed. `successor` is the account that takes the tasks over; 0:
    they go back to the post."""

    gone: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    successor: int = 0


@event("directory.OfficerLeft")
class OfficerLeft(msgspec.Struct, frozen=True, omit_defaults=True):
    """All terms are over and the account is off."""

    gone: tuple[str, ...] = ()
    successor: int = 0


@event("directory.SignInHandedOver")
class SignInHandedOver(msgspec.Struct, frozen=True, omit_defaults=True):
    """A resident was handed a first password at a window; `opened`: for an account that was opened with it."""

    opened: bool = False


Event = OfficerJoined | OfficerMoved | OfficerLeft | SignInHandedOver
