"""What comes due on a desk and what will be late, worked out as by hand (明日工作量)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.casework.cases.world import MONDAY, World, part_of
from yiwang.casework.cases import actions, load
from yiwang.casework.cases.models import DoneOnDay, Task
from yiwang.foundation.directory.actor import LAW
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.time import FrozenClock, city_date, now
from yiwang.foundation.ledger.actions import seal
from yiwang.foundation.ledger.hearing import tell_all

DAY = date(2025, 3, 12)


@given(st.integers(0, 200), st.fractions(min_value=Fraction(1, 20), max_value=40))
def test_turns_come_in_order_on_working_days_and_no_day_holds_more_than_the_pace(count: int, pace: Fraction) -> None:
    days = load.turns(count, pace, DAY, CHINA)
    assert len(days) == count
    assert days == sorted(days)
    assert all(CHINA.is_working(day) for day in days)
    for day in set(days):
        assert days.count(day) <= pace + 1


def test_a_pace_of_two_a_day_reaches_the_fifth_task_on_the_third_working_day() -> None:
    friday = date(2025, 3, 14)
    days = load.turns(5, Fraction(2), friday, CHINA)
    assert days == [friday, friday, date(2025, 3, 17), date(2025, 3, 17), date(2025, 3, 18)]


def test_on_a_day_off_work_begins_on_the_next_working_day() -> None:
    assert load.turns(1, Fraction(1), date(2025, 3, 15), CHINA) == [date(2025, 3, 17)]


def done(post: str, days_ago: int, number: int) -> None:
    day = CHINA.add(city_date(now()), -days_ago)
    DoneOnDay.objects.create(department=post.partition("/")[0], post=post, day=day, done=number)


def test_what_officers_finish_is_counted_once_for_their_post(world: World, clock: FrozenClock) -> None:
    case, by = world.receive(), world.officer("water")
    actions.accept(part_of(case), by=by)
    actions.complete(part_of(case).task("review"), by=by)
    actions.complete(part_of(case).task("site"), by=by)
    actions.decide(part_of(case), True, "符合", by=by)
    lawful = world.receive()
    actions.accept(part_of(lawful), by=LAW)
    seal()
    while tell_all():
        pass
    tell_all()
    assert dict(DoneOnDay.objects.values_list("post", "done")) == {"water/permits": 3, "water/inspection": 1}


def test_a_post_that_finishes_one_a_day_is_late_with_what_its_turn_comes_for_too_late(
    world: World, clock: FrozenClock
) -> None:
    for _case in range(8):
        world.receive()
    by = world.officer("water")
    for days_ago in range(1, 11):
        done("water/permits", days_ago, 1)
    found = load.load(by, "water")
    (post,) = [each for each in found.posts if each.post == "water/permits"]
    assert (post.pace, post.done, post.days) == (Fraction(1), 10, 10)
    assert (post.open, post.late) == (8, 0)
    assert post.will_be_late == 2, "acceptance has today and five working days, and six turns come in them"
    assert all(one.expected > one.last_day for one in post.first)
    clock.set(MONDAY + timedelta(days=9))
    (post,) = [each for each in load.load(by, "water").posts if each.post == "water/permits"]
    assert post.late == 8


def test_without_a_pace_nothing_is_foretold(world: World, clock: FrozenClock) -> None:
    world.receive()
    (post,) = load.load(world.officer("water"), "water").posts
    assert (post.pace, post.will_be_late, post.open) == (None, 0, 1)


def test_what_was_finished_long_ago_and_today_does_not_set_the_pace(world: World, clock: FrozenClock) -> None:
    done("water/permits", load.LOOKED_BACK, 100)
    done("water/permits", 4, 8)
    done("water/permits", 0, 50)
    (post,) = load.load(world.officer("water"), "water").posts
    assert (post.done, post.days, post.pace) == (8, 4, Fraction(2))


def test_a_stopped_clock_is_left_out_and_another_department_sees_nothing(world: World, clock: FrozenClock) -> None:
    case, by = world.receive(), world.officer("water")
    actions.accept(part_of(case), by=by)
    actions.start_special_procedure(part_of(case), "test", "抽样检测", by=by)
    assert load.load(by, "water").posts == ()
    world.receive()
    assert load.load(world.officer("market"), "water").posts == ()


def test_the_work_of_the_page_does_not_grow_with_the_queue(world: World, clock: FrozenClock) -> None:
    by = world.officer("water")
    world.receive()
    with CaptureQueriesContext(connection) as one:
        load.load(by, "water")
    for _case in range(10):
        world.receive()
    with CaptureQueriesContext(connection) as many:
        load.load(by, "water")
    assert len(one) == len(many) == 2


def test_of_very_many_the_most_urgent_are_looked_at_and_the_page_says_so(
    world: World, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _case in range(4):
        world.receive()
    monkeypatch.setattr(load, "LOOKED_THROUGH", 3)
    found = load.load(world.officer("water"), "water")
    assert not found.whole
    assert sum(each.open for each in found.posts) == 3
    assert Task.objects.filter(is_open=True).count() == 4
