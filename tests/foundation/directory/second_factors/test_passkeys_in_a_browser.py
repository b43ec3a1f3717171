"""A passkey in a real browser with a virtual device: added with the password, then signing in without it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.foundation.directory import people
from yiwang.foundation.directory.models import Passkey, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Browse = Callable[..., Any]


def with_device(page: Any) -> tuple[Any, str]:
    """Plug a device with a finger that always agrees into the browser."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, made["authenticatorId"]


def sign_in(page: Any, user: User) -> None:
    page.goto("/sign-in/")
    page.locator("[name=identifier]").fill(user.username)
    page.locator("[name=password]").fill(people.PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()


def add(page: Any) -> None:
    page.goto("/account/second-factors/passkeys/")
    page.locator("[name=name]").fill("my phone")
    page.locator("[name=password]").fill(people.PASSWORD)
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("heading", name="Your recovery codes").wait_for()


def by_passkey(page: Any) -> None:
    page.goto("/sign-in/passkey/?next=/account/")
    page.get_by_role("button", name="Use my passkey").click()


def test_a_passkey_is_added_and_signs_in_as_two_factors(browse: Browse, live_server: Any, settings: Any) -> None:
    settings.YIWANG_SECOND_FACTOR = "officers"
    officer = people.officer("water/permits")
    page = browse(language="en-GB")
    with_device(page)
    sign_in(page, officer)
    add(page)
    assert Passkey.objects.get(user=officer).name == "my phone"
    page.context.clear_cookies()
    by_passkey(page)
    page.wait_for_url(re.compile(r"//[^/]+/account/$"))
    page.goto("/desk/")
    assert page.url.endswith("/desk/"), "the passkey counts as two factors"


def test_after_the_password_a_passkey_does_as_well(browse: Browse, live_server: Any) -> None:
    user = people.resident()
    page = browse(language="en-GB")
    with_device(page)
    sign_in(page, user)
    add(page)
    page.context.clear_cookies()
    sign_in(page, user)
    assert page.url.endswith("/sign-in/second-factor/")
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(re.compile(r"//[^/]+/$"))
    page.goto("/account/")
    assert page.url.endswith("/account/")


def test_a_copied_key_a_removed_one_and_a_refusal_open_nothing(browse: Browse, live_server: Any) -> None:
    user = people.resident()
    page = browse(language="en-GB")
    session, device = with_device(page)
    sign_in(page, user)
    add(page)
    page.context.clear_cookies()
    Passkey.objects.update(sign_count=1000)
    by_passkey(page)
    page.get_by_text("No passkey answered").wait_for()
    Passkey.objects.all().delete()
    by_passkey(page)
    page.get_by_text("No passkey answered").wait_for()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    by_passkey(page)
    page.get_by_text("No passkey answered").wait_for()
    page.goto("/account/")
    assert "/sign-in/" in page.url
