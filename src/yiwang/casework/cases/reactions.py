"""What follows for cases when an officer moves or leaves. Hearing of it twice changes nothing."""

from __future__ import annotations

from yiwang.casework.cases.handing_on import hand_on_all
from yiwang.foundation.directory.events import OfficerLeft, OfficerMoved
from yiwang.foundation.ledger.events import Recorded
from yiwang.foundation.ledger.hearing import hears


@hears(OfficerMoved, OfficerLeft, name="cases.hand_on")
def hand_on_tasks(heard: Recorded) -> None:
    """What the officer may no longer do goes to the named colleague, or back to the post."""
    hand_on_all(heard.stream_id, heard.body.successor or None)
