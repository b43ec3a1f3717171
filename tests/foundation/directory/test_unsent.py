"""A form that came back too late is kept for its person, and for nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.foundation.directory import people
from yiwang.foundation.directory import unsent
from yiwang.foundation.directory.jobs import forget_unsent
from yiwang.foundation.directory.models import ApiToken, Appointment, UnsentForm, User
from yiwang.foundation.kernel.time import FrozenClock

pytestmark = pytest.mark.django_db
FORM = "/administration/people/appoint/"
KEPT = "What you had typed is back in the form."


class Browser:
    """A browser as it is: with cookies and CSRF tokens, signing in on the page."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})

    def signs_in(self, user: User, to: str = "/") -> str:
        token = self.token_on(f"/sign-in/?next={to}")
        data = {"identifier": user.username, "password": people.PASSWORD, "next": to, "csrfmiddlewaretoken": token}
        return self.client.post("/sign-in/", data).headers["Location"]

    def token_on(self, path: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.reads(path))
        assert found is not None
        return found[1]

    def reads(self, path: str) -> str:
        return self.client.get(path).content.decode()

    def sends(self, token: str, path: str = FORM, **fields: object) -> object:
        return self.client.post(path, {"csrfmiddlewaretoken": token, **fields})

    def signs_out(self) -> None:
        self.sends(self.token_on("/account/"), "/sign-out/")


@pytest.fixture
def clerk(clock: FrozenClock) -> User:
    people.post("water/permits")
    return people.administrator()


TYPED = {"post": "water/permits", "first_day-year": "2025", "first_day-month": "4", "first_day-day": "17"}


def typed_too_late(browser: Browser, clerk: User, clock: FrozenClock, **more: object) -> str:
    """The clerk fills in the form for half an hour and sends it; returns where they are led."""
    browser.signs_in(clerk)
    token = browser.token_on(FORM)
    clock.advance(timedelta(minutes=31))
    answer = browser.sends(token, officer=str(people.officer().pk), **TYPED, **more)
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_what_was_typed_is_back_after_the_same_person_signs_in_again(clerk: User, clock: FrozenClock) -> None:
    browser = Browser()
    assert typed_too_late(browser, clerk, clock) == f"/sign-in/?next={FORM.replace('/', '%2F')}&kept=1&ended=1"
    assert "it is back in the form" in browser.reads("/sign-in/?kept=1")
    assert not Appointment.objects.exists()
    assert browser.signs_in(clerk, FORM) == FORM
    page = browser.reads(FORM)
    assert KEPT in page
    assert 'value="17"' in page
    assert re.search(r'value="water/permits" selected', page)
    assert "Choose your files" not in page


def test_it_is_gone_once_it_was_sent(clerk: User, clock: FrozenClock) -> None:
    browser = Browser()
    typed_too_late(browser, clerk, clock)
    browser.signs_in(clerk)
    answer = browser.sends(browser.token_on(FORM), officer=str(people.officer().pk), **TYPED)
    assert answer.status_code == 302
    assert Appointment.objects.count() == 1
    assert not UnsentForm.objects.exists()
    assert KEPT not in browser.reads(FORM)


def test_whoever_wanted_nothing_else_is_led_to_the_form(clerk: User, clock: FrozenClock) -> None:
    browser = Browser()
    typed_too_late(browser, clerk, clock)
    assert browser.signs_in(clerk) == FORM


def test_another_person_never_sees_it(clerk: User, clock: FrozenClock) -> None:
    browser, other = Browser(), people.administrator()
    typed_too_late(browser, clerk, clock)
    assert browser.signs_in(other) == "/"
    assert KEPT not in browser.reads(FORM)
    browser.signs_out()
    assert browser.signs_in(clerk) == FORM, "it still waits for whose it is"


def test_another_browser_never_shows_it(clerk: User, clock: FrozenClock) -> None:
    typed_too_late(Browser(), clerk, clock)
    elsewhere = Browser()
    assert elsewhere.signs_in(clerk) == "/"
    assert KEPT not in elsewhere.reads(FORM)


