"""Rebuild grants from their events and say where the rows differ: registered with the ledger at start-up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from yiwang.casework.cases.statements import salted_digest
from yiwang.foundation.ledger.events import Recorded
from yiwang.foundation.ledger.models import Event
from yiwang.library.centre import in_force
from yiwang.library.centre.models import Grant
from yiwang.library.centre.state import GrantStanding, evolve

STREAM = "grant"
DRAWN = (
    "code", "owner", "product", "department", "post", "purpose", "expires", "key_id", "standing", "state", "issued_at",
    "revoked_at",
)  # fmt: skip


class GrantProjection:
    """Grants from the stream "grant". What was signed and why it was revoked must be what the events commit to."""

    stream = STREAM

    def differences(self, stream_id: int, history: Sequence[Recorded]) -> list[str]:
        row = Grant.objects.filter(pk=stream_id).first()
        if row is None:
            return [f"grant {stream_id}: events, but no row"]
        state = _state(history)
        found = [f"grant {row.code}: {name} differs" for name in DRAWN if getattr(row, name) != getattr(state, name)]
        if row.version != history[-1].version:
            found.append(f"grant {row.code}: version {row.version}, but {history[-1].version} events")
        if (row.request_id or 0) != state.case:
            found.append(f"grant {row.code}: the request differs")
        if hashlib.sha256(bytes(row.body)).hexdigest() != state.body:
            found.append(f"grant {row.code}: the body is not the one that was issued")
        if row.revoked_because and salted_digest(row.salt, row.revoked_because) != state.because:
            found.append(f"grant {row.code}: the reason is not the one its event commits to")
        return found

    def rewrite(self, stream_id: int, history: Sequence[Recorded]) -> None:
        state = _state(history)
        columns = {name: getattr(state, name) for name in DRAWN}
        Grant.objects.filter(pk=stream_id).update(**columns, version=history[-1].version, request_id=state.case or None)
        in_force.changed()

    def without_history(self) -> list[str]:
        events = Event.objects.filter(stream=STREAM, stream_id=OuterRef("pk"))
        lonely = Grant.objects.filter(~Exists(events)).values_list("code", flat=True)[:1000]
        return [f"grant {code}: a row, but no events" for code in lonely]


def _state(history: Sequence[Recorded]) -> GrantStanding:
    state: GrantStanding | None = None
    for recorded in history:
        state = evolve(state, recorded.body, recorded.at)
    assert state is not None
    return state
