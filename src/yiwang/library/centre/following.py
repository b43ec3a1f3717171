"""Following the departments' access logs by cursor: which granted fields are read, and that no log was rewritten.

Nothing personal is kept: of a record its grant and its field names are counted, no subject, no officer.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from yiwang.foundation.kernel.merkle import extends
from yiwang.foundation.kernel.time import now
from yiwang.library.centre import gateways
from yiwang.library.centre.models import FieldUse, FollowedLog
from yiwang.library.gateways.access import AccessRecord, TreeHead
from yiwang.library.gateways.gateway import Gateway, Offline

log = logging.getLogger(__name__)

BATCH = 1000
MOST_BATCHES = 50


def follow_all() -> int:
    """Read on in every log that answers; returns how many records there were."""
    seen = 0
    for department in gateways.departments():
        try:
            seen += follow(department)
        except Offline as offline:
            log.info("The log of %s is not read now: %s", department, offline.why)
    return seen


def follow(department: str) -> int:
    """Read on in one department's log. Raises Offline."""
    gateway = gateways.gateway(department)
    FollowedLog.objects.get_or_create(department=department)
    check_head(department, gateway)
    seen = 0
    for _batch in range(MOST_BATCHES):
        with transaction.atomic():
            row = FollowedLog.objects.select_for_update().get(department=department)
            records = gateway.accesses(after=row.position, limit=BATCH)
            if records:
                count(records)
                row.position = records[-1].position + 1
                row.save(update_fields=["position"])
        seen += len(records)
        if len(records) < BATCH:
            break
    return seen


def count(records: Sequence[AccessRecord]) -> None:
    """Count the fields that these accesses read, by grant."""
    reads: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], datetime] = {}
    for record in records:
        for field in record.fields if not record.refused else ():
            key = (record.grant, field)
            reads[key] += 1
            last[key] = max(last.get(key, record.at), record.at)
    for (grant, field), number in sorted(reads.items()):
        known, created = FieldUse.objects.get_or_create(
            grant=grant, field=field, defaults={"reads": number, "last_at": last[grant, field]}
        )
        if not created:
            FieldUse.objects.filter(pk=known.pk).update(reads=F("reads") + number, last_at=last[grant, field])


def check_head(department: str, gateway: Gateway) -> TreeHead:
    """Take the log's signed head, and have the gateway prove that it continues the last one that was seen.

    What does not is written down as the log's problem, for its steward and the data office to see. Raises Offline.
    """
    head = gateway.head()
    row = FollowedLog.objects.get(department=department)
    problem = "" if row.size == 0 else _problem(row, head, gateway)
    FollowedLog.objects.filter(pk=row.pk).update(problem=problem or "", checked_at=now())
    if not problem:
        FollowedLog.objects.filter(pk=row.pk).update(size=head.size, root=head.root.hex())
    return head


def _problem(row: FollowedLog, head: TreeHead, gateway: Gateway) -> str:
    if head.size < row.size:
        return f"it held {row.size} records and holds {head.size} now"
    try:
        proof = gateway.consistency(row.size, head.size)
    except LookupError:
        return "it cannot prove that it continues what it was"
    if not extends(row.size, head.size, bytes.fromhex(row.root), head.root, proof):
        return "its proof does not lead from what it was to what it is"
    return ""
