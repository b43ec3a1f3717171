"""The port through which a package above says for whom somebody speaks in a case: under a mandate, its applicant."""

from __future__ import annotations

from collections.abc import Callable

from yiwang.foundation.directory.actor import Actor

_speaker: Callable[[int, Actor], Actor] | None = None


def register_speaker(speaker: Callable[[int, Actor], Actor]) -> None:
    """Name what tells it, from the case's id and who is there."""
    global _speaker
    _speaker = speaker


def speaker(case_id: int, by: Actor) -> Actor:
    """The same actor, speaking for the case's applicant where they may."""
    return by if _speaker is None else _speaker(case_id, by)
