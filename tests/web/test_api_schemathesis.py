"""The API answers anything that a program may send as its description says, and never with a server error.

Four hundred requests to each operation: as described, and broken in one place. Every other request carries the address
of something that is there, so that not all of them end at 404; half come from a resident, half from an officer. (Sixty
requests were green once where four hundred found a 500.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web import objects
from tests.web.personas import Persona, World
from yiwang.foundation.directory import access
from yiwang.foundation.directory import actions as directory
from yiwang.web.api import api

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

EXAMPLES = 100 if connection.vendor == "postgresql" else 400
"""The operations are the same on both databases; the second only has to show where it answers otherwise."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
CALLERS = (Persona.OWNER, Persona.COLLEAGUE)
DESCRIPTION = api.get_openapi_schema(path_prefix="/api/v1/")


def operations() -> Iterator[tuple[str, str, str]]:
    """Route name, method and path of every operation, as the access table and the description name them."""
    for route in access.routes():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.path)
        for method in sorted(route.methods or ()):
            if method.lower() in DESCRIPTION["paths"].get(path, {}):
                yield route.name, method, path


def test_every_operation_of_the_description_is_tried() -> None:
    described = {(method.upper(), path) for path, methods in DESCRIPTION["paths"].items() for method in methods}
    assert {(method, path) for _, method, path in operations()} == described


@pytest.fixture(autouse=True)
def connections_stay_open() -> Iterator[None]:
    """As Django's own test client does: the test's transaction must outlive a request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def here(inhabited_city: World, db: None) -> World:
    return inhabited_city


@pytest.mark.parametrize(("name", "method", "path"), list(operations()))
def test_an_operation_answers_whatever_it_is_sent(here: World, name: str, method: str, path: str) -> None:
    schema = schemathesis.openapi.from_dict(dict(DESCRIPTION))
    schema.app = get_wsgi_application()
    operation = schema[path][method]
    there = {key: str(value) for key, value in objects.build(name, here).parameters.items()}
    callers = [{"Authorization": f"Bearer {token(here, caller)}"} for caller in CALLERS]
    turn = count()

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes(operation))))
    def answers(case: Any) -> None:
        number = next(turn)
        if there and number % 2:
            case.path_parameters = {**(case.path_parameters or {}), **there}
        case.call_and_validate(headers=callers[number // 2 % len(callers)], checks=CHECKS)

    answers()


def modes(operation: Any) -> list[GenerationMode]:
    """Broken requests only where there is something to break."""
    takes = operation.definition.raw
    described = takes.get("parameters") or takes.get("requestBody")
    return list(GenerationMode) if described else [GenerationMode.POSITIVE]


def token(here: World, caller: Persona) -> str:
    account = here.account(caller)
    assert account is not None
    return directory.issue_token(account, "fuzzing").token
