"""Receipt is not acceptance (行政许可法 art. 32)."""

from datetime import date, timedelta

import pytest

from tests.casework.cases.world import World, part_of
from yiwang.casework.cases import actions, queries
from yiwang.casework.cases.models import Part, Task
from yiwang.casework.cases.refusals import NotPermitted, NotPossible
from yiwang.casework.cases.state import Stage
from yiwang.casework.cases.sweep import sweep
from yiwang.foundation.kernel.time import FrozenClock, city_date

pytestmark = pytest.mark.django_db


def last_day(moment: object) -> date:
    return city_date(moment - timedelta(microseconds=1))  # type: ignore[operator]


def test_a_case_opens_at_receipt_and_waits_for_acceptance(world: World) -> None:
    case = world.receive()
    part = Part.objects.get(case=case.id)
    assert part.stage == Stage.RECEIVED
    assert last_day(part.acceptance_due) == date(2025, 3, 17)
    assert list(Task.objects.filter(case=case.id, is_open=True).values_list("key", flat=True)) == ["accept"]


def test_acceptance_opens_the_work_and_the_clock_counts_from_receipt(world: World, clock: FrozenClock) -> None:
    case = world.receive()
    clock.advance(timedelta(days=2))
    actions.accept(part_of(case), by=world.officer("water"))
    part = Part.objects.get(case=case.id)
    assert part.stage == Stage.ACCEPTED
    assert last_day(part.promise_due) == date(2025, 3, 17), "five working days from complete materials"
    assert last_day(part.statute_due) == date(2025, 4, 8), "twenty, with Qingming in between"
    open_tasks = set(Task.objects.filter(case=case.id, is_open=True).values_list("key", flat=True))
    assert open_tasks == {"review", "site"}


def test_silence_means_accepted_from_the_day_of_receipt(world: World, clock: FrozenClock) -> None:
    case = world.receive()
    clock.advance(timedelta(days=8))
    assert sweep() == 1
    view = queries.case_view(case.number, world.applicant)
    part = view.part("drainage")
    assert part.stage is Stage.ACCEPTED and part.accepted_by_law
    assert part.promise is not None and last_day(part.promise) == date(2025, 3, 17)
    assert "依法视为受理" in view.timeline[1].words.zh


def test_corrections_are_told_once_and_completely(world: World, clock: FrozenClock) -> None:
    case = world.receive()
    water = world.officer("water")
    actions.request_correction(part_of(case), ["平面图要标出隔油池", "租赁合同缺最后一页"], by=water)
    part = queries.case_view(case.number, world.applicant).part("drainage")
    assert part.stage is Stage.CORRECTING
    assert part.correction == ("平面图要标出隔油池", "租赁合同缺最后一页")
    clock.advance(timedelta(days=9))
    actions.correct(part_of(case), by=world.applicant)
    with pytest.raises(NotPossible, match="once"):
        actions.request_correction(part_of(case), ["再补一份"], by=water)
    actions.accept(part_of(case), by=water)
    row = Part.objects.get(case=case.id)
    assert last_day(row.promise_due) == date(2025, 3, 26), "the clock starts when the materials are complete"


def test_time_in_which_the_applicant_corrects_is_nobodys_delay(world: World, clock: FrozenClock) -> None:
    case = world.receive()
    actions.request_correction(part_of(case), ["补一页"], by=world.officer("water"))
    clock.advance(timedelta(days=60))
    sweep()
    part = queries.case_view(case.number, world.applicant).part("drainage")
    assert part.stage is Stage.CORRECTING


def test_refusing_acceptance_needs_reasons_and_ends_the_part(world: World) -> None:
    case = world.receive()
    water = world.officer("water")
    with pytest.raises(NotPossible):
        actions.refuse_acceptance(part_of(case), "", by=water)
    actions.refuse_acceptance(part_of(case), "不属于本部门职权，请向区住建局申请", by=water)
    part = queries.case_view(case.number, world.applicant).part("drainage")
    assert part.stage is Stage.NOT_ACCEPTED
    assert part.reason == "不属于本部门职权，请向区住建局申请"
    assert queries.case_view(case.number, world.applicant).closed_at is not None


def test_only_the_post_that_accepts_may_accept(world: World) -> None:
    case = world.receive()
    for outsider in (
        world.officer("market"),
        world.officer("water", "inspection", name="inspector"),
        world.applicant,
    ):
        with pytest.raises(NotPermitted):
            actions.accept(part_of(case), by=outsider)
    assert Part.objects.get(case=case.id).stage == Stage.RECEIVED


def test_an_applicant_may_withdraw_until_the_decision(world: World) -> None:
    case = world.receive()
    with pytest.raises(NotPermitted):
        actions.withdraw(part_of(case), "", by=type(world.applicant)(world.applicant.kind, world.stranger.pk))
    actions.withdraw(part_of(case), "不办了", by=world.applicant)
    assert queries.case_view(case.number, world.applicant).part("drainage").stage is Stage.WITHDRAWN
    with pytest.raises(NotPossible):
        actions.withdraw(part_of(case), "", by=world.applicant)
