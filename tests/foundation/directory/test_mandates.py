"""One person acts for another: who gave it, what it reaches, when it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.conftest import NOON
from yiwang.foundation.directory import mandates
from yiwang.foundation.directory.actions import NotPossible
from yiwang.foundation.directory.actor import Actor, ActorKind, actor_of, officer
from yiwang.foundation.directory.mandates import NoSuchMandate, Terms
from yiwang.foundation.directory.models import Enterprise, Mandate, MandateKind, Person, User, UserKind
from yiwang.foundation.kernel.identifiers import make_resident_id, make_uscc
from yiwang.foundation.notifications.models import Message

MONTH = NOON + timedelta(days=30)
ALLOWANCE = "elderly-allowance"


def resident(number: int, name: str) -> User:
    person = Person.objects.create(name=name, resident_id=make_resident_id(number))
    return User.objects.create(
        username=f"resident{number}", name=name, kind=UserKind.RESIDENT, person=person, registered_at=NOON
    )


@pytest.fixture
def father(db: None, clock: Any) -> User:
    return resident(1, "陈建国")


@pytest.fixture
def daughter(db: None, clock: Any) -> User:
    return resident(2, "陈静")


def terms(kind: MandateKind = MandateKind.FAMILY, *services: str, **more: Any) -> Terms:
    return Terms(kind, more.pop("until", MONTH), services, **more)


def gives(father: User, daughter: User, some: Terms | None = None) -> int:
    assert daughter.person is not None
    return mandates.give(daughter.name, daughter.person.resident_id, some or terms(), by=actor_of(father))


def asks(daughter: User, father: User, some: Terms | None = None) -> int:
    assert father.person is not None
    return mandates.ask_for(father.name, father.person.resident_id, some or terms(), by=actor_of(daughter))


def test_what_a_father_gives_his_daughter_holds_at_once(father: User, daughter: User) -> None:
    mandate = gives(father, daughter)
    speaker, card = mandates.under(mandate, ALLOWANCE, by=actor_of(daughter))
    assert speaker.person == father.person_id
    assert str(speaker) == f"resident:{daughter.pk}+mandate:{mandate}"
    assert (card.principal, card.agent) == ("陈建国", "陈静")


def test_what_a_daughter_asks_for_holds_once_her_father_agrees_and_he_is_told(father: User, daughter: User) -> None:
    mandate = asks(daughter, father)
    assert mandates.held(actor_of(daughter)) == ()
    assert Message.objects.get(user=father).link == "/account/mandates/"
    with pytest.raises(NoSuchMandate):
        mandates.agree(mandate, by=actor_of(daughter))
    mandates.agree(mandate, by=actor_of(father))
    assert [card.id for card in mandates.held(actor_of(daughter))] == [mandate]


def test_a_mandate_reaches_the_services_it_names_and_no_other(father: User, daughter: User) -> None:
    mandate = gives(father, daughter, terms(MandateKind.PROXY, ALLOWANCE))
    mandates.under(mandate, ALLOWANCE, by=actor_of(daughter))
    with pytest.raises(NoSuchMandate):
        mandates.under(mandate, "retire", by=actor_of(daughter))


def test_a_mandate_ends_by_its_day_or_by_either_side(father: User, daughter: User, clock: Any) -> None:
    first, second = gives(father, daughter), gives(father, daughter, terms(MandateKind.PROXY))
    mandates.end(first, by=actor_of(father))
    assert [card.id for card in mandates.held(actor_of(daughter))] == [second]
    clock.set(MONTH)
    assert mandates.held(actor_of(daughter)) == ()
    with pytest.raises(NoSuchMandate):
        mandates.end(second, by=actor_of(resident(3, "路人")))


def test_it_works_one_way_and_is_not_passed_on(father: User, daughter: User) -> None:
    mandate = gives(father, daughter)
    with pytest.raises(NoSuchMandate):
        mandates.under(mandate, ALLOWANCE, by=actor_of(father))
    speaker, _card = mandates.under(mandate, ALLOWANCE, by=actor_of(daughter))
    other = resident(3, "路人")
    assert other.person is not None
    with pytest.raises(NoSuchMandate):
        mandates.give(other.name, other.person.resident_id, terms(), by=speaker)


def test_who_speaks_for_somebody_holds_no_post_meanwhile(father: User) -> None:
    clerk = officer(7, ["market/registration"])
    assert father.person_id is not None
    speaking = clerk.speaking_for(father.person_id)
    assert (speaking.kind, speaking.posts, speaking.departments) == (ActorKind.OFFICER, frozenset(), frozenset())


def test_a_wrong_name_and_an_unknown_number_are_told_alike(father: User, daughter: User) -> None:
    assert daughter.person is not None
    with pytest.raises(NotPossible) as wrong_name:
        mandates.give("陈净", daughter.person.resident_id, terms(), by=actor_of(father))
    with pytest.raises(NotPossible) as unknown:
        mandates.give("陈静", make_resident_id(99), terms(), by=actor_of(father))
    assert (wrong_name.value.code, wrong_name.value.words) == (unknown.value.code, unknown.value.words)


def test_parents_and_guardians_are_written_down_by_a_clerk_only(father: User, daughter: User) -> None:
    with pytest.raises(NotPossible):
        gives(father, daughter, terms(MandateKind.GUARDIAN))
    assert father.person_id is not None
    assert daughter.person_id is not None
    mandate = mandates.write_down(
        daughter.person_id, father.person_id, terms(MandateKind.PARENT), by=officer(7, ["data-office/ruling"])
    )
    assert Mandate.objects.get(pk=mandate).given_by == "officer:7"
    assert [card.id for card in mandates.held(actor_of(father))] == [mandate]


def test_giving_twice_leaves_one_and_nobody_gives_more_than_twenty(father: User, daughter: User) -> None:
    assert gives(father, daughter) == gives(father, daughter)
    for number in range(mandates.MOST - 1):
        gives(father, daughter, terms(MandateKind.PROXY, f"service-{number}"))
    with pytest.raises(NotPossible) as refused:
        gives(father, daughter, terms(MandateKind.PROXY, "one-more"))
    assert refused.value.code == "too_many_mandates"


def test_staff_act_for_an_enterprise_as_long_as_their_principal_represents_it(father: User, daughter: User) -> None:
    enterprise = Enterprise.objects.create(name="兰姨小馆", uscc=make_uscc(1), representative=father.person)
    gives(father, daughter, terms(MandateKind.STAFF, enterprise=enterprise.pk))
    assert [card.enterprise.name for card in mandates.held(actor_of(daughter)) if card.enterprise] == ["兰姨小馆"]
    Enterprise.objects.filter(pk=enterprise.pk).update(representative=daughter.person)
    assert mandates.held(actor_of(daughter)) == ()
    assert mandates.of(daughter.person_id or 0)[0].state == "over"


@pytest.mark.parametrize("until", [NOON, NOON + timedelta(days=5 * 366)])
def test_a_term_lies_ahead_and_is_bounded(father: User, daughter: User, until: Any) -> None:
    with pytest.raises(NotPossible):
        gives(father, daughter, terms(until=until))


def test_the_pages_give_ask_agree_and_end(father: User, daughter: User) -> None:
    assert father.person is not None
    browser, his = Client(), Client()
    browser.force_login(daughter)
    his.force_login(father)
    day = {"last_day-year": "2025", "last_day-month": "12", "last_day-day": "31"}
    typed = {"name": "陈建国", "resident_id": father.person.resident_id, "kind": "family", "records": "true", **day}
    wrong = browser.post("/account/mandates/ask/", {**typed, "name": "陈健国"})
    assert wrong.status_code == 422
    assert "没有找到姓名和证件号都相符的人" in wrong.content.decode()
    assert browser.post("/account/mandates/ask/", typed).status_code == 303
    asked = his.get("/account/mandates/").content.decode()
    assert "想替您办事" in asked
    mandate = Mandate.objects.get()
    assert mandate.records
    assert browser.post(f"/account/mandates/{mandate.pk}/agree/").status_code == 404
    assert his.post(f"/account/mandates/{mandate.pk}/agree/").status_code == 303
    assert "陈建国" in browser.get("/account/mandates/").content.decode()
    assert his.post(f"/account/mandates/{mandate.pk}/end/").status_code == 303
    assert mandates.held(actor_of(daughter)) == ()


def test_nobody_but_a_resident_has_mandates() -> None:
    assert mandates.held(Actor(ActorKind.OFFICER, 1)) == ()
