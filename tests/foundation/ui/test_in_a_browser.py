"""The components in a real browser: axe, keyboard, the plan's drawing under the content security policy."""

from collections.abc import Callable
from typing import Any

import pytest

from yiwang.foundation.directory.access import EVERYONE, page
from yiwang.web.access import DeclaredAccess

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def gallery(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that has the gallery beside its own pages."""
    settings.ROOT_URLCONF = "tests.foundation.ui.gallery"
    rows = {"gallery:gallery:page": page(EVERYONE), "gallery:gallery:plan": page(EVERYONE)}
    rows |= {name.replace("gallery:gallery", "gallery"): rule for name, rule in rows.items()}
    monkeypatch.setattr(DeclaredAccess, "table", {**DeclaredAccess.table, **rows})


@pytest.mark.parametrize("base", ["page", "desk"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_component_passes_axe_and_fits_the_screen(
    browse: Callable[..., Any], accessible: Callable[[Any], None], base: str, width: int
) -> None:
    page = browse(width=width)
    for elders in (False, True):
        page.goto(f"/gallery/{base}/")
        page.wait_for_selector(".plan-canvas .djs-element")
        if elders:
            page.locator("button[name=elders]").click()
            page.wait_for_selector("html.elders")
            page.wait_for_selector(".plan-canvas .djs-element")
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_targets_are_large_enough(browse: Callable[..., Any]) -> None:
    page = browse(width=390)
    page.goto("/gallery/page/")
    heights = page.locator("main .button, main .box:not(textarea), main .option").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().height)"
    )
    assert min(heights) >= 48
    page.locator("button[name=elders]").click()
    page.wait_for_selector("html.elders")
    heights = page.locator("main .button, main .box:not(textarea), main .option").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().height)"
    )
    assert min(heights) >= 60


def test_the_plan_is_drawn_with_its_watermark_in_sight(browse: Callable[..., Any]) -> None:
    for width in (1280, 390):
        page = browse(width=width)
        page.goto("/gallery/page/")
        page.wait_for_selector(".plan-canvas .djs-element.plan-done")
        mark = page.locator("a.bjs-powered-by")
        assert mark.get_attribute("href") == "http://bpmn.io"
        for scrolled in (0, 500):
            page.evaluate("x => document.querySelector('.plan-frame').scrollTo(x, 0)", scrolled)
            mark.scroll_into_view_if_needed()
            box = mark.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            last = page.locator(".plan-canvas [data-element-id=decide] rect").first.bounding_box()
            assert scrolled == 0 or last["x"] + last["width"] <= width, "scrolling shows the end of the plan"


def test_without_scripts_the_table_stands_in_for_the_drawing(browse: Callable[..., Any]) -> None:
    page = browse(scripts=False)
    page.goto("/gallery/page/")
    assert not page.locator("bpmn-plan").is_visible()
    assert page.get_by_text("表格", exact=True).is_visible()


def test_a_whole_row_answers(browse: Callable[..., Any]) -> None:
    page = browse(scripts=False)
    page.goto("/gallery/page/")
    row = page.locator("input[name=c][value=none]").locator("..")
    box = row.bounding_box()
    row.click(position={"x": box["width"] - 10, "y": 10})
    assert page.locator("input[name=c][value=none]").is_checked()


def test_the_keyboard_reaches_the_content_past_the_header(browse: Callable[..., Any]) -> None:
    page = browse()
    page.goto("/gallery/page/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_letter_presses_its_button_on_the_desk_but_not_while_typing(browse: Callable[..., Any]) -> None:
    page = browse()
    page.goto("/gallery/desk/")
    page.locator("input[name=t]").focus()
    page.keyboard.press("c")
    assert page.url.endswith("/gallery/desk/")
    page.locator("h1").first.click()
    page.keyboard.press("c")
    page.wait_for_url(lambda url: not url.endswith("/gallery/desk/"))


def test_the_letter_keys_can_be_switched_off(browse: Callable[..., Any]) -> None:
    """WCAG 2.1.4: a letter alone must not act for those who speak to their computer."""
    page = browse()
    page.goto("/gallery/desk/")
    switch = page.get_by_role("button", name="字母快捷键")
    assert switch.get_attribute("aria-pressed") == "true"
    switch.click()
    assert switch.get_attribute("aria-pressed") == "false"
    page.keyboard.press("c")
    page.reload()
    assert page.url.endswith("/gallery/desk/")
    assert page.get_by_role("button", name="字母快捷键").get_attribute("aria-pressed") == "false", "it is remembered"
