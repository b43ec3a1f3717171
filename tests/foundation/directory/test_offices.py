"""One competent office in each place, whatever tree of districts, streets and branches a city has."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.directory import offices, published, queries
from yiwang.foundation.directory.loading import load
from yiwang.foundation.directory.models import Appointment, Department
from yiwang.foundation.kernel.findings import Refused
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.places import loading as places
from yiwang.foundation.places.queries import everywhere

CITY = Path(settings.ROOT) / "city"

PLACES = '"999900": {zh: 小城, en: Littleton}\n"999901": {zh: 东区, en: East}\n"999901001": {zh: 桥街, en: Bridge}\n'
OFFICES = """\
water:
  name: {zh: 水务局, en: Water Bureau}
  posts: {permits: {zh: 许可岗, en: Permits}, head: {zh: 局长, en: Head}}
  branches:
    district: {posts: [permits]}
"""


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[str], set[tuple[str, str]]]:
    """Streets, and branches anywhere in them or their districts."""
    districts = [f"3199{number:02d}" for number in range(1, draw(st.integers(1, 5)) + 1)]
    streets = [f"{each}{number:03d}" for each in districts for number in range(1, draw(st.integers(1, 4)) + 1)]
    where = st.tuples(st.sampled_from(["market", "water"]), st.sampled_from(districts + streets))
    return streets, draw(st.sets(where, max_size=12))


@given(trees())
def test_every_street_has_exactly_one_competent_office_and_it_is_the_nearest(
    tree: tuple[list[str], set[tuple[str, str]]],
) -> None:
    streets, branches = tree
    for street in streets:
        for department in ("market", "water"):
            office = offices.nearest(branches, department, street)
            there = [place for place in (street, street[:6]) if (department, place) in branches]
            assert office == (offices.code_of(department, there[0]) if there else department)


def written(folder: Path, places: str = PLACES, offices: str = OFFICES, people: str = "") -> Path:
    (folder / "places.yaml").write_text(places)
    (folder / "departments.yaml").write_text(offices)
    (folder / "people.yaml").write_text(f"password: a long demonstration\n{people}")
    return folder


def test_branches_are_called_by_their_place_and_have_the_posts_that_are_listed(tmp_path: Path) -> None:
    found, findings = published.read(written(tmp_path))
    assert findings == []
    whole, branch = found.departments
    assert (whole.code, whole.parent, branch.code, branch.parent, branch.place) == (
        *("water", ""),
        *("water-999901", "water", "999901"),
    )
    assert (branch.name.zh, branch.name.en) == ("东区水务局", "East Water Bureau")
    assert [post.code for post in branch.posts] == ["permits"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[permits]", "[permit]", "“water” has no post “permit”"),
        ("{posts: [permits]}", '{posts: [permits], places: ["999902"]}', "The city has no district “999902”"),
        ("{posts: [permits]}", "{posts: [permits], name: {zh: 分局, en: Branch}}", "same in every district"),
        ("{posts: [permits]}", '{posts: [permits], credit_codes: {"999901": "11"}}', "credit code has 18"),
        ("district:", "county:", "“county” is not a field here"),
    ],
)
def test_what_is_wrong_with_branches_is_found(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in OFFICES
    findings = published.read(written(tmp_path, offices=OFFICES.replace(old, new)))[1]
    assert says in " ".join(finding.message for finding in findings)


def test_a_department_cannot_take_the_code_of_a_branch(tmp_path: Path) -> None:
    more = "water-999901:\n  name: {zh: 甲, en: A}\n  posts: {}\n"
    findings = published.read(written(tmp_path, offices=OFFICES + more))[1]
    assert any("is the code of a branch of “water”" in finding.message for finding in findings)


@pytest.mark.django_db
def test_an_officer_covers_the_same_posts_in_branches(tmp_path: Path, clock: FrozenClock) -> None:
    people = 'officers:\n  wu.water: {name: 吴文斌, posts: [water/permits], covers: ["999901"]}\n'
    load(written(tmp_path, people=people))
    held = Appointment.objects.values_list("post__department__code", "post__code")
    assert set(held) == {("water", "permits"), ("water-999901", "permits")}


@pytest.mark.django_db
def test_nobody_covers_a_place_without_a_branch(tmp_path: Path, clock: FrozenClock) -> None:
    people = 'officers:\n  wu.water: {name: 吴文斌, posts: [water/permits], covers: ["999902"]}\n'
    with pytest.raises(Refused, match="No branch in “999902” has a post of this officer"):
        load(written(tmp_path, people=people))


@pytest.mark.django_db
def test_the_demonstration_city_knows_the_one_office_of_every_place(clock: FrozenClock) -> None:
    places.load(CITY)
    load(CITY)
    branches = {(each.department, each.place) for each in queries.branches()}
    departments = {card.code for card in queries.departments()}
    for place in everywhere():
        competent = queries.competent_in(place.code)
        for department in departments:
            assert competent.get(department, department) == offices.nearest(branches, department, place.code)
    assert queries.competent_in("319901002")["public-security"] == "public-security-319901002"
    assert "public-security" not in queries.competent_in("319901")


@pytest.mark.django_db
def test_branches_are_no_departments_of_the_city(clock: FrozenClock) -> None:
    load(CITY)
    assert Department.objects.filter(parent__isnull=False).count() > len(queries.departments())
    assert queries.department_of("market-319901") == "market"
    assert queries.department_of("market") == "market"
    assert queries.department_names()["public-security-319921003"].zh == "石塘乡派出所"
