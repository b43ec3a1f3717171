"""Rebuild a case's rows from its events and say where the tables differ, and whether what people wrote is what it was.

Both are registered with the ledger at start-up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields as fields_of
from typing import Any

from django.db.models import Exists, OuterRef

from yiwang.casework.cases import events, issuing, projection
from yiwang.casework.cases.models import Case, Letter, LetterSeries, Link, Part, Party, Statement, Task
from yiwang.casework.cases.record import STREAM, plan_of
from yiwang.casework.cases.state import CaseState, evolve, to_bytes
from yiwang.casework.cases.statements import salted_digest
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.time import now
from yiwang.foundation.ledger.events import Recorded
from yiwang.foundation.ledger.models import Event
from yiwang.foundation.ledger.replay import Testimony


class CaseProjection:
    """Cases, parts, tasks and links from the events of the stream "case"."""

    stream = STREAM

    def differences(self, stream_id: int, history: Sequence[Recorded]) -> list[str]:
        row = Case.objects.filter(pk=stream_id).first()
        if row is None:
            return [f"case {stream_id}: events, but no row"]
        state, plan = _state(history)
        name = f"case {row.number}"
        found = []
        if row.state != to_bytes(state).decode():
            found.append(f"{name}: the stored state is not what its events lead to")
        if row.version != history[-1].version:
            found.append(f"{name}: version {row.version}, but {history[-1].version} events")
        rows = projection.project(state, plan, CHINA, now())
        if (row.closed_at, row.promise_due, row.district) != (rows.closed_at, rows.promise_due, rows.district):
            found.append(f"{name}: closing, promise or district differ")
        parts = {part.key: part for part in Part.objects.filter(case=stream_id)}
        found += _compare(f"{name} part", rows.parts, parts)
        tasks = {(task.part, task.key): task for task in Task.objects.filter(case=stream_id)}
        found += _compare(f"{name} task", rows.tasks, tasks)
        links = set(Link.objects.filter(case=stream_id).values_list("part", "other_id", "relation"))
        told = {(r.body.part, r.body.other, r.body.relation) for r in history if r.type == "cases.Linked"}
        if links != told:
            found.append(f"{name}: links differ")
        sent = {_letter(each) for each in Letter.objects.filter(case=stream_id)}
        if sent != {_letter(each) for each in issuing.rows_told(stream_id, history)}:
            found.append(f"{name}: letters differ")
        return found

    def rewrite(self, stream_id: int, history: Sequence[Recorded]) -> None:
        state, plan = _state(history)
        rows = projection.project(state, plan, CHINA, now())
        Case.objects.filter(pk=stream_id).update(
            version=history[-1].version,
            state=to_bytes(state).decode(),
            closed_at=rows.closed_at,
            promise_due=rows.promise_due,
            district=rows.district,
        )
        name = Party.objects.filter(pk=stream_id).values_list("name", flat=True).first() or ""
        for key, part in rows.parts.items():
            Part.objects.update_or_create(case_id=stream_id, key=key, defaults=projection.fields(part))
        for (part_key, key), task in rows.tasks.items():
            defaults = {**projection.fields(task), "applicant": name if task.is_open else ""}
            Task.objects.update_or_create(case_id=stream_id, part=part_key, key=key, defaults=defaults)
        Part.objects.filter(case=stream_id).exclude(key__in=rows.parts).delete()
        for task_row in Task.objects.filter(case=stream_id):
            if (task_row.part, task_row.key) not in rows.tasks:
                task_row.delete()
        Link.objects.filter(case=stream_id).delete()
        Link.objects.bulk_create(
            Link(case_id=stream_id, part=r.body.part, other_id=r.body.other, relation=r.body.relation)
            for r in history
            if r.type == "cases.Linked"
        )
        letters = issuing.rows_told(stream_id, history)
        Letter.objects.filter(case=stream_id).delete()
        Letter.objects.bulk_create(letters)
        for each in letters:
            LetterSeries.objects.get_or_create(series=each.series, year=each.year, defaults={"last": each.number})
            LetterSeries.objects.filter(series=each.series, year=each.year, last__lt=each.number).update(
                last=each.number
            )

    def without_history(self) -> list[str]:
        events = Event.objects.filter(stream=STREAM, stream_id=OuterRef("pk"))
        lonely = Case.objects.filter(~Exists(events)).values_list("number", flat=True)[:1000]
        return [f"case {number}: a row, but no events" for number in lonely]


def _state(history: Sequence[Recorded]) -> tuple[CaseState, Any]:
    plan = plan_of(history[0].body.plan)
    state: CaseState | None = None
    for recorded in history:
        state = evolve(state, recorded.body, recorded.at, plan)
    assert state is not None
    return state, plan


def _letter(row: Letter) -> tuple[object, ...]:
    return (row.part, row.kind, row.series, row.year, row.number, row.statement, row.issued_at)


def _compare(name: str, wanted: Mapping[Any, Any], stored: Mapping[Any, Any]) -> list[str]:
    found = [f"{name} {key}: no row" for key in wanted.keys() - stored.keys()]
    found += [f"{name} {key}: a row that no event leads to" for key in stored.keys() - wanted.keys()]
    for key in wanted.keys() & stored.keys():
        columns = [field.name for field in fields_of(wanted[key])]
        different = [column for column in columns if getattr(wanted[key], column) != getattr(stored[key], column)]
        if different:
            found.append(f"{name} {key}: {', '.join(different)} differ")
    return found


class CaseWitness:
    """The applicant and what people wrote in a case: erasable rows, which must be what events commit to."""

    stream = STREAM

    def testify(self, stream_id: int, history: Sequence[Recorded]) -> Testimony:
        number = Case.objects.filter(pk=stream_id).values_list("number", flat=True).first()
        name = f"case {number or stream_id}"
        altered, erased = [], []
        party = Party.objects.filter(pk=stream_id).first()
        if party is None:
            erased.append(f"{name}: the applicant's row was erased")
        elif salted_digest(party.salt, [party.name, party.identifier]) != history[0].body.party:
            altered.append(f"{name}: the applicant's row is not the one its receipt commits to")
        digests = {each.number: each.digest for recorded in history for each in events.commitments(recorded.body)}
        for statement in Statement.objects.filter(case=stream_id):
            if salted_digest(statement.salt, statement.body) != digests.pop(statement.number, None):
                altered.append(f"{name}: statement {statement.number} is not the one its event commits to")
        erased += [f"{name}: statement {gone} was erased" for gone in sorted(digests)]
        return Testimony(tuple(altered), tuple(erased))
