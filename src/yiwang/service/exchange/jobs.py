"""What the exchange does by itself as time passes."""

from __future__ import annotations

from datetime import date, timedelta

from yiwang.foundation.jobs import job, schedule
from yiwang.foundation.jobs.actions import enqueue
from yiwang.foundation.kernel.time import city_date, now
from yiwang.service.exchange import actions, polling, reconciling
from yiwang.service.exchange.models import System
from yiwang.service.exchange.tables import Unreached


@schedule("exchange.look_at_waiting", every=timedelta(minutes=1))
def look_at_waiting() -> None:
    """Steps that wait, whoever died while taking them in."""
    actions.look_at_waiting()


@schedule("exchange.work_tables", every=timedelta(seconds=10))
def work_tables() -> None:
    """Ask for each system's tables apart, so that one that does not answer holds up no other."""
    for system in System.objects.filter(is_open=True, arranged=True, tables__isnull=False).values_list("pk", flat=True):
        enqueue(work_tables_of, {"system": system}, key=f"exchange.tables:{system}")


@job("exchange.work_tables_of", retries=0, lease=timedelta(minutes=2))
def work_tables_of(system: int) -> None:
    row = System.objects.filter(pk=system, is_open=True, arranged=True, tables__isnull=False).first()
    if row is not None:
        polling.work(row)


@schedule("exchange.reconcile", at="02:20")
def reconcile() -> None:
    """Compare yesterday with every open system."""
    day = city_date(now()) - timedelta(days=1)
    for system in System.objects.filter(is_open=True, arranged=True).values_list("pk", flat=True):
        enqueue(reconcile_with, {"system": system, "day": day.isoformat()}, key=f"exchange.reconcile:{system}:{day}")


@job("exchange.reconcile_with", retries=8, lease=timedelta(minutes=5))
def reconcile_with(system: int, day: str) -> None:
    """Tables that do not answer are asked again, with growing waits; then the day counts as not told."""
    row = System.objects.filter(pk=system, is_open=True, arranged=True).first()
    if row is None:
        return
    of_day = date.fromisoformat(day)
    if row.tables is not None:
        polling.work(row)
        try:
            polling.take_counts(row, of_day)
        except Unreached as trouble:
            reconciling.reconcile(row, of_day)
            raise RuntimeError(str(trouble)) from trouble
    reconciling.reconcile(row, of_day)
