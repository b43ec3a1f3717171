"""Departments work on one case at the same time; each part is decided by itself."""

import pytest

from tests.casework.cases.world import World, part_of, part_plan, restaurant, words
from yiwang.casework.cases import actions, queries
from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.models import Case, Task
from yiwang.casework.cases.plan import Plan, PlanError
from yiwang.casework.cases.record import CaseRef
from yiwang.casework.cases.refusals import NoSuchCase, NotPossible
from yiwang.casework.cases.state import Stage, TaskState
from yiwang.foundation.kernel.identifiers import make_uscc

pytestmark = pytest.mark.django_db

USCC = make_uscc(1)


def grant(world: World, case: CaseRef, key: str, department: str, **facts: str) -> None:
    by = world.officer(department)
    actions.accept(part_of(case, key), by=by)
    for task in ("review", "site"):
        actions.complete(part_of(case, key).task(task), by=by)
    actions.decide(part_of(case, key), True, "符合条件", by=by, facts=facts)


def stages(case: CaseRef, world: World) -> dict[str, Stage]:
    return {part.key: part.stage for part in queries.case_view(case.number, world.applicant).parts}


def test_parts_wait_for_the_registration_and_then_open_together(world: World) -> None:
    case = world.receive(restaurant())
    assert stages(case, world) == {
        "registration": Stage.RECEIVED,
        "food": Stage.WAITING,
        "drainage": Stage.WAITING,
        "sign": Stage.RECEIVED,
    }
    grant(world, case, "registration", "market", **{"enterprise.uscc": USCC})
    assert stages(case, world)["food"] is Stage.RECEIVED
    assert stages(case, world)["drainage"] is Stage.RECEIVED
    assert queries.case_view(case.number, world.applicant).facts == {"enterprise.uscc": USCC}


def test_a_grant_that_creates_a_fact_needs_the_fact(world: World) -> None:
    case = world.receive(restaurant())
    with pytest.raises(NotPossible, match="code or number"):
        grant(world, case, "registration", "market")


def test_one_part_is_refused_while_the_others_are_granted(world: World) -> None:
    case = world.receive(restaurant())
    grant(world, case, "registration", "market", **{"enterprise.uscc": USCC})
    streets = world.officer("streets")
    actions.accept(part_of(case, "sign"), by=streets)
    for task in ("review", "site"):
        actions.complete(part_of(case, "sign").task(task), by=streets)
    actions.decide(part_of(case, "sign"), False, "招牌遮挡消防窗", by=streets)
    grant(world, case, "food", "market")
    grant(world, case, "drainage", "water")
    assert stages(case, world)["sign"] is Stage.REFUSED
    assert [stage for key, stage in stages(case, world).items() if key != "sign"] == [Stage.GRANTED] * 3
    assert queries.case_view(case.number, world.applicant).closed_at is not None


def test_parts_lapse_when_what_they_need_is_not_granted(world: World) -> None:
    case = world.receive(restaurant())
    actions.withdraw(part_of(case, "registration"), "改主意了", by=world.applicant)
    assert stages(case, world)["food"] is Stage.LAPSED
    assert stages(case, world)["sign"] is Stage.RECEIVED, "the sign needs no registration"


def test_tasks_run_side_by_side_and_the_join_waits_for_all(world: World) -> None:
    case = world.receive()
    water = world.officer("water")
    actions.accept(part_of(case), by=water)
    actions.complete(part_of(case).task("site"), by=water)
    assert Task.objects.get(case=case.id, key="decide").state == TaskState.WAITING
    with pytest.raises(NotPossible):
        actions.decide(part_of(case), True, "好", by=water)
    actions.complete(part_of(case).task("review"), by=water)
    assert Task.objects.get(case=case.id, key="decide").is_open


def test_a_task_that_the_situation_does_not_need_is_left_out(world: World) -> None:
    case = world.receive(parts=(ChosenPart("drainage", skipped=("site",)),))
    water = world.officer("water")
    actions.accept(part_of(case), by=water)
    actions.complete(part_of(case).task("review"), by=water)
    assert Task.objects.get(case=case.id, key="decide").is_open
    assert Task.objects.get(case=case.id, key="site").state == TaskState.SKIPPED


def test_a_deferred_material_holds_back_only_the_grant(world: World) -> None:
    case = world.receive(parts=(ChosenPart("drainage", awaiting=("lease",)),))
    water = world.officer("water")
    actions.accept(part_of(case), by=water)
    for task in ("review", "site"):
        actions.complete(part_of(case).task(task), by=water)
    with pytest.raises(NotPossible, match="deferred material"):
        actions.decide(part_of(case), True, "好", by=water)
    actions.arrive(part_of(case), "lease", by=world.applicant)
    actions.arrive(part_of(case), "lease", by=world.applicant)
    actions.decide(part_of(case), True, "好", by=water)
    told = [entry.type for entry in queries.case_view(case.number, world.applicant).timeline]
    assert told.count("cases.Arrived") == 1


def test_a_result_that_is_handed_over_opens_a_delivery_task(world: World) -> None:
    case = world.receive(Plan(words("Permit"), (part_plan("drainage", "water", deliver=True),)))
    grant(world, case, "drainage", "water")
    assert Case.objects.get(pk=case.id).closed_at is None
    assert Task.objects.get(case=case.id, key="deliver").is_open
    actions.deliver(part_of(case), "collection", by=world.officer("water"))
    assert Case.objects.get(pk=case.id).closed_at is not None


def test_a_false_promise_revokes_the_result(world: World) -> None:
    case = world.receive()
    grant(world, case, "drainage", "water")
    actions.revoke(part_of(case), "现场核查与承诺不符", by=world.officer("water"))
    assert stages(case, world)["drainage"] is Stage.REVOKED


def test_each_sees_what_concerns_them(world: World) -> None:
    case = world.receive(restaurant())
    actions.note(part_of(case, "sign"), "电话打不通", by=world.officer("streets"))
    market = queries.case_view(case.number, world.officer("market"))
    assert {part.key for part in market.parts if part.full} == {"registration", "food"}
    assert "cases.Noted" not in {entry.type for entry in market.timeline}
    assert "cases.Noted" in {e.type for e in queries.case_view(case.number, world.officer("streets")).timeline}
    assert "cases.Noted" not in {e.type for e in queries.case_view(case.number, world.applicant).timeline}
    with pytest.raises(NoSuchCase):
        queries.case_view(case.number, world.officer("fire"))


def test_a_case_cannot_run_a_plan_with_a_circle_or_an_unknown_part(world: World) -> None:
    with pytest.raises(PlanError):
        world.receive(parts=(ChosenPart("nothing"),))
    circle = Plan(words("x"), (part_plan("a", "water", needs=("b",)), part_plan("b", "water", needs=("a",))))
    with pytest.raises(PlanError, match="circle"):
        world.receive(circle)
