"""The pages of no package in a real browser: both languages and sizes, phone and desktop, without scripts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from yiwang.web import loading

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def city(transactional_db: None) -> None:
    assert loading.load(Path(settings.ROOT) / "city") == 0


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_home_help_and_missing_pages_pass_axe(
    browse: Callable[..., Any], accessible: Callable[[Any], None], width: int, language: str
) -> None:
    page = browse(width=width, language=language)
    for address in ("/", "/help/", "/nothing-here/"):
        page.goto(address)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("button[name=elders]").click()
    page.goto("/")
    assert page.locator("html.elders").count() == 1
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_my_cases_come_first_on_a_phone_and_beside_on_a_desk(browse: Callable[..., Any]) -> None:
    for width, first in ((390, True), (1280, False)):
        page = browse(width=width)
        page.goto("/")
        mine = page.locator(".my-cases").bounding_box()
        life = page.locator(".on-offer").bounding_box()
        assert (mine["y"] + mine["height"] <= life["y"]) is first
        assert (mine["x"] >= life["x"] + life["width"]) is not first


def test_a_person_searches_and_switches_without_scripts(browse: Callable[..., Any]) -> None:
    page = browse(scripts=False)
    page.goto("/")
    page.locator("button[name=language]").click()
    assert page.locator("h1").inner_text() == "What would you like to get done?"
    page.locator("#q").fill("我想开一家餐馆")
    page.get_by_role("button", name="Search").click()
    assert "/matters/?q=" in page.url
