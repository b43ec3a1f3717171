"""Search and guides in a real browser: both languages, desktop and phone, elders' version, without scripts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from yiwang.foundation.directory import loading as directory
from yiwang.foundation.places import loading as places
from yiwang.service.catalogue import actions, loading
from yiwang.service.catalogue.national import NationalMatter
from yiwang.service.catalogue.package import GuidanceOnly

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CITY = Path(__file__).parents[3] / "city"
PAGES = (
    "/matters/",
    "/matters/?q=餐馆",
    "/matters/?q=qqqq",
    "/matters/open-a-restaurant/",
    "/matters/drainage-permit/",
    "/matters/senior-transit-card/",
    "/matters/511A-1/",
)


@pytest.fixture(autouse=True)
def city(transactional_db: None) -> None:
    places.load(CITY)
    directory.load(CITY)
    loading.load(CITY)
    link = "http://www.example.org/jiq/front/transition/ywTransToDetail?areaCode=511602000000&itemCode=511A"
    matter = NationalMatter("511A-1", "餐饮服务场所油烟设施备案", department="区生态环境局", link=link)
    actions.publish([GuidanceOnly(matter)])
    actions.make_findable()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_search_and_guides_pass_axe_and_fit_the_screen(
    browse: Callable[..., Any], accessible: Callable[[Any], None], width: int, language: str
) -> None:
    page = browse(width=width, language=language)
    for address in PAGES:
        page.goto(address)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_elders_version_of_a_guide_fits_a_phone(
    browse: Callable[..., Any], accessible: Callable[[Any], None]
) -> None:
    page = browse(width=390)
    page.goto("/matters/open-a-restaurant/")
    page.locator("button[name=elders]").click()
    assert page.locator("html.elders").count() == 1
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_person_finds_the_restaurant_without_scripts(browse: Callable[..., Any]) -> None:
    page = browse(scripts=False)
    page.goto("/matters/")
    page.locator("#q").fill("我想开一家餐馆")
    page.get_by_role("button", name="搜索").click()
    page.locator(".event-name a").first.click()
    assert page.locator("h1").inner_text() == "开办餐饮店“一件事”"
    assert page.locator("a.button.primary").count() <= 1


def test_the_lines_of_work_are_drawn_where_there_is_room_for_them(browse: Callable[..., Any]) -> None:
    for width, drawn in ((1280, True), (390, False)):
        page = browse(width=width)
        page.goto("/matters/open-a-restaurant/")
        assert page.locator("svg.lanes").is_visible() is drawn
        assert page.locator("table").is_visible()
