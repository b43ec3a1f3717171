"""The API's description is committed: whoever changes it sees, in the change itself, what programs out there will meet.

Renew it with `yiwang openapi --write docs/openapi.json`.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from ninja import Schema

from yiwang.web import commands
from yiwang.web.openapi import description

COMMITTED = Path(settings.ROOT) / "docs" / "openapi.json"


def test_the_committed_description_is_what_the_program_serves() -> None:
    assert json.loads(COMMITTED.read_text()) == json.loads(description()), (
        "the API has changed: look at the difference, then run `yiwang openapi --write docs/openapi.json`"
    )


@pytest.mark.django_db
def test_programs_are_served_the_same_description(client: Client) -> None:
    assert client.get("/api/v1/openapi.json").json() == json.loads(COMMITTED.read_text())


def test_the_description_is_openapi_3_1_and_names_every_operation_once() -> None:
    described: dict[str, Any] = json.loads(COMMITTED.read_text())
    assert described["openapi"].startswith("3.1")
    names = [operation["operationId"] for methods in described["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for methods in described["paths"].values() for operation in methods.values())


def test_every_refusal_is_described_as_a_problem() -> None:
    described: dict[str, Any] = json.loads(COMMITTED.read_text())
    for methods in described["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert set(answer["content"]) == {"application/problem+json"}


def test_no_two_shapes_share_a_name_in_the_description() -> None:
    shapes = [shape for shape in _shapes(Schema) if shape.__module__.startswith("yiwang.")]
    twice = [name for name, count in Counter(shape.__name__ for shape in shapes).items() if count > 1]
    assert twice == [], "the description would hold only one of them"


def _shapes(base: type[Schema]) -> list[type[Schema]]:
    below = base.__subclasses__()
    return [*below, *(shape for each in below for shape in _shapes(each))]


@pytest.mark.django_db
def test_the_command_renews_the_description(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["openapi", "--write", str(tmp_path / "openapi.json")]) == 0
    assert (tmp_path / "openapi.json").read_text() == COMMITTED.read_text()
    assert commands.main(["openapi"]) == 0
    assert json.loads(capsys.readouterr().out)["info"]["title"] == "Yiwang"


@pytest.mark.django_db
def test_refusals_are_problems_in_the_callers_language(client: Client) -> None:
    chinese = client.get("/api/v1/applications", headers={"Accept-Language": "zh-CN"})
    english = client.get("/api/v1/applications", headers={"Accept-Language": "en"})
    assert chinese.status_code == english.status_code == 401
    assert chinese.headers["Content-Type"] == "application/problem+json"
    assert chinese.json()["code"] == english.json()["code"]
    assert chinese.json()["detail"] != english.json()["detail"]
