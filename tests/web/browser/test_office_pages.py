"""The pages of the smart office and of failed attempts when they have something to say: accessible, and they fit."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.service.applications.applying import DRAINAGE, DRAINS, Applicant
from tests.service.applications.test_checks import THERE, pdf_of, submits
from tests.service.applications.test_similar import decides, works
from tests.web.browser.persons import CITY
from tests.web.browser.test_every_page import faults
from yiwang.casework.cases.models import DoneOnDay
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.time import FrozenClock, city_date, now
from yiwang.foundation.ledger.actions import seal
from yiwang.service.applications import actions, failed_attempts
from yiwang.service.applications.failed_attempts import Attempt
from yiwang.web import loading
from yiwang.web.worker import run_until_quiet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_findings_drafts_similar_decisions_load_and_failed_attempts_are_accessible(
    browse: Any, accessible: Any, live_server: Any, clock: FrozenClock, language: str
) -> None:
    assert loading.load(CITY) == 0
    wang, chen = (Applicant(User.objects.get(username=name)) for name in ("wang", "chen"))
    decides(chen, True, "隔油池合格，管网可以接纳。", **{"discharge.daily_m3": "10.5"})
    decides(chen, False, "没有隔油池，油水会堵塞管网。", **{"discharge.grease_trap": False})
    paper = pdf_of(wang, f"承诺人：王晓兰\n经营地址：{THERE}\n身份证号：110000198609210449")
    number = submits(wang, {"hidden_works_pledge": paper}, {"discharge.grease_trap": False})
    said = Attempt("跑了三趟，窗口都说缺材料，又不说缺什么。", DRAINAGE)
    attempt = failed_attempts.report(said, key="walk", client="walk", by=wang.actor)
    failed = failed_attempts.all_mine(wang.actor)[0][0]
    assert attempt.status == 201
    seal()
    run_until_quiet()
    works(number, "隔油池没有装")
    for _turn in range(3):
        wang.submits(DRAINAGE, DRAINS)
    draft = wang.completes(DRAINAGE, DRAINS).id
    actions.bring(draft, "hidden_works_pledge", [paper], by=wang.actor, replace=True)
    DoneOnDay.objects.create(department="water", post="water/permits", day=CHINA.add(city_date(now()), -15), done=1)
    looks = [
        ("wu.water", f"/desk/cases/{number}/"),
        ("wu.water", f"/desk/cases/{number}/parts/{DRAINAGE}/decide/?draft=no"),
        ("wu.water", "/desk/load/"),
        ("ji.supervision", f"/desk/cases/{failed}/"),
        ("wang", f"/drafts/{draft}/review/"),
        ("wang", f"/failed-attempts/?case={number}"),
        ("wang", f"/failed-attempts/{failed}/"),
        ("wang", "/mine/"),
    ]
    complaints, pages = [], {}
    for username in dict.fromkeys(name for name, _address in looks):
        client = Client()
        client.force_login(User.objects.get(username=username))
        pages[username] = browse(language=language)
        for cookie in client.cookies.values():
            cookies = [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
            pages[username].context.add_cookies(cookies)
    for turn, (username, address) in enumerate(looks):
        page = pages[username]
        page.goto(address)
        complaints += [f"{address}: {fault}" for fault in faults(page, language, accessible)]
        if shots := os.environ.get("SHOTS"):
            page.evaluate("document.documentElement.classList.remove('elders')")
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 900})
                page.screenshot(path=str(Path(shots) / f"{turn}-{language[:2]}-{width}.png"), full_page=True)
    visitor = browse(language=language)
    visitor.goto("/failed-attempts/")
    visitor.locator("textarea[name=words]").fill("排了两个小时，没办成。")
    visitor.locator("main form button[type=submit]").click()
    complaints += [f"heard: {fault}" for fault in faults(visitor, language, accessible)]
    if shots := os.environ.get("SHOTS"):
        visitor.screenshot(path=str(Path(shots) / f"9-{language[:2]}.png"), full_page=True)
    assert not complaints, "\n".join(complaints)