def test_a_form_from_before_the_last_sign_in_is_kept_too(clerk: User, clock: FrozenClock) -> None:
    browser = Browser()
    browser.signs_in(clerk)
    token = browser.token_on(FORM)
    browser.signs_out()
    browser.signs_in(clerk)
    answer = browser.sends(token, **TYPED)
    assert answer.status_code == 403
    assert f'href="{FORM}"' in answer.content.decode()
    assert KEPT in browser.reads(FORM)


def test_a_form_that_one_person_opened_is_not_kept_for_another(clerk: User, clock: FrozenClock) -> None:
    browser, other = Browser(), people.administrator()
    browser.signs_in(clerk)
    token = browser.token_on(FORM)
    browser.signs_out()
    browser.signs_in(other)
    assert browser.sends(token, **TYPED).status_code == 403
    assert KEPT not in browser.reads(FORM)
    browser.signs_out()
    browser.signs_in(clerk)
    assert KEPT in browser.reads(FORM)


@pytest.mark.parametrize("token", ["", "x" * 64, "A" * 32, "\u00e9" * 64])
def test_what_another_site_sends_is_not_kept(clerk: User, clock: FrozenClock, token: str) -> None:
    browser = Browser()
    browser.signs_in(clerk)
    assert browser.sends(token, **TYPED).status_code == 403
    browser.signs_out()
    assert browser.sends(token, **TYPED).headers["Location"] == "/sign-in/?next=%2F"
    assert not UnsentForm.objects.exists()


def test_passwords_are_never_kept(clerk: User, clock: FrozenClock) -> None:
    browser = Browser()
    browser.signs_in(clerk)
    token = browser.token_on("/account/tokens/")
    clock.advance(timedelta(minutes=31))
    browser.sends(token, "/account/tokens/", name="script", password=people.PASSWORD)
    browser.sends(token, "/account/password/", current=people.PASSWORD, new="another long walk")
    assert not UnsentForm.objects.exists()
    assert not ApiToken.objects.exists()


def test_files_are_to_be_chosen_again(clerk: User, clock: FrozenClock) -> None:
    browser = Browser()
    typed_too_late(browser, clerk, clock, scan=SimpleUploadedFile("a.png", b"x" * 3_000_000))
    assert UnsentForm.objects.get().files
    browser.signs_in(clerk)
    assert "Choose your files again." in browser.reads(FORM)


def test_after_an_hour_it_is_gone(clerk: User, clock: FrozenClock) -> None:
    browser = Browser()
    typed_too_late(browser, clerk, clock)
    clock.advance(unsent.KEPT_FOR)
    assert browser.signs_in(clerk) == "/"
    assert KEPT not in browser.reads(FORM)
    forget_unsent()
    assert not UnsentForm.objects.exists()


def test_whoever_signs_out_leaves_nothing_behind(clerk: User, clock: FrozenClock) -> None:
    browser = Browser()
    typed_too_late(browser, clerk, clock)
    browser.signs_in(clerk)
    browser.signs_out()
    assert not UnsentForm.objects.exists()


def test_a_person_keeps_few_forms_of_bounded_size(clerk: User, clock: FrozenClock) -> None:
    browser = Browser()
    browser.signs_in(clerk)
    token = browser.token_on(FORM)
    clock.advance(timedelta(minutes=31))
    browser.sends(token, post="x" * (unsent.LONGEST_FORM + 1))
    assert not UnsentForm.objects.exists()
    for number in range(unsent.MOST_FORMS + 3):
        clock.advance(timedelta(seconds=1))
        browser.sends(token, f"/administration/appointments/{number}/end/", why=str(number))
    assert UnsentForm.objects.count() == unsent.MOST_FORMS
    assert not UnsentForm.objects.filter(fields__why=["0"]).exists()
