"""The home page, help, the switches of language and size, and what is shown when nothing works."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import Resolver404

from yiwang.foundation.ui.problems import too_many_requests
from yiwang.web import loading, views

CITY = Path(settings.ROOT) / "city"


@pytest.fixture
def chinese(client: Client) -> Client:
    client.cookies["django_language"] = "zh-hans"
    return client


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def city(db: None) -> None:
    assert loading.load(CITY) == 0


@pytest.mark.usefixtures("city")
def test_home_asks_one_question_and_lists_life_events(chinese: Client) -> None:
    page = chinese.get("/").content.decode()
    assert page.count("<h1>") == 1
    assert "您想办什么事？</h1>" in page
    assert 'action="/matters/"' in page
    assert "10个工作日" in page
    assert "5个部门" in page
    assert 'href="/matters/open-a-restaurant/"' in page


@pytest.mark.usefixtures("city")
def test_home_speaks_english(english: Client) -> None:
    page = english.get("/").content.decode()
    assert "What would you like to get done?</h1>" in page
    assert "10 working days" in page
    assert "5 departments" in page


@pytest.mark.usefixtures("city")
def test_home_takes_as_many_queries_for_a_large_city(client: Client, django_assert_max_num_queries: Any) -> None:
    client.get("/")
    with django_assert_max_num_queries(6):
        client.get("/")


def test_home_opens_in_an_empty_city(db: None, chinese: Client) -> None:
    answer = chinese.get("/")
    assert answer.status_code == 200
    assert "您想办什么事？" in answer.content.decode()


def test_help_tells_where_people_are(db: None, chinese: Client, client: Client) -> None:
    page = chinese.get("/help/").content.decode()
    assert 'href="tel:12345"' in page
    assert "有人帮您" in page


def test_the_language_is_remembered_and_the_page_comes_back(db: None, client: Client) -> None:
    answer = client.post("/language/", {"language": "en", "next": "/help/"})
    assert (answer.status_code, answer["Location"]) == (303, "/help/")
    assert "Someone will help you" in client.get("/help/").content.decode()
    client.post("/language/", {"language": "zh-hans", "next": "/help/"})
    assert "有人帮您" in client.get("/help/").content.decode()


def test_a_language_that_is_not_spoken_here_changes_nothing(db: None, client: Client) -> None:
    answer = client.post("/language/", {"language": "xx", "next": "/help/"})
    assert answer.status_code == 303
    assert "django_language" not in answer.cookies


def test_the_elders_version_is_switched_on_and_off(db: None, client: Client) -> None:
    client.post("/elders/", {"elders": "1", "next": "/help/"})
    assert 'class="elders"' in client.get("/help/").content.decode()
    client.post("/elders/", {"elders": "0", "next": "/help/"})
    assert 'class="elders"' not in client.get("/help/").content.decode()


@pytest.mark.parametrize("address", ["/language/", "/elders/"])
def test_a_switch_sends_nobody_out_of_the_site(db: None, client: Client, address: str) -> None:
    answer = client.post(address, {"language": "en", "elders": "1", "next": "https://evil.example/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("address", ["/language/", "/elders/"])
def test_a_switch_is_a_form_and_nothing_that_a_link_could_press(db: None, client: Client, address: str) -> None:
    assert client.get(address).status_code == 405


def test_a_switch_without_its_token_is_refused_with_advice(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/elders/", {"elders": "1"}, headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "This form has been open for too long" in answer.content.decode()


def test_a_missing_page_says_what_to_do(db: None, chinese: Client) -> None:
    answer = chinese.get("/nothing-here/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "没有这个页面" in page
    assert page.count('class="button primary"') == 1


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "我们这边出了故障"), ("en", "Something broke on our side")]
)
def test_the_page_for_our_own_faults_needs_no_database(rf: RequestFactory, language: str, words: str) -> None:
    request = rf.get("/")
    request.COOKIES["django_language"] = language
    answer = views.server_error(request)
    assert answer.status_code == 500
    assert words in answer.content.decode()


def test_every_refusal_has_a_page(rf: RequestFactory) -> None:
    request = rf.get("/")
    statuses = [
        views.bad_request(request).status_code,
        views.forbidden(request).status_code,
        views.not_found(request, Resolver404()).status_code,
    ]
    assert statuses == [400, 403, 404]


def test_who_asks_too_often_learns_how_long_to_wait(rf: RequestFactory) -> None:
    answer = too_many_requests(rf.get("/sign-in/?a=1"), timedelta(seconds=61))
    assert (answer.status_code, answer["Retry-After"]) == (429, "61")
    assert "2 分钟" in answer.content.decode()
    assert 'href="/sign-in/?a=1"' in answer.content.decode()
