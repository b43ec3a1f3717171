"""What a department's own system reports is taken in exactly once, in order, or goes back with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.casework.cases.world import MONDAY, World, part_of
from tests.service.exchange.world import a_system, part, report, sent, states, step
from yiwang.casework.cases import actions as cases
from yiwang.casework.cases import queries
from yiwang.casework.cases.state import Stage
from yiwang.foundation.kernel.time import FrozenClock, now
from yiwang.foundation.ledger.models import Event
from yiwang.foundation.ledger.replay import replay
from yiwang.service.exchange import actions
from yiwang.service.exchange.models import Sheet, Step
from yiwang.web.worker import run_until_quiet

pytestmark = pytest.mark.django_db


def whole(case: object) -> list[object]:
    """A permit from acceptance to its grant, a water test between."""
    return [
        step(case, "1", "accept"),
        step(case, "2", "process", process_name="review"),
        step(case, "3", "special_begin", special_type="test"),
        step(case, "4", "special_end", special_type="test"),
        step(case, "5", "process", process_name="site"),
        step(case, "6", "result", result_type="1"),
    ]


def test_a_permit_is_worked_on_in_the_departments_own_system_alone(world: World) -> None:
    system = a_system()
    case = sent(world, system)
    assert states(report(system, *whole(case))) == ["taken"] * 6
    assert part(world, case).stage is Stage.GRANTED
    run_until_quiet()
    last = Sheet.objects.filter(system=system).order_by("-number").first()
    assert last is not None and last.body["result_type"] == "1", "the system hears what became of it"
    actors = set(Event.objects.filter(stream_id=case.id).exclude(type="cases.Received").values_list("actor", flat=True))
    assert actors == {"system:water"}
    assert not replay().differences


def test_however_often_it_comes_it_happens_once(world: World) -> None:
    system = a_system()
    case = sent(world, system)
    for _ in range(3):
        assert states(report(system, *whole(case))) == ["taken"] * 6
    assert Event.objects.filter(type="cases.Decided").count() == 1
    assert Step.objects.count() == 6


def test_a_number_that_comes_again_with_something_else_is_refused(world: World) -> None:
    system = a_system()
    case = sent(world, system)
    report(system, step(case, "1", "accept"))
    (other,) = report(system, step(case, "1", "not_accept"))
    assert (other.state, other.code) == ("refused", "number_reused")
    assert part(world, case).stage is Stage.ACCEPTED


def test_what_comes_in_any_order_is_taken_in_by_the_law(world: World) -> None:
    system = a_system()
    case = sent(world, system)
    backwards = list(reversed(whole(case)))
    assert states(report(system, *backwards[:-1])) == ["waiting"] * 5
    assert states(report(system, backwards[-1])) == ["taken"]
    assert part(world, case).stage is Stage.GRANTED
    assert states(report(system, *backwards)) == ["taken"] * 6


def test_a_step_waits_three_days_and_goes_back(world: World, clock: FrozenClock) -> None:
    system = a_system()
    case = sent(world, system)
    (early,) = report(system, step(case, "9", "result", result_type="1"))
    assert (early.state, early.code) == ("waiting", "not_accepted")
    clock.advance(timedelta(days=3))
    actions.look_at_waiting()
    (late,) = report(system, step(case, "9", "result", result_type="1", at=MONDAY))
    assert (late.state, late.code) == ("refused", "not_accepted")
    assert late.words.zh.startswith("等了三天还不能办") and "art" not in late.words.zh
    assert part(world, case).stage is Stage.RECEIVED


def test_what_waits_is_taken_in_when_an_officer_does_what_it_needs(world: World) -> None:
    system = a_system()
    case = sent(world, system)
    assert states(report(system, step(case, "2", "process", process_name="review"))) == ["waiting"]
    cases.accept(part_of(case), by=world.officer("water"))
    run_until_quiet()
    assert Step.objects.get().state == "taken"


def test_a_decision_dated_before_the_acceptance_is_refused(world: World, clock: FrozenClock) -> None:
    system = a_system()
    case = sent(world, system)
    clock.advance(timedelta(hours=2))
    report(system, step(case, "1", "accept"), step(case, "2", "process", process_name="review"))
    report(system, step(case, "3", "process", process_name="site"))
    early = now() - timedelta(hours=1)
    (refused,) = report(system, step(case, "4", "result", result_type="1", at=early))
    assert (refused.state, refused.code) == ("refused", "out_of_order")
    assert part(world, case).stage is Stage.ACCEPTED


@pytest.mark.parametrize(
    ("days", "code"), [(1, "in_the_future"), (-1, "before_receipt")], ids=["tomorrow", "yesterday"]
)
def test_times_that_cannot_be_are_refused(world: World, days: int, code: str) -> None:
    system = a_system()
    case = sent(world, system)
    (refused,) = report(system, step(case, "1", "accept", at=now() + timedelta(days=days)))
    assert (refused.state, refused.code) == ("refused", code)


def test_a_system_touches_only_what_was_sent_to_it(world: World) -> None:
    case = world.receive()
    system = a_system(posts=("water/inspection",))
    run_until_quiet()
    assert not Sheet.objects.exists(), "the inspection's turn has not come"
    (unknown,) = report(system, step(case, "1", "accept"))
    assert (unknown.state, unknown.code) == ("refused", "no_such_project")
    cases.accept(part_of(case), by=world.officer("water"))
    run_until_quiet()
    (others,) = report(system, step(case, "2", "process", process_name="review"))
    assert (others.state, others.code) == ("refused", "not_yours")
    assert states(report(system, step(case, "3", "process", process_name="site"))) == ["taken"]


def test_who_acted_on_an_old_sheet_is_told_what_changed(world: World) -> None:
    system = a_system()
    case = sent(world, system)
    seen = queries.case_view(case.number, world.applicant).part("drainage").revision
    cases.request_correction(part_of(case), ["缺一页"], by=world.officer("water"))
    (loser,) = report(system, step(case, "1", "not_accept", revision=seen))
    assert (loser.state, loser.code) == ("refused", "changed")
    assert "CorrectionRequested" in loser.words.en


def test_what_a_system_did_itself_does_not_count_against_it(world: World) -> None:
    system = a_system()
    case = sent(world, system)
    seen = queries.case_view(case.number, world.applicant).part("drainage").revision
    outcomes = report(
        system,
        step(case, "1", "accept", revision=seen),
        step(case, "2", "process", process_name="review", revision=seen),
    )
    assert states(outcomes) == ["taken", "taken"]


def test_each_revision_is_put_out_once(world: World) -> None:
    system = a_system()
    case = sent(world, system)
    actions.put_out(case.id, [system])
    actions.put_out(case.id, [system])
    report(system, step(case, "1", "accept"))
    run_until_quiet()
    actions.put_out(case.id, [system])
    told = list(Sheet.objects.order_by("number").values_list("number", "revision"))
    assert told == [(1, 0), (2, 1)]


def test_opening_puts_out_what_is_open_and_closing_stops_it(world: World) -> None:
    case = world.receive()
    run_until_quiet()
    system = a_system()
    assert Sheet.objects.count() == 1
    actions.close_exchange("water")
    cases.accept(part_of(case), by=world.officer("water"))
    run_until_quiet()
    assert Sheet.objects.count() == 1
    actions.open_exchange("water")
    assert Sheet.objects.count() == 2, system
