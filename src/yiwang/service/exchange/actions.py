"""The verbs of the exchange: open it, put a sheet out, take steps in, send again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from yiwang.casework.cases.models import Case, Task
from yiwang.casework.cases.record import plan_of
from yiwang.casework.cases.state import from_bytes
from yiwang.foundation.directory import actions as directory
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.directory.actor import system as system_actor
from yiwang.foundation.kernel.text import Words, canonical_json
from yiwang.foundation.kernel.time import now
from yiwang.service.exchange import refusals, sheets, taking
from yiwang.service.exchange.arrangement import Arrangement, TablesAt
from yiwang.service.exchange.models import Difference, Paper, Sheet, State, Step, System
from yiwang.service.exchange.order import NEEDED_BEFORE
from yiwang.service.exchange.permissions import look_after
from yiwang.service.exchange.refusals import NoSuchSystem, NotArranged, Refusal
from yiwang.service.exchange.steps import Reported
from yiwang.service.exchange.taking import NotTaken

WAITS_AT_MOST = timedelta(days=3)
"""How long a step waits for what has to come before it."""
AHEAD_AT_MOST = timedelta(minutes=5)
"""How far a system's clock may go before ours."""
MOST_WAITING = 50
"""Steps of one file that wait at a time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step: `state` is taken, waiting or refused; words say why it is not taken."""

    number: str
    state: str
    code: str
    words: Words


def arrangement_of(row: System) -> Arrangement:
    return Arrangement(
        row.department,
        Words(row.name_zh, row.name_en),
        tuple(row.posts),
        tuple(row.matters),
        TablesAt.from_json(row.tables) if row.tables else None,
    )


def open_exchange(department: str) -> System:
    """Let the department's system take part, and put out what it already has to do. Opening twice changes nothing.

    For operators. Raises NotArranged.
    """
    with transaction.atomic():
        row = System.objects.select_for_update().filter(department=department, arranged=True).first()
        if row is None:
            raise NotArranged(
                Words(
                    f"没有 {department} 的安排。请写 exchange/{department}.yaml，再执行 yiwang load。",
                    f"Nothing is arranged for {department}. Write exchange/{department}.yaml and run yiwang load.",
                )
            )
        if row.account_id is None:
            try:
                row.account = directory.system_account(department)
            except directory.NotPossible as taken:
                raise NotArranged(taken.words) from taken
        row.is_open = True
        row.save(update_fields=["account", "is_open"])
    waiting = Task.objects.filter(is_open=True, department=department, post__in=row.posts)
    for case_id in waiting.order_by("case_id").values_list("case_id", flat=True).distinct().iterator(1000):
        put_out(case_id, [row])
    return row


def close_exchange(department: str) -> None:
    """From now on nothing is put out nor taken in; what is there stays. For operators. Raises NoSuchSystem."""
    if not System.objects.filter(department=department).update(is_open=False):
        raise NoSuchSystem(department)


def put_out(case_id: int, systems: Iterable[System]) -> int:
    """Make the sheets of a case that these systems do not have yet; returns how many. Doing it twice makes none."""
    row = Case.objects.filter(pk=case_id).first()
    if row is None:
        return 0
    state, plan = from_bytes(row.state), plan_of(row.plan_id)
    made = 0
    for system in systems:
        wanted = sheets.concerned(state, plan, arrangement_of(system))
        held = set(Sheet.objects.filter(system=system, case=case_id).values_list("part", "revision"))
        missing = [key for key in wanted if (key, state.parts[key].revision) not in held]
        if missing:
            made += _make_sheets(system, row, missing)
    return made


def _make_sheets(system: System, row: Case, parts: list[str]) -> int:
    drawn = sheets.draw(row, parts)
    with transaction.atomic():
        # The lock makes numbers commit in their order, so that a reader's cursor misses none.
        locked = System.objects.select_for_update().get(pk=system.pk)
        made = 0
        for sheet in drawn:
            known = Sheet.objects.filter(system=system, case=row, part=sheet.part, revision=sheet.revision)
            if known.exists():
                continue
            made += 1
            locked.last_sheet += 1
            Sheet.objects.create(
                system=system,
                number=locked.last_sheet,
                case=row,
                part=sheet.part,
                revision=sheet.revision,
                body=sheet.body,
                digest=sheet.digest,
                made_at=now(),
            )
            papers = [Paper(system=system, document_id=document) for document in sheet.documents]
            Paper.objects.bulk_create(papers, ignore_conflicts=True)
        locked.save(update_fields=["last_sheet"])
    return made


