"""A department's old system over exchange tables: nothing is lost and nothing doubled, whoever is away or dies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.casework.cases.world import World, part_of
from tests.service.exchange.bureau import Bureau, a_bureau
from tests.service.exchange.world import part
from yiwang.casework.cases import actions as cases
from yiwang.casework.cases import queries
from yiwang.casework.cases.state import Stage
from yiwang.foundation.kernel.time import FrozenClock, city_date, now
from yiwang.foundation.ledger.models import Event
from yiwang.foundation.ledger.replay import replay
from yiwang.service.exchange import actions, polling, reconciling
from yiwang.service.exchange.models import Difference, Reconciliation, Sheet, Step, System
from yiwang.web.worker import run_until_quiet

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["sqlite", "mysql", "postgres"])
def bureau(request: pytest.FixtureRequest, world: World) -> Iterator[Bureau]:
    with a_bureau(request.param) as here:
        yield here


@pytest.fixture
def by_file(world: World) -> Iterator[Bureau]:
    with a_bureau("sqlite") as here:
        yield here


def decided(case: object) -> int:
    return Event.objects.filter(type="cases.Decided").count()


def test_an_old_system_does_a_permit_from_acceptance_to_its_result(world: World, bureau: Bureau) -> None:
    case = world.receive()
    bureau.until_quiet()
    assert part(world, case).stage is Stage.GRANTED
    kinds = list(Step.objects.order_by("id").values_list("kind", "state", "answered"))
    assert kinds == [(kind, "taken", "taken") for kind in ("accept", "process", "process", "result")]
    assert bureau.rows("SELECT DISTINCT fs FROM t_psxk_lc", own=True) == [(2,)], "each line has its answer"
    last = bureau.rows("SELECT case_state, result_type FROM yw_case ORDER BY out_no DESC LIMIT 1")
    assert last == [("granted", "1")]
    assert not replay().differences


def test_a_day_away_and_back_dated_then(world: World, bureau: Bureau, clock: FrozenClock) -> None:
    """The computers stand still for a day; the clerks go on by hand, and write it down the day after."""
    first = world.receive(name="张三")
    bureau.until_quiet(paces=0)
    clock.advance(timedelta(hours=24))
    on_paper = now()
    second = world.receive(name="李四")
    clock.advance(timedelta(hours=2))
    run_until_quiet()
    polling.work(bureau.system)
    assert part(world, first).stage is Stage.RECEIVED, "nobody else did it meanwhile"
    clock.advance(timedelta(hours=20))
    for _twice in range(2):
        bureau.until_quiet(paces=9, worked_at=on_paper)
    for case in (first, second):
        assert part(world, case).stage is Stage.GRANTED
        told = queries.case_view(case.number, world.officer("water")).timeline
        done = [entry for entry in told if entry.reported_at is not None]
        assert {entry.reported_at for entry in done} == {on_paper}
        assert all(entry.back_dated and entry.at == now() for entry in done)
        assert len(done) == 5, "accepted, reviewed, visited, decided, delivered"
    assert decided(first) == 2
    assert Step.objects.count() == 8 and not Step.objects.exclude(state="taken").exists()
    assert not replay().differences


def test_an_officer_takes_over_while_the_system_is_away(world: World, by_file: Bureau, clock: FrozenClock) -> None:
    case = world.receive()
    by_file.until_quiet(paces=0)
    clock.advance(timedelta(hours=3))
    cases.accept(part_of(case), by=world.officer("water"))
    by_file.works(paces=9)
    by_file.until_quiet(paces=9)
    refused = Step.objects.filter(state="refused")
    assert {row.code for row in refused} == {"changed"}
    assert part(world, case).stage is Stage.GRANTED, "what was refused was done again on the new sheet"
    assert decided(case) == 1 and Event.objects.filter(type="cases.Accepted").count() == 1


@pytest.mark.parametrize("lost", ["yw_step_answer", "yw_case", "yw_process"])
def test_what_is_lost_in_the_tables_is_put_there_again(world: World, by_file: Bureau, lost: str) -> None:
    from yiwang_testcity.old_system.store import Store

    case = world.receive()
    by_file.until_quiet()
    store = Store(by_file.exchange)
    with store.transaction():
        store.run(f"DELETE FROM {lost}")
    store.close()
    if lost != "yw_step_answer":
        actions.resend("water", f"{case.number}.drainage", by=world.officer("water", "head"))
    by_file.until_quiet()
    assert (
        by_file.rows(f"SELECT COUNT(*) FROM {lost}")[0][0]
        == {
            "yw_step_answer": 4,
            "yw_case": Sheet.objects.count(),
            "yw_process": Sheet.objects.count() * 4,
        }[lost]
    )
    assert Step.objects.count() == 4 and decided(case) == 1


def test_a_row_that_is_no_step_goes_back_and_holds_up_nobody(world: World, by_file: Bureau) -> None:
    from yiwang_testcity.old_system.store import Store

    case = world.receive()
    by_file.until_quiet(paces=0)
    store = Store(by_file.exchange)
    with store.transaction():
        for number, event, moment in (
            ("A", "approve", "2025-03-10 10:00:00"),
            ("B", "accept", "gestern"),
            ("", "", ""),
        ):
            store.run(
                "INSERT INTO dw_step (step_no, project_no, event_name, event_end_time, write_time)"
                " VALUES (?, ?, ?, ?, ?)",
                [number, f"{case.number}.drainage", event, moment, "2025-03-10 09:00:00"],
            )
    store.close()
    by_file.until_quiet()
    answers = dict(by_file.rows("SELECT step_no, step_state FROM yw_step_answer WHERE step_no IN ('A', 'B', '')"))
    assert answers == {"A": "refused", "B": "refused", "": "refused"}
    ((chinese, english),) = by_file.rows("SELECT reason_zh, reason_en FROM yw_step_answer WHERE step_no = 'A'")
    assert "event_name" in str(chinese) and "event_name" in str(english)
    assert part(world, case).stage is Stage.GRANTED


def test_tables_that_do_not_answer_are_noted_and_tried_again(world: World, by_file: Bureau) -> None:
    kept = dict(by_file.system.tables)
    System.objects.update(tables={"kind": "mysql", "place": "mysql://nobody@127.0.0.1:1/none"})
    by_file.system.refresh_from_db()
    case = world.receive()
    run_until_quiet()
    polling.work(by_file.system)
    assert System.objects.get().trouble.startswith("mysql: OperationalError")
    System.objects.update(tables=kept)
    by_file.system.refresh_from_db()
    by_file.until_quiet()
    assert System.objects.get().trouble == "" and part(world, case).stage is Stage.GRANTED


def test_both_sides_count_alike_at_the_end_of_a_day(world: World, bureau: Bureau) -> None:
    for _ in range(3):
        world.receive()
    bureau.until_quiet()
    polling.take_counts(bureau.system, city_date(now()))
    assert reconciling.reconcile(bureau.system, city_date(now())) == []
    done = Reconciliation.objects.get()
    assert (done.projects, done.counted) == (3, True)


def test_what_one_side_lost_is_a_difference_until_it_is_repaired(world: World, by_file: Bureau) -> None:
    from yiwang_testcity.old_system.store import Store

    case = world.receive()
    by_file.until_quiet()
    own = Store(by_file.own)
    with own.transaction():
        own.run("DELETE FROM t_psxk_js WHERE zh = 1")
    own.close()
    by_file.works()
    today = city_date(now())
    polling.take_counts(by_file.system, today)
    assert reconciling.reconcile(by_file.system, today) == [f"{case.number}.drainage"]
    assert reconciling.reconcile(by_file.system, today) == [f"{case.number}.drainage"]
    (found,) = Difference.objects.all()
    assert (found.kind, found.ours - found.theirs) == ("sheets", 1)
    own = Store(by_file.own)
    ((digest,),) = by_file.rows("SELECT digest FROM yw_case WHERE out_no = 1")
    with own.transaction():
        own.run("INSERT INTO t_psxk_js (zh, bjbh, zy) VALUES (1, ?, ?)", [f"{case.number}.drainage", digest])
    own.close()
    by_file.works()
    polling.take_counts(by_file.system, today)
    assert reconciling.reconcile(by_file.system, today) == []
    found.refresh_from_db()
    assert found.gone_at is not None
