"""The stream of a day's applications: as many as the day has, in order, and one department's clients surge."""

from __future__ import annotations

from benchmarks.applicants import Applicant
from benchmarks.day import PER_SECOND, SURGE, SURGES, Kind, _arrivals, _busiest

PEOPLE = [Applicant(f"token{number}", "paper", {}, []) for number in range(3)]
KINDS = [
    *(Kind(f"service-{number}", "other", (b"a", b"b", b"c")) for number in range(9)),
    Kind("enrolment", "education", (b"x", b"y", b"z")),
]
DAY = 40_000


def test_the_stream_is_the_same_each_time_and_in_order() -> None:
    once, again = (list(_arrivals(2_000, KINDS, PEOPLE, "education")) for _time in range(2))
    assert once == again
    assert [each.at for each in once] == sorted(each.at for each in once)


def test_one_departments_clients_come_seven_times_as_often_in_the_surge_and_the_others_as_before() -> None:
    arrivals = list(_arrivals(DAY, KINDS, PEOPLE, "education"))
    length = DAY / PER_SECOND
    inside = [each for each in arrivals if SURGE[0] * length <= each.at < SURGE[1] * length]
    theirs, others = (
        [sum((each.department == "education") is ours for each in some) for some in (inside, arrivals)]
        for ours in (True, False)
    )
    share_inside = theirs[0] / others[0]
    share_outside = (theirs[1] - theirs[0]) / (others[1] - others[0])
    assert 0.8 * SURGES < share_inside / share_outside < 1.2 * SURGES


def test_the_day_takes_about_as_long_as_its_pace_says() -> None:
    arrivals = list(_arrivals(DAY, KINDS, PEOPLE, "education"))
    assert 0.9 < arrivals[-1].at / (DAY / PER_SECOND) < 1.1


def test_the_surge_is_of_the_department_that_offers_most() -> None:
    assert _busiest(KINDS) == "other"
