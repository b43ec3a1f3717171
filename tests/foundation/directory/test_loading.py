from pathlib import Path

import pytest
from django.conf import settings

from yiwang.foundation.directory import actions, check, queries
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.loading import load
from yiwang.foundation.directory.models import Appointment, Department, Person, Post, User
from yiwang.foundation.kernel.findings import Refused
from yiwang.foundation.kernel.time import FrozenClock

CITY = Path(settings.ROOT) / "city"

DEPARTMENTS = """\
water:
  name: {zh: 水务局, en: Water Bureau}
  posts:
    permits: {zh: 许可岗, en: Permits}
"""
PEOPLE = """\
password: a long demonstration
residents:
  wang: {name: 王晓兰, phone: "13800000001"}
officers:
  wu.water: {name: 吴文斌, posts: [water/permits]}
administrators:
  admin: {name: 管理员}
"""


@pytest.fixture
def city(tmp_path: Path) -> Path:
    (tmp_path / "departments.yaml").write_text(DEPARTMENTS)
    (tmp_path / "people.yaml").write_text(PEOPLE)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.django_db
def test_the_demonstration_city_loads_and_loads_again_without_change(clock: FrozenClock) -> None:
    load(CITY)
    first = [list(model.objects.order_by("pk").values()) for model in (Department, Post, Person, User, Appointment)]
    load(CITY)
    again = [list(model.objects.order_by("pk").values()) for model in (Department, Post, Person, User, Appointment)]
    assert first == again
    assert all(first)


def test_nothing_is_wrong_with_the_demonstration_city() -> None:
    assert check.check(CITY) == []


@pytest.mark.django_db
def test_people_sign_in_with_the_demonstration_password_until_they_set_their_own(
    clock: FrozenClock, city: Path
) -> None:
    load(city)
    user = User.objects.get(username="wang")
    assert user.check_password("a long demonstration")
    actions.change_password(user, "something of my own")
    load(city)
    assert User.objects.get(username="wang").check_password("something of my own")


@pytest.mark.django_db
def test_without_a_password_in_the_file_nobody_can_sign_in_yet(clock: FrozenClock, city: Path) -> None:
    edit(city / "people.yaml", "password: a long demonstration\n", "")
    load(city)
    assert not User.objects.get(username="wang").has_usable_password()


@pytest.mark.django_db
def test_loading_again_changes_names_and_adds_what_is_new(clock: FrozenClock, city: Path) -> None:
    load(city)
    edit(city / "departments.yaml", "en: Water Bureau", "en: Water Authority")
    edit(city / "departments.yaml", "en: Permits}\n", "en: Permits}\n    tests: {zh: 检测岗, en: Tests}\n")
    edit(city / "people.yaml", "[water/permits]", "[water/permits, water/tests]")
    load(city)
    assert queries.department("water").name.en == "Water Authority"
    assert actor_of(User.objects.get(username="wu.water")).posts == {"water/permits", "water/tests"}


@pytest.mark.django_db
def test_a_term_that_an_administrator_ended_is_not_given_back(clock: FrozenClock, city: Path) -> None:
    load(city)
    by = actor_of(User.objects.get(username="admin"))
    actions.end_appointment(Appointment.objects.get().pk, by=by)
    load(city)
    assert actor_of(User.objects.get(username="wu.water")).posts == frozenset()


@pytest.mark.django_db
def test_a_city_with_a_mistake_loads_nothing_and_names_the_line(clock: FrozenClock, city: Path) -> None:
    edit(city / "people.yaml", "water/permits", "water/permit")
    with pytest.raises(Refused) as refused:
        load(city)
    (finding,) = refused.value.findings
    assert (finding.file.name, finding.line) == ("people.yaml", 5)
    assert "water/permits" in finding.remedy
    assert not Department.objects.exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("departments.yaml", ", en: Water Bureau", "", 2),
        ("departments.yaml", "water:\n", "Water!:\n", 1),
        ("departments.yaml", "permits: {", "Permits Desk: {", 4),
        ("departments.yaml", "  posts:", "  post:", 3),
        ("people.yaml", "wang:", "W:", 3),
        ("people.yaml", "13800000001", "1380000", 3),
        ("people.yaml", 'phone: "13800000001"', 'resident_id: "110000199003070213"', 3),
        ("people.yaml", "wu.water:", "wang:", 5),
        ("people.yaml", "{name: 管理员}", "{nam: 管理员}", 7),
        ("people.yaml", "residents:", "citizens:", 2),
    ],
)
def test_every_mistake_is_found_with_its_line(city: Path, file: str, old: str, new: str, line: int) -> None:
    edit(city / file, old, new)
    found = [finding for finding in check.check(city) if finding.file.name == file]
    assert line in {finding.line for finding in found}, found
    assert all(finding.remedy for finding in found)


def test_a_city_without_people_is_a_city(tmp_path: Path) -> None:
    (tmp_path / "departments.yaml").write_text(DEPARTMENTS)
    assert check.check(tmp_path) == []


def test_a_city_without_departments_is_told_so(tmp_path: Path) -> None:
    assert [finding.file.name for finding in check.check(tmp_path)] == ["departments.yaml"]
