"""Every page of the access table in a real browser: accessible, no wider than the screen, in one language, and of use
without scripts. Then the pages of a case at every stage of the demonstration city's week, and those of the library
while departments answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.web import objects
from tests.web.browser.departments import answering
from tests.web.browser.persons import CITY
from tests.web.personas import Persona, World, world
from tools import history, library_history
from tools.library_history import Look
from yiwang.foundation.directory import access
from yiwang.foundation.directory.access import Route, Scope
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.web import loading
from yiwang.web.access import TABLE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHINESE = re.compile(r"[\u4e00-\u9fff]")
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LANGUAGES = ("zh-CN", "en-GB")

Browse = Callable[..., Any]
Accessible = Callable[[Any], None]


def pages() -> Iterator[tuple[Route, Persona]]:
    """Every route that shows a page, as the first persona that reaches it."""
    for route in access.routes():
        rule = TABLE[route.name]
        if route.methods is not None or "GET" not in rule.methods or route.path.startswith("/api/v1/openapi"):
            continue
        if Scope.DEPARTMENT in rule.scope:
            yield route, Persona.COLLEAGUE
        else:
            yield route, next(each for each in Persona if each.role in rule.who)


def visitor(account: User | None) -> Client:
    client = Client()
    if account is not None:
        client.force_login(account)
    return client


def addresses(here: World) -> list[tuple[str, str, Persona]]:
    """(name of the route, address, who looks) of everything that is HTML."""
    clients = {persona: visitor(here.account(persona)) for persona in Persona}
    found = []
    for route, persona in pages():
        address = reverse(route.name, kwargs=dict(objects.build(route.name, here).parameters))
        answer = clients[persona].get(address)
        if answer.headers["Content-Type"].startswith("text/html") and answer.status_code == 200:
            found.append((route.name, address, persona))
    return found


def screens(browse: Browse, url: str, accounts: dict[Any, User | None], **more: Any) -> dict[Any, Any]:
    """A browser for each person, signed in."""
    opened = {}
    for key, account in accounts.items():
        opened[key] = browse(**more)
        for cookie in visitor(account).cookies.values():
            opened[key].context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
    return opened


def faults(page: Any, language: str, accessible: Accessible) -> Iterator[str]:
    """What is wrong with the page as it stands, on a desktop, on a phone, and there in the elders' version."""
    for size, elders in ((DESKTOP, False), (PHONE, False), (PHONE, True)):
        if elders and language != "zh-CN":
            continue
        page.set_viewport_size(size)
        page.evaluate("elders => document.documentElement.classList.toggle('elders', elders)", elders)
        where = f"{size['width']} px{', elders' if elders else ''}, {language}"
        try:
            accessible(page)
        except AssertionError as breach:
            yield f"{where}: {breach}"
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > size["width"]:
            yield f"{where}: {wide} px wide"
    if page.locator("h1").count() != 1:
        yield f"{language}: {page.locator('h1').count()} first headings"
    if language.startswith("en") and (found := CHINESE.search(page.title())):
        yield f"the English title holds {found.group()}"


def of_no_use(page: Any) -> Iterator[str]:
    """What keeps the page from being of use to somebody whose browser runs no scripts."""
    if not page.locator("main").inner_text().strip():
        yield "shows nothing"
    for form in page.locator("form").all():
        if not any(button.is_visible() for button in form.locator("button[type=submit]").all()):
            yield f"the form to {form.get_attribute('action')} has no button to send it"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible_and_fits_the_screen(
    browse: Browse, accessible: Accessible, live_server: Any, department_reads: None, language: str
) -> None:
    assert loading.load(CITY) == 0
    here = world()
    opened = screens(
        browse, live_server.url, {each: here.account(each) for each in Persona}, language=language, **DESKTOP
    )
    complaints = []
    for name, address, persona in addresses(here):
        opened[persona].goto(address)
        complaints += [f"{name}: {fault}" for fault in faults(opened[persona], language, accessible)]
    assert not complaints, "\n".join(complaints)


