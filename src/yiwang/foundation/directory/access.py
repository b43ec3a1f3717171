"""The declared table of who may reach what: its concepts, and how a route is found in it.

`web/access.py` holds the one table: every route of the platform by name, with the roles that may reach it and how far.
The middleware enforces the roles (`directory.middleware.AccessTable`); the views of a package enforce the scope with
that package's `permissions.py` and answer 404 to whoever has no business there; a generated test walks every route as
every persona and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Flag, StrEnum, auto
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from ninja.operation import Operation, PathView

from yiwang.foundation.directory.actor import Actor

API_PREFIX = "/api/"


class Role(StrEnum):
    VISITOR = "visitor"
    RESIDENT = "resident"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


class Scope(Flag):
    """How far a right reaches; whoever is outside gets the same 404 as for a thing that does not exist.

    OWNER: only what is one's own. DEPARTMENT: only what is the officer's department's. OWNER | DEPARTMENT: officers
    reach what is their department's, everybody else what is their own. NONE: whatever the role alone lets reach.
    """

    NONE = 0
    OWNER = auto()
    DEPARTMENT = auto()


EVERYONE = frozenset(Role)
SIGNED_IN = frozenset({Role.RESIDENT, Role.OFFICER, Role.ADMINISTRATOR})
RESIDENTS = frozenset({Role.RESIDENT})
OFFICERS = frozenset({Role.OFFICER})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
SYSTEMS = frozenset({Role.SYSTEM})
"""departments' own systems, which have tokens and no sign-in"""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: who may reach a route, how far, and with which methods.

    For an API operation the methods are those of the operation itself and `methods` says nothing. `secret`: what is
    typed there is never kept for later, as on a form for passwords.
    """

    who: frozenset[Role]
    scope: Scope = Scope.NONE
    methods: frozenset[str] = frozenset({"GET", "POST"})
    secret: bool = False

    def __post_init__(self) -> None:
        if not self.who:
            raise ValueError("a route that nobody may reach should not exist")
        if self.scope and Role.VISITOR in self.who:
            raise ValueError("a visitor owns nothing: scope and visitor exclude each other")
        if Scope.DEPARTMENT in self.scope and Role.OFFICER not in self.who:
            raise ValueError("only officers have a department")
        if self.scope is Scope.DEPARTMENT and self.who != OFFICERS:
            raise ValueError("say OWNER | DEPARTMENT where others than officers reach what is their own")


def page(who: frozenset[Role], scope: Scope = Scope.NONE) -> Rule:
    """A page that is only read."""
    return Rule(who, scope, frozenset({"GET", "HEAD"}))


def form(who: frozenset[Role], scope: Scope = Scope.NONE, *, secret: bool = False) -> Rule:
    """A page with a form that comes back to the same address."""
    return Rule(who, scope, frozenset({"GET", "HEAD", "POST"}), secret)


def verb(who: frozenset[Role], scope: Scope = Scope.NONE) -> Rule:
    """An address that only takes what a form elsewhere sends."""
    return Rule(who, scope, frozenset({"POST"}))


def operation(who: frozenset[Role], scope: Scope = Scope.NONE) -> Rule:
    """An operation of the API, named `api:<operation>`."""
    return Rule(who, scope)


class Verdict(StrEnum):
    REACHED = "reached"
    SIGN_IN = "sign in"
    FORBIDDEN = "forbidden"
    METHOD = "method not allowed"


def role_of(actor: Actor) -> Role:
    """The role of whoever sends a request (a machine or the law sends none: ValueError)."""
    return Role(actor.kind.value)


def judge(rule: Rule, role: Role, method: str) -> Verdict:
    """What the table says, before the view looks at scope. Roles come first: a stranger learns no methods."""
    if role not in rule.who:
        return Verdict.SIGN_IN if role is Role.VISITOR else Verdict.FORBIDDEN
    return Verdict.REACHED if method in rule.methods else Verdict.METHOD


@dataclass(frozen=True, slots=True)
class Route:
    """One route as the table names it. `methods` is None where the row decides, else the API operation's own."""

    name: str
    path: str
    methods: frozenset[str] | None = None


def routes(urlconf: str | None = None) -> tuple[Route, ...]:
    """Every route of the URLconf: Django patterns by `namespace:name`, API operations by `namespace:operation`.

    A pattern without a name is called `(unnamed) <path>`, which no row can declare.
    """
    found: dict[Route, None] = {}
    for pattern, path, namespaces in _patterns(get_resolver(urlconf).url_patterns, "/", ()):
        operations = operations_of(pattern.callback)
        if operations is None:
            name = ":".join([*namespaces, pattern.name]) if pattern.name else f"(unnamed) {path}"
            found[Route(name, path)] = None
        for each in operations or ():
            found[Route(":".join([*namespaces, operation_name(each)]), path, frozenset(each.methods))] = None
    return tuple(found)


def route_name(view_name: str, namespaces: list[str], callback: Callable[..., Any], method: str) -> str | None:
    """The name under which the table knows what a request resolved to; None when no API operation has the method."""
    operations = operations_of(callback)
    if operations is None:
        return view_name
    for each in operations:
        if method in each.methods:
            return ":".join([*namespaces, operation_name(each)])
    return None


def operations_of(callback: Callable[..., Any]) -> list[Operation] | None:
    """The API operations behind a view that django-ninja made for one path; None for any other view.

    All operations of a path share one view and, for Django, the name of the first of them.
    """
    for cell in getattr(callback, "__closure__", None) or ():
        if isinstance(cell.cell_contents, PathView):
            return cell.cell_contents.operations
    return None


def operation_name(each: Operation) -> str:
    return getattr(each, "url_name", "") or each.view_func.__name__


def undeclared(table: Mapping[str, Rule], urlconf: str | None = None) -> tuple[str, ...]:
    """Routes without a row, in order of their names."""
    return tuple(sorted({route.name for route in routes(urlconf)} - set(table)))


def _patterns(
    entries: list[URLPattern | URLResolver], path: str, namespaces: tuple[str, ...]
) -> Iterator[tuple[URLPattern, str, tuple[str, ...]]]:
    for entry in entries:
        here = path + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield entry, here, namespaces
        else:
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _patterns(entry.url_patterns, here, inner)
