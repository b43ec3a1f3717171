from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django import DjangoAssertNumQueries

from tests.foundation.directory import people
from yiwang.foundation.directory.actor import LAW, MACHINE, VISITOR, ActorKind, actor_of
from yiwang.foundation.directory.models import Appointment, User
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.time import FrozenClock

pytestmark = pytest.mark.django_db


def test_an_officer_acts_with_the_posts_of_this_moment(clock: FrozenClock) -> None:
    user = people.officer("water/permits", "water/inspection", "fire/permits")
    actor = actor_of(user)
    assert str(actor) == f"officer:{user.pk}"
    assert actor.posts == {"water/permits", "water/inspection", "fire/permits"}
    assert actor.departments == {"water", "fire"}


def test_a_term_that_is_over_or_lies_ahead_gives_no_post(clock: FrozenClock) -> None:
    user = people.officer("water/permits")
    Appointment.objects.update(until=time.now() + timedelta(days=1))
    clock.advance(timedelta(days=1))
    Appointment.objects.create(
        user=user, post=people.post("fire/permits"), since=time.now() + timedelta(seconds=1), appointed_by="machine"
    )
    assert actor_of(User.objects.get(pk=user.pk)).posts == frozenset()


def test_asking_who_acts_costs_one_query_however_often(
    clock: FrozenClock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = people.officer("water/permits", "water/inspection")
    with django_assert_num_queries(1):
        assert actor_of(user) is actor_of(user)


def test_residents_and_administrators_hold_no_posts(
    clock: FrozenClock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    resident, administrator = people.resident(), people.administrator()
    with django_assert_num_queries(0):
        assert str(actor_of(resident)) == f"resident:{resident.pk}"
        assert actor_of(administrator).posts == frozenset()
        assert actor_of(administrator).kind is ActorKind.ADMINISTRATOR


def test_nobody_is_a_visitor(clock: FrozenClock) -> None:
    switched_off = people.officer("water/permits", is_active=False)
    assert actor_of(None) is actor_of(AnonymousUser()) is actor_of(switched_off) is VISITOR


def test_law_and_machine_sign_with_their_own_names() -> None:
    assert (str(LAW), str(MACHINE), str(VISITOR)) == ("law", "machine", "visitor")