def mark_read(system: System, numbers: Sequence[int]) -> None:
    """Sheets that the system has read over the API are out."""
    at = now()
    System.objects.filter(pk=system.pk).update(heard_at=at)
    if system.tables is None:
        Sheet.objects.filter(system=system, number__in=numbers, put_out_at__isnull=True).update(put_out_at=at)


def report(system: System, steps: Sequence[Reported]) -> list[Outcome]:
    """Take in what a system reports, each step exactly once however often it comes; the outcomes, in that order.

    Every step is kept before it is looked at, so that none is lost whoever dies meanwhile.
    """
    System.objects.filter(pk=system.pk).update(heard_at=now())
    outcomes = []
    for step in steps:
        kept = _keep(system, step)
        if isinstance(kept, Outcome):
            outcomes.append(kept)
            continue
        if kept.state == State.WAITING:
            if kept.case_id is not None:
                take_waiting(kept.case_id, kept.part)
            kept.refresh_from_db()
        outcomes.append(outcome_of(kept))
    return outcomes


def outcome_of(row: Step) -> Outcome:
    return Outcome(row.number, row.state, row.code, Words(row.reason_zh, row.reason_en))


def _keep(system: System, step: Reported) -> Step | Outcome:
    """The step's row: the one it has, or a new one, waiting or refused at once."""
    known = Step.objects.filter(system=system, number=step.number).first()
    if known is None:
        try:
            with transaction.atomic():
                return _new(system, step)
        except IntegrityError:
            # The same step came twice at once; the other was first.
            known = Step.objects.get(system=system, number=step.number)
    if known.digest != step.digest:
        code, words = refusals.NUMBER_REUSED
        return Outcome(step.number, State.REFUSED, code, words)
    return known


def _new(system: System, step: Reported) -> Step:
    at = now()
    number, part = sheets.split_project(step.project)
    sent = Sheet.objects.filter(system=system, case__number=number, part=part).select_related("case").first()
    row = Step(
        system=system,
        number=step.number,
        project=step.project,
        case=sent.case if sent else None,
        part=sent.part if sent else "",
        kind=step.kind,
        body=step.to_json(),
        digest=step.digest,
        reported_at=step.at,
        received_at=at,
    )
    refusal = _refused_at_sight(system, step, sent.case if sent else None, row.part, at)
    if refusal is not None:
        _refuse(row, refusal, at)
    _told(row)
    row.save(force_insert=True)
    return row


def keep_unreadable(system: System, row: Mapping[str, Any], words: Words) -> None:
    """Keep a row of the exchange tables that is no step, refused, so that it is seen and not read again."""
    at = now()
    said = {name: None if value is None else str(value)[:2000] for name, value in row.items()}
    number = str(row.get("step_no") or "")[:64]
    if Step.objects.filter(system=system, number=number).exists():
        return
    kept = Step(
        system=system,
        number=number,
        project=str(row.get("project_no") or "")[:80],
        kind=str(row.get("event_name") or "")[:16],
        body=said,
        digest=hashlib.sha256(canonical_json(said)).hexdigest(),
        reported_at=at,
        received_at=at,
    )
    _refuse(kept, ("wrong_field", words), at)
    kept.save(force_insert=True)


def _refused_at_sight(system: System, step: Reported, case: Case | None, part: str, at: datetime) -> Refusal | None:
    if not (system.is_open and system.arranged):
        return refusals.CLOSED
    if case is None:
        return refusals.NO_PROJECT
    if step.at > at + AHEAD_AT_MOST:
        return refusals.IN_THE_FUTURE
    opened = from_bytes(case.state).parts[part].opened_at
    # A system may say times to the minute.
    if opened is not None and step.at < opened - timedelta(minutes=1):
        return refusals.BEFORE_RECEIPT
    if Step.objects.filter(case=case, part=part, state=State.WAITING).count() >= MOST_WAITING:
        return refusals.TOO_MANY_WAITING
    return None


