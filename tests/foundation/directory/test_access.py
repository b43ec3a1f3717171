"""The table's concepts, and what the middleware does with a table of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from ninja import NinjaAPI

from tests.foundation.directory import people
from yiwang.foundation.directory import access, middleware
from yiwang.foundation.directory.access import (
    EVERYONE,
    OFFICERS,
    RESIDENTS,
    SIGNED_IN,
    Role,
    Rule,
    Scope,
    Verdict,
    form,
    judge,
    operation,
    page,
    verb,
)
from yiwang.foundation.kernel.time import FrozenClock


def view(request: HttpRequest, **parameters: str) -> HttpResponse:
    return HttpResponse("here")


api = NinjaAPI(urls_namespace="garden-api", docs_url=None, openapi_url=None)


@api.get("/trees/{tree}", url_name="see-tree")
def see_tree(request: HttpRequest, tree: int) -> int:
    return tree


@api.delete("/trees/{tree}")
def fell_tree(request: HttpRequest, tree: int) -> int:
    return tree


garden = [path("", view, name="gate"), path("bed/<slug:bed>/", view, name="bed"), path("secret/", view)]
urlpatterns = [
    path("", include("yiwang.web.urls")),
    path("garden/", include((garden, "garden"))),
    path("api/garden/", api.urls),
]
TABLE = {
    "garden:gate": form(SIGNED_IN),
    "garden-api:see-tree": operation(SIGNED_IN),
    "garden-api:fell_tree": operation(OFFICERS),
}


class Access(middleware.AccessTable):
    table = TABLE


@pytest.fixture
def site(settings: Any, clock: FrozenClock, db: None) -> Iterator[Any]:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [
        f"{__name__}.Access" if name.endswith("DeclaredAccess") else name for name in settings.MIDDLEWARE
    ]
    return settings


def signed_in(user: object, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("rule", "role", "method", "verdict"),
    [
        (page(EVERYONE), Role.VISITOR, "GET", Verdict.REACHED),
        (page(EVERYONE), Role.VISITOR, "HEAD", Verdict.REACHED),
        (page(EVERYONE), Role.VISITOR, "POST", Verdict.METHOD),
        (form(SIGNED_IN), Role.VISITOR, "POST", Verdict.SIGN_IN),
        (verb(RESIDENTS), Role.OFFICER, "GET", Verdict.FORBIDDEN),
        (verb(RESIDENTS), Role.RESIDENT, "GET", Verdict.METHOD),
        (verb(OFFICERS), Role.ADMINISTRATOR, "POST", Verdict.FORBIDDEN),
    ],
)
def test_roles_come_before_methods(rule: Rule, role: Role, method: str, verdict: Verdict) -> None:
    assert judge(rule, role, method) is verdict


@pytest.mark.parametrize(
    ("who", "scope"),
    [
        (frozenset(), Scope.NONE),
        (EVERYONE, Scope.OWNER),
        (RESIDENTS, Scope.DEPARTMENT),
        (SIGNED_IN, Scope.DEPARTMENT),
        (RESIDENTS, Scope.OWNER | Scope.DEPARTMENT),
    ],
)
def test_a_row_that_makes_no_sense_cannot_be_written(who: frozenset[Role], scope: Scope) -> None:
    with pytest.raises(ValueError):
        Rule(who, scope)


def test_routes_are_named_as_the_table_names_them(site: Any) -> None:
    found = {(route.name, route.methods) for route in access.routes() if "garden" in route.path}
    assert found == {
        ("garden:gate", None),
        ("garden:bed", None),
        ("(unnamed) /garden/secret/", None),
        ("garden-api:see-tree", frozenset({"GET"})),
        ("garden-api:fell_tree", frozenset({"DELETE"})),
        ("garden-api:api-root", None),
    }


def test_undeclared_routes_are_listed(site: Any) -> None:
    table = {**TABLE, **{route.name: page(EVERYONE) for route in access.routes() if "garden" not in route.path}}
    assert access.undeclared(table) == ("(unnamed) /garden/secret/", "garden-api:api-root", "garden:bed")


@pytest.mark.parametrize("address", ["/garden/bed/roses/", "/garden/secret/", "/api/garden/"])
def test_an_undeclared_route_fails_loudly_in_tests_and_is_not_there_in_a_city(site: Any, address: str) -> None:
    client = signed_in(people.administrator())
    with pytest.raises(middleware.UndeclaredRoute):
        client.get(address)
    site.YIWANG_ROUTES_MUST_BE_DECLARED = False
    assert client.get(address).status_code == 404


def test_operations_of_one_address_have_rows_of_their_own(site: Any) -> None:
    resident, officer = signed_in(people.resident()), signed_in(people.officer())
    assert resident.get("/api/garden/trees/7").json() == 7
    assert resident.delete("/api/garden/trees/7").status_code == 403
    assert officer.delete("/api/garden/trees/7").json() == 7
    refused = officer.put("/api/garden/trees/7")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "DELETE, GET")


def test_writing_to_the_api_with_a_session_needs_the_csrf_token(site: Any) -> None:
    client = signed_in(people.officer(), enforce_csrf_checks=True)
    assert client.delete("/api/garden/trees/7").json()["code"] == "csrf"
    token = "a" * 32
    client.cookies["csrftoken"] = token
    assert client.delete("/api/garden/trees/7", headers={"X-CSRFToken": token}).status_code == 200
    assert client.get("/api/garden/trees/7").status_code == 200


def test_a_form_sent_too_late_leads_back_to_its_page_after_sign_in(site: Any) -> None:
    here = "http://testserver/garden/bed/roses/?row=2"
    for referer, wanted in ((here, "%2Fgarden%2Fbed%2Froses%2F%3Frow%3D2"), ("https://evil.example/x", "%2F")):
        response = Client().post("/garden/", headers={"Referer": referer})
        assert response.headers["Location"] == f"/sign-in/?next={wanted}"


def test_a_fragment_asks_the_whole_page_to_sign_in(site: Any) -> None:
    response = Client().get("/garden/", headers={"HX-Request": "true", "Referer": "http://testserver/garden/?page=2"})
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/sign-in/?next=%2Fgarden%2F%3Fpage%3D2"
