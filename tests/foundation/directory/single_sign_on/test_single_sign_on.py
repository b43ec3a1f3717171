"""The code flow with PKCE against a real provider (django-allauth's, a process of its own), over HTTP."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.foundation.directory import people
from tests.foundation.directory.single_sign_on import identity_provider as there
from yiwang.foundation.directory.levels import Level
from yiwang.foundation.directory.models import ExternalIdentity, Person, User

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60


@pytest.fixture
def issuer(tmp_path: Path, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    database = tmp_path / "provider.sqlite3"
    command = [sys.executable, there.__file__, str(port), str(database), f"{live_server.url}/sign-in/provider/back/"]
    errors = (tmp_path / "errors").open("wb")
    process = subprocess.Popen(command, stderr=errors)
    try:
        until = time.monotonic() + PATIENCE
        while not database.with_suffix(".ready").exists():
            assert process.poll() is None and time.monotonic() < until, (tmp_path / "errors").read_text()
            time.sleep(0.05)
        monkeypatch.setenv("YIWANG_OIDC_ISSUER", f"http://localhost:{port}")
        monkeypatch.setenv("YIWANG_OIDC_CLIENT_ID", there.CLIENT)
        monkeypatch.setenv("YIWANG_OIDC_CLIENT_SECRET", there.SECRET)
        monkeypatch.setenv("YIWANG_OIDC_NAME", "市民云|Citizen Cloud")
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait()
        errors.close()


class Browser:
    """A person who follows links and sends forms, at the city and at the provider."""

    def __init__(self, city: str) -> None:
        self.city = city
        self.client = httpx.Client(follow_redirects=True, headers={"accept-language": "en"}, timeout=PATIENCE)
        self.page = self.client.get(city)

    def opens(self, address: str) -> None:
        self.page = self.client.get(self.city + address if address.startswith("/") else address)

    def sends(self, **fields: str) -> None:
        (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page.text))
        data = {"csrfmiddlewaretoken": token, **fields}
        headers = {"referer": str(self.page.url)}
        self.page = self.client.post(str(self.page.url), data=data, headers=headers)

    def signs_in_here(self, user: User) -> None:
        self.opens("/sign-in/")
        self.sends(identifier=user.username, password=people.PASSWORD, next="/account/")

    def signs_in_there(self) -> None:
        assert "/accounts/login/" in str(self.page.url), self.page.url
        self.sends(login="li", password=there.PASSWORD)

    @property
    def place(self) -> str:
        return urlsplit(str(self.page.url)).path


@pytest.fixture
def browser(issuer: str, live_server: Any) -> Browser:
    return Browser(live_server.url)


def connected(browser: Browser, user: User) -> None:
    browser.signs_in_here(user)
    browser.opens("/account/provider/")
    browser.sends(set_out="1")
    (onward,) = re.findall(r'href="(http://localhost:\d+/identity/o/authorize[^"]+)"', browser.page.text)
    browser.opens(onward.replace("&amp;", "&"))
    browser.signs_in_there()
    assert browser.place == "/account/provider/"
    assert "王晓兰" in browser.page.text
    assert not ExternalIdentity.objects.exists(), "nothing is connected before its holder says so"
    browser.sends(connect="1")


def test_an_account_is_connected_by_its_holder_and_then_opened_from_there(browser: Browser) -> None:
    user = people.resident()
    connected(browser, user)
    assert ExternalIdentity.objects.get().user == user
    browser.client.cookies.delete("sessionid")
    browser.opens("/sign-in/provider/?next=/account/")
    assert browser.place == "/account/"
    assert user.username in browser.page.text


def test_a_stranger_is_told_how_to_connect_and_gets_in_nowhere(browser: Browser) -> None:
    browser.opens("/sign-in/provider/?next=/account/")
    browser.signs_in_there()
    assert browser.page.status_code == 403
    assert "No account here is connected" in browser.page.text
    browser.opens("/account/")
    assert browser.place == "/sign-in/"


def test_a_second_factor_is_asked_after_the_provider_too(browser: Browser) -> None:
    from yiwang.foundation.directory.second_factors import actions, totp
    from yiwang.foundation.kernel.time import now

    user = people.resident()
    connected(browser, user)
    secret = totp.new_secret()
    actions.add_totp(user, secret, totp.code_at(secret, totp.step_at(now())))
    browser.client.cookies.delete("sessionid")
    browser.opens("/sign-in/provider/?next=/account/")
    assert browser.place == "/sign-in/second-factor/"


@pytest.mark.parametrize(("name", "level"), [("王晓兰", Level.REAL_NAME), ("王小兰", Level.UNVERIFIED)])
def test_a_provider_proves_the_level_that_the_city_trusts_it_for(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, name: str, level: Level
) -> None:
    monkeypatch.setenv("YIWANG_OIDC_LEVEL", "real_name")
    user = people.resident(name, level=Level.UNVERIFIED)
    Person.objects.filter(pk=user.person_id).update(resident_id=there.RESIDENT_ID)
    connected(browser, user)
    assert Person.objects.get(pk=user.person_id).level == level


def test_an_answer_to_another_browser_or_a_forged_code_opens_nothing(browser: Browser) -> None:
    connected(browser, people.resident())
    browser.client.cookies.delete("sessionid")
    first = browser.client.get(f"{browser.city}/sign-in/provider/", follow_redirects=False)
    asked = parse_qs(urlsplit(first.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = "/sign-in/provider/back/"
    browser.opens(f"{back}?state=of-another&code=x")
    assert browser.page.status_code == 403
    browser.opens("/sign-in/provider/back/?state=&code=")
    assert "nothing to come back from" in browser.page.text, "an answer is heard once"
    first = browser.client.get(f"{browser.city}/sign-in/provider/", follow_redirects=False)
    (state,) = parse_qs(urlsplit(first.headers["Location"]).query)["state"]
    browser.opens(f"{back}?state={state}&code=guessed")
    assert browser.page.status_code == 403
    browser.opens("/account/")
    assert browser.place == "/sign-in/"
