"""Each service of the demonstration city, as a resident and the offices meet it: found, applied for, decided.

Twice: with the first answer to each question and the least numbers, and with the last and the largest, so that both
sides of most conditions are walked. Nothing here names a service: what the folder holds is tried.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.web.browser.persons import CITY
from tests.web.personas import World
from tests.web.programs import Desk, Program
from yiwang.casework.cases.state import Stage
from yiwang.foundation.directory import published
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.identifiers import make_resident_id, make_uscc
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.standards import queries as standards
from yiwang.foundation.standards.elements import Element, ElementKind
from yiwang.service.catalogue import queries as catalogue
from yiwang.web.worker import run_until_quiet

pytestmark = pytest.mark.django_db

SERVICES = sorted(path.name for path in (Path(settings.ROOT) / "city" / "matters").iterdir() if path.is_dir())
APPLICANT = "wang"
ROUNDS = 40
"""So often an office may act on one case before the walk is taken to be stuck."""


@pytest.fixture
def offices(inhabited_city: World, db: None) -> Offices:
    return Offices()


class Offices:
    """The officer who holds a post, signed in once."""

    def __init__(self) -> None:
        people, _ = published.read(CITY)
        self._names = {post: each.username for each in people.accounts for post in each.posts}
        self._codes = {each.zh: code for code, each in directory.department_names().items()}
        self._desks: dict[str, Desk] = {}

    def at(self, post: str) -> Desk:
        if post not in self._desks:
            self._desks[post] = Desk(self._names[post])
        return self._desks[post]

    def of(self, department: str) -> Desk:
        """Somebody of the department that has this Chinese name."""
        return self.at(next(post for post in self._names if post.startswith(f"{self._codes[department]}/")))


def value(element: Element, *, most: bool) -> Any:
    """An answer that the element allows, at one of its ends."""
    match element.kind:
        case ElementKind.BOOLEAN:
            return most
        case ElementKind.CHOICE:
            return element.choices[-1 if most else 0].code
        case ElementKind.CHOICES:
            return [choice.code for choice in (element.choices if most else element.choices[:1])]
        case ElementKind.INTEGER | ElementKind.DECIMAL | ElementKind.MONEY:
            bound = element.maximum if most else element.minimum
            number = (10_000 if most else 1) if bound is None else bound
            return int(number) if element.kind is not ElementKind.DECIMAL else str(number)
        case ElementKind.DATE:
            return "2026-03-01" if most else "2001-07-26"
        case ElementKind.RESIDENT_ID:
            return make_resident_id(7)
        case ElementKind.USCC:
            return make_uscc(7, region="319901")
        case ElementKind.PHONE:
            return "19900000009"
        case ElementKind.ADDRESS:
            return "望江区滨江路 88 号"
        case _:
            return "锦澜晓兰家常菜馆"[: element.max_length]


def an_answer(code: str, *, most: bool) -> Any:
    found = standards.element(code)
    assert found is not None, code
    return value(found, most=most)


def applies(resident: Program, service: str, *, most: bool) -> str:
    """Answer and bring what is said to be missing until nothing is; the case's number."""
    whole: dict[str, Any] = {"code": service, "answers": {}, "materials": {}, "signed": [], "declared": True}
    for turn in range(ROUNDS):
        answer = resident.answers("POST", "/applications", whole, Idempotency_Key=f"{service}-{turn}")
        if answer.status_code == 201:
            return str(answer.json()["number"])
        problem = answer.json()
        assert answer.status_code == 422, problem
        assert problem["missing"], problem
        assert not problem["wrong"], problem
        for each in problem["missing"]:
            match each["kind"]:
                case "question":
                    whole["answers"][each["key"]] = an_answer(each["key"], most=most)
                case "material":
                    whole["materials"][each["key"]] = [resident.uploads()]
                case "commitment":
                    whole["signed"].append(each["key"])
                case other:
                    raise AssertionError(f"{service}: {other} is missing: {each}")
    raise AssertionError(f"{service} never had enough")


def decided(number: str, offices: Offices, resident: Program) -> Any:
    """Each office accepts, does its tasks and grants, as soon as it may; the application as its owner sees it then."""
    for _ in range(ROUNDS):
        run_until_quiet()
        seen = resident("GET", f"/applications/{number}")
        still_open = [part for part in seen["parts"] if Stage(part["stage"]).is_open]
        if not still_open:
            return seen
        done = [acted(number, part["key"], offices.of(part["department"]["zh"]), offices) for part in still_open]
        assert any(done), seen
    raise AssertionError(f"{number} never ended")


def acted(number: str, key: str, anyone: Desk, offices: Offices) -> bool:
    """The first open task of a part is done by who holds its post; False where it waits for another part."""
    part = anyone.part(number, key)
    task = next((task for task in part["tasks"] if task["state"] == "ready"), None)
    if task is None:
        return False
    desk = offices.at(task["post"])
    match task["kind"]:
        case "accept":
            desk.do("accept", number, key)
        case "decide" | "rule":
            facts = {each: str(an_answer(each, most=False)) for each in part["creates"]}
            desk.do("decide", number, key, granted=True, reason="符合条件。", facts=facts)
        case _:
            desk.do("complete", number, key, task["key"], words="属实。")
    return True


@pytest.mark.parametrize("most", [False, True], ids=["least", "most"])
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_found_applied_for_and_decided(
    service: str, most: bool, offices: Offices, clock: FrozenClock
) -> None:
    resident = Program(APPLICANT)
    name = catalogue.guide(service).name.zh
    assert resident("GET", f"/matters?q={name}")["found"][0]["code"] == service, f"{name} is not found first"

    number = applies(resident, service, most=most)
    ended = decided(number, offices, resident)

    stages = {part["key"]: part["stage"] for part in ended["parts"]}
    assert set(stages.values()) == {"granted"}, stages
