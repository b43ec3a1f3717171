"""A clerk who has never seen it: opens the window, welcomes somebody, begins what they came for, lets them sign on the
screen, and prints the receipt. Every page on the way is accessible."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.service.applications.applying import CARD, SENIOR
from tests.service.counters.serving import CHEN, fills_in
from tests.web.browser.persons import CITY
from tests.web.browser.test_every_page import screens
from tests.web.test_every_service import an_answer
from yiwang.casework.cases.models import Case
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.models import User
from yiwang.service.applications.models import ApplicationMaterial, Draft
from yiwang.service.applications.reception import SIGNATURE
from yiwang.web import loading

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def looked_at(page: Any, name: str) -> None:
    """Keep a picture of the page where somebody wants to look at them."""
    folder = os.environ.get("YIWANG_LOOK", "")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("width", "language"), [(1280, "zh-CN"), (390, "en-GB")])
def test_a_senior_card_is_received_at_a_window_and_signed_on_the_screen(
    browse: Any, accessible: Any, live_server: Any, clock: Any, width: int, language: str
) -> None:
    assert loading.load(CITY) == 0
    clerk = User.objects.get(username="he.window")
    page = screens(browse, live_server.url, {"clerk": clerk}, width=width, language=language)["clerk"]

    def seen(name: str) -> None:
        accessible(page)
        looked_at(page, f"{name}-{width}")

    page.goto("/counters/")
    seen("1-open")
    page.locator("input[name=hall][value=wangjiang]").check(force=True)
    page.locator("input[name=window]").fill("3")
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=resident_id]")
    page.locator("input[name=name]").fill(CHEN.name)
    page.locator("input[name=resident_id]").fill(CHEN.resident_id)
    page.locator("input[name=card_seen]").check(force=True)
    seen("2-welcome")
    page.keyboard.press("Enter")
    page.locator("input[name=account][value=yes]").check(force=True)
    seen("3-whose-account")
    page.keyboard.press("Enter")
    page.wait_for_selector("#q")
    page.keyboard.type("敬老卡")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    seen("4-visit")
    page.locator(f"button[name=code][value={CARD}]").click()
    page.wait_for_url("**/drafts/**")
    seen("5-draft")
    draft = Draft.objects.get(service=CARD)
    fills_in(draft.pk, actor_of(clerk), lambda code: SENIOR.get(code, an_answer(code, most=False)))
    page.goto(f"/drafts/{draft.pk}/review/")
    seen("6-review")
    page.locator(f"a[href='/counters/drafts/{draft.pk}/']").click()
    canvas = page.locator("signature-pad canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 120, steps=8)
    page.mouse.up()
    for _turn in range(100):
        if page.evaluate("document.querySelector('input[name=signature]').files.length"):
            break
        page.wait_for_timeout(50)
    seen("7-sign")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/counters/received/**")
    seen("8-receipt")
    case = Case.objects.get()
    assert case.channel == "counter"
    assert ApplicationMaterial.objects.filter(application=case.pk, key=SIGNATURE).count() == 1
    page.goto(f"/drafts/{draft.pk}/")
    assert "/counters/received/" in page.url
