"""Only listed special procedures stop a running clock (行政许可法 art. 45)."""

from datetime import date, timedelta

import pytest

from tests.casework.cases.world import World, part_of
from yiwang.casework.cases import actions, queries
from yiwang.casework.cases.clock import ClockState
from yiwang.casework.cases.models import Part, Task
from yiwang.casework.cases.record import CaseRef
from yiwang.casework.cases.refusals import NotPermitted, NotPossible
from yiwang.casework.cases.sweep import rederive, sweep
from yiwang.foundation.kernel.calendar import CHINA, Announcement
from yiwang.foundation.kernel.time import FrozenClock, city_date
from yiwang.foundation.ledger.replay import replay

pytestmark = pytest.mark.django_db


def accepted(world: World) -> CaseRef:
    case = world.receive()
    actions.accept(part_of(case), by=world.officer("water"))
    return case


def promise_day(case: CaseRef) -> date:
    due = Part.objects.get(case=case.id).promise_due
    assert due is not None
    return city_date(due - timedelta(microseconds=1))


def test_clock_stands_still_while_a_water_test_runs(world: World, clock: FrozenClock) -> None:
    case = accepted(world)
    assert promise_day(case) == date(2025, 3, 17)
    clock.advance(timedelta(days=1))
    actions.start_special_procedure(part_of(case), "test", "取样送检", by=world.officer("water"))
    row = Part.objects.get(case=case.id)
    assert row.clock == ClockState.STOPPED and row.promise_due is None
    clock.advance(timedelta(days=3))
    actions.end_special_procedure(part_of(case), "水质合格", by=world.officer("water"))
    assert promise_day(case) == date(2025, 3, 20), "Wednesday to Friday are not counted"


def test_the_applicant_sees_why_and_until_when_at_most(world: World, clock: FrozenClock) -> None:
    case = accepted(world)
    actions.start_special_procedure(part_of(case), "test", "取样送检", by=world.officer("water"))
    part = queries.case_view(case.number, world.applicant).part("drainage")
    stop = part.running_stop
    assert stop is not None and stop.told == "取样送检" and stop.procedure.basis.startswith("行政许可法")
    assert city_date(stop.latest - timedelta(microseconds=1)) == date(2025, 3, 24)
    assert part.line is not None and part.line.stopped and part.at_least


def test_a_procedure_that_overruns_its_own_limit_no_longer_stops_the_clock(world: World, clock: FrozenClock) -> None:
    case = accepted(world)
    actions.start_special_procedure(part_of(case), "test", "取样送检", by=world.officer("water"))
    clock.advance(timedelta(days=16))
    sweep()
    row = Part.objects.get(case=case.id)
    assert row.clock == ClockState.RUNNING
    assert promise_day(case) == date(2025, 3, 31), "ten working days excused, no more"
    assert not replay().differences


def test_a_procedure_that_the_matter_does_not_list_stops_nothing(world: World) -> None:
    case = accepted(world)
    with pytest.raises(NotPossible, match="art. 45"):
        actions.start_special_procedure(part_of(case), "holiday", "等一等", by=world.officer("water"))


def test_a_later_request_for_papers_stops_nothing(world: World) -> None:
    case = accepted(world)
    with pytest.raises(NotPossible):
        actions.request_correction(part_of(case), ["再补一份"], by=world.officer("water"))
    assert Part.objects.get(case=case.id).clock == ClockState.RUNNING


def test_a_decision_waits_for_the_result_of_the_procedure(world: World) -> None:
    case = accepted(world)
    water = world.officer("water")
    for task in ("review", "site"):
        actions.complete(part_of(case).task(task), by=water)
    actions.start_special_procedure(part_of(case), "test", "取样送检", by=water)
    with pytest.raises(NotPossible):
        actions.decide(part_of(case), True, "合格", by=water)


def test_an_extension_moves_the_statute_once_and_never_the_promise(world: World) -> None:
    case = accepted(world)
    before = Part.objects.get(case=case.id)
    with pytest.raises(NotPermitted):
        actions.extend(part_of(case), "案情复杂", by=world.officer("water"))
    head = world.officer("water", "head", name="head")
    actions.extend(part_of(case), "案情复杂", by=head)
    after = Part.objects.get(case=case.id)
    assert after.promise_due == before.promise_due
    assert before.statute_due and after.statute_due
    assert CHINA.count(city_date(before.statute_due), city_date(after.statute_due)) == 10
    with pytest.raises(NotPossible):
        actions.extend(part_of(case), "再延一次", by=head)


def test_due_soon_and_missed_are_told_once_for_each_revision_of_the_clock(world: World, clock: FrozenClock) -> None:
    case = accepted(world)
    told = []
    for _day in range(40):
        clock.advance(timedelta(days=1))
        sweep()
        sweep()
    told = [entry.type for entry in queries.case_view(case.number, world.officer("water")).timeline]
    assert told.count("cases.DueSoon") == 1
    assert told.count("cases.PromiseMissed") == 1
    assert told.count("cases.StatuteMissed") == 1


def test_a_stopped_task_sorts_last_on_the_desk(world: World) -> None:
    case = accepted(world)
    actions.start_special_procedure(part_of(case), "test", "取样送检", by=world.officer("water"))
    assert {task.due.year for task in Task.objects.filter(case=case.id, is_open=True)} == {9999}


def test_a_case_in_an_unpublished_year_works_and_is_shown_as_provisional(world: World, clock: FrozenClock) -> None:
    clock.set(clock.now().replace(year=2031, month=2, day=3))
    case = accepted(world)
    part = queries.case_view(case.number, world.applicant).part("drainage")
    assert part.provisional and part.line is not None and part.line.provisional
    free = frozenset(date(2031, 2, day) for day in (4, 5, 6))
    before = promise_day(case)
    with CHINA.announcing({2031: Announcement(free, frozenset())}):
        assert rederive()[0] == 1
        row = Part.objects.get(case=case.id)
        assert not row.provisional
        assert promise_day(case) > before
        assert not replay().differences
