from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from yiwang.library.centre.unusual import Cluster, Habit, Look, Reason, clusters, out_of_hours

NOON = datetime(2025, 3, 12, 4, tzinfo=UTC)
LOOK = Look(0, NOON, "officer:1", "market/food", "application", "C-1", b"w")


def found(*looks: Look, habit: Habit | None = None) -> list[tuple[Reason, tuple[int, ...]]]:
    numbered = [replace(look, position=place) for place, look in enumerate(looks)]
    habits = {"market/food": habit} if habit else {}
    each = clusters(numbered, wants_case={"application"}, unknown_cases={"C-404"}, habits=habits)
    return [(cluster.reason, cluster.positions) for cluster in each]


def test_looking_for_one_case_in_office_hours_is_nothing_unusual() -> None:
    assert found(*[LOOK] * 20) == []


def test_a_purpose_that_wants_a_case_was_read_without_one_or_for_one_that_does_not_exist() -> None:
    assert found(LOOK, replace(LOOK, case="")) == [(Reason.NO_CASE, (1,))]
    assert found(replace(LOOK, case="C-404")) == [(Reason.NO_CASE, (0,))]
    assert found(replace(LOOK, case="", purpose="analysis")) == []


def test_an_officer_looks_at_themselves() -> None:
    assert found(LOOK, replace(LOOK, own=True)) == [(Reason.ONESELF, (1,))]


def test_one_person_again_and_again_is_unusual_unless_one_case_is_the_reason() -> None:
    several = [replace(LOOK, case=f"C-{number}") for number in range(1, 5)]
    assert found(*several) == [(Reason.SAME_PERSON, (0, 1, 2, 3))]
    assert found(*several[:3]) == []
    others = [replace(look, subject=look.case.encode()) for look in several]
    assert found(*others) == []
    assert found(*[replace(look, subject=b"") for look in several]) == []
    assert found(*several[:2], *[replace(look, actor="officer:2") for look in several[2:]]) == []


@pytest.mark.parametrize(
    ("at", "unusual"),
    [
        (datetime(2025, 3, 12, 0, 0, tzinfo=UTC), False),  # 8:00 in the city
        (datetime(2025, 3, 11, 23, 0, tzinfo=UTC), True),  # 7:00
        (datetime(2025, 3, 12, 10, 59, tzinfo=UTC), False),  # 18:59
        (datetime(2025, 3, 12, 11, 0, tzinfo=UTC), True),  # 19:00
        (datetime(2025, 3, 15, 4, 0, tzinfo=UTC), True),  # a Saturday
        (datetime(2025, 1, 26, 4, 0, tzinfo=UTC), False),  # a Sunday that is worked before Spring Festival
        (datetime(2025, 1, 29, 4, 0, tzinfo=UTC), True),  # Spring Festival, a Wednesday
    ],
)
def test_office_hours_are_those_of_the_citys_zone_and_calendar(at: datetime, unusual: bool) -> None:
    assert out_of_hours(at) is unusual
    assert (found(replace(LOOK, at=at)) != []) is unusual


def test_a_burst_is_measured_by_the_posts_own_habit() -> None:
    looks = [replace(LOOK, subject=str(number).encode()) for number in range(60)]
    assert found(*looks) == []
    assert found(*looks, habit=Habit(days=4, looks=2.0)) == []
    assert found(*looks, habit=Habit(days=5, looks=12.0)) == []
    assert found(*looks, habit=Habit(days=5, looks=11.0)) == [(Reason.BURST, tuple(range(60)))]
    assert found(*looks[:30], habit=Habit(days=5, looks=1.0)) == []


def test_each_officer_and_day_is_a_cluster_of_its_own() -> None:
    late = replace(LOOK, at=NOON + timedelta(hours=10))
    looks = [late, replace(late, position=1, actor="officer:2"), replace(late, position=2, at=NOON + timedelta(days=3))]
    each = clusters(looks, wants_case=(), unknown_cases=(), habits={})
    assert each == (
        Cluster("officer:1", "market/food", late.day, Reason.OUT_OF_HOURS, (0,)),
        Cluster("officer:2", "market/food", late.day, Reason.OUT_OF_HOURS, (1,)),
        Cluster("officer:1", "market/food", looks[2].day, Reason.OUT_OF_HOURS, (2,)),
    )
