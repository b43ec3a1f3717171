"""The frame of every page: ports that higher packages fill, and the way back that stays inside the site."""

from collections.abc import Iterator

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from yiwang.foundation.ui import frame
from yiwang.foundation.ui.frame import Account, Frame, safe_next


@pytest.fixture(autouse=True)
def own_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is forgotten after it."""
    monkeypatch.setattr(frame, "_account", None)
    monkeypatch.setattr(frame, "_unread", None)
    monkeypatch.setattr(frame, "_destinations", {"home": "web:home", "sign-in": "directory:sign-in"})


@pytest.fixture
def request_(rf: RequestFactory) -> HttpRequest:
    return rf.get("/help/?a=1")


@pytest.fixture(params=["zh-hans", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with translation.override(request.param):
        yield request.param


@pytest.mark.parametrize(
    "wanted",
    [
        None, "", "matters", "//evil.example/x", "https://evil.example/", "/\\evil.example", "javascript:alert(1)",
        "/" + "a" * 3000, "\\\\evil.example", "/\n/evil.example", "http:///evil.example",
    ],
)  # fmt: skip
def test_nobody_is_sent_out_of_the_site(rf: RequestFactory, wanted: str | None) -> None:
    assert safe_next(rf.get("/"), wanted) == "/"


@pytest.mark.parametrize("wanted", ["/", "/matters/?q=开餐馆", "/desk/cases/1/?part=food#history"])
def test_a_page_of_the_site_can_be_come_back_to(rf: RequestFactory, wanted: str) -> None:
    assert safe_next(rf.get("/"), wanted) == wanted


def test_a_visitor_is_offered_to_sign_in_and_to_come_back(request_: HttpRequest, language: str) -> None:
    page = render_to_string("ui/page.html", {}, request_)
    assert 'href="/sign-in/?next=/help/%3Fa%3D1"' in page


def test_the_name_and_unread_messages_of_whoever_is_signed_in_are_shown(request_: HttpRequest) -> None:
    frame.register_account(lambda request: Account("王小明"))
    frame.register_unread(lambda request: 3)
    frame.register_destination("inbox", "notifications:inbox")
    with translation.override("zh-hans"):
        page = render_to_string("ui/page.html", {}, request_)
    assert "王小明" in page
    assert "（3 条未读）" in page
    assert "登录" not in page


def test_officers_see_the_desk_and_residents_their_own(request_: HttpRequest) -> None:
    frame.register_destination("desk", "cases:desk")
    frame.register_destination("mine", "web:help")
    with translation.override("zh-hans"):
        frame.register_account(lambda request: Account("王敏", officer=True))
        officer = render_to_string("ui/page.html", {}, request_)
        frame.register_account(lambda request: Account("王小明"))
        resident = render_to_string("ui/page.html", {}, request_)
    assert ("工作台" in officer, "我的" in officer) == (True, False)
    assert ("工作台" in resident, "我的" in resident) == (False, True)


def test_a_link_whose_route_does_not_exist_is_not_shown() -> None:
    frame.register_destination("desk", "nowhere:at-all")
    assert Frame(None).links == {"home": "/", "sign-in": "/sign-in/"}


def test_nothing_is_looked_up_for_a_page_that_does_not_ask(request_: HttpRequest) -> None:
    asked = []
    frame.register_account(lambda request: asked.append(request))  # type: ignore[func-returns-value,arg-type]
    Frame(request_).links  # noqa: B018
    assert asked == []


def test_a_page_can_be_drawn_without_a_request(language: str) -> None:
    page = render_to_string("ui/page.html", {})
    assert f'lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in page


def test_the_elders_version_is_kept_in_a_cookie(rf: RequestFactory) -> None:
    request = rf.get("/")
    assert 'class="elders"' not in render_to_string("ui/page.html", {}, request)
    request.COOKIES["elders"] = "1"
    assert 'class="elders"' in render_to_string("ui/page.html", {}, request)


def test_every_page_offers_human_help_the_elders_version_and_the_other_language(
    request_: HttpRequest, language: str
) -> None:
    for key in ("help", "elders", "language"):
        frame.register_destination(key, f"web:{key}")
    for name in ("ui/page.html", "ui/desk.html", "ui/problem.html", "ui/confirm.html"):
        page = render_to_string(name, {}, request_)
        assert 'href="tel:12345"' in page
        assert 'name="elders" value="1"' in page
        assert f'name="language" value="{"en" if language == "zh-hans" else "zh-hans"}"' in page
        assert 'href="#main"' in page
        assert '<main id="main"' in page