def test_every_page_is_of_use_without_scripts(browse: Browse, live_server: Any, department_reads: None) -> None:
    assert loading.load(CITY) == 0
    here = world()
    opened = screens(browse, live_server.url, {each: here.account(each) for each in Persona}, scripts=False, **PHONE)
    useless = []
    for name, address, persona in addresses(here):
        page = opened[persona]
        page.goto(address)
        useless += [f"{name}: {fault}" for fault in of_no_use(page)]
    assert not useless, "\n".join(useless)


def test_a_case_is_accessible_at_every_stage(browse: Browse, accessible: Accessible, live_server: Any) -> None:
    with time.frozen(history.OPENING) as clock:
        assert loading.load(CITY) == 0
        week = history.Week(clock)
        week.live()
        wang, luo, chen = (week.numbers[who] for who in ("wang", "luo", "chen"))
        draft = f"/drafts/{week.drafts['open-a-restaurant']}"
        to_decide = f"/desk/cases/{week.numbers['neighbour0']}/parts/drainage-permit"
        looks = {
            "wang": [f"/applications/{wang}/", f"/applications/{wang}/receipt/", "/", "/mine/", "/inbox/"],
            "luo": [f"/applications/{luo}/"],
            "chen": [f"/applications/{chen}/", f"{draft}/review/", f"{draft}/commitment/", f"{draft}/materials/lease/"],
            "wu.water": [f"/desk/cases/{wang}/?part=drainage", "/desk/", f"{to_decide}/decide/"],
            "qian.food": [f"/desk/cases/{wang}/?part=food"],
        }
        accounts = {username: User.objects.get(username=username) for username in looks}
        complaints = []
        for language in LANGUAGES:
            opened = screens(browse, live_server.url, dict(accounts), language=language, **DESKTOP)
            for username, theirs in looks.items():
                for address in theirs:
                    opened[username].goto(address)
                    complaints += [f"{address}: {fault}" for fault in faults(opened[username], language, accessible)]
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def library(transactional_db: None, clock: FrozenClock, tmp_path: Path) -> Iterator[Mapping[str, Sequence[Look]]]:
    """What there is to see of the library, by username, in a city whose departments answer."""
    assert loading.load(CITY) == 0
    with answering(tmp_path, time.city_date(clock.now())):
        yield library_history.live()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_library_is_accessible_while_departments_answer(
    browse: Browse,
    accessible: Accessible,
    live_server: Any,
    library: Mapping[str, Sequence[Look]],
    language: str,
) -> None:
    opened = screens(browse, live_server.url, accounts_of(library), language=language, **DESKTOP)
    complaints = []
    for username, looks in library.items():
        page = opened[username]
        for look in looks:
            page.set_viewport_size(DESKTOP)
            see(page, look)
            complaints += [f"{look.name}: {fault}" for fault in faults(page, language, accessible)]
    assert not complaints, "\n".join(complaints)


def test_the_library_is_of_use_without_scripts(
    browse: Browse, live_server: Any, library: Mapping[str, Sequence[Look]]
) -> None:
    opened = screens(browse, live_server.url, accounts_of(library), scripts=False, **PHONE)
    useless = []
    for username, looks in library.items():
        for look in looks:
            see(opened[username], look)
            useless += [f"{look.name}: {fault}" for fault in of_no_use(opened[username])]
    assert not useless, "\n".join(useless)


def accounts_of(library: Mapping[str, Sequence[Look]]) -> dict[Any, User | None]:
    return {username: User.objects.get(username=username) if username else None for username in library}


def see(page: Any, look: Look) -> None:
    """Come to the page of a look; it has to be that page, not one that it was led to instead."""
    answer = page.goto(look.address)
    assert answer.status == 200, f"{look}: {answer.status}"
    assert page.url.endswith(look.address), f"{look} led to {page.url}"
    if look.press:
        page.locator("main form button[type=submit]").first.click()
    if look.follow:
        page.locator(look.follow).first.click()
