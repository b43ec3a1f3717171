"""How sure the city is of who holds an account: proven, written down, never lowered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.foundation.directory import people
from yiwang.foundation.directory import loading, proving, published_levels, queries
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.levels import Level, Means, highest
from yiwang.foundation.directory.limits import TooManyAttempts
from yiwang.foundation.directory.models import IdentityProof, Person, User
from yiwang.foundation.directory.proving import Said
from yiwang.foundation.directory.refusals import NotPermitted, NotPossible
from yiwang.foundation.kernel.time import FrozenClock

ADDRESS = "192.0.2.1"


@dataclass
class TestRegister:
    """A register that says what it is told to say."""

    says: Said = Said.AGREES
    asked: list[int] = field(default_factory=list)
    __test__ = False

    def confirms(self, user_id: int) -> Said:
        self.asked.append(user_id)
        return self.says


@pytest.fixture
def register() -> Iterator[TestRegister]:
    before = proving._register
    made = TestRegister()
    proving.register_register(made)
    yield made
    proving._register = before


def level(user: User) -> Level:
    return Level(Person.objects.get(pk=user.person_id).level)


@given(st.lists(st.sampled_from(Level)))
def test_the_highest_level_reaches_each_of_them_and_no_level_reaches_one_above_it(levels: list[Level]) -> None:
    top = highest(levels)
    assert all(top.reaches(each) for each in levels)
    assert all(top.reaches(each) == (each.rank <= top.rank) for each in Level)


def test_an_account_is_only_its_holders_word_until_the_register_agrees(db: None, register: TestRegister) -> None:
    user = people.resident(level=Level.UNVERIFIED)
    proving.confirm_real_name(user, address=ADDRESS)
    assert level(user) is Level.REAL_NAME
    (proof,) = IdentityProof.objects.filter(person=user.person)
    assert (proof.level, proof.means, proof.by) == (Level.REAL_NAME, Means.REGISTER, f"resident:{user.pk}")


@pytest.mark.parametrize(
    ("says", "code"),
    [(Said.DISAGREES, "register_disagrees"), (Said.SILENT, "register_silent"), (Said.NONE, "no_register")],
)
def test_without_the_registers_word_nothing_is_proven(db: None, register: TestRegister, says: Said, code: str) -> None:
    user = people.resident(level=Level.UNVERIFIED)
    register.says = says
    with pytest.raises(NotPossible) as refused:
        proving.confirm_real_name(user, address=ADDRESS)
    assert refused.value.code == code
    assert level(user) is Level.UNVERIFIED
    assert not IdentityProof.objects.exists()


def test_whoever_guesses_names_and_numbers_is_stopped(db: None, register: TestRegister, clock: FrozenClock) -> None:
    user = people.resident(level=Level.UNVERIFIED)
    register.says = Said.DISAGREES
    for _ in range(5):
        with pytest.raises(NotPossible):
            proving.confirm_real_name(user, address=ADDRESS)
    with pytest.raises(TooManyAttempts):
        proving.confirm_real_name(user, address=ADDRESS)
    assert len(register.asked) == 5


def test_a_clerk_confirms_a_person_face_to_face_and_the_register_does_not_lower_that(
    db: None, register: TestRegister
) -> None:
    user, clerk = people.resident(level=Level.UNVERIFIED), people.officer("market/window")
    assert user.person_id is not None
    proving.confirm_face_to_face(user.person_id, by=actor_of(clerk))
    assert level(user) is Level.FACE_TO_FACE
    user.refresh_from_db()
    proving.confirm_real_name(user, address=ADDRESS)
    assert (level(user), register.asked) == (Level.FACE_TO_FACE, [])


def test_nobody_confirms_a_face_but_an_officer_and_none_their_own(db: None) -> None:
    user, other = people.resident(), people.resident()
    assert user.person_id is not None
    for by in (actor_of(other), actor_of(people.administrator())):
        with pytest.raises(NotPermitted):
            proving.confirm_face_to_face(user.person_id, by=by)
    clerk = people.officer("market/window", person=Person.objects.create(name="赵明", resident_id="1" * 18))
    assert clerk.person_id is not None
    with pytest.raises(NotPossible, match="own_identity"):
        proving.confirm_face_to_face(clerk.person_id, by=actor_of(clerk))


def test_the_page_says_what_one_has_and_raises_it(db: None, register: TestRegister) -> None:
    user = people.resident(level=Level.UNVERIFIED)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    address = reverse("directory:identity")
    assert "Check my name and number now" in client.get(address).content.decode()
    register.says = Said.DISAGREES
    answer = client.post(address)
    assert answer.status_code == 422
    assert "not those in the register" in answer.content.decode()
    register.says = Said.AGREES
    assert client.post(address).status_code == 302
    page = client.get(address).content.decode()
    assert "Check my name and number now" not in page
    assert "The register agreed with name and number" in page


def test_a_citys_file_names_the_levels_and_mistakes_in_it_are_found(tmp_path: Path) -> None:
    assert published_levels.read(tmp_path) == (published_levels.PublishedLevels(), [])
    (tmp_path / "identity.yaml").write_text(
        "default: real_name\nlevels:\n  real_name:\n    name: {zh: 实名认证, en: Verified}\n"
        "    how: {zh: 在线核对。, en: Online.}\n  faces: {name: {zh: 脸, en: Face}, how: {zh: 来, en: Come}}\n"
    )
    found, findings = published_levels.read(tmp_path)
    assert found.default is Level.REAL_NAME
    assert found.cards[Level.REAL_NAME].name.en == "Verified"
    assert found.cards[Level.FACE_TO_FACE].name.en == "Face to face"
    assert [each.line for each in findings] == [6]


def test_loading_a_city_raises_its_residents_and_never_lowers_them(db: None, tmp_path: Path) -> None:
    (tmp_path / "departments.yaml").write_text("water:\n  name: {zh: 水务局, en: Water}\n")
    (tmp_path / "people.yaml").write_text(
        'residents:\n  wang: {name: 王晓兰, resident_id: "110000199003070220"}\n'
        '  chen: {name: 陈建国, phone: "19900000002"}\n'
        '  luo: {name: 罗文静, resident_id: "110000198609210449", identity: unverified}\n'
    )
    loading.load(tmp_path)
    levels = {user.username: level(user) for user in User.objects.all()}
    assert levels == {"wang": Level.REAL_NAME, "chen": Level.UNVERIFIED, "luo": Level.UNVERIFIED}
    wang = User.objects.get(username="wang")
    assert wang.person_id is not None
    proving.prove(wang.person_id, Level.FACE_TO_FACE, Means.WINDOW, by="officer:1")
    loading.load(tmp_path)
    assert level(wang) is Level.FACE_TO_FACE
    assert IdentityProof.objects.filter(person=wang.person).count() == 2
    assert list(queries.levels()) == list(Level)
