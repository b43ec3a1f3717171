"""What a plan costs: a bundle of five departments with twenty tasks, every task completed through its real verb.

`us_per_task` is CPU time (µs) of a verb's own work: read the state, decide, evolve, draw the rows, serialise state and
event; the verbs run on a case that is held in memory instead of a database. `stored_us_per_task` is the whole verb with
its transaction on SQLite, by the clock on the wall, `stored_cpu_us_per_task` its CPU time. `state_bytes` is the state
of the whole case after the plan.
"""

import statistics
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from yiwang.casework.cases import actions, events, projection, record
from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.models import Case, Statement
from yiwang.casework.cases.plan import PartPlan, Plan, ProcedureKind, SpecialProcedure, Task, TaskKind
from yiwang.casework.cases.receipt import Applicant, Receipt, receive
from yiwang.casework.cases.record import CaseRef, Decide, PartRef, Right, Situation, TaskRef
from yiwang.casework.cases.state import TaskState, evolve, from_bytes, to_bytes
from yiwang.foundation.directory.actor import MACHINE, Actor, officer
from yiwang.foundation.directory.models import User, UserKind
from yiwang.foundation.kernel.calendar import Limit
from yiwang.foundation.kernel.identifiers import make_uscc
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import FrozenClock, frozen, now
from yiwang.foundation.ledger import actions as ledger
from yiwang.foundation.ledger.replay import replay

MONDAY = datetime(2025, 3, 10, 1, 30, tzinfo=UTC)
DEPARTMENTS = ("market", "fire", "water", "streets", "police")
TASKS = 20
ROUNDS = 7

Verb = Callable[[Actor], object]


def run(quick: bool) -> dict[str, Any]:
    held, stored = (40, 6) if quick else (200, 40)
    plan = restaurant()
    assert sum(len(part.tasks) for part in plan.parts) == TASKS
    with frozen(MONDAY) as clock:
        by = somebody()
        in_memory = [sum(complete_in_memory(plan, by, clock) for _ in range(held)) / held for _ in range(ROUNDS)]
        on_disk = [complete_stored(plan, by, clock) for _ in range(stored)]
        state_bytes = check(plan)
    return {
        "us_per_task": statistics.median(in_memory) / TASKS * 1e6,
        "state_bytes": state_bytes,
        "stored_us_per_task": statistics.median(wall for wall, _cpu in on_disk) / TASKS * 1e6,
        "stored_cpu_us_per_task": statistics.median(cpu for _wall, cpu in on_disk) / TASKS * 1e6,
        "sizes": {"departments": len(DEPARTMENTS), "tasks": TASKS, "cases_in_memory": held * ROUNDS, "stored": stored},
    }


def restaurant() -> Plan:
    """Registration first; then four departments side by side, each with two pieces of work that the decision awaits."""
    return Plan(
        Words("开一家餐馆", "Open a restaurant"),
        tuple(part(department, needs=("market",) if department != "market" else ()) for department in DEPARTMENTS),
        Limit.parse("25 working days"),
    )


def part(department: str, needs: tuple[str, ...]) -> PartPlan:
    """Acceptance, review and site visit at the same time, and the decision that joins them."""
    test = SpecialProcedure(
        "test",
        Words("水质检测", "Water test"),
        ProcedureKind.TEST,
        "行政许可法 第四十五条",
        Limit.parse("10 working days"),
    )
    return PartPlan.build(
        key=department,
        matter=f"{department}-permit",
        name=Words(f"{department}许可", f"{department} permit"),
        department=department,
        statute=Limit.parse("20 working days"),
        promise=Limit.parse("10 working days"),
        tasks=(
            Task("review", Words("审查", "Review"), f"{department}/permits", within=Limit.parse("2 working days")),
            Task(
                "site",
                Words("现场核查", "Site visit"),
                f"{department}/inspection",
                within=Limit.parse("4 working days"),
            ),
            Task(
                "decide",
                Words("决定", "Decision"),
                f"{department}/permits",
                ("review", "site"),
                Limit.parse("2 working days"),
                TaskKind.DECIDE,
            ),
        ),
        special_procedures=(test,),
        needs=needs,
        creates=("enterprise.uscc",) if department == "market" else (),
    )


