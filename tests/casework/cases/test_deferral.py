"""容缺受理: accepted with a paper missing, by the applicant's promise; the clock runs, the promise has its day."""

from datetime import date, timedelta

import pytest

from tests.casework.cases.world import World, part_of, restaurant
from yiwang.casework.cases import actions, queries
from yiwang.casework.cases.correspondence import sent_letter
from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.models import Letter, Part
from yiwang.casework.cases.plan import PlanError
from yiwang.casework.cases.queries import PartView
from yiwang.casework.cases.record import CaseRef
from yiwang.casework.cases.refusals import NotPossible
from yiwang.casework.cases.state import Stage
from yiwang.casework.cases.sweep import sweep
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.models import Event
from yiwang.foundation.ledger.replay import replay
from yiwang.foundation.ui.wording import last_day

pytestmark = pytest.mark.django_db
LEASE = ChosenPart("drainage", awaiting=("lease",), deferred=("lease",))


def accepted(world: World, chosen: ChosenPart = LEASE) -> CaseRef:
    case = world.receive(parts=(chosen,))
    actions.accept(part_of(case), by=world.officer("water"))
    return case


def seen(world: World, case: CaseRef) -> PartView:
    return queries.case_view(case.number, world.applicant).part("drainage")


def happened(case: CaseRef) -> list[str]:
    return list(Event.objects.filter(stream_id=case.id).order_by("version").values_list("type", flat=True))


def test_the_days_of_a_promised_paper_count_from_acceptance(world: World, clock: FrozenClock) -> None:
    case = world.receive(parts=(LEASE,))
    assert seen(world, case).deferral_due is None, "nothing runs before acceptance"
    clock.advance(timedelta(days=2))
    actions.accept(part_of(case), by=world.officer("water"))
    part = seen(world, case)
    assert part.deferral_due is not None and last_day(part.deferral_due) == date(2025, 3, 26)
    assert [name.en for name in part.deferred] == ["Lease"]
    assert part.promise is not None and last_day(part.promise) == date(2025, 3, 17), "the office's clock runs meanwhile"


def test_the_acceptance_says_what_was_promised_and_until_when(world: World) -> None:
    case = accepted(world)
    letter = sent_letter(Letter.objects.get(case=case.id).pk, world.applicant).letter
    assert letter is not None
    promised = next(each for each in letter.sections if each.heading.en == "Deferred materials")
    assert "10个工作日" in promised.text.zh and [item.en for item in promised.items] == ["Lease"]


def test_the_applicant_is_reminded_once_two_working_days_before(world: World, clock: FrozenClock) -> None:
    case = accepted(world)
    clock.advance(timedelta(days=9))
    sweep()
    assert "cases.DeferralNear" not in happened(case)
    clock.advance(timedelta(days=1))
    sweep()
    sweep()
    assert happened(case).count("cases.DeferralNear") == 1


def test_who_does_not_bring_it_in_time_lapses_with_reasons_and_a_way_to_object(
    world: World, clock: FrozenClock
) -> None:
    case = accepted(world)
    clock.advance(timedelta(days=15))
    sweep()
    sweep()
    part = seen(world, case)
    assert part.stage is Stage.LAPSED and [name.en for name in part.missed] == ["Lease"]
    assert happened(case).count("cases.DeferralLapsed") == 1
    letter = sent_letter(Letter.objects.get(case=case.id, kind="lapse").pk, world.applicant).letter
    assert letter is not None
    said = "".join(each.text.zh + "".join(item.zh for item in each.items) for each in letter.sections)
    assert "Lease" in said and "六十日内" in said
    assert queries.case_view(case.number, world.applicant).closed_at is not None
    with pytest.raises(NotPossible):
        actions.arrive(part_of(case), "lease", by=world.applicant)
    assert not replay().differences


def test_what_came_in_time_can_be_granted_and_nothing_lapses(world: World, clock: FrozenClock) -> None:
    case, water = accepted(world), world.officer("water")
    for task in ("review", "site"):
        actions.complete(part_of(case).task(task), by=water)
    with pytest.raises(NotPossible, match="deferred"):
        actions.decide(part_of(case), True, "好", by=water)
    clock.advance(timedelta(days=11))
    sweep()
    actions.arrive(part_of(case), "lease", by=world.applicant)
    clock.advance(timedelta(days=20))
    sweep()
    actions.decide(part_of(case), True, "好", by=water)
    assert seen(world, case).stage is Stage.GRANTED
    assert not replay().differences


def test_a_paper_that_a_silent_department_owes_never_lapses(world: World, clock: FrozenClock) -> None:
    case = accepted(world, ChosenPart("drainage", awaiting=("lease",)))
    clock.advance(timedelta(days=40))
    sweep()
    assert seen(world, case).stage is Stage.ACCEPTED
    assert Part.objects.get(case=case.id).wake_at is None


def test_a_special_procedure_stops_the_office_and_not_the_applicant(world: World, clock: FrozenClock) -> None:
    case = accepted(world)
    clock.advance(timedelta(days=8))
    actions.start_special_procedure(part_of(case), "test", "送检", by=world.officer("water"))
    clock.advance(timedelta(days=7))
    sweep()
    assert seen(world, case).stage is Stage.LAPSED


def test_what_needs_a_lapsed_part_lapses_with_it(world: World, clock: FrozenClock) -> None:
    lease = ChosenPart("registration", awaiting=("lease",), deferred=("lease",))
    case = world.receive(restaurant(), parts=(lease, ChosenPart("food"), ChosenPart("sign")))
    actions.accept(part_of(case, "registration"), by=world.officer("market"))
    clock.advance(timedelta(days=15))
    sweep()
    stages = {part.key: part.stage for part in queries.case_view(case.number, world.applicant).parts}
    assert stages["registration"] is Stage.LAPSED and stages["food"] is Stage.LAPSED
    assert stages["sign"] is Stage.ACCEPTED, "accepted by law meanwhile; it needs nothing of the others"


def test_nothing_is_deferred_that_is_not_awaited(world: World) -> None:
    with pytest.raises(PlanError):
        world.receive(parts=(ChosenPart("drainage", deferred=("lease",)),))
