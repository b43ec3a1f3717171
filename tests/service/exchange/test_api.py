"""A department's own system over the API: what it reads, what it reports, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.casework.cases.world import World
from tests.service.exchange.world import a_system, part, sent
from yiwang.casework.cases.state import Stage
from yiwang.foundation.directory import actions as directory
from yiwang.foundation.kernel.time import city_date, now
from yiwang.service.exchange import actions, reconciling
from yiwang.service.exchange.models import System

pytestmark = pytest.mark.django_db


class Program:
    def __init__(self, system: System) -> None:
        assert system.account is not None
        self.token = directory.issue_token(system.account, "water").token

    def __call__(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        content = json.dumps(body) if body is not None else ""
        path = f"/api/v1/exchange/{path}"
        answer = Client().generic(method, path, content, content_type="application/json", headers=headers)
        assert answer.status_code == expect, answer.content.decode()
        return json.loads(answer.content)


def fields(case: Any, number: str, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "step_no": number,
        "project_no": f"{case.number}.drainage",
        "event_name": kind,
        "event_end_time": now().isoformat(),
        "handle_explain": "照准。",
        **more,
    }


def test_a_permit_over_the_api(world: World) -> None:
    system = a_system()
    program, case = Program(system), sent(world, system)
    page = program("GET", "cases?after=0")
    (sheet,) = page["sheets"]
    assert (sheet["out_no"], page["next"], page["more"]) == (1, 1, False)
    assert sheet["sheet"]["applyer_name"] == "王老五" and sheet["sheet"]["case_state"] == "received"
    assert [task["process_name"] for task in sheet["sheet"]["processes"]] == ["accept", "review", "site", "decide"]
    steps = [
        fields(case, "SW-1", "accept", revision=sheet["sheet"]["revision"]),
        fields(case, "SW-4", "result", result_type="1"),
        fields(case, "SW-2", "process", process_name="review"),
    ]
    answers = program("POST", "steps", {"steps": steps})["steps"]
    assert [(each["step_no"], each["state"]) for each in answers] == [
        ("SW-1", "taken"),
        ("SW-4", "waiting"),
        ("SW-2", "taken"),
    ]
    assert answers[1]["reason"]["zh"] and answers[1]["reason"]["en"]
    assert program("POST", "steps", {"steps": steps})["steps"] == answers
    program("POST", "steps", {"steps": [fields(case, "SW-3", "process", process_name="site")]})
    assert program("GET", "steps/SW-4")["state"] == "taken"
    assert part(world, case).stage is Stage.GRANTED
    refused = program("POST", "steps", {"steps": [fields(case, "SW-5", "accept")]})["steps"][0]
    assert refused["state"] == "refused" and refused["code"] == "not_received"
    assert [each["step_no"] for each in program("GET", "refusals")] == ["SW-5"]


def test_a_field_that_cannot_be_read_is_named_and_nothing_is_kept(world: World) -> None:
    system = a_system()
    program, case = Program(system), sent(world, system)
    body = {"steps": [fields(case, "1", "accept"), fields(case, "2", "result")]}
    assert program("POST", "steps", body, expect=422)["field"] == "result_type"
    program("GET", "steps/1", expect=404)


def test_a_closed_exchange_answers_nobody(world: World) -> None:
    system = a_system()
    program = Program(system)
    actions.close_exchange("water")
    assert program("GET", "cases", expect=404)["code"] == "exchange_closed"


def test_counts_that_differ_are_named_and_a_sheet_is_read_again(world: World) -> None:
    system = a_system()
    program, case = Program(system), sent(world, system)
    (sheet,) = program("GET", "cases")["sheets"]
    program("POST", "steps", {"steps": [fields(case, "1", "accept")]})
    today, project = city_date(now()), f"{case.number}.drainage"

    def count(sheets: list[tuple[int, str]], numbers: list[str]) -> dict[str, Any]:
        return {
            "project_no": project,
            "sheet_count": len(sheets),
            "sheet_digest": reconciling.digest_of_sheets(sheets),
            "step_count": len(numbers),
            "step_digest": reconciling.digest_of_steps(numbers),
        }

    lost = program("PUT", f"counts/{today}", {"counts": [count([], ["1", "2"])]})
    assert lost["differences"] == [project]
    assert system.account is not None
    assert actions.resend("water", project, by=world.officer("water", "head")) == 1
    again = program("GET", "cases?after=1")["again"]
    assert again == [1]
    program("GET", "cases?after=0&limit=1")
    program("POST", "steps", {"steps": [fields(case, "2", "process", process_name="review")]})
    held = [(sheet["out_no"], sheet["digest"])]
    assert program("PUT", f"counts/{today}", {"counts": [count(held, ["1", "2"])]})["differences"] == []
