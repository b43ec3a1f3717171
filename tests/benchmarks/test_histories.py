"""Made-up histories: the same for the same seed, as the law wants them, and alike in both ways of writing them."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from benchmarks import bulk, townscape
from benchmarks.histories import History, write_many
from benchmarks.live import live
from benchmarks.town import Town
from yiwang.casework.cases import projection
from yiwang.casework.cases.models import Case, Part, Statement, Task
from yiwang.casework.cases.plan import critical_path, promised_path, working_days
from yiwang.casework.cases.state import Stage
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.time import frozen
from yiwang.foundation.ledger import replay
from yiwang.foundation.ledger.models import Event

SINCE = datetime(2025, 1, 6, tzinfo=UTC)
UNTIL = datetime(2025, 3, 7, 8, tzinfo=UTC)
LATER = UNTIL + timedelta(minutes=bulk.MOST_MINUTES)


@pytest.fixture(scope="module")
def town() -> Town:
    return Town(seed=7, size=60)


@pytest.fixture(scope="module")
def told(town: Town) -> list[History]:
    return list(write_many(3, 400, town, SINCE, UNTIL))


def test_a_seed_tells_the_same_histories_again(town: Town, told: list[History]) -> None:
    again = list(write_many(3, 400, Town(seed=7, size=60), SINCE, UNTIL))
    assert [each.happened for each in again] == [each.happened for each in told]
    assert [each.happened for each in write_many(4, 5, town, SINCE, UNTIL)] != [each.happened for each in told[:5]]


def test_every_promise_of_the_invented_city_can_be_kept() -> None:
    for service in townscape.services():
        service.plan.check()
        assert promised_path(service.plan) <= working_days(service.plan.promise or service.plan.parts[0].promise)
        for part in service.plan.parts:
            assert critical_path(part) <= working_days(part.promise) <= working_days(part.statute)


def test_histories_hold_what_a_city_sees(told: list[History]) -> None:
    happened = Counter(type(each.event).__name__ for history in told for each in history.happened)
    assert {"CorrectionRequested", "SpecialProcedureStarted", "PromiseMissed", "Withdrawn", "Noted"} <= set(happened)
    stages = Counter(part.stage for history in told for part in history.state.parts.values())
    assert stages[Stage.GRANTED] > stages[Stage.REFUSED] > 0
    open_share = sum(history.state.closed_at is None for history in told) / len(told)
    assert 0.02 < open_share < 0.4
    late = happened["PromiseMissed"] / happened["Decided"]
    assert 0.01 < late < 0.15
    assert all(CHINA.is_working(deed.at.date()) for history in told for deed in history.deeds)


@pytest.mark.django_db
def test_the_real_verbs_lead_to_the_same_rows(town: Town, told: list[History]) -> None:
    chosen = told[::5]
    town.settle()
    cases = live(chosen, UNTIL)
    with frozen(UNTIL):
        assert replay.replay().differences == ()
    for history, ref in zip(chosen, cases, strict=True):
        rows = projection.project(history.state, history.service.plan, CHINA, UNTIL)
        assert _stored(Part, ref.id, rows.parts.values()) == [projection.fields(part) for part in rows.parts.values()]
        assert _stored(Task, ref.id, rows.tasks.values()) == [projection.fields(task) for task in rows.tasks.values()]
        written = Event.objects.filter(stream_id=ref.id).order_by("version").values_list("type", "at", "actor")
        assert sorted(written) == sorted(
            (f"cases.{type(each.event).__name__}", each.at, each.by) for each in history.happened
        )


@pytest.mark.django_db(transaction=True)
def test_a_bulk_of_cases_is_what_their_events_lead_to(town: Town, told: list[History]) -> None:
    town.settle()
    bulk.load(told[::4], 260, town, seed=5)
    with frozen(LATER):
        replayed = replay.replay()
    assert replayed.streams == 260
    assert replayed.differences == ()
    connection.check_constraints()
    moments = Case.objects.order_by("id").values_list("received_at", flat=True)
    assert len(set(moments)) == 260
    assert max(moments) <= LATER
    assert Case.objects.create(**_like(Case.objects.get(pk=260))).pk == 261
    assert Statement.objects.exists()


def test_templates_stay_within_their_day(told: list[History]) -> None:
    for template in map(bulk.Template, told):
        for moment in template.moments:
            end = moment + timedelta(seconds=template.slack, microseconds=999_999)
            assert bulk.to_city(end).date() == bulk.to_city(moment).date()


def _stored(model: Any, case_id: int, rows: Any) -> list[dict[str, Any]]:
    stored = {(row.key if model is Part else (row.part, row.key)): row for row in model.objects.filter(case=case_id)}
    keys = [row.key if model is Part else (row.part, row.key) for row in rows]
    assert set(keys) == set(stored)
    return [{name: getattr(stored[key], name) for name in row.__slots__} for key, row in zip(keys, rows, strict=True)]


def _like(row: Case) -> dict[str, Any]:
    fields = {field.attname: getattr(row, field.attname) for field in Case._meta.concrete_fields}
    return {**fields, "id": None, "number": "511602-2025-9999999"}
