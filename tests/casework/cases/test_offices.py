"""A part that branches have: their desks show it, they alone act, it moves with its address, and all of it replays."""

from __future__ import annotations

import pytest

from tests.casework.cases.world import World, part_of, restaurant, single
from yiwang.casework.cases import actions, queries
from yiwang.casework.cases.desk import Filters, queue
from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.models import Case, Part, Task
from yiwang.casework.cases.plan import PlanError
from yiwang.casework.cases.receipt import Applicant, Receipt, receive
from yiwang.casework.cases.record import CaseRef
from yiwang.casework.cases.refusals import NoSuchCase, NotPermitted, NotPossible
from yiwang.casework.cases.replaying import CaseProjection
from yiwang.foundation.directory.models import Department, Post
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.replay import history
from yiwang.foundation.places.models import Place

pytestmark = pytest.mark.django_db

EAST, WEST = "319901", "319902"


@pytest.fixture(autouse=True)
def branches(db: None) -> None:
    for place, name in ((EAST, "East"), (WEST, "West")):
        Place.objects.create(code=place, name_zh=f"{name}区", name_en=name, kind="district")
    for department in ("water", "market"):
        whole = Department.objects.create(code=department, name_zh=f"{department}局", name_en=department)
        for place in (EAST, WEST):
            branch = Department.objects.create(
                code=f"{department}-{place}",
                name_zh=f"{place}{department}分局",
                name_en=f"{department} in {place}",
                parent=whole,
                place=place,
            )
            for post in ("permits", "inspection", "head"):
                Post.objects.create(department=branch, code=post, name_zh=post, name_en=post)


def in_the_east(world: World, received_in: str = "") -> CaseRef:
    plan = single()
    return receive(
        Receipt(
            kind="application",
            title=plan.name,
            plan=plan,
            parts=(ChosenPart("drainage", place=EAST, offices={"water": f"water-{EAST}"}),),
            applicant=Applicant(world.resident.person_id, "王老五", "310101199001011234"),
            area="310100",
            district=EAST,
            received_in=received_in,
        ),
        by=world.applicant,
    )


def replays(case: CaseRef) -> bool:
    told = history("case", case.id)
    found: list[str] = CaseProjection().differences(case.id, told)
    Part.objects.filter(case=case.id).delete()
    Task.objects.filter(case=case.id).delete()
    Case.objects.filter(pk=case.id).update(district="")
    CaseProjection().rewrite(case.id, told)
    return not found and not CaseProjection().differences(case.id, told)


def test_the_competent_branch_has_it_on_its_desk_and_nobody_else(world: World, clock: FrozenClock) -> None:
    case = in_the_east(world)
    for place, rows in ((EAST, 1), (WEST, 0)):
        officer = world.officer(f"water-{place}")
        assert len(queue(officer, Filters(f"water-{place}")).rows) == rows
    whole = world.officer("water")
    assert queue(whole, Filters("water")).rows == ()
    assert not queries.may_see(case.number, whole)
    assert not queries.may_see(case.number, world.officer(f"water-{WEST}"))
    with pytest.raises(NotPermitted):
        actions.accept(part_of(case), by=world.officer(f"water-{WEST}"))
    assert Case.objects.get(pk=case.id).district == EAST
    assert replays(case)


def test_the_branch_takes_it_from_acceptance_to_the_decision(world: World, clock: FrozenClock) -> None:
    case, here = in_the_east(world), world.officer(f"water-{EAST}", "permits", "inspection", "head")
    actions.accept(part_of(case), by=here)
    view = queries.case_view(case.number, here).part("drainage")
    assert (view.department, view.place) == (f"water-{EAST}", EAST)
    assert {task.post for task in view.tasks} == {f"water-{EAST}/permits", f"water-{EAST}/inspection"}
    assert "extend" in view.verbs
    for task in ("review", "site"):
        actions.complete(part_of(case).task(task), by=here)
    actions.decide(part_of(case), True, "符合条件。", by=here)
    assert queries.case_view(case.number, world.applicant).part("drainage").stage.value == "granted"
    assert replays(case)


def test_the_head_of_the_city_s_department_sees_what_branches_do_and_changes_nothing(
    world: World, clock: FrozenClock
) -> None:
    case, head = in_the_east(world), world.officer("water", "head")
    view = queries.case_view(case.number, head).part("drainage")
    assert view.full
    assert view.verbs == frozenset()
    for deed in (actions.accept, lambda ref, by: actions.note(ref, "看过", by=by)):
        with pytest.raises(NotPermitted):
            deed(part_of(case), by=head)
    with pytest.raises(NotPermitted):
        actions.hand_over(part_of(case).task("accept"), f"water-{WEST}/permits", "换", by=head)
    with pytest.raises(NoSuchCase):
        queries.case_view(case.number, world.officer("market", "head"))


