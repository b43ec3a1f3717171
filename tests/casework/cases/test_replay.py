"""Every row can be rebuilt from events, and what was changed behind their back is found."""

import contextlib
from datetime import timedelta

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.casework.cases.world import MONDAY, World, part_of, restaurant
from yiwang.casework.cases import actions, hearings
from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.models import Case, Letter, Link, Part, Party, Statement, Task
from yiwang.casework.cases.record import CaseRef
from yiwang.casework.cases.refusals import NotPermitted, NotPossible
from yiwang.casework.cases.sweep import sweep
from yiwang.foundation.kernel.identifiers import make_uscc
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.models import Event
from yiwang.foundation.ledger.replay import replay

pytestmark = pytest.mark.django_db

DEPARTMENTS = {"registration": "market", "food": "market", "drainage": "water", "sign": "streets"}
VERBS = (
    "accept",
    "correction",
    "correct",
    "refuse",
    "review",
    "site",
    "start",
    "end",
    "extend",
    "grant",
    "deny",
    "withdraw",
    "note",
    "wait",
    "wait_long",
    "arrive",
    "pick",
    "ask_hearing",
    "decline_hearing",
)


def act(world: World, clock: FrozenClock, case: CaseRef, key: str, verb: str) -> None:
    """One random deed; what law and plan do not allow is refused and changes nothing."""
    part, by = part_of(case, key), world.officer(DEPARTMENTS[key])
    deeds = {
        "accept": lambda: actions.accept(part, by=by),
        "correction": lambda: actions.request_correction(part, ["补一页"], by=by),
        "correct": lambda: actions.correct(part, by=world.applicant),
        "refuse": lambda: actions.refuse_acceptance(part, "不属于本部门", by=by),
        "review": lambda: actions.complete(part.task("review"), by=by),
        "site": lambda: actions.complete(part.task("site"), by=by, words="看过了"),
        "start": lambda: actions.start_special_procedure(part, "test", "送检", by=by),
        "end": lambda: actions.end_special_procedure(part, "合格", by=by),
        "extend": lambda: actions.extend(part, "复杂", by=world.officer(DEPARTMENTS[key], "head")),
        "grant": lambda: actions.decide(part, True, "好", by=by, facts={"enterprise.uscc": make_uscc(1)}),
        "deny": lambda: actions.decide(part, False, "不好", by=by),
        "withdraw": lambda: actions.withdraw(part, "", by=world.applicant),
        "note": lambda: actions.note(part, "记", by=by),
        "wait": lambda: clock.advance(timedelta(hours=20)),
        "wait_long": lambda: clock.advance(timedelta(days=9)),
        "arrive": lambda: actions.arrive(part, "lease", by=world.applicant),
        "ask_hearing": lambda: hearings.ask(part, "想当面说", by=world.applicant),
        "decline_hearing": lambda: hearings.decline(part, "不必", by=by),
        "pick": lambda: actions.pick(part.task("review"), by=by),
    }
    with contextlib.suppress(NotPossible, NotPermitted):
        deeds[verb]()
    sweep()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(sorted(DEPARTMENTS)), st.sampled_from(VERBS)), max_size=45))
def test_any_history_replays_to_the_very_rows(world: World, clock: FrozenClock, deeds: list[tuple[str, str]]) -> None:
    clock.set(MONDAY)
    later = {"awaiting": ("lease",), "deferred": ("lease",)}
    chosen = tuple(ChosenPart(key, **(later if key in ("sign", "food") else {})) for key in DEPARTMENTS)
    case = world.receive(restaurant(), parts=chosen)
    for key, verb in [("registration", "accept"), *deeds]:
        act(world, clock, case, key, verb)
    assert replay().differences == ()
    open_tasks = Task.objects.filter(case=case.id, is_open=True)
    row = Case.objects.get(pk=case.id)
    assert (row.closed_at is None) == (
        open_tasks.exists() or Part.objects.filter(case=case.id, stage__in=["waiting", "correcting"]).exists()
    ), "an open case always has somebody who must act"
    assert Event.objects.filter(stream_id=case.id).count() == row.version
    Event.objects.filter(stream_id=case.id).delete()
    for model in (Letter, Link, Task, Part, Statement, Party):
        model.objects.filter(case=case.id).delete()
    Case.objects.filter(pk=case.id).delete()


TAMPERINGS = {
    "a decision turned round": lambda: Part.objects.filter(key="drainage").update(stage="granted"),
    "a due date moved": lambda: Part.objects.filter(key="drainage").update(promise_due=F("statute_due")),
    "a task done by nobody": lambda: Task.objects.filter(key="review").update(state="done", is_open=False),
    "a state edited": lambda: Case.objects.update(state=Case.objects.get().state.replace("accepted", "granted")),
    "a part deleted": lambda: Part.objects.all().delete(),
    "a reason rewritten": lambda: Statement.objects.update(body="别的话"),
    "an applicant exchanged": lambda: Party.objects.update(name="李四"),
    "a version skipped": lambda: Case.objects.update(version=F("version") + 1),
}


@pytest.mark.parametrize("deed", sorted(TAMPERINGS))
def test_rows_changed_behind_the_ledger_are_found_and_mended(world: World, clock: FrozenClock, deed: str) -> None:
    case = world.receive()
    actions.accept(part_of(case), by=world.officer("water"))
    actions.note(part_of(case), "第一次联系", by=world.officer("water"))
    assert not replay().differences
    TAMPERINGS[deed]()
    assert replay().differences
    replay(write=True)
    erasable = deed in ("a reason rewritten", "an applicant exchanged")
    assert bool(replay().differences) == erasable, "words and names cannot be rebuilt, only found out"
