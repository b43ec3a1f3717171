"""What the exchange hears: whatever happens to a case is put out to the systems that work on it, and what waited for
it is looked at again. Hearing of it twice changes nothing."""

from __future__ import annotations

from yiwang.casework.cases import events
from yiwang.foundation.ledger.events import Recorded
from yiwang.foundation.ledger.hearing import hears
from yiwang.service.exchange import actions
from yiwang.service.exchange.models import State, Step, System

HEARD = (
    events.Received,
    events.Accepted,
    events.CorrectionRequested,
    events.Corrected,
    events.NotAccepted,
    events.TaskHandedOver,
    events.TaskCompleted,
    events.Arrived,
    events.SpecialProcedureStarted,
    events.SpecialProcedureEnded,
    events.Extended,
    events.Decided,
    events.Delivered,
    events.Withdrawn,
    events.Revoked,
)


@hears(*HEARD, name="exchange.put-out")
def put_out(heard: Recorded) -> None:
    """A sheet for each open system whose posts have a task in the case."""
    if heard.stream != "case":
        return
    systems = list(System.objects.filter(is_open=True, arranged=True))
    if not systems:
        return
    actions.put_out(heard.stream_id, systems)
    waiting = Step.objects.filter(case=heard.stream_id, state=State.WAITING)
    for part in sorted(set(waiting.values_list("part", flat=True))):
        actions.take_waiting(heard.stream_id, part)
