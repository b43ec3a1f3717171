"""Whoever was away for too long, or signed out in another tab, finds what they had typed in the form again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from tests.service.applications.applying import DRAINAGE, DRAINS, part_of
from tests.service.applications.applying import Applicant as Filing
from tests.web.browser.persons import CITY, Applicant, sign_in
from yiwang.casework.cases.models import Part
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.models import UnsentForm, User
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.service.applications import drafts
from yiwang.web import loading

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BACK = "您刚才填写的内容已放回表单"
ADDRESS = "望江区滨江路 88 号"
WORDS = "管线图没有标隔油池\n面积与产权证不符"


@pytest.fixture
def wang(transactional_db: None, clock: FrozenClock) -> Filing:
    assert loading.load(CITY) == 0
    return Filing(User.objects.get(username="wang"))


def test_an_officer_who_was_away_finds_the_correction_as_typed(
    wang: Filing, browse: Callable[..., Any], clock: FrozenClock, accessible: Callable[[Any], None]
) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    page, username = browse(), _permits_officer(number)
    sign_in(page, username)
    form = f"/desk/cases/{number}/parts/{DRAINAGE}/request_correction/"
    page.goto(form)
    page.locator("main textarea").first.fill(WORDS)
    clock.advance(dt.timedelta(minutes=31))
    page.locator("main form button").first.click()
    assert "/sign-in/" in page.url
    assert "没有标隔油池" not in page.url
    assert "会保留一小时" in page.locator("main").inner_text()
    accessible(page)
    assert Part.objects.get(key=DRAINAGE).stage == "received", "nothing was asked of the applicant meanwhile"
    sign_in(page, username)
    assert page.url.endswith(form)
    assert page.locator("main textarea").first.input_value() == WORDS
    assert BACK in page.locator("main").inner_text()
    accessible(page)
    page.locator("main form button").first.click()
    assert Part.objects.get(key=DRAINAGE).stage == "correcting"
    assert not UnsentForm.objects.exists()


def test_signing_out_in_another_tab_loses_no_answer_on_a_phone_without_scripts(
    wang: Filing, browse: Callable[..., Any], clock: FrozenClock
) -> None:
    draft = wang.starts(DRAINAGE, {})
    phone = browse(width=390, height=844, scripts=False)
    sign_in(phone, "wang")
    question = f"/drafts/{draft}/questions/premises.address/"
    phone.goto(question)
    phone.locator("[name='premises.address']").fill(ADDRESS)
    _sign_out_elsewhere(phone)
    phone.locator("main form button").first.click()
    assert "/sign-in/" in phone.url
    sign_in(phone, "chen")
    assert ADDRESS not in phone.content()
    phone.goto(question)
    assert ADDRESS not in phone.content()
    _sign_out_elsewhere(phone)
    phone.goto("/sign-in/")
    sign_in(phone, "wang")
    assert phone.url.endswith(question)
    assert phone.locator("[name='premises.address']").input_value() == ADDRESS
    assert "premises.address" not in drafts.read(draft, wang.actor).answers
    Applicant(phone, "wang").press("继续")
    assert drafts.read(draft, wang.actor).answers["premises.address"] == ADDRESS


def test_a_form_from_before_signing_in_again_elsewhere_is_refused_and_kept(
    wang: Filing, browse: Callable[..., Any], clock: FrozenClock, accessible: Callable[[Any], None]
) -> None:
    draft = wang.starts(DRAINAGE, {})
    page = browse()
    sign_in(page, "wang")
    page.goto(f"/drafts/{draft}/questions/premises.address/")
    page.locator("[name='premises.address']").fill(ADDRESS)
    _sign_out_elsewhere(page)
    tab = page.context.new_page()
    tab.goto("/sign-in/")
    sign_in(tab, "wang")
    page.locator("main form button").first.click()
    assert "什么都没有提交" in page.locator("main").inner_text()
    accessible(page)
    page.get_by_role("link", name="重新打开表单").click()
    assert page.locator("[name='premises.address']").input_value() == ADDRESS
    assert BACK in page.locator("main").inner_text()


def _sign_out_elsewhere(page: Any) -> None:
    tab = page.context.new_page()
    tab.goto("/account/")
    tab.get_by_role("button", name="退出").first.click()
    tab.wait_for_url(lambda url: "/account/" not in url)
    tab.close()


def _permits_officer(number: str) -> str:
    """An officer who accepts drainage permits."""
    task = next(task for task in part_of(number, DRAINAGE).tasks if task.key == "accept")
    card = directory.officers_in(task.post.partition("/")[0], task.post)[0]
    return User.objects.get(pk=card.id).username
