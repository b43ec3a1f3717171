"""A hearing (听证) as its events made it. Pure."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from yiwang.casework.cases import events


class Hearing(msgspec.Struct, frozen=True, omit_defaults=True):
    """A hearing asked for, called, held. Numbers are those of statements; `at` is when it is."""

    asked_at: datetime | None = None
    why: int | None = None
    at: datetime | None = None
    chair: int | None = None
    notice: int | None = None
    comes: bool | None = None
    answer: int | None = None
    held_at: datetime | None = None
    minutes: int | None = None
    attended: bool = False
    signed: bool = False

    @property
    def pending(self) -> bool:
        return self.held_at is None


Happened = (
    events.HearingAsked
    | events.HearingDeclined
    | events.HearingCalled
    | events.HearingAnswered
    | events.HearingCancelled
    | events.HearingHeld
)


def after(hearing: Hearing | None, event: Happened, at: datetime) -> Hearing | None:
    """The hearing after `event` happened `at`; None where there is none any more."""
    if isinstance(event, events.HearingDeclined | events.HearingCancelled):
        return None
    hearing = hearing or Hearing()
    if isinstance(event, events.HearingAsked):
        return replace(hearing, asked_at=at, why=event.words.number)
    if isinstance(event, events.HearingCalled):
        return replace(hearing, at=event.at, chair=event.chair, notice=event.words.number)
    if isinstance(event, events.HearingAnswered):
        return replace(hearing, comes=event.comes, answer=event.words.number if event.words else None)
    held = replace(hearing, held_at=at, minutes=event.words.number)
    return replace(held, attended=event.attended, signed=event.signed)
