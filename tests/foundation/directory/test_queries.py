from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.foundation.directory import people
from yiwang.foundation.directory import actions, queries
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.time import FrozenClock

pytestmark = pytest.mark.django_db


def test_a_departments_officers_are_those_who_hold_a_post_there_now(clock: FrozenClock) -> None:
    li = people.officer("water/permits", name="李")
    both = people.officer("water/permits", "water/inspection", name="吴")
    people.officer("fire/permits")
    gone = people.officer("water/permits", name="离")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert [card.id for card in queries.officers_in("water")] == [both.pk, li.pk]
    assert [card.id for card in queries.officers_in("water", "water/inspection")] == [both.pk]


def test_the_list_of_officers_costs_the_same_for_many(
    clock: FrozenClock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        people.officer("water/permits", "fire/permits")
    with django_assert_num_queries(2):
        queries.officers()
    for _ in range(10):
        people.officer("water/permits", "market/food")
    with django_assert_num_queries(2):
        assert len(queries.officers()) == 13


def test_terms_say_whether_they_run(clock: FrozenClock) -> None:
    officer, by = people.officer("water/permits"), actor_of(people.administrator())
    people.post("fire/permits")
    actions.appoint(officer.pk, "fire/permits", by=by, since=time.now() + timedelta(days=2))
    ended = people.officer("water/permits")
    term = queries.officers()[1].terms[0]
    actions.end_appointment(term.id, by=by)
    rows = {row.id: [term.state for term in row.terms] for row in queries.officers()}
    assert rows == {officer.pk: ["current", "ahead"], ended.pk: ["over"]}


def test_names_of_many_come_in_one_query(clock: FrozenClock, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    one, two = people.resident("王"), people.officer(name="赵")
    with django_assert_num_queries(1):
        assert queries.names([one.pk, two.pk, two.pk, 10**9]) == {one.pk: "王", two.pk: "赵"}
