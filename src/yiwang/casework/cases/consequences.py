"""What a decision sets off, before it is taken: the verb's events are evolved, nothing is written. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from yiwang.casework.cases import events
from yiwang.casework.cases.plan import Plan, TaskKind
from yiwang.casework.cases.state import CaseState, Stage, TaskState, evolve, fee_due
from yiwang.foundation.kernel.text import Words

_NOTHING = events.Commitment(0, "")


@dataclass(frozen=True, slots=True)
class Opens:
    """A task that would open: whose post, in which part."""

    part: Words
    task: Words
    post: str


@dataclass(frozen=True, slots=True)
class Consequences:
    """Tasks that open, parts that lapse, whether a signed promise is checked on site, whether the whole case ends."""

    opens: tuple[Opens, ...] = ()
    lapses: tuple[Words, ...] = ()
    check: bool = False
    closes: bool = False


def of_acceptance(state: CaseState, plan: Plan, part: str, at: datetime) -> Consequences:
    return _of(state, plan, [events.Accepted(part=part)], at)


def of_decision(state: CaseState, plan: Plan, part: str, granted: bool, at: datetime) -> Consequences:
    decided: list[events.Event] = [events.Decided(part=part, granted=granted, words=_NOTHING)]
    by_hand = any(task.kind is TaskKind.DELIVER for task in plan.by_key[part].tasks)
    if granted and not by_hand and not fee_due(state.parts[part], plan.by_key[part]):
        decided.append(events.Delivered(part=part, means="online"))
    effect = _of(state, plan, decided, at)
    return replace(effect, check=True) if granted and plan.by_key[part].committed else effect


def of_completion(state: CaseState, plan: Plan, part: str, task: str, at: datetime) -> Consequences:
    return _of(state, plan, [events.TaskCompleted(part=part, task=task)], at)


def _of(state: CaseState, plan: Plan, happening: Sequence[events.Event], at: datetime) -> Consequences:
    after = state
    for event in happening:
        after = evolve(after, event, at, plan)
    opens = []
    lapses = []
    for key, part in after.parts.items():
        part_plan = plan.by_key[key]
        if part.stage is Stage.LAPSED and state.parts[key].stage is not Stage.LAPSED:
            lapses.append(part_plan.name)
        for task in part_plan.tasks:
            was, now = state.parts[key].tasks[task.key], part.tasks[task.key]
            if now.state is TaskState.READY and was.state is not TaskState.READY:
                opens.append(Opens(part_plan.name, task.name, part.post(task)))
    return Consequences(tuple(opens), tuple(lapses), closes=after.closed_at is not None and state.closed_at is None)
