"""What the directory publishes of officers: they joined, moved, left. Accounts by number, posts by code, no names."""

from __future__ import annotations

import msgspec

from yiwang.foundation.ledger.events import event

STREAM = "directory.officer"
"""One stream for each officer, by the number of the account."""


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


Event = OfficerJoined | OfficerMoved | OfficerLeft
