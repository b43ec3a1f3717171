"""The passing of time becomes facts: accepted by law, deferred materials that did not come, due soon, promise missed,
statute missed. Once each."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from yiwang.casework.cases import clock as clocks
from yiwang.casework.cases import events
from yiwang.casework.cases.models import Case, Part
from yiwang.casework.cases.permissions import EVERYTHING
from yiwang.casework.cases.record import PartRef, Right, Situation, happen, refresh
from yiwang.casework.cases.state import Stage
from yiwang.foundation.directory.actor import LAW
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.time import now


def sweep(limit: int = 500) -> int:
    """Record what time has made of parts whose moment has come; returns how many were looked at.

    Safe to run twice or at once: each fact is told once per revision of the part's clock.
    """
    due = list(
        Part.objects.filter(wake_at__lte=now())
        .order_by("wake_at")
        .values_list("case__number", "key", "case_id")[:limit]
    )
    for number, key, case_id in due:
        happen(PartRef(number, key), _facts, by=LAW, may=Right(Case, EVERYTHING))
        if Part.objects.filter(case=case_id, key=key, wake_at__lte=now()).exists():
            refresh(case_id)
    return len(due)


def _facts(situation: Situation) -> Sequence[events.Event]:
    part, at = situation.part, situation.at
    if not part.stage.is_open:
        return []
    clock = clocks.part_clock(part, situation.part_plan, CHINA, at)
    facts: list[events.Event] = []
    deferral = clocks.deferral_due(part, situation.part_plan, CHINA, at)
    if deferral is not None and deferral.at <= at:
        return [events.DeferralLapsed(part=part.key, what=part.still_deferred, due=deferral.at)]
    if deferral is not None and not part.told_deferral and clocks.deferral_near(deferral, CHINA) <= at:
        facts.append(events.DeferralNear(part=part.key, what=part.still_deferred, due=deferral.at))
    if clock.state is clocks.ClockState.STOPPED:
        return facts
    revision = part.clock_revision
    if part.stage is Stage.RECEIVED and clock.acceptance and clock.acceptance.at <= at:
        facts.append(events.Accepted(part=part.key, by_law=True))
    if clock.promise and clock.soon and clock.soon <= at < clock.promise.at and part.told_soon != revision:
        facts.append(events.DueSoon(part=part.key, clock_revision=revision))
    if clock.promise and clock.promise.at <= at and part.told_promise != revision:
        if part.told_soon != revision:
            facts.append(events.DueSoon(part=part.key, clock_revision=revision))
        facts.append(events.PromiseMissed(part=part.key, clock_revision=revision, due=clock.promise.at))
    if clock.statute and clock.statute.at <= at and part.told_statute != revision:
        facts.append(events.StatuteMissed(part=part.key, clock_revision=revision, due=clock.statute.at))
    return facts


def rederive(*, provisional_only: bool = True, after: int = 0, limit: int = 1000) -> tuple[int, int]:
    """Derive due dates of open parts anew, after a year's calendar was published.

    Returns how many cases were done and the last case id, for the next call (`after`).
    """
    parts = Part.objects.filter(case_id__gt=after, ended_at__isnull=True)
    if provisional_only:
        parts = parts.filter(provisional=True)
    cases = list(parts.order_by("case_id").values_list(F("case_id"), flat=True).distinct()[:limit])
    for case_id in cases:
        refresh(case_id)
    return len(cases), cases[-1] if cases else after
