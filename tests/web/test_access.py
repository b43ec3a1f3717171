"""The access table, walked: every route as every persona with every method.

What each may expect is computed from the row of `web/access.py` alone. A route without a row, a row without a route and
a route whose object nobody can build (`tests/web/objects.py`) fail here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.web import objects
from tests.web.objects import Target
from tests.web.personas import Persona, World
from yiwang.foundation.directory import access, actions
from yiwang.foundation.directory.access import API_PREFIX, Role, Route, Rule, Scope
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.web.access import TABLE

ROUTES = access.routes()
PEOPLE = [persona for persona in Persona if persona is not Persona.SYSTEM]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def is_api(route: Route) -> bool:
    return route.methods is not None


def methods(route: Route) -> tuple[str, ...]:
    """GET and POST of every page, and of an operation its own."""
    return tuple(sorted(route.methods)) if route.methods is not None else ("GET", "POST")


def expected(rule: Rule, route: Route, persona: Persona, method: str, target: Target) -> str:
    """What the row says."""
    if persona.role not in rule.who:
        return "sign in" if persona.role is Role.VISITOR else "forbidden"
    if not is_api(route) and method not in rule.methods:
        return "method not allowed"
    if not rule.scope:
        return "reached"
    mine = Scope.OWNER in rule.scope and persona is target.whose
    department = Scope.DEPARTMENT in rule.scope and persona is Persona.COLLEAGUE
    return "reached" if mine or department else "not found"


def answered(response: HttpResponse) -> str:
    """What happened, in the table's words."""
    status = response.status_code
    location = response.headers.get("Location", "")
    if status == 401 or (status in (302, 303) and location.startswith(reverse("directory:sign-in"))):
        return "sign in"
    words = {403: "forbidden", 404: "not found", 405: "method not allowed"}
    reached = status < 400 or status in (400, 409, 415, 422)
    return words.get(status, "reached" if reached else f"status {status}")


def ask(client: Client, route: Route, method: str, target: Target, **headers: str) -> HttpResponse:
    address = reverse(route.name, kwargs=dict(target.parameters))
    content = "application/json" if is_api(route) else "application/x-www-form-urlencoded"
    if method == "GET":
        return client.get(address, dict(target.query), headers=headers)
    if method == "POST" and not is_api(route):
        return client.post(address, dict(target.data), headers=headers)
    body = objects.json_of(target) if method != "DELETE" else ""
    return client.generic(method, address, body, content_type=content, headers=headers)


def client_of(account: object, **options: bool) -> Client:
    client = Client(**options)
    if account is not None:
        client.force_login(account)
    return client


def cells() -> Iterator[object]:
    for route in ROUTES:
        # A department's own system has tokens and no session: it walks below.
        for method, persona in itertools.product(methods(route), PEOPLE):
            yield pytest.param(route, method, persona, id=f"{route.name}-{method}-{persona.name.lower()}")


@pytest.fixture
def people_and_things(inhabited_city: World, clock: FrozenClock, db: None, department_reads: None) -> World:
    return inhabited_city


@pytest.mark.parametrize(("route", "method", "persona"), list(cells()))
def test_every_route_answers_every_persona_as_its_row_says(
    people_and_things: World, route: Route, method: str, persona: Persona
) -> None:
    rule = TABLE[route.name]
    target = objects.build(route.name, people_and_things)
    response = ask(client_of(people_and_things.account(persona)), route, method, target)
    assert answered(response) == expected(rule, route, persona, method, target), response.content.decode()[:2000]


@pytest.mark.parametrize("route", [route for route in ROUTES if is_api(route)], ids=lambda route: route.name)
@pytest.mark.parametrize("persona", [each for each in Persona if each is not Persona.VISITOR])
def test_a_bearer_token_reaches_what_its_account_reaches(
    people_and_things: World, route: Route, persona: Persona
) -> None:
    rule = TABLE[route.name]
    target = objects.build(route.name, people_and_things)
    (method, *_rest) = methods(route)
    account = people_and_things.account(persona)
    assert account is not None
    token = actions.issue_token(account, "walk").token
    response = ask(Client(enforce_csrf_checks=True), route, method, target, Authorization=f"Bearer {token}")
    assert answered(response) == expected(rule, route, persona, method, target), response.content.decode()[:2000]


@pytest.mark.parametrize("route", [route for route in ROUTES if is_api(route)], ids=lambda route: route.name)
def test_a_bad_token_is_refused_even_where_visitors_enter(people_and_things: World, route: Route) -> None:
    target = objects.build(route.name, people_and_things)
    (method, *_rest) = methods(route)
    for header in ("Bearer yw_unknown", "Bearer", "Basic d2FuZzpwYXNz", "nonsense"):
        assert ask(Client(), route, method, target, Authorization=header).status_code == 401


def writing() -> Iterator[object]:
    for route in ROUTES:
        for method in methods(route):
            writes = method != "GET" and (is_api(route) or method in TABLE[route.name].methods)
            if route.name in TABLE and writes:
                yield pytest.param(route, method, id=f"{route.name}-{method}")


@pytest.mark.parametrize(("route", "method"), list(writing()))
def test_nothing_is_written_by_a_session_without_its_csrf_token(
    people_and_things: World, route: Route, method: str
) -> None:
    rule = TABLE[route.name]
    target = objects.build(route.name, people_and_things)
    allowed = [persona for persona in PEOPLE if persona.role in rule.who]
    for persona in allowed:
        if is_api(route) and persona is Persona.VISITOR:
            # Without a session there is nothing that another site could borrow.
            continue
        client = client_of(people_and_things.account(persona), enforce_csrf_checks=True)
        assert ask(client, route, method, target).status_code == 403, persona


def test_every_route_has_a_row() -> None:
    assert access.undeclared(TABLE) == ()


def test_every_row_has_a_route() -> None:
    assert sorted(set(TABLE) - {route.name for route in ROUTES}) == []


def test_no_two_routes_share_a_name() -> None:
    names = [route.name for route in ROUTES]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_everything_with_parameters_can_be_built() -> None:
    with_parameters = {route.name for route in ROUTES if re.search(r"<[^>]+>|\(\?P<", route.path)}
    assert sorted(with_parameters - set(objects.BUILDERS)) == [], "add builders to tests/web/objects.py"
    assert sorted(set(objects.BUILDERS) - {route.name for route in ROUTES}) == []


@pytest.mark.parametrize(
    "path", sorted({(route.path, route.name) for route in ROUTES if is_api(route)}), ids=lambda pair: pair[1]
)
def test_an_operation_takes_no_other_method(people_and_things: World, path: tuple[str, str]) -> None:
    (address, name) = path
    known = {method for route in ROUTES if route.path == address for method in route.methods or ()}
    target = objects.build(name, people_and_things)
    for method in set(METHODS) - known:
        client = client_of(people_and_things.owner)
        route = Route(name, address, frozenset({method}))
        assert ask(client, route, method, target).status_code == 405


def test_operations_live_under_the_prefix_where_tokens_are_heard() -> None:
    assert [route.path for route in ROUTES if is_api(route) and not route.path.startswith(API_PREFIX)] == []
