"""Who is competent where: each matter has one office in each street, each office its own task code; gaps are found."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.service.catalogue.little_city import LittleCity
from yiwang.foundation.directory import loading as directory_loading
from yiwang.foundation.directory import published
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.models import Appointment
from yiwang.foundation.kernel.identifiers import check_uscc
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.places import loading as places_loading
from yiwang.foundation.places import queries as places
from yiwang.service.catalogue import loading, queries
from yiwang.service.catalogue.check import check, read
from yiwang.service.catalogue.competence import at_level, offices_of, task_code_in
from yiwang.service.catalogue.looked_up import posts_of
from yiwang.service.catalogue.package import Matter

CITY = Path(settings.ROOT) / "city"
MATTERS = [service for service in read(CITY)[0] if isinstance(service, Matter)]
DRAINAGE = "matters/drainage/matter.yaml"
DEPARTMENTS = "departments.yaml"
RULE = "competent: {level: district, by: discharge.district}\n"


@pytest.fixture
def whole_city(db: None, clock: FrozenClock) -> None:
    places_loading.load(CITY)
    directory_loading.load(CITY)
    loading.load(CITY)


def test_every_matter_has_one_office_with_officers_in_every_street(whole_city: None) -> None:
    held = set(Appointment.objects.values_list("post__department__code", "post__code"))
    streets = [place.code for place in places.everywhere() if place.kind == "street"]
    competent_in = {place: directory.competent_in(place) for street in streets for place in (street, street[:6])}
    for matter, street in product(MATTERS, streets):
        there = at_level(street, matter.competent.level) if matter.competent else ""
        competent = competent_in[there] if there else {}
        deciding = competent.get(matter.department, matter.department)
        assert (deciding != matter.department) is (matter.competent is not None)
        for post in posts_of(matter):
            department, _slash, name = post.partition("/")
            office = competent.get(department, department)
            assert (office, name) in held, f"nobody works at {office}/{name}"


def test_each_office_has_a_task_code_of_its_own_under_one_catalogue_code(whole_city: None) -> None:
    found = queries.national()
    assert len({each.task_code for each in found}) == len(found)
    for matter in MATTERS:
        rows = [each for each in found if each.catalogue_code == matter.catalogue_code]
        offices = offices_of(matter)
        assert len(rows) == (len(offices) if matter.competent else 1)
        for office in offices:
            assert check_uscc(office.task_code[:18])[2:8] == office.place[:6]
            assert office.task_code[18:] == matter.task_code[18:]
            assert task_code_in(matter, office.place) == office.task_code


def test_our_own_matters_are_no_guidance_under_any_of_their_codes(whole_city: None) -> None:
    assert loading.take_in(queries.national()) == ()


@dataclass(frozen=True)
class Wrong:
    """`branches` of the water department and the rule of its matter, and what the check must say."""

    branches: str
    rule: str
    says: str
    remedy: str


EVERYWHERE = "    district: {posts: [permits, inspection]}"
WRONG = {
    "no office anywhere": Wrong("", RULE, "No office of “water” is competent in 东区 999901", "branches: {district:"),
    "no office in one place": Wrong(
        '    district: {posts: [permits, inspection], places: ["999901"]}',
        RULE,
        "No office of “water” is competent in 西区 999902",
        "Add them to “branches",
    ),
    "a post that branches do not have": Wrong(
        "    district: {posts: [permits]}", RULE, "东区水务局 and 1 more offices have no post “inspection”", "“water”"
    ),
    "a rule on what is not asked": Wrong(
        EVERYWHERE, RULE.replace("discharge.district", "discharge.place"), "which is never asked", "discharge.district"
    ),
    "a rule on no place": Wrong(
        EVERYWHERE, RULE.replace("discharge.district", "discharge.kind"), "“discharge.kind” is no place", "places:"
    ),
    "a rule on a coarser place": Wrong(
        "    street: {posts: [permits, inspection]}",
        RULE.replace("level: district", "level: street"),
        "tells the district only",
        "level: district",
    ),
    "a level that there is not": Wrong(EVERYWHERE, RULE.replace("level: district", "level: town"), "level", "district"),
}


def two_districts(city: LittleCity, branches: str, rule: str) -> None:
    """The little city with a second district, a question for it, branches of the water department, and a rule."""

    def change(file: str, old: str, new: str) -> None:
        path = city.folder / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    change("places.yaml", '"999901001"', '"999902": {zh: 西区, en: West}\n"999901001"')
    change(
        "elements/discharge.yaml",
        "daily_m3:",
        "district:\n  name: {zh: 区, en: District}\n  kind: choice\n  places: district\n"
        '  question: {zh: 在哪个区？, en: "Which district?"}\ndaily_m3:',
    )
    change(DRAINAGE, "ask:\n", f"{rule}ask:\n  - discharge.district\n")
    inspection = "    inspection: {zh: 核查岗, en: Inspection}\n"
    change(DEPARTMENTS, inspection, f"{inspection}{'  branches:' if branches else ''}\n{branches}\n")


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_place_without_its_office_is_named_with_file_line_and_remedy(city: LittleCity, name: str) -> None:
    wrong = WRONG[name]
    two_districts(city, wrong.branches, wrong.rule)
    found = [finding for finding in check(city.folder) if wrong.says in finding.message]
    assert found, [finding.message for finding in check(city.folder)]
    assert wrong.remedy in found[0].remedy
    line = (city.folder / DRAINAGE).read_text().splitlines()[found[0].line - 1]
    assert "competent" in line or "water/inspection" in line


def test_a_city_with_an_office_in_each_place_has_nothing_to_mend(city: LittleCity) -> None:
    two_districts(city, EVERYWHERE, RULE)
    assert check(city.folder) == []
    directory_of, _ = published.read(city.folder)
    assert [each.code for each in directory_of.departments if each.parent] == ["water-999901", "water-999902"]


def test_a_guide_says_which_office_decides_for_a_place(whole_city: None, client: Client) -> None:
    page = client.get("/matters/residence-permit/?place=319921003").content.decode()
    assert "石塘乡派出所" in page
    assert "云溪县政务服务中心" in page
    assert "滨江街道派出所" not in page
    nowhere = client.get("/matters/residence-permit/?place=1").content.decode()
    assert "派出所" not in nowhere.split('id="office"')[1].split("</form>")[1]
    part = client.get("/api/v1/matters/residence-permit").json()["parts"][0]
    assert part["competent_by"] == "person.street"
    assert len(part["offices"]) == sum(place.kind == "street" for place in places.everywhere())


def test_a_matter_of_the_city_asks_for_no_place(whole_city: None, client: Client) -> None:
    assert 'id="office"' not in client.get("/matters/enterprise-registration/").content.decode()
