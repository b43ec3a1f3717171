"""An officer and the department's own system, or two officers, at the same case in the same moment: one of them acts,
the other is told, and nothing is overwritten unseen."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from tests.casework.cases.world import World, part_of
from tests.service.exchange.world import POSTS, a_system, step
from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.record import CaseRef
from yiwang.casework.cases.refusals import Changed, NotPossible
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.ledger.models import Event
from yiwang.foundation.ledger.replay import replay
from yiwang.service.exchange import actions
from yiwang.service.exchange.models import Step, System

Racer = Callable[[int, CaseRef], bool]
"""Tries to decide a case; whether it was the one who did."""
READY = 3
"""The part's revision when its decision is open."""
SEVERAL = [60, pytest.param(1000, marks=pytest.mark.slow)]


def an_officer(by: Actor, granted: bool) -> Racer:
    def race(_place: int, case: CaseRef) -> bool:
        try:
            cases.decide(part_of(case, seen=READY), granted, "理由", by=by)
        except (Changed, NotPossible):
            return False
        return True

    return race


def the_system(system: System, *, says_what_it_saw: bool) -> Racer:
    def race(place: int, case: CaseRef) -> bool:
        seen = {"revision": READY} if says_what_it_saw else {}
        (outcome,) = actions.report(system, [step(case, f"PS-{place}", "result", result_type="1", **seen)])
        assert outcome.state == "taken" or (outcome.state == "refused" and outcome.words.zh and outcome.words.en)
        return outcome.state == "taken"

    return race


def ready(world: World, number: int) -> list[CaseRef]:
    water = world.officer("water")
    found = [world.receive() for _ in range(number)]
    for case in found:
        cases.accept(part_of(case), by=water)
        for task in ("review", "site"):
            cases.complete(part_of(case).task(task), by=water)
    return found


def run(racers: tuple[Racer, Racer], found: list[CaseRef]) -> Counter[str]:
    """Both at every case in the same moment; by case, how many acted."""
    acted: Counter[str] = Counter()
    failures: list[BaseException] = []
    start = threading.Barrier(2, timeout=60)

    def go(racer: Racer) -> None:
        try:
            for place, case in enumerate(found):
                start.wait()
                if racer(place, case):
                    acted[case.number] += 1
        except BaseException as error:
            failures.append(error)
            start.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(racer,)) for racer in racers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures
    return acted


@pytest.mark.parametrize("races", SEVERAL)
@pytest.mark.parametrize("rival", ["another officer", "the system", "the system, which says what it saw"])
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_decides_and_the_other_is_told(clock: object, races: int, rival: str) -> None:
    world = World()
    found = ready(world, races)
    system = a_system(posts=POSTS)
    for case in found:
        actions.put_out(case.id, [system])
    first = an_officer(world.officer("water"), granted=False)
    if rival == "another officer":
        second = an_officer(world.officer("water", name="other"), granted=True)
    else:
        second = the_system(system, says_what_it_saw=rival != "the system")
    acted = run((first, second), found)
    assert acted == Counter({case.number: 1 for case in found}), "somebody was overwritten, or nobody acted"
    assert Event.objects.filter(type="cases.Decided").count() == races
    assert not Step.objects.filter(state="waiting").exists()
    won = Event.objects.filter(type="cases.Decided", actor="system:water").count()
    assert Step.objects.filter(state="taken").count() == won
    assert not replay().differences


@pytest.mark.parametrize("races", [60, pytest.param(300, marks=pytest.mark.slow)])
@pytest.mark.django_db(transaction=True)
def test_a_step_that_comes_twice_at_once_happens_once(clock: object, races: int) -> None:
    """A program that had no answer sends again while the first is still at work."""
    world = World()
    found = ready(world, races)
    system = a_system(posts=POSTS)
    for case in found:
        actions.put_out(case.id, [system])
    same = the_system(system, says_what_it_saw=True)
    acted = run((same, same), found)
    assert acted == Counter({case.number: 2 for case in found}), "both are told that it is taken in"
    assert Event.objects.filter(type="cases.Decided").count() == Step.objects.count() == races