def somebody() -> Actor:
    """One officer with every post."""
    row = User.objects.create(username="officer", name="张敏", kind=UserKind.OFFICER, registered_at=MONDAY)
    return officer(row.pk, [f"{department}/{post}" for department in DEPARTMENTS for post in ("permits", "inspection")])


def verbs(number: str) -> list[Verb]:
    """The twenty completions of one case, in an order that the plan allows."""
    return [verb for department in DEPARTMENTS for verb in _verbs_of(PartRef(number, department), department)]


def _verbs_of(ref: PartRef, department: str) -> list[Verb]:
    facts = {"enterprise.uscc": make_uscc(1)} if department == "market" else {}
    return [
        lambda by: actions.accept(ref, by=by),
        lambda by: actions.complete(ref.task("review"), by=by, words="材料齐全，符合要求。"),
        lambda by: actions.complete(ref.task("site"), by=by, words="现场与图纸一致。"),
        lambda by: actions.decide(ref, True, "符合法定条件，准予许可。", by=by, facts=facts),
    ]


class Held:
    """A case in memory: what `record.happen` does, but for the database."""

    def __init__(self, plan: Plan) -> None:
        parts = tuple(ChosenPart(part.key) for part in plan.parts)
        opened = events.Received("application", plan.digest, parts, "web", "east", "0" * 64)
        self.plan = plan
        self.version, self.said = 1, 0
        self.state = to_bytes(evolve(None, opened, now(), plan))

    def happen(self, ref: PartRef | TaskRef, decide: Decide, *, by: Actor, may: Right) -> CaseRef:
        state = from_bytes(self.state)
        at = now()
        situation = Situation(1, state, self.plan, state.parts[ref.part], self.plan.by_key[ref.part], at)
        situation.said.append(Statement(number=self.said))
        decided = tuple(decide(situation))
        passage = record.follow(state, self.plan, decided, at)
        for key, row in passage.after.parts.items():
            projection.changed_fields(passage.before.parts[key], row)
        for pair, task in passage.after.tasks.items():
            projection.changed_fields(passage.before.tasks[pair], task)
        ledger.rows_of(record.STREAM, 1, after_version=self.version, steps=passage.steps, at=at, actor=str(by))
        self.state = passage.steps[-1].state
        self.version += len(passage.steps)
        self.said = situation.said[-1].number
        return CaseRef(1, ref.case)


def complete_in_memory(plan: Plan, by: Actor, clock: FrozenClock) -> float:
    """CPU seconds of all twenty verbs."""
    held = Held(plan)
    with mock.patch.object(actions, "happen", held.happen):
        return _timed(verbs("1"), by, clock)[1]


def complete_stored(plan: Plan, by: Actor, clock: FrozenClock) -> tuple[float, float]:
    """Seconds and CPU seconds of all twenty verbs with their transactions."""
    parts = tuple(ChosenPart(part.key) for part in plan.parts)
    applicant = Applicant(None, "王老五", "310101199001011234")
    case = receive(Receipt("application", plan.name, plan, parts, applicant, "310100", "east"), by=MACHINE)
    return _timed(verbs(case.number), by, clock)


def _timed(steps: list[Verb], by: Actor, clock: FrozenClock) -> tuple[float, float]:
    wall = cpu = 0.0
    with _set_back(clock):
        for verb in steps:
            clock.advance(timedelta(hours=5))
            started, worked = time.perf_counter(), time.thread_time()
            verb(by)
            wall += time.perf_counter() - started
            cpu += time.thread_time() - worked
    return wall, cpu


@contextmanager
def _set_back(clock: FrozenClock) -> Any:
    moment = now()
    yield
    clock.set(moment)


def check(plan: Plan) -> int:
    """Every stored case is complete, and its rows are what its events lead to; returns the bytes of a whole state."""
    row = Case.objects.order_by("-pk").first()
    assert row is not None
    assert row.closed_at is not None
    state = from_bytes(row.state)
    tasks = [task for part in state.parts.values() for task in part.tasks.values()]
    assert len(tasks) == TASKS
    assert all(task.state is TaskState.DONE for task in tasks)
    assert not replay().differences, "the rows are not what the events lead to"
    return len(row.state.encode())
