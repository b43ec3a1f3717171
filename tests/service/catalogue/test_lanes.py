from pathlib import Path

from yiwang.foundation.kernel.text import Words
from yiwang.service.catalogue.check import read
from yiwang.service.catalogue.guide import Guide, guide_to
from yiwang.service.catalogue.lanes import WIDTH, draw


def restaurant() -> Guide:
    services = {service.code: service for service in read(Path(__file__).parents[3] / "city")[0]}
    return guide_to(services["open-a-restaurant"], 1, {"water": Words("水务局", "Water Bureau")})


def test_what_waits_for_registration_begins_where_registration_ends() -> None:
    drawing = draw(restaurant())
    registration, *others = drawing.lanes
    assert registration.x == 0
    assert {lane.x for lane in others} == {registration.end}
    assert all(lane.x < lane.end <= WIDTH for lane in drawing.lanes)


def test_the_scale_runs_to_the_promise() -> None:
    ticks = draw(restaurant()).ticks
    assert [tick.day for tick in ticks] == list(range(11))
    assert [tick.day for tick in ticks if tick.promise] == [10]
    assert ticks[-1].x == WIDTH


def test_situational_parts_are_marked() -> None:
    assert [lane.situational for lane in draw(restaurant()).lanes] == [False, False, True, False, True, False]


def test_the_guide_counts_only_questions_that_are_asked() -> None:
    assert len(restaurant().questions) == 20


def test_a_department_without_a_name_is_shown_by_its_code() -> None:
    assert Words("fire", "fire") in restaurant().departments
