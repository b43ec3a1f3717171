"""The restaurant while departments' systems, and the worker, are killed wherever a transaction ends: the case always
comes to its legal end, and every step happens once.

Every department of the bundle works in a system of its own, over the API. Killed *before* an end, nothing of the
transaction is there; killed *after*, all of it, and nobody was told. Whoever comes back asks or sends again.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

from tests.web.browser.persons import CITY
from tests.web.programs import Program
from tests.web.test_open_a_restaurant_by_api import ANSWERS
from yiwang.casework.cases.models import Case
from yiwang.casework.cases.state import from_bytes
from yiwang.foundation.directory import actions as directory
from yiwang.foundation.jobs.models import Job, State
from yiwang.foundation.kernel.identifiers import make_uscc
from yiwang.foundation.kernel.time import FrozenClock, now
from yiwang.foundation.ledger.models import Event, Parked
from yiwang.foundation.ledger.replay import replay
from yiwang.service.exchange import actions as exchange
from yiwang.service.exchange.models import Step, System
from yiwang.web import loading
from yiwang.web.worker import run_until_quiet

pytestmark = pytest.mark.django_db(transaction=True)

POSTS = {
    "market": ("registration", "food", "inspection"),
    "fire": ("permits", "inspection"),
    "water": ("permits", "inspection"),
    "city-appearance": ("signs",),
    "public-security": ("seals",),
}
ENDED = {
    **dict.fromkeys(("registration", "food", "fire", "drainage", "seal"), "granted"),
    "sign": "refused",
}


SO_LONG = 120
"""Ends of transactions among which somebody dies: whoever only looks for work writes, too, and could die for ever."""


class Killed(BaseException):
    """A process died here."""


class Deaths:
    """Counts the ends of transactions while it listens, and dies at those that `at` names. `scene` is how far the story
    had come, in events, when this turn began, and `ordinal` counts the ends of the turn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = self.scene = self.ordinal = 0
        self.at: Callable[[int], bool] = lambda _count: False
        self.after = False
        self._listens = False
        kind = type(connections["default"])
        kept = kind._commit

        def commit(wrapper: Any) -> None:
            self._ends(lambda: kept(wrapper), wrapper.connection.rollback)

        monkeypatch.setattr(kind, "_commit", commit)

    def _ends(self, end: Callable[[], Any], undo: Callable[[], object] = lambda: None) -> Any:
        if not self._listens:
            return end()
        self.count += 1
        self.ordinal += 1
        dies = self.at(self.count)
        if dies and not self.after:
            undo()
            raise Killed
        answer = end()
        if dies:
            raise Killed
        return answer

    def _statement(self, execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        """A statement that writes outside of a transaction is one by itself."""
        if connection.in_atomic_block or not sql.startswith(("INSERT", "UPDATE", "DELETE")):
            return execute(sql, values, many, context)
        return self._ends(lambda: execute(sql, values, many, context))

    @contextmanager
    def possible(self) -> Iterator[None]:
        self._listens = True
        try:
            with connection.execute_wrapper(self._statement):
                yield
        finally:
            self._listens = False


class Office:
    """A department's own system: what it holds survives, since it writes down an answer only once it has it."""

    def __init__(self, department: str) -> None:
        row = System.objects.get(department=department)
        assert row.account is not None
        self.department = department
        self.program = Program()
        self.program.token = directory.issue_token(row.account, "exchange").token
        self.cursor = 0
        self.sheets: dict[str, Any] = {}
        self.answered: dict[str, str] = {}

    def works(self) -> bool:
        """One round: read what is new, do what is open, send what has no answer. Whether anything was done."""
        page = self.program("GET", f"/exchange/cases?after={self.cursor}&limit=100")
        for each in page["sheets"]:
            self.sheets[each["project_no"]] = each["sheet"]
        self.cursor = page["next"]
        steps = [step for sheet in self.sheets.values() for step in self.due(sheet)]
        if steps:
            for answer in self.program("POST", "/exchange/steps", {"steps": steps})["steps"]:
                self.answered[answer["step_no"]] = answer["state"]
        return bool(page["sheets"] or steps)

    def due(self, sheet: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for task in sheet["processes"]:
            number = f"{sheet['project_no']}:{task['process_name']}"
            if task["process_state"] != "ready" or number in self.answered:
                continue
            if not task["post_code"].startswith(f"{self.department}/"):
                continue
            yield {
                "step_no": number,
                "project_no": sheet["project_no"],
                "event_end_time": now().isoformat(),
                "handle_explain": "符合条件。",
                **self.deed(sheet, task["process_name"]),
            }

    def deed(self, sheet: dict[str, Any], task: str) -> dict[str, Any]:
        if task == "accept":
            return {"event_name": "accept"}
        if task == "deliver":
            return {"event_name": "deliver", "deliver_way": "collection"}
        if task != "decide":
            return {"event_name": "process", "process_name": task}
        if sheet["project_no"].endswith(".sign"):
            return {"event_name": "result", "result_type": "0"}
        place = int(sheet["project_no"].split("-")[2].split(".")[0])
        facts = {"enterprise.uscc": make_uscc(place, region="319901"), "enterprise.name": "锦澜晓兰家常菜馆"}
        created = facts if sheet["project_no"].endswith(".registration") else {}
        return {"event_name": "result", "result_type": "1", "result_data": created}


@pytest.fixture
def offices(db: None, clock: FrozenClock) -> list[Office]:
    assert loading.load(CITY) == 0
    for department, posts in POSTS.items():
        System.objects.update_or_create(
            department=department,
            defaults={
                "name_zh": department,
                "name_en": department,
                "posts": [f"{department}/{post}" for post in posts],
                "matters": [],
                "tables": None,
            },
        )
        exchange.open_exchange(department)
    return [Office(department) for department in POSTS]


class Restaurant:
    """Opens restaurants, one after the other."""

    def __init__(self) -> None:
        self.wang = Program("wang")
        self.whole: dict[str, Any] = {"code": "open-a-restaurant", "answers": ANSWERS, "declared": True}
        missing = self.wang("POST", "/applications", self.whole, expect=422, Idempotency_Key="restaurant-0")["missing"]
        paper = self.wang.uploads()
        papers = [each["key"] for each in missing if each["kind"] == "material"]
        self.whole |= {"materials": {key: [paper] for key in papers}, "signed": ["fire"]}
        self.count = 0

    def opens(self) -> str:
        self.count += 1
        key = f"restaurant-{self.count}"
        number: str = self.wang("POST", "/applications", self.whole, expect=201, Idempotency_Key=key)["number"]
        return number


def to_its_end(
    offices: list[Office], clock: FrozenClock, deaths: Deaths | None = None, whose: str = "", most: int = 400
) -> int:
    """All departments and the worker in turn, until nothing is left to do; who dies begins again. How many died."""
    died = idle = 0
    turns = [*((each.department, each.works) for each in offices), ("worker", run_until_quiet)]
    for _round in range(most):
        busy = False
        for name, turn in turns:
            try:
                if deaths is not None and name == whose:
                    deaths.scene, deaths.ordinal = Event.objects.filter(stream="case").count(), 0
                    with deaths.possible():
                        busy |= bool(turn())
                else:
                    busy |= bool(turn())
            except Killed:
                died += 1
                busy = True
                connection.close()
                # Until the lease of what was under way is over.
                clock.advance(dt.timedelta(minutes=3))
        # What the worker did last, departments see in the next round.
        idle = 0 if busy else idle + 1
        if idle == 2:
            return died
    raise AssertionError("the case does not come to an end")


def is_legal(number: str) -> None:
    """The case stands where it must, by steps each of which happened once."""
    row = Case.objects.get(number=number)
    stages = {key: part.stage.value for key, part in from_bytes(row.state).parts.items()}
    assert stages == ENDED, number
    told = Event.objects.filter(stream="case", stream_id=row.pk)
    decided = Counter(event.body.split('"part":"')[1].split('"')[0] for event in told.filter(type="cases.Decided"))
    assert decided == Counter(dict.fromkeys(ENDED, 1)), number
    steps = Step.objects.filter(case=row)
    assert not steps.exclude(state="taken").exists(), list(steps.exclude(state="taken").values())
    assert told.filter(type="cases.Reported").count() == steps.count()


def nothing_is_left() -> None:
    assert not Parked.objects.exists() and not Job.objects.filter(state=State.FAILED).exists()
    assert not replay().differences


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("whose", ["water", "worker"])
def test_killed_at_every_other_end_of_a_transaction_the_case_ends_as_ever(
    offices: list[Office], clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, whose: str, after: bool
) -> None:
    number = Restaurant().opens()
    deaths = Deaths(monkeypatch)
    deaths.after = after
    # An odd rhythm, so that what is tried again dies at another place.
    deaths.at = lambda count: count % 3 == 1 and count < SO_LONG
    assert to_its_end(offices, clock, deaths, whose) > 2
    is_legal(number)
    nothing_is_left()


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("whose", [*POSTS, "worker"])
def test_killed_at_each_end_of_a_transaction_of_the_story_the_case_ends_as_ever(
    offices: list[Office], clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, whose: str, after: bool
) -> None:
    """Exhaustive: wherever the story stands, each end of a transaction of this department's requests, or of the worker,
    is died at once; what is tried again gets past it, to the next."""
    number, deaths = Restaurant().opens(), Deaths(monkeypatch)
    deaths.after = after
    died_at: set[tuple[int, int]] = set()

    def first_time(_count: int) -> bool:
        place = (deaths.scene, deaths.ordinal)
        new = place not in died_at
        died_at.add(place)
        return new

    deaths.at = first_time
    died = to_its_end(offices, clock, deaths, whose, most=3000)
    assert died == len(died_at) > 5
    is_legal(number)
    nothing_is_left()
