"""An analyst asks across departments, and the answer is what a plain database over the masked views would say."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.library.reading.benign import plain, questions
from tests.library.reading.world import PRODUCTS, World, granted, make, shelf
from yiwang.library.gateways.fragment import AllOf, AnyOf, Compare, OneOf
from yiwang.library.gateways.gateway import Cancelled, Offline
from yiwang.library.gateways.stopping import Stop
from yiwang.library.reading import Bounds, Progress, Refused, Shelf, explain


@pytest.fixture(scope="module")
def built() -> World:
    return make()


@pytest.fixture(scope="module")
def views(built: World) -> Iterator[duckdb.DuckDBPyConnection]:
    with built.masked_views() as connection:
        yield connection


@pytest.fixture
def world(built: World) -> Iterator[World]:
    built.forget()
    yield built
    for gateway in built.gateways.values():
        gateway.offline, gateway.before = False, None


def values(table: Any) -> list[list[Any]]:
    return [list(row.values()) for row in table.to_pylist()]


def test_benign_questions_are_answered_as_a_plain_database_would(
    world: World, views: duckdb.DuckDBPyConnection
) -> None:
    asked = questions()
    assert len(set(asked)) >= 200
    refused, wrong = [], []
    for sql in asked:
        expected = values(views.execute(plain(sql)).to_arrow_table())
        try:
            answered = world.ask(sql)
        except Refused as refusal:
            refused.append((sql, str(refusal)))
            continue
        if values(answered.table) != expected:
            wrong.append(sql)
    assert not wrong
    assert not refused


def test_only_what_is_asked_is_read(world: World) -> None:
    world.ask("select name from market.enterprises where district = 'east' and (staff < 5 or staff > 190)")
    (fragment,) = world.asked()
    assert fragment.fields == ("name", "district", "staff")
    assert fragment.where == AllOf(
        (
            Compare("district", "=", "east"),
            AnyOf((Compare("staff", "<", 5), Compare("staff", ">", 190))),
        )
    )


def test_counting_reads_the_field_that_says_least(world: World) -> None:
    world.ask("select count(*) from police.residents")
    (fragment,) = world.asked()
    assert fragment.fields == ("resident_id",)


def test_the_narrow_side_is_asked_first_and_its_keys_go_to_the_other(world: World) -> None:
    answer = world.ask(
        "select e.name, f.amount from market.enterprises e join tax.filings f on f.uscc = e.uscc where e.uscc in"
        " ('91310100MA00000003', '91310100MA00000004')"
    )
    first, second = answer.steps
    assert isinstance(first.fragment.where, OneOf)
    assert (second.keys_from, second.keys) == ("market.enterprises@1", 2)
    keys = world.gateways["tax"].asked[0].keys
    assert keys is not None
    assert keys.field == "uscc"
    assert set(keys.values) == {"91310100MA00000003", "91310100MA00000004"}


def test_keys_travel_along_a_chain_of_joins(world: World) -> None:
    answer = world.ask(
        "select i.score from market.enterprises e join tax.filings f using (uscc)"
        " join health.inspections i on i.uscc = f.uscc where e.name = '张记面馆0'"
    )
    assert [step.keys_from for step in answer.steps][1:] != ["", ""]


def test_where_no_key_is_left_a_department_is_not_asked(world: World) -> None:
    answer = world.ask(
        "select f.id from market.enterprises e join tax.filings f on f.uscc = e.uscc where e.name = 'nobody'"
    )
    assert answer.table.num_rows == 0
    assert not world.gateways["tax"].asked
    assert answer.steps[1].record is None


@pytest.mark.parametrize(
    "sql",
    [
        "select e.uscc from market.enterprises e left join tax.filings f on f.uscc = e.uscc where f.id = 'F00001'",
        "select f.id from market.enterprises e right join tax.filings f on f.uscc = e.uscc and e.district = 'east'",
        "select e.uscc from market.enterprises e full join tax.filings f on f.uscc = e.uscc where f.overdue is null",
        "select uscc from market.enterprises where uscc not in (select uscc from tax.filings where id < 'F1')",
        "select e.uscc from market.enterprises e anti join tax.filings f on f.uscc = e.uscc and f.overdue",
    ],
)
def test_what_an_outer_join_keeps_is_not_taken_away_at_the_source(
    world: World, views: duckdb.DuckDBPyConnection, sql: str
) -> None:
    expected = sorted(map(repr, values(views.execute(sql).to_arrow_table())))
    assert sorted(map(repr, values(world.ask(sql).table))) == expected


def test_a_department_that_is_away_is_named(world: World) -> None:
    world.gateways["tax"].offline = True
    answer = world.ask(
        "select e.uscc, f.amount from market.enterprises e left join tax.filings f on f.uscc = e.uscc"
        " where e.district = 'east'"
    )
    assert [each.product for each in answer.missing] == ["tax.filings@2"]
    assert not answer.complete
    assert answer.table.num_rows > 0
    assert answer.table.column("amount").null_count == answer.table.num_rows


def test_an_inner_join_with_a_department_that_is_away_is_empty_and_says_so(world: World) -> None:
    world.gateways["market"].offline = True
    answer = world.ask("select e.name, f.amount from market.enterprises e join tax.filings f on f.uscc = e.uscc")
    assert answer.table.num_rows == 0
    assert [each.department for each in answer.missing] == ["market"]


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from tax.filings",
        "select uscc from market.enterprises where uscc not in (select uscc from tax.filings)",
        "select e.uscc from market.enterprises e where not exists (select 1 from tax.filings f where f.uscc = e.uscc)",
        "select e.uscc from market.enterprises e left join tax.filings f on f.uscc = e.uscc where f.id is null",
        "select e.uscc, coalesce(f.amount, 0) from market.enterprises e left join tax.filings f on f.uscc = e.uscc",
        "select e.uscc, count(f.id) from market.enterprises e left join tax.filings f on f.uscc = e.uscc group by 1",
        "select uscc from market.enterprises except select uscc from tax.filings",
        "select uscc, (select max(amount) from tax.filings f where f.uscc = e.uscc) from market.enterprises e",
        "with t as (select uscc from tax.filings) select e.uscc from market.enterprises e anti join t using (uscc)",
    ],
)
def test_what_would_be_untrue_without_a_department_is_not_answered(world: World, sql: str) -> None:
    world.gateways["tax"].offline = True
    with pytest.raises(Offline) as caught:
        world.ask(sql)
    assert caught.value.product == "tax.filings@2"


def test_the_asker_hears_whom_we_wait_for(world: World) -> None:
    heard: list[Progress] = []
    world.ask("select 1 from market.enterprises e join tax.filings f using (uscc)", tell=heard.append)
    assert {(each.department, each.state) for each in heard} == {
        ("market", "asked"),
        ("market", "answered"),
        ("tax", "asked"),
        ("tax", "answered"),
        ("", "joining"),
    }


def test_an_asker_can_give_up_while_a_department_answers(world: World) -> None:
    stop = Stop()
    world.gateways["tax"].before = stop.cancel
    with pytest.raises(Cancelled):
        world.ask("select * from tax.filings", stop=stop)


def test_an_asker_can_give_up_while_rows_are_joined(world: World) -> None:
    stop = Stop()

    def tell(step: Progress) -> None:
        if step.state == "joining":
            stop.cancel()

    endless = (
        "select count(*) from tax.filings a, tax.filings b, tax.filings c, tax.filings d, tax.filings e, tax.filings f"
    )
    with pytest.raises(Cancelled):
        world.ask(endless, stop=stop, tell=tell)


def test_time_runs_out(world: World) -> None:
    endless = (
        "select count(*) from tax.filings a, tax.filings b, tax.filings c, tax.filings d, tax.filings e, tax.filings f"
    )
    with pytest.raises(Cancelled):
        world.ask(endless, bounds=Bounds(seconds=1))


def test_an_answer_has_its_most_rows(world: World) -> None:
    answer = world.ask("select id from tax.filings order by id", bounds=Bounds(most_rows=10))
    assert values(answer.table) == [[f"F{number:05d}"] for number in range(10)]
    assert answer.truncated


def test_memory_is_bounded(world: World) -> None:
    sql = "select a.id, b.id, c.id from tax.filings a, tax.filings b, tax.filings c order by a.id || b.id || c.id"
    with pytest.raises(Refused) as caught:
        world.ask(sql, bounds=Bounds(memory="64MB"))
    assert caught.value.code == "memory"


def test_a_limit_is_kept_by_the_source(world: World) -> None:
    world.ask("select uscc from market.enterprises where kind = 'branch' limit 3")
    assert world.asked()[0].limit == 3


def test_unknown_and_ungranted_fields_are_refused_alike(world: World) -> None:
    told = []
    for name in ("informant", "inf0rmant"):
        for sql in ("select {} from market.enterprises", "select e.{} from market.enterprises e"):
            with pytest.raises(Refused) as caught:
                world.ask(sql.format(name))
            told.append((caught.value.code, caught.value.detail.replace(name, "…")))
    assert told[:2] == told[2:]
    assert not world.asked()


@pytest.mark.parametrize("word", ["user", "current_role", "current_schema", "current_user", "session_user", "rowid"])
def test_a_bare_word_is_a_field_or_nothing(world: World, word: str) -> None:
    with pytest.raises(Refused):
        world.ask(f"select {word}")
    with pytest.raises(Refused):
        world.ask(f"select {word} from market.enterprises")


def test_nobody_is_asked_before_the_whole_question_is_understood(world: World) -> None:
    for sql in (
        "select name from market.enterprises join tax.filings f using (uscc) where f.nothing = 1",
        "select lower(staff, 3, 4) from market.enterprises",
        "select sum(name) from market.enterprises",
    ):
        with pytest.raises(Refused):
            world.ask(sql)
    assert not world.asked()


def test_rows_of_a_product_that_is_for_statistics_only_stay_where_they_are(world: World) -> None:
    closed = Shelf([granted(PRODUCTS[0], statistics_only=True)])
    with pytest.raises(Refused) as caught:
        world.ask("select name from market.enterprises", shelf=closed)
    assert caught.value.code == "statistics_only"


def test_a_plan_is_shown_without_asking(world: World) -> None:
    steps = explain(
        "select e.name from market.enterprises e join tax.filings f using (uscc) where f.overdue", shelf=shelf()
    )
    assert [(step.department, step.fragment.fields, step.keys_from) for step in steps] == [
        ("market", ("uscc", "name"), "tax.filings@2"),
        ("tax", ("uscc", "overdue"), "market.enterprises@1"),
    ]
    assert not world.asked()
