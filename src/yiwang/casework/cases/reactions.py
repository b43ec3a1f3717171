"""What follows when an officer moves or leaves, which hearing of twice changes no more; and what posts finish a day."""

from __future__ import annotations

from yiwang.casework.cases import events, load
from yiwang.casework.cases.handing_on import hand_on_all
from yiwang.foundation.directory.events import OfficerLeft, OfficerMoved
from yiwang.foundation.ledger.events import Recorded
from yiwang.foundation.ledger.hearing import hears


@hears(OfficerMoved, OfficerLeft, name="cases.hand_on")
def hand_on_tasks(heard: Recorded) -> None:
    """What the officer may no longer do goes to the named colleague, or back to the post."""
    hand_on_all(heard.stream_id, heard.body.successor or None)


@hears(
    events.Accepted,
    events.NotAccepted,
    events.CorrectionRequested,
    events.TaskCompleted,
    events.Decided,
    events.Delivered,
    name="cases.pace",
)
def count_done(heard: Recorded) -> None:
    """Each post's pace, for the forecast of its load."""
    if heard.stream == "case":
        load.count_done(heard)