def take_waiting(case_id: int, part: str) -> int:
    """Take in what waits for this part, in the order in which it was done, as long as anything can be; how many."""
    taken = 0
    while True:
        waiting = Step.objects.filter(case=case_id, part=part, state=State.WAITING).order_by("reported_at", "id")
        done = sum(_take(pk) for pk in list(waiting.values_list("pk", flat=True)[: MOST_WAITING * 2]))
        taken += done
        if not done:
            return taken


def _take(pk: int) -> bool:
    """Whether the step was taken in now."""
    with transaction.atomic():
        row = _locked(Step.objects.filter(pk=pk))
        if row is None or row.state != State.WAITING or row.case is None:
            return False
        step, at = Reported.from_json(row.body), now()
        by = system_actor(row.system.department, row.system.posts)
        try:
            before = _contradicted(row, step)
            if before is not None:
                raise NotTaken(before)
            with transaction.atomic():
                taking.do(step, row.case, row.part, by)
        except NotTaken as hindered:
            _hindered(row, hindered, at)
            _told(row)
            row.save()
            return False
        row.state, row.ended_at, row.code, row.reason_zh, row.reason_en = State.TAKEN, at, "", "", ""
        row.version = Case.objects.values_list("version", flat=True).get(pk=row.case.pk)
        _told(row)
        row.save()
    return True


def _locked(rows: QuerySet[Step]) -> Step | None:
    return rows.select_for_update(of=("self",)).select_related("case", "system").first()


def _contradicted(row: Step, step: Reported) -> Refusal | None:
    """The system's own times must not contradict the law: nothing is decided before it is accepted."""
    needed = NEEDED_BEFORE.get(step.kind)
    if needed is None:
        return None
    before = Step.objects.filter(case=row.case_id, part=row.part, kind=needed, state=State.TAKEN)
    if step.procedure:
        before = before.filter(body__procedure=step.procedure) if needed == "special_begin" else before
    latest = before.order_by("-reported_at").values_list("reported_at", flat=True).first()
    return refusals.out_of_order(needed) if latest is not None and step.at < latest else None


def _hindered(row: Step, hindered: NotTaken, at: datetime) -> None:
    if not hindered.early:
        _refuse(row, (hindered.code, hindered.words), at)
    elif at - row.received_at >= WAITS_AT_MOST:
        _refuse(row, (hindered.code, refusals.waited(hindered.words)), at)
    else:
        row.code, row.reason_zh, row.reason_en = hindered.code, hindered.words.zh[:400], hindered.words.en[:600]


def _told(row: Step) -> None:
    """Over the API a system has its answer at once, or asks for it."""
    if row.system.tables is None:
        row.answered = row.state


def _refuse(row: Step, refusal: Refusal, at: datetime) -> None:
    code, words = refusal
    row.state, row.ended_at = State.REFUSED, at
    row.code, row.reason_zh, row.reason_en = code, words.zh[:400], words.en[:600]


def look_at_waiting(limit: int = 500) -> int:
    """Look again at steps that wait: after a worker died, and when they have waited long enough. How many files."""
    waiting = Step.objects.filter(state=State.WAITING, case__isnull=False)
    parts = list(waiting.order_by("case", "part").values_list("case_id", "part").distinct()[:limit])
    for case_id, part in parts:
        take_waiting(case_id, part)
    return len(parts)


def resend(department: str, project: str, *, by: Actor) -> int:
    """Put the sheets of a file out once more; whoever has them already keeps them. Returns how many.

    Raises NoSuchSystem.
    """
    system = System.objects.filter(look_after(by), department=department).first()
    if system is None:
        raise NoSuchSystem(department)
    number, part = sheets.split_project(project)
    with transaction.atomic():
        again = Sheet.objects.filter(system=system, case__number=number, part=part).update(put_out_at=None)
        Difference.objects.filter(system=system, project=project, gone_at__isnull=True).update(resent_at=now())
    return again
