"""What a department's own system reports goes through the ordinary verbs, and keeps both of its times."""

from datetime import timedelta

import pytest

from tests.casework.cases.world import MONDAY, World, part_of, restaurant
from yiwang.casework.cases import actions, queries
from yiwang.casework.cases.record import PartRef, Report
from yiwang.casework.cases.refusals import Changed, NotPermitted
from yiwang.casework.cases.timeline import reported_words
from yiwang.foundation.directory.actor import system
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.models import Event
from yiwang.foundation.ledger.replay import replay

WATER = system("water", ["water/permits"])


def reported(case: object, number: str, *, at: object = MONDAY, seen: int | None = None) -> PartRef:
    return PartRef(case.number, "drainage", seen, Report(number, at))  # type: ignore[attr-defined, arg-type]


def test_both_times_stand_in_the_history(world: World, clock: FrozenClock) -> None:
    case = world.receive()
    clock.advance(timedelta(days=1))
    actions.accept(reported(case, "SW-1"), by=WATER)
    told = Event.objects.filter(type="cases.Reported").get()
    assert told.actor == "system:water" and told.at == MONDAY + timedelta(days=1)
    entry = queries.case_view(case.number, world.officer("water")).timeline[-1]
    assert entry.type == "cases.Accepted", "the report stands with what it reports, not beside it"
    assert (entry.at, entry.reported_at) == (MONDAY + timedelta(days=1), MONDAY) and entry.back_dated
    words = reported_words(entry)
    assert words is not None and words.zh == "部门系统报来：办于3月10日 09:30，补报于3月11日 09:30"
    assert not replay().differences


def test_what_is_reported_within_the_hour_is_not_back_dated(world: World, clock: FrozenClock) -> None:
    case = world.receive()
    clock.advance(timedelta(minutes=59))
    actions.accept(reported(case, "SW-1"), by=WATER)
    entry = queries.case_view(case.number, world.officer("water")).timeline[-1]
    assert entry.reported_at == MONDAY and not entry.back_dated


def test_a_system_does_the_work_of_its_posts_and_no_other(world: World) -> None:
    case = world.receive(restaurant())
    with pytest.raises(NotPermitted):
        actions.accept(part_of(case, "registration"), by=WATER)
    single = world.receive()
    actions.accept(part_of(single), by=WATER)
    actions.complete(part_of(single).task("review"), by=WATER)
    with pytest.raises(NotPermitted):
        actions.complete(part_of(single).task("site"), by=WATER)


def test_who_is_late_is_told_what_happened_and_not_that_it_was_reported(world: World) -> None:
    case = world.receive()
    seen = queries.case_view(case.number, world.officer("water")).part("drainage").revision
    actions.accept(reported(case, "SW-1", seen=seen), by=WATER)
    with pytest.raises(Changed) as refused:
        actions.refuse_acceptance(part_of(case, seen=seen), "材料不全", by=world.officer("water"))
    assert [change.type for change in refused.value.changes] == ["cases.Accepted"]
