"""Hearings (行政许可法 art. 46-48): told in time, chaired by who did not review; the decision rests on the minutes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.casework.cases.world import MONDAY, World, limit, part_of, single, words
from yiwang.casework.cases import actions, hearings, queries
from yiwang.casework.cases.clock import ClockState
from yiwang.casework.cases.correspondence import sent_letter
from yiwang.casework.cases.models import Letter
from yiwang.casework.cases.plan import Plan, ProcedureKind, SpecialProcedure
from yiwang.casework.cases.queries import PartView
from yiwang.casework.cases.record import CaseRef
from yiwang.casework.cases.refusals import NotPermitted, NotPossible
from yiwang.casework.cases.state import Stage
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.directory.models import Appointment, Department, Post
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.replay import replay

pytestmark = pytest.mark.django_db
IN_TIME = MONDAY + timedelta(days=9)
"""A Wednesday, seven working days after the Monday of the tests."""


def appoint(world: World, department: Department, name: str, post: str) -> Actor:
    by = world.officer("water", post, name=name)
    held, _new = Post.objects.get_or_create(
        department=department, code=post, defaults={"name_zh": post, "name_en": post}
    )
    Appointment.objects.create(user_id=by.id, post=held, since=MONDAY, appointed_by="test")
    return by


@pytest.fixture
def water(world: World) -> Actor:
    """Who reviews and decides."""
    department = Department.objects.create(code="water", name_zh="水务局", name_en="Water Bureau")
    return appoint(world, department, "reviewer", "permits")


@pytest.fixture
def chair(world: World, water: Actor) -> Actor:
    """A colleague who has nothing to do with the case."""
    return appoint(world, Department.objects.get(code="water"), "chair", "legal")


@pytest.fixture
def case(world: World, water: Actor) -> CaseRef:
    found = world.receive()
    actions.accept(part_of(found), by=water)
    return found


def call(case: CaseRef, by: Actor, chair: Actor, at: datetime = IN_TIME) -> CaseRef:
    assert chair.id is not None
    return hearings.call(part_of(case), at, "二楼会议室", "隔油池够不够大", chair.id, by=by)


def seen(world: World, case: CaseRef) -> PartView:
    return queries.case_view(case.number, world.applicant).part("drainage")


def test_who_asks_is_heard_before_the_decision(world: World, case: CaseRef, water: Actor, chair: Actor) -> None:
    hearings.ask(part_of(case), "我想当面说明", by=world.applicant)
    inspector = world.officer("water", "inspection", name="inspector")
    actions.complete(part_of(case).task("review"), by=water)
    actions.complete(part_of(case).task("site"), by=inspector)
    with pytest.raises(NotPossible, match="hearing"):
        actions.decide(part_of(case), False, "不行", by=water)
    call(case, water, chair)
    with pytest.raises(NotPossible, match="minutes"):
        actions.decide(part_of(case), False, "不行", by=water)
    assert seen(world, case).hearing is not None


def test_the_notice_says_when_where_who_and_what_rights(
    world: World, case: CaseRef, water: Actor, chair: Actor
) -> None:
    call(case, water, chair)
    letter = sent_letter(Letter.objects.get(case=case.id, kind="hearing").pk, world.applicant).letter
    assert letter is not None
    said = "".join(each.text.zh + "".join(item.zh for item in each.items) for each in letter.sections)
    for part in ("2025年3月19日 09:30", "二楼会议室", "chair", "隔油池够不够大", "回避", "质证", "第四十八条"):
        assert part in said


@pytest.mark.parametrize("days", [0, 1, 8, 200])
def test_seven_working_days_lie_between_notice_and_hearing(
    world: World, case: CaseRef, water: Actor, chair: Actor, days: int
) -> None:
    with pytest.raises(NotPossible, match="seven working days"):
        call(case, water, chair, MONDAY + timedelta(days=days))


def test_who_reviews_does_not_chair(world: World, case: CaseRef, water: Actor, chair: Actor) -> None:
    other = appoint(world, Department.objects.get(code="water"), "site", "inspection")
    actions.complete(part_of(case).task("site"), by=other)
    stranger = world.officer("market")
    for unfit in (water, other, stranger):
        with pytest.raises(NotPossible, match="has not reviewed"):
            call(case, water, unfit)
    assert set(hearings.possible_chairs(case.id, "drainage", water)) == {chair.id}


def test_the_chair_alone_records_the_minutes_and_only_when_it_has_begun(
    world: World, case: CaseRef, water: Actor, chair: Actor, clock: FrozenClock
) -> None:
    call(case, water, chair)
    with pytest.raises(NotPossible, match="not begun"):
        hearings.record_minutes(part_of(case), "笔录", attended=True, signed=True, by=chair)
    clock.set(IN_TIME + timedelta(hours=2))
    with pytest.raises(NotPossible, match="chair"):
        hearings.record_minutes(part_of(case), "笔录", attended=True, signed=True, by=water)
    with pytest.raises(NotPermitted):
        hearings.record_minutes(part_of(case), "笔录", attended=True, signed=True, by=world.officer("market"))
    hearings.record_minutes(part_of(case), "双方各执一词", attended=True, signed=True, by=chair)
    held = seen(world, case).hearing
    assert held is not None and held.minutes == "双方各执一词" and held.attended and held.signed
    for task in ("review", "site"):
        actions.complete(part_of(case).task(task), by=world.officer("water"))
    actions.decide(part_of(case), False, "听证后仍不符合", by=water)
    letter = sent_letter(Letter.objects.get(case=case.id, kind="refusal").pk, world.applicant).letter
    assert letter is not None and "听证笔录" in "".join(each.text.zh for each in letter.sections)
    assert not replay().differences


def test_the_applicant_answers_and_the_last_answer_counts(
    world: World, case: CaseRef, water: Actor, chair: Actor
) -> None:
    with pytest.raises(NotPossible):
        hearings.answer(part_of(case), True, "", by=world.applicant)
    call(case, water, chair)
    hearings.answer(part_of(case), True, "带两个人来", by=world.applicant)
    hearings.answer(part_of(case), False, "", by=world.applicant)
    held = seen(world, case).hearing
    assert held is not None and held.comes is False and held.answer == ""
    stranger = type(world.applicant)(world.applicant.kind, world.stranger.pk)
    with pytest.raises(NotPermitted):
        hearings.answer(part_of(case), True, "", by=stranger)


def test_a_request_may_be_declined_with_reasons_and_the_case_goes_on(world: World, case: CaseRef, water: Actor) -> None:
    hearings.ask(part_of(case), "想听证", by=world.applicant)
    with pytest.raises(NotPossible):
        hearings.decline(part_of(case), "", by=water)
    hearings.decline(part_of(case), "不涉及重大利益", by=water)
    assert seen(world, case).hearing is None
    for task in ("review", "site"):
        actions.complete(part_of(case).task(task), by=world.officer("water"))
    actions.decide(part_of(case), True, "好", by=water)
    assert seen(world, case).stage is Stage.GRANTED


def listed() -> Plan:
    plan = single()
    hearing = SpecialProcedure(
        "hearing", words("Hearing"), ProcedureKind.HEARING, "行政许可法 第四十五条", limit("20 working days")
    )
    return Plan(plan.name, (replace(plan.parts[0], special_procedures=(hearing,)),))


def test_a_listed_hearing_stops_the_clock_until_its_minutes_and_an_unlisted_one_does_not(
    world: World, case: CaseRef, water: Actor, chair: Actor, clock: FrozenClock
) -> None:
    call(case, water, chair)
    assert seen(world, case).clock is ClockState.RUNNING, "the matter does not list it, so nothing stops"
    stopping = world.receive(listed())
    actions.accept(part_of(stopping), by=water)
    call(stopping, water, chair)
    assert seen(world, stopping).clock is ClockState.STOPPED
    clock.set(IN_TIME + timedelta(hours=1))
    hearings.record_minutes(part_of(stopping), "笔录", attended=False, signed=True, by=chair)
    part = seen(world, stopping)
    assert part.clock is ClockState.RUNNING
    assert part.hearing is not None and not part.hearing.signed, "who was not there has signed nothing"
    assert not replay().differences


def test_a_cancelled_hearing_may_be_called_again_and_the_clock_runs(world: World, water: Actor, chair: Actor) -> None:
    case = world.receive(listed())
    actions.accept(part_of(case), by=water)
    call(case, water, chair)
    hearings.cancel(part_of(case), "申请人放弃", by=water)
    assert seen(world, case).hearing is None and seen(world, case).clock is ClockState.RUNNING
    call(case, water, chair)
    assert seen(world, case).clock is ClockState.RUNNING, "a procedure stops the clock once"
    assert not replay().differences
