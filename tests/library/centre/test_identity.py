"""Whether a name goes with an identity number, asked of the register under a grant for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library.centre import city
from tests.library.centre.conftest import Library, People
from yiwang.foundation.directory.models import Person, User
from yiwang.foundation.directory.proving import Said
from yiwang.library.centre import loading
from yiwang.library.centre.identity import LibraryRegister

GRANT = """
identity-residents:
  product: security.residents@1
  to: office/analysis
  purpose: identity
  basis: 个人信息保护法 第十三条
  until: 2030-12-31
  needs_case: false
  approved_by: [security.data, security.head]
  fields: [resident_id, name]
"""


pytestmark = pytest.mark.django_db


@pytest.fixture
def granted(folder: Path, library: Library) -> Library:
    with (folder / "grants" / "standing.yaml").open("a") as file:
        file.write(GRANT)
    city.rewrite(folder, "purposes.yaml", "  quality:", "  identity: {zh: 核实身份, en: Identity}\n  quality:")
    loading.load(folder, city.PRODUCTS)
    return library


def wang() -> User:
    return User.objects.get(username="wang")


def test_the_register_agrees_with_the_name_it_holds(granted: Library) -> None:
    assert LibraryRegister().confirms(wang().pk) is Said.AGREES
    Person.objects.filter(pk=wang().person_id).update(name="王小兰")
    assert LibraryRegister().confirms(wang().pk) is Said.DISAGREES


def test_a_number_that_the_register_does_not_know_is_not_confirmed(granted: Library) -> None:
    granted.rows["security"].tables["residents"] = []
    assert LibraryRegister().confirms(wang().pk) is Said.DISAGREES


def test_a_register_that_does_not_answer_says_nothing(granted: Library) -> None:
    del granted.rows["security"].tables["residents"]
    assert LibraryRegister().confirms(wang().pk) is Said.SILENT


def test_without_a_grant_or_a_gateway_there_is_nobody_to_ask(people: People) -> None:
    assert LibraryRegister().confirms(wang().pk) is Said.NONE
