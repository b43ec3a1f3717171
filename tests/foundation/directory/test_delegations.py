"""The legal representative of an enterprise lets staff act for it; nobody else does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from tests.foundation.directory import people
from yiwang.foundation.directory import mandate_views, mandates
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.mandates import Terms
from yiwang.foundation.directory.models import Enterprise, Mandate, MandateKind, User
from yiwang.foundation.directory.refusals import NotPossible
from yiwang.foundation.kernel.identifiers import make_uscc
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import FrozenClock, now

USCC = make_uscc(1)
ADDRESS = "/account/mandates/staff/"
DAY = {"last_day-year": "2025", "last_day-month": "12", "last_day-day": "31"}


@pytest.fixture
def head(db: None, clock: FrozenClock) -> User:
    user = people.resident("王晓兰")
    Enterprise.objects.create(name="兰姨小馆", uscc=USCC, representative=user.person)
    return user


@pytest.fixture
def clerk(db: None, clock: FrozenClock) -> User:
    return people.resident("陈静")


@pytest.fixture
def services() -> Iterator[None]:
    before = list(mandate_views._listers)
    mandate_views._listers[:] = [lambda: [("drainage-permit", Words("排水许可", "Drainage permit"))]]
    yield
    mandate_views._listers[:] = before


def number(user: User) -> str:
    assert user.person is not None
    return user.person.resident_id


def terms(*services: str) -> Terms:
    return Terms(MandateKind.STAFF, now() + timedelta(days=30), services)


def test_the_representative_delegates_and_staff_see_for_whom_they_act(head: User, clerk: User) -> None:
    mandate = mandates.delegate(USCC, clerk.name, number(clerk), terms("drainage-permit"), by=actor_of(head))
    (card,) = mandates.held(actor_of(clerk), "drainage-permit")
    assert (card.id, card.kind) == (mandate, MandateKind.STAFF)
    assert card.enterprise is not None
    assert card.enterprise.uscc == USCC
    assert mandates.held(actor_of(clerk), "company-seal-filing") == ()
    client = Client(headers={"accept-language": "en"})
    client.force_login(clerk)
    assert "兰姨小馆" in client.get("/account/mandates/").content.decode()


def test_who_does_not_represent_it_delegates_nobody(head: User, clerk: User) -> None:
    stranger = people.resident()
    for deed in (
        lambda: mandates.delegate(USCC, clerk.name, number(clerk), terms(), by=actor_of(stranger)),
        lambda: mandates.give(
            clerk.name,
            number(clerk),
            Terms(MandateKind.STAFF, now() + timedelta(days=1), (), enterprise=Enterprise.objects.get().pk),
            by=actor_of(stranger),
        ),
        lambda: mandates.delegate(make_uscc(2), clerk.name, number(clerk), terms(), by=actor_of(head)),
    ):
        with pytest.raises(NotPossible, match="not_represented"):
            deed()
    assert not Mandate.objects.exists()


def test_staff_pass_it_on_to_nobody(head: User, clerk: User) -> None:
    mandates.delegate(USCC, clerk.name, number(clerk), terms(), by=actor_of(head))
    other = people.resident()
    with pytest.raises(NotPossible, match="not_represented"):
        mandates.delegate(USCC, other.name, number(other), terms(), by=actor_of(clerk))


def test_it_ends_on_its_day_by_hand_and_with_the_representation(head: User, clerk: User, clock: FrozenClock) -> None:
    first = mandates.delegate(USCC, clerk.name, number(clerk), terms(), by=actor_of(head))
    mandates.end(first, by=actor_of(head))
    assert mandates.held(actor_of(clerk)) == ()
    mandates.delegate(USCC, clerk.name, number(clerk), terms(), by=actor_of(head))
    assert mandates.held(actor_of(clerk))
    Enterprise.objects.update(representative=people.resident().person)
    assert mandates.held(actor_of(clerk)) == ()
    Enterprise.objects.update(representative=head.person)
    clock.advance(timedelta(days=30))
    assert mandates.held(actor_of(clerk)) == ()


def test_the_page_delegates(head: User, clerk: User, services: None) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(head)
    assert "Let staff act for your enterprise" in client.get("/account/mandates/").content.decode()
    typed = {"enterprise": USCC, "name": clerk.name, "resident_id": number(clerk), "services": "drainage-permit", **DAY}
    for wrong in ({"enterprise": make_uscc(2)}, {"services": "nothing"}, {"name": "陈净"}, {"last_day-year": "1999"}):
        assert client.post(ADDRESS, {**typed, **wrong}).status_code == 422, wrong
    assert client.post(ADDRESS, typed).status_code == 303
    (card,) = mandates.held(actor_of(clerk))
    assert card.services == ("drainage-permit",)


def test_who_represents_none_reads_so(clerk: User) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(clerk)
    assert "You represent no enterprise" in client.get(ADDRESS).content.decode()
