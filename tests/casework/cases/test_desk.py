"""The officer's queue and pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.casework.cases.world import MONDAY, World, part_of, restaurant
from yiwang.casework.cases import actions
from yiwang.casework.cases.desk import PAGE, Filters, Show, Sort, queue
from yiwang.casework.cases.models import Case
from yiwang.casework.cases.record import CaseRef
from yiwang.casework.cases.state import Stage
from yiwang.foundation.directory.models import Appointment, Department, Post, User
from yiwang.foundation.kernel.time import FrozenClock

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(world: World) -> Client:
    """Signed in as the water department's officer, who holds both its posts."""
    water = world.officer("water")
    department = Department.objects.create(code="water", name_zh="水务局", name_en="Water")
    user = User.objects.get(pk=water.id)
    for code in ("permits", "inspection"):
        post = Post.objects.create(department=department, code=code, name_zh=code, name_en=code)
        Appointment.objects.create(user=user, post=post, since=MONDAY, appointed_by="administrator:1")
    client = Client()
    client.force_login(user)
    return client


def url(case: CaseRef, verb: str, part: str = "drainage", task: str = "") -> str:
    if task:
        return reverse("cases:task-verb", args=[case.number, part, task, verb])
    return reverse("cases:part-verb", args=[case.number, part, verb])


def stage(case: CaseRef, part: str = "drainage") -> str:
    from yiwang.casework.cases.models import Part

    return Part.objects.get(case=case.id, key=part).stage


def test_the_most_urgent_comes_first_and_others_desks_stay_theirs(world: World, clock: FrozenClock) -> None:
    later = world.receive()
    clock.set(MONDAY - timedelta(days=3))
    sooner = world.receive()
    world.receive(restaurant())
    clock.set(MONDAY)
    water = world.officer("water")
    assert [row.case for row in queue(water, Filters("water")).rows] == [sooner.number, later.number]
    assert [row.part for row in queue(world.officer("market"), Filters("market")).rows] == ["registration"]
    assert queue(water, Filters("market")).rows == ()


def test_the_queue_is_filtered_searched_and_counted(world: World, clock: FrozenClock) -> None:
    water = world.officer("water")
    wang, li = world.receive(name="王老五"), world.receive(name="李小龙")
    actions.pick(part_of(li).task("accept"), by=water)
    clock.advance(timedelta(days=8))

    def found(**filters: Any) -> list[str]:
        return sorted(row.case for row in queue(water, Filters("water", **filters)).rows)

    everything = sorted([wang.number, li.number])
    assert found(show=Show.LATE) == everything
    assert found(show=Show.MINE) == [li.number]
    assert found(show=Show.FREE) == [wang.number]
    assert found(show=Show.TODAY) == found(show=Show.STOPPED) == []
    assert found(text="王") == found(text="王老五") == [wang.number]
    assert found(text="老五") == []
    assert found(text=li.number) == found(text=str(li.id)) == [li.number]
    assert found(matter="drainage-permit", kind="accept") == everything
    assert found(matter="no-such-matter") == []
    result = queue(water, Filters("water"))
    assert (result.open, result.late, result.today) == (2, 2, 0)
    assert result.rows[0].days_left is not None and result.rows[0].days_left < 0


def test_pages_of_the_queue_follow_one_another(world: World) -> None:
    water = world.officer("water")
    numbers = [world.receive().number for _ in range(PAGE + 3)]
    first, second = (queue(water, Filters("water", sort=Sort.OLDEST, page=page)) for page in (1, 2))
    assert [row.case for row in (*first.rows, *second.rows)] == numbers
    assert first.has_next and not second.has_next


def test_the_desk_takes_the_same_few_queries_however_long_the_queue(
    world: World, desk: Client, django_assert_max_num_queries: Any
) -> None:
    world.receive()
    desk.get(reverse("cases:desk"))
    with django_assert_max_num_queries(12) as few:
        desk.get(reverse("cases:desk"))
    for _ in range(30):
        world.receive()
    with django_assert_max_num_queries(len(few)):
        desk.get(reverse("cases:desk"))


