"""The water bureau's own system beside its officers, on the small world of `tests.casework.cases.world`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.casework.cases.world import World, part_of
from yiwang.casework.cases import queries as cases
from yiwang.casework.cases.queries import PartView
from yiwang.casework.cases.record import CaseRef
from yiwang.foundation.kernel.time import now
from yiwang.service.exchange import actions, steps
from yiwang.service.exchange.actions import Outcome
from yiwang.service.exchange.models import System
from yiwang.web.worker import run_until_quiet

POSTS = ("water/permits", "water/inspection")


def a_system(*, tables: dict[str, str] | None = None, posts: tuple[str, ...] = POSTS) -> System:
    """The water bureau's, arranged and open."""
    System.objects.create(
        department="water", name_zh="水务系统", name_en="Water system", posts=list(posts), tables=tables
    )
    return actions.open_exchange("water")


def step(case: CaseRef, number: str, kind: str, *, part: str = "drainage", at: datetime | None = None, **fields: Any):
    """A step as the system would report it, done now."""
    return steps.of_fields(
        {
            "step_no": number,
            "project_no": f"{case.number}.{part}",
            "event_name": kind,
            "event_end_time": at or now(),
            "handle_explain": "照准。",
            **fields,
        }
    )


def report(system: System, *reported: steps.Reported) -> list[Outcome]:
    return actions.report(system, reported)


def states(outcomes: list[Outcome]) -> list[str]:
    return [outcome.state for outcome in outcomes]


def sent(world: World, system: System, *args: Any, **options: Any) -> CaseRef:
    """A case that was received and put out."""
    case = world.receive(*args, **options)
    run_until_quiet()
    return case


def part(world: World, case: CaseRef, key: str = "drainage") -> PartView:
    return cases.case_view(case.number, world.applicant).part(key)


LATER = timedelta(minutes=10)
__all__ = ["LATER", "POSTS", "a_system", "part", "part_of", "report", "sent", "states", "step"]
