"""No task stays on the desk of an officer who may no longer do it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.casework.cases.world import World, part_of
from tests.foundation.directory import people
from yiwang.casework.cases import actions, jobs
from yiwang.casework.cases.models import Task
from yiwang.casework.cases.record import CaseRef, TaskRef
from yiwang.foundation.directory import actions as directory
from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.directory.models import Appointment, User
from yiwang.foundation.directory.officers import actions as officers
from yiwang.foundation.kernel.time import FrozenClock, now
from yiwang.foundation.ledger.actions import seal
from yiwang.foundation.ledger.hearing import tell_all
from yiwang.foundation.ledger.replay import replay

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Actor:
    return actor_of(people.administrator())


def actor(user: User) -> Actor:
    return actor_of(User.objects.get(pk=user.pk))


def with_review(world: World, holder: User) -> CaseRef:
    """A case whose review this officer has taken."""
    case = world.receive()
    actions.accept(part_of(case), by=actor(holder))
    actions.pick(TaskRef(case.number, "drainage", "review"), by=actor(holder))
    return case


def holder_of(case: CaseRef) -> int | None:
    return Task.objects.get(case=case.id, key="review").officer_id


def heard() -> None:
    seal()
    while tell_all():
        pass


def test_the_tasks_of_who_leaves_go_back_to_their_posts(world: World, admin: Actor) -> None:
    lin = people.officer("water/permits")
    case = with_review(world, lin)
    assert holder_of(case) == lin.pk
    officers.leave(lin.pk, by=admin)
    heard()
    assert holder_of(case) is None
    task = Task.objects.get(case=case.id, key="review")
    assert (task.is_open, task.post) == (True, "water/permits")
    assert replay().differences == ()


def test_a_named_colleague_gets_what_their_posts_may_do_and_nothing_else(world: World, admin: Actor) -> None:
    lin, he, bo = people.officer("water/permits"), people.officer("water/permits"), people.officer("fire/permits")
    first = with_review(world, lin)
    officers.leave(lin.pk, by=admin, successor=he.pk)
    heard()
    assert holder_of(first) == he.pk
    officers.leave(he.pk, by=admin, successor=bo.pk)
    heard()
    assert holder_of(first) is None


def test_who_moves_keeps_what_they_may_still_do(world: World, admin: Actor) -> None:
    lin = people.officer("water/permits", "water/inspection")
    people.post("fire/permits")
    case = with_review(world, lin)
    actions.pick(TaskRef(case.number, "drainage", "site"), by=actor(lin))
    officers.move(lin.pk, gone=["water/permits"], taken=["fire/permits"], by=admin)
    heard()
    assert holder_of(case) is None
    assert Task.objects.get(case=case.id, key="site").officer_id == lin.pk


def test_a_term_that_was_ended_by_itself_frees_the_tasks_too(world: World, admin: Actor) -> None:
    lin = people.officer("water/permits")
    case = with_review(world, lin)
    directory.end_appointment(Appointment.objects.get(user=lin).pk, by=admin)
    heard()
    assert holder_of(case) is None


def test_a_term_that_runs_out_frees_the_tasks_within_the_next_sweep(world: World, clock: FrozenClock) -> None:
    lin = people.officer("water/permits")
    Appointment.objects.filter(user=lin).update(until=now() + timedelta(days=1))
    case = with_review(world, lin)
    jobs.hand_on()
    assert holder_of(case) == lin.pk
    clock.advance(timedelta(days=1))
    jobs.hand_on()
    assert holder_of(case) is None


def test_what_is_given_to_somebody_at_the_moment_when_they_go_comes_back(world: World, admin: Actor) -> None:
    lin, he = people.officer("water/permits"), people.officer("water/permits")
    case, seen_before = with_review(world, he), actor(lin)
    actions.assign(TaskRef(case.number, "drainage", "review"), None, by=actor(he))
    officers.leave(lin.pk, by=admin)
    heard()
    actions.pick(TaskRef(case.number, "drainage", "review"), by=seen_before)
    assert holder_of(case) == lin.pk
    jobs.hand_on()
    assert holder_of(case) is None


def test_hearing_of_it_twice_changes_nothing(world: World, admin: Actor) -> None:
    lin, he = people.officer("water/permits"), people.officer("water/permits")
    case = with_review(world, lin)
    officers.leave(lin.pk, by=admin)
    heard()
    actions.pick(TaskRef(case.number, "drainage", "review"), by=actor(he))
    jobs.hand_on()
    jobs.hand_on()
    assert holder_of(case) == he.pk
