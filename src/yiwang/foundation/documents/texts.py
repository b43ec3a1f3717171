"""What documents say, read once and kept beside them. For callers that may see the documents."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

from yiwang.foundation.documents import inspector, store
from yiwang.foundation.documents.models import Document, DocumentText, State
from yiwang.foundation.documents.reading import Reading
from yiwang.foundation.documents.refusals import Refused
from yiwang.foundation.kernel.time import now

MOST_AT_ONCE = 60


def texts_of(documents: Iterable[UUID], *, seconds: float) -> dict[UUID, Reading]:
    """The readings of these documents, at most sixty; those not read before are read now, as long as `seconds` (of the
    wall clock) last. What is left out was not read, yet. Not to be called inside a transaction."""
    wanted = list(dict.fromkeys(documents))[:MOST_AT_ONCE]
    rows = DocumentText.objects.filter(document__in=wanted)
    found = {row.document_id: _reading(row.body) for row in rows}
    until = time.monotonic() + seconds
    unread = Document.objects.filter(pk__in=[each for each in wanted if each not in found], state=State.ACCEPTED)
    for document in unread.order_by("size", "pk"):
        if time.monotonic() >= until:
            break
        try:
            reading = inspector.read(store.place(document.sha256), document.media_type)
        except (Refused, FileNotFoundError):
            continue
        DocumentText.objects.update_or_create(document=document, defaults={"body": asdict(reading), "read_at": now()})
        found[document.pk] = reading
    return found


def _reading(body: dict[str, object]) -> Reading:
    pages, blank = body["pages"], body["blank"]
    assert isinstance(pages, list)
    assert isinstance(blank, list)
    return Reading(tuple(pages), tuple(blank), bool(body["whole"]), bool(body["failed"]))