def test_a_part_is_passed_to_the_competent_office_with_reasons(world: World, clock: FrozenClock) -> None:
    case, east, west = in_the_east(world), world.officer(f"water-{EAST}"), world.officer(f"water-{WEST}")
    actions.pick(part_of(case).task("accept"), by=east)
    assert "transfer" in queries.case_view(case.number, east).part("drainage").verbs
    for place in (EAST, "319909", "319902001", "", "319900"):
        with pytest.raises(NotPossible) as refused:
            actions.transfer(part_of(case), place, "地址在西区。", by=east)
        assert refused.value.code == "no_such_office"
    with pytest.raises(NotPossible):
        actions.transfer(part_of(case), WEST, "", by=east)
    with pytest.raises(NotPermitted):
        actions.transfer(part_of(case), WEST, "我来办。", by=west)

    actions.transfer(part_of(case), WEST, "地址在西区。", by=east)

    assert not queries.may_see(case.number, east)
    (row,) = queue(west, Filters(f"water-{WEST}")).rows
    assert (row.post, row.officer) == (f"water-{WEST}/permits", None)
    assert Case.objects.get(pk=case.id).district == WEST
    told = queries.case_view(case.number, world.applicant).timeline[-1]
    assert f"{WEST}water分局" in told.words.zh
    assert told.said == ("地址在西区。",)
    assert replays(case)


def test_what_the_city_decides_is_passed_to_nobody(world: World, clock: FrozenClock) -> None:
    case, here = world.receive(), world.officer("water")
    assert "transfer" not in queries.case_view(case.number, here).part("drainage").verbs
    with pytest.raises(NotPossible) as refused:
        actions.transfer(part_of(case), WEST, "地址在西区。", by=here)
    assert refused.value.code == "one_office"


def test_a_corrected_address_takes_the_part_to_the_other_office(world: World, clock: FrozenClock) -> None:
    case, east, west = in_the_east(world), world.officer(f"water-{EAST}"), world.officer(f"water-{WEST}")
    actions.request_correction(part_of(case), ["写清地址"], by=east)
    actions.correct(part_of(case), by=world.applicant, place=WEST, offices={"water": f"water-{WEST}"})
    assert [row.case for row in queue(west, Filters(f"water-{WEST}")).rows] == [case.number]
    assert queue(east, Filters(f"water-{EAST}")).rows == ()
    assert f"{WEST}water分局" in queries.case_view(case.number, west).timeline[-1].words.zh
    actions.accept(part_of(case), by=west)
    assert replays(case)


def test_a_correction_elsewhere_leaves_the_office(world: World, clock: FrozenClock) -> None:
    case, east = in_the_east(world), world.officer(f"water-{EAST}")
    actions.request_correction(part_of(case), ["写清地址"], by=east)
    actions.correct(part_of(case), by=world.applicant, place=EAST, offices={"water": f"water-{EAST}"})
    body = history("case", case.id)[-1].body
    assert (body.place, body.offices) == ("", {})
    assert len(queue(east, Filters(f"water-{EAST}")).rows) == 1


def test_parts_of_one_department_may_lie_with_different_offices(world: World, clock: FrozenClock) -> None:
    parts = (
        ChosenPart("registration"),
        ChosenPart("food", place=WEST, offices={"market": f"market-{WEST}"}),
        ChosenPart("drainage", place=EAST, offices={"water": f"water-{EAST}"}),
    )
    case = world.receive(restaurant(), parts=parts)
    found = dict(Part.objects.filter(case=case.id).values_list("key", "department"))
    assert found == {"registration": "market", "food": f"market-{WEST}", "drainage": f"water-{EAST}"}
    assert replays(case)


def test_where_it_was_received_and_handed_out_stands_beside_who_decided(world: World, clock: FrozenClock) -> None:
    case = in_the_east(world, received_in=WEST)
    view = queries.case_view(case.number, world.applicant)
    assert (view.received_in, view.district) == (WEST, EAST)
    assert view.timeline[0].words.zh == f"West区窗口收件，由{EAST}water分局办理"
    assert view.timeline[0].words.en == f"Received at a window in West; water in {EAST} is competent"


def test_an_office_for_a_department_without_work_is_refused(world: World, clock: FrozenClock) -> None:
    with pytest.raises(PlanError):
        world.receive(parts=(ChosenPart("drainage", place=EAST, offices={"market": f"market-{EAST}"}),))
