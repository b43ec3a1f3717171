"""Whether a matter's plan can run, and within what the department promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from yiwang.casework.cases.plan import PlanError, Task, TaskKind, critical_path, working_days
from yiwang.service.catalogue.package import BundlePart, Matter
from yiwang.service.catalogue.service import part_plan

Report = Callable[..., None]


def check_plan(matter: Matter, report: Report) -> None:
    """Report a plan without decision, tasks nobody can reach, circles, and limits that do not fit into one another."""
    if working_days(matter.promise) > working_days(matter.statute):
        message = f"The promise of {matter.promise} is longer than the statute's {matter.statute}."
        report(("promise",), message, f"Promise {matter.statute} or less.")
    if not _check_tasks(matter, report):
        return
    try:
        longest = critical_path(part_plan(BundlePart(matter.code, matter)))
    except PlanError as error:
        report(
            ("plan", error.task) if error.task else ("plan",), f"The plan cannot run: {error}.", "Correct its needs."
        )
        return
    if longest > working_days(matter.promise) + 1e-9:
        message = f"The longest way through the plan takes {longest:g} working days, the promise is {matter.promise}."
        report(("promise",), message, "Shorten tasks, let them run in parallel, or promise more days.")


def circles(needs: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The keys that wait for each other in a circle, or for such a circle; unknown needs count as met."""
    waiting = {key: {need for need in before if need in needs} for key, before in needs.items()}
    while True:
        ready = [key for key, before in waiting.items() if not before & waiting.keys()]
        if not ready:
            return sorted(waiting)
        for key in ready:
            del waiting[key]


def _check_tasks(matter: Matter, report: Report) -> bool:
    """Whether the plan's shape is sound enough to measure it."""
    tasks = {task.key: task for task in matter.tasks}
    decisions = [task for task in matter.tasks if task.kind in (TaskKind.DECIDE, TaskKind.RULE)]
    first = next(iter(tasks), "")
    if len(decisions) != 1:
        written = "no decision" if not decisions else "more than one decision"
        report(
            ("plan", first), f"The plan has {written}.", "Name exactly one task “decide”, or mark it “kind: decide”."
        )
        return False
    if (decisions[0].kind is TaskKind.RULE) != (matter.rule is not None):
        where = ("rule",) if matter.rule else ("plan", decisions[0].key)
        report(
            where, "A rule decides where the matter has “rule:”, and only there.", "Add “rule:”, or change the kind."
        )
    sound = True
    for task in matter.tasks:
        for need in task.needs:
            if need not in tasks and need != "accept":
                message = f"“{task.key}” can never begin: it needs “{need}”, which this plan does not have."
                report(("plan", task.key, "needs"), message, f"Tasks are: {', '.join(tasks)}.")
                sound = False
    for key in circles({task.key: task.needs for task in matter.tasks}):
        message = f"“{key}” can never begin: its needs run in a circle."
        report(("plan", key, "needs"), message, "Remove one of the needs.")
        sound = False
    if sound:
        _check_awaited(tasks, decisions[0], report)
    return sound


def _check_awaited(tasks: Mapping[str, Task], decision: Task, report: Report) -> None:
    awaited = {decision.key}
    waiting = [decision]
    while waiting:
        for need in waiting.pop().needs:
            if need in tasks and need not in awaited:
                awaited.add(need)
                waiting.append(tasks[need])
    for key in tasks:
        if key not in awaited:
            message = f"Nobody can reach “{key}” before the decision: “{decision.key}” does not wait for it."
            report(("plan", key), message, f"Add “{key}” to the needs of “{decision.key}”.")
