"""Every page of the access table in a real browser: accessible, no wider than the screen, in one language only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.web import objects
from tests.web.conftest import CITY
from tests.web.personas import Persona, world
from yiwang.foundation.directory import access
from yiwang.foundation.directory.access import Route, Scope
from yiwang.web import loading
from yiwang.web.access import TABLE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHINESE = re.compile(r"[\u4e00-\u9fff]")


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


def visitor(account: object) -> Client:
    client = Client()
    if account is not None:
        client.force_login(account)
    return client


@pytest.mark.parametrize(("width", "language"), [(1280, "zh-CN"), (390, "zh-CN"), (390, "en-GB")])
def test_every_page_is_accessible_and_fits_the_screen(
    browse: Callable[..., Any],
    accessible: Callable[[Any], None],
    live_server: Any,
    department_reads: None,
    width: int,
    language: str,
) -> None:
    assert loading.load(CITY) == 0
    here = world()
    clients = {persona: visitor(here.account(persona)) for persona in Persona}
    screens = {persona: browse(width=width, language=language) for persona in Persona}
    for persona, page in screens.items():
        for cookie in clients[persona].cookies.values():
            page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    complaints = []
    for route, persona in pages():
        address = reverse(route.name, kwargs=dict(objects.build(route.name, here).parameters))
        if not clients[persona].get(address).headers["Content-Type"].startswith("text/html"):
            continue
        page = screens[persona]
        page.goto(address)
        try:
            accessible(page)
        except AssertionError as breach:
            complaints.append(f"{route.name}: {breach}")
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            complaints.append(f"{route.name}: {wide} px wide on a screen of {width}")
        if page.locator("h1").count() != 1:
            complaints.append(f"{route.name}: {page.locator('h1').count()} first headings")
        if language.startswith("en") and (found := CHINESE.search(page.title())):
            complaints.append(f"{route.name}: the English title holds {found.group()}")
    assert not complaints, "\n".join(complaints)
