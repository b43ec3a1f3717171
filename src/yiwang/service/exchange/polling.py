"""The worker's side of exchange tables: sheets into them, steps out of them, answers back, counts compared.

Each is bounded, and each may be cut off anywhere: what was done is known by its key, and the rest is done next time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F

from yiwang.foundation.documents import queries as documents
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.service.exchange import actions, reconciling, steps, tables
from yiwang.service.exchange.arrangement import TablesAt
from yiwang.service.exchange.models import Sheet, Step, System
from yiwang.service.exchange.reconciling import Held
from yiwang.service.exchange.tables import Tables, Unreached

SHEETS_AT_ONCE = 100
STEPS_AT_ONCE = 200
ROUNDS = 20
MOST_COUNTS = 100_000


def work(system: System) -> int:
    """Write what is to be put out and take in what was reported; returns how many rows went either way.

    Tables that do not answer are noted with the system, and tried again at the next time.
    """
    moved = 0
    try:
        with tables.opened(_place(system), Path(settings.YIWANG_DATA_DIR)) as open_tables:
            for _round in range(ROUNDS):
                done = write_sheets(system, open_tables) + take_steps(system, open_tables)
                moved += done
                if not done:
                    break
    except Unreached as trouble:
        System.objects.filter(pk=system.pk).update(trouble=str(trouble)[:300])
        return moved
    System.objects.filter(pk=system.pk).exclude(trouble="").update(trouble="")
    return moved


def _place(system: System) -> TablesAt:
    if system.tables is None:
        raise Unreached("none are arranged")
    return TablesAt.from_json(system.tables)


def write_sheets(system: System, open_tables: Tables) -> int:
    """Sheets that do not stand there yet, in order of their numbers; their documents before them."""
    waiting = Sheet.objects.filter(system=system, put_out_at__isnull=True).order_by("number")
    rows = list(waiting[:SHEETS_AT_ONCE])
    for row in rows:
        for material in row.body["materials"]:
            if not open_tables.holds_document(material["document_id"]):
                content = documents.open_content(UUID(material["document_id"])).read()
                open_tables.put_document(material["document_id"], material["sha256"], content)
        open_tables.put_sheet(row.number, row.body, row.digest)
        Sheet.objects.filter(pk=row.pk).update(put_out_at=now())
    return len(rows)


def take_steps(system: System, open_tables: Tables) -> int:
    """Steps that have no answer; then the answers of all whose state is not told yet."""
    rows = open_tables.unanswered_steps(STEPS_AT_ONCE)
    for row in rows:
        _take(system, row)
    untold = Step.objects.filter(system=system).exclude(answered=F("state")).order_by("id")
    told = list(untold[: STEPS_AT_ONCE * 2])
    if told:
        open_tables.put_answers([(each.number, each.state, each.code, each.reason_zh, each.reason_en) for each in told])
        for each in told:
            Step.objects.filter(pk=each.pk, state=each.state).update(answered=each.state)
    return len(rows) + len(told)


def _take(system: System, row: Mapping[str, Any]) -> None:
    known = Step.objects.filter(system=system, number=str(row["step_no"]))
    if known.exists():
        # Its answer was lost, not the step: it is told again.
        known.update(answered="")
    try:
        actions.report(system, [steps.of_fields(row)])
    except steps.WrongField as wrong:
        words = Words(f"这一行读不懂。{wrong.words.zh}", f"This row cannot be read. {wrong.words.en}")
        actions.keep_unreadable(system, row, words)


def take_counts(system: System, day: date) -> None:
    """Read the department's counts of a day, and compare."""
    with tables.opened(_place(system), Path(settings.YIWANG_DATA_DIR)) as open_tables:
        rows = open_tables.counts(day, MOST_COUNTS)
    theirs = [
        Held(
            str(row["project_no"])[:80],
            max(0, int(row["sheet_count"] or 0)),
            str(row["sheet_digest"] or "")[:64],
            max(0, int(row["step_count"] or 0)),
            str(row["step_digest"] or "")[:64],
        )
        for row in rows
    ]
    reconciling.keep_counts(system, day, theirs)