def test_an_officer_works_a_case_from_the_queue_to_the_decision(world: World, desk: Client) -> None:
    case = world.receive()
    page = desk.get(reverse("cases:desk")).content.decode()
    assert case.number in page
    page = desk.get(reverse("cases:case", args=[case.number])).content.decode()
    assert "受理" in page and "王老五" in page
    assert desk.post(url(case, "accept"), {"seen": 0}).status_code == 302
    for task in ("review", "site"):
        form = desk.get(url(case, "complete", task=task))
        assert form.status_code == 200
        seen = form.context["form"].initial["seen"]
        assert desk.post(url(case, "complete", task=task), {"seen": seen, "words": "合格"}).status_code == 302
    assert desk.post(url(case, "decide"), {"seen": 3, "granted": "yes", "reason": "符合条件"}).status_code == 302
    assert stage(case) == Stage.GRANTED
    page = desk.get(reverse("cases:case", args=[case.number])).content.decode()
    assert "符合条件" in page


def test_what_is_missing_is_said_and_what_was_written_stays(world: World, desk: Client) -> None:
    case = world.receive()
    answer = desk.post(url(case, "request_correction"), {"seen": 0, "items": "  \n "})
    assert answer.status_code == 422
    assert "请填写" in answer.content.decode()
    answer = desk.post(url(case, "refuse_acceptance"), {"seen": 7, "reason": "不归本局管"})
    assert answer.status_code == 409
    assert "不归本局管" in answer.content.decode(), "nothing of the officer's is lost"
    assert stage(case) == Stage.RECEIVED


def test_a_decision_says_beforehand_what_it_sets_off(world: World, desk: Client) -> None:
    case = world.receive()
    page = desk.get(reverse("cases:case", args=[case.number])).content.decode()
    assert "马上开始" in page and "Site visit（中）" in page
    desk.post(url(case, "accept"), {"seen": 0})
    for task in ("review", "site"):
        actions.complete(part_of(case).task(task), by=world.officer("water"))
    page = desk.get(url(case, "decide")).content.decode()
    assert "准予后" in page and "整个办件办结" in page


def test_cases_of_other_departments_do_not_exist_for_this_officer(world: World, desk: Client) -> None:
    case = world.receive(restaurant(), parts=())
    other = Case.objects.get(pk=case.id)
    assert desk.get(reverse("cases:case", args=[other.number])).status_code == 200, "water has a part in it"
    assert desk.post(url(case, "accept", part="registration"), {"seen": 0}).status_code == 404
    assert desk.get(reverse("cases:case", args=["310100-2025-9999999"])).status_code == 404


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "page=99999", "show=x", "sort=x", "text=%F0%9F", "department=fire"]
)
def test_nonsense_in_the_address_shows_the_desk(world: World, desk: Client, query: str) -> None:
    world.receive()
    assert desk.get(f"{reverse('cases:desk')}?{query}").status_code in (200, 400)


def test_the_plan_is_valid_bpmn_with_a_place_for_everything(world: World, desk: Client) -> None:
    from xml.etree import ElementTree

    case = world.receive(restaurant())
    answer = desk.get(reverse("cases:plan", args=[case.number]))
    assert answer["Content-Type"].startswith("application/xml")
    root = ElementTree.fromstring(answer.content)
    model = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
    di = "{http://www.omg.org/spec/BPMN/20100524/DI}"
    process = root.find(f"{model}process")
    assert process is not None
    nodes = {node.attrib["id"] for node in process if not node.tag.endswith("sequenceFlow")}
    flows = list(process.iter(f"{model}sequenceFlow"))
    assert {"registration.accept", "food.decide", "start", "end"} <= nodes
    assert all({flow.attrib["sourceRef"], flow.attrib["targetRef"]} <= nodes for flow in flows)
    drawn = {shape.attrib["bpmnElement"] for shape in root.iter(f"{di}BPMNShape")}
    assert drawn == nodes
    edges = {edge.attrib["bpmnElement"] for edge in root.iter(f"{di}BPMNEdge")}
    assert edges == {flow.attrib["id"] for flow in flows}
    assert ("registration.decide", "food.accept") in {
        (flow.attrib["sourceRef"], flow.attrib["targetRef"]) for flow in flows
    }
