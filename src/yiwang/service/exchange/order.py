"""Whether a step comes before its time: then it waits; if not, what hinders it will not go away. Pure."""

from __future__ import annotations

from yiwang.casework.cases.plan import PartPlan
from yiwang.casework.cases.state import PartState, Stage, TaskState
from yiwang.service.exchange.steps import Reported, StepKind

_BEFORE_ACCEPTANCE = (Stage.WAITING, Stage.RECEIVED, Stage.CORRECTING)


def may_come(step: Reported, part: PartState, plan: PartPlan) -> bool:
    """Whether a step that is not possible now may become so without anything being undone."""
    if not part.stage.is_open:
        return False
    if step.kind in (StepKind.ACCEPT, StepKind.CORRECTION, StepKind.NOT_ACCEPT):
        return part.stage in (Stage.WAITING, Stage.CORRECTING)
    if step.kind is StepKind.PROCESS:
        return step.task in part.tasks and part.tasks[step.task].state is TaskState.WAITING
    if step.kind is StepKind.DELIVER:
        return True
    if part.stage in _BEFORE_ACCEPTANCE:
        return step.kind is StepKind.RESULT or step.procedure in ("", *(each.key for each in plan.special_procedures))
    begun = {stop.procedure for stop in part.stops}
    if step.kind is StepKind.SPECIAL_BEGIN:
        return part.running_stop is not None and step.procedure not in begun and _is_listed(step, plan)
    if step.kind is StepKind.SPECIAL_END:
        return part.running_stop is None and _is_listed(step, plan) and step.procedure not in begun
    waits_for_material = bool(step.granted and part.awaiting)
    return (
        part.tasks[plan.decision.key].state is TaskState.WAITING or part.running_stop is not None or waits_for_material
    )


def _is_listed(step: Reported, plan: PartPlan) -> bool:
    return plan.procedure(step.procedure) is not None


NEEDED_BEFORE: dict[StepKind, StepKind] = {
    StepKind.PROCESS: StepKind.ACCEPT,
    StepKind.SPECIAL_BEGIN: StepKind.ACCEPT,
    StepKind.SPECIAL_END: StepKind.SPECIAL_BEGIN,
    StepKind.RESULT: StepKind.ACCEPT,
    StepKind.DELIVER: StepKind.RESULT,
}
"""What must have been done before, by the system's own clock too."""
