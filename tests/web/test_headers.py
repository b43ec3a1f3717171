import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from tests.foundation.directory import people
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.web.headers import Headers

pytestmark = pytest.mark.django_db


def test_every_answer_forbids_what_we_do_not_use(clock: FrozenClock, client: Client) -> None:
    for address in ("/sign-in/", "/account/", "/nowhere/", "/sign-in/?a=%00", "/api/v1/tokens", "/api/v1/openapi.json"):
        headers = client.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self' 'nonce-")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'; base-uri 'none'" in policy
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Cache-Control"]


def test_no_two_answers_share_a_nonce(clock: FrozenClock, client: Client) -> None:
    nonces = {
        re.search(r"'nonce-([^']+)'", client.get("/sign-in/").headers["Content-Security-Policy"]) for _ in range(5)
    }
    assert len({found[1] for found in nonces if found}) == 5


def test_a_template_finds_the_nonce_of_its_own_answer() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.csp_nonce)  # type: ignore[attr-defined]

    response = Headers(view)(RequestFactory().get("/"))
    assert f"'nonce-{response.content.decode()}'" in response.headers["Content-Security-Policy"]


def test_a_view_may_be_stricter() -> None:
    strict = HttpResponse(headers={"Content-Security-Policy": "sandbox", "Cache-Control": "no-store"})
    response = Headers(lambda _request: strict)(RequestFactory().get("/"))
    assert (response.headers["Content-Security-Policy"], response.headers["Cache-Control"]) == ("sandbox", "no-store")


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(clock: FrozenClock, client: Client) -> None:
    user = people.resident()
    client.post("/sign-in/", {"identifier": user.username, "password": people.PASSWORD})
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
