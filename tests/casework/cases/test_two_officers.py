"""Two officers at once lose nothing."""

import threading

import pytest
from django.db import connection

from tests.casework.cases.world import World, part_of, restaurant
from yiwang.casework.cases import actions, queries
from yiwang.casework.cases.models import Case
from yiwang.casework.cases.refusals import Changed, NotPossible
from yiwang.casework.cases.state import Stage
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.ledger.models import Event
from yiwang.foundation.ledger.replay import replay


@pytest.mark.django_db
def test_who_has_not_seen_the_others_change_is_told_what_changed(world: World) -> None:
    case = world.receive()
    first, second = world.officer("water", name="first"), world.officer("water", name="second")
    seen = queries.case_view(case.number, first).part("drainage").revision
    actions.accept(part_of(case, seen=seen), by=first)
    with pytest.raises(Changed) as refused:
        actions.refuse_acceptance(part_of(case, seen=seen), "材料不全", by=second)
    assert [change.type for change in refused.value.changes] == ["cases.Accepted"]
    assert refused.value.changes[0].actor == str(first)


@pytest.mark.django_db
def test_a_change_of_another_part_disturbs_nobody(world: World) -> None:
    case = world.receive(restaurant())
    seen = queries.case_view(case.number, world.officer("streets")).part("sign").revision
    actions.accept(part_of(case, "registration"), by=world.officer("market"))
    actions.accept(part_of(case, "sign", seen=seen), by=world.officer("streets"))


@pytest.mark.django_db
def test_a_colleagues_task_is_not_taken_by_accident(world: World) -> None:
    case = world.receive()
    actions.pick(part_of(case).task("accept"), by=world.officer("water", name="first"))
    with pytest.raises(NotPossible, match="colleague"):
        actions.pick(part_of(case).task("accept"), by=world.officer("water", name="second"))


@pytest.mark.django_db(transaction=True)
def test_forty_races_of_two_officers_leave_one_decision_each(clock: object) -> None:
    world = World()
    water, other = world.officer("water"), world.officer("water", name="other")
    cases = [world.receive() for _ in range(40)]
    for case in cases:
        actions.accept(part_of(case), by=water)
        for task in ("review", "site"):
            actions.complete(part_of(case).task(task), by=water)
    outcomes: list[str] = []

    def decide(by: Actor, granted: bool) -> None:
        try:
            for case in cases:
                seen = 3
                try:
                    actions.decide(part_of(case, seen=seen), granted, "理由", by=by)
                    outcomes.append(case.number)
                except (Changed, NotPossible):
                    pass
        finally:
            connection.close()

    racers = [threading.Thread(target=decide, args=(water, True)), threading.Thread(target=decide, args=(other, False))]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(outcomes) == sorted(case.number for case in cases)
    assert Event.objects.filter(type="cases.Decided").count() == 40
    assert not replay().differences


@pytest.mark.django_db(transaction=True)
def test_five_departments_at_once_all_succeed(clock: object) -> None:
    world = World()
    case = world.receive(restaurant())
    failures: list[BaseException] = []

    def accept(key: str, by: Actor) -> None:
        try:
            actions.accept(part_of(case, key), by=by)
            for _ in range(10):
                actions.note(part_of(case, key), "记一笔", by=by)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    racers = [
        threading.Thread(target=accept, args=(key, world.officer(department)))
        for key, department in (("registration", "market"), ("sign", "streets"))
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert not failures
    assert Case.objects.get(pk=case.id).version == 23
    view = queries.case_view(case.number, world.applicant)
    assert view.part("sign").stage is Stage.ACCEPTED and view.part("registration").stage is Stage.ACCEPTED
    assert not replay().differences
