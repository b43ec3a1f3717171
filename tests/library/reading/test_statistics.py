"""Who may see nobody's rows still learns how many, and nothing of a single person."""

import statistics as plain
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests.library.reading.world import ASKER, PRODUCTS, MemoryGateway, granted, make
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Choice
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.contract import Product, Subject
from yiwang.library.gateways.fragment import Compare
from yiwang.library.gateways.gateway import Gateway, Offline
from yiwang.library.reading import Granted, Refused, Shelf
from yiwang.library.reading.budget import MILLION, Account, FileBudgets
from yiwang.library.reading.questions import statistic_of
from yiwang.library.reading.statistics import Figures, Measure, Privacy, Statistic, Threshold, noise, tell

DISTRICTS = ("east", "west", "north", "south", "moon")
COUNT = Measure("count")
STAFF = Measure("sum", "staff", 0, 200)


def closed(product: Product, **changes: Any) -> Granted:
    """The product with a subject and listed districts, for statistics only."""
    fields = tuple(
        replace(each, choices=tuple(Choice(code, Words(code, code)) for code in DISTRICTS))
        if each.name == "district"
        else each
        for each in product.fields
    )
    changed = replace(product, **({"fields": fields, "subject": Subject.ENTERPRISE} | changes))
    return granted(changed, statistics_only=True)


MARKET = closed(PRODUCTS[0])
FILINGS = closed(PRODUCTS[1], subject_field="uscc")


@pytest.fixture
def gateways() -> dict[str, MemoryGateway]:
    return make().gateways


def ask(
    gateways: dict[str, MemoryGateway],
    statistic: Statistic,
    method: Threshold | Privacy,
    of: Granted = MARKET,
    asker: Asker = ASKER,
    **options: Any,
) -> Figures:
    gateway = cast("Gateway", gateways[of.product.department])
    return tell(statistic, method, granted=of, gateway=gateway, asker=asker, **options)


def firms(gateways: dict[str, MemoryGateway]) -> list[dict[str, Any]]:
    market = gateways["market"]
    return [row for row in market.rows if not market.hidden(row)]


def only(gateways: dict[str, MemoryGateway], numbers: Sequence[int]) -> None:
    market = gateways["market"]
    market.rows = [firms(gateways)[number] for number in numbers]


def test_large_groups_are_told_exactly(gateways: dict[str, MemoryGateway]) -> None:
    figures = ask(gateways, Statistic((COUNT, STAFF, Measure("mean", "capital")), ("kind",)), Threshold(10))
    assert figures.columns == ("kind", "count", "sum_staff", "mean_capital")
    assert figures.withheld == 0
    for kind, count, staff, capital in figures.rows:
        own = [row for row in firms(gateways) if row["kind"] == kind]
        assert count == len(own)
        assert staff == sum(row["staff"] for row in own)
        assert capital == pytest.approx(plain.mean(row["capital"] for row in own if row["capital"] is not None))


def test_a_small_group_is_withheld_and_the_next_one_covers_it(gateways: dict[str, MemoryGateway]) -> None:
    for number, row in enumerate(firms(gateways)):
        row["kind"] = "branch" if number < 3 else "company" if number < 40 else "sole_trader"
    figures = ask(gateways, Statistic((COUNT,), ("kind",)), Threshold(10))
    assert figures.rows == (("sole_trader", 80),)
    assert figures.withheld == 2


def test_a_sum_that_one_enterprise_makes_up_is_withheld(gateways: dict[str, MemoryGateway]) -> None:
    for row in firms(gateways):
        row["staff"] = 1
    firms(gateways)[0]["staff"] = 100_000
    figures = ask(gateways, Statistic((STAFF,)), Threshold(10))
    assert figures.rows == ()
    assert figures.withheld == 1


def test_ten_filings_of_one_enterprise_are_one_enterprise(gateways: dict[str, MemoryGateway]) -> None:
    tax = gateways["tax"]
    tax.rows = [row | {"uscc": "91310100MA00000001"} for row in tax.rows[:50]]
    assert ask(gateways, Statistic((COUNT,)), Threshold(10), FILINGS).rows == ()


def test_where_persons_cannot_be_told_apart_nothing_is_told(gateways: dict[str, MemoryGateway]) -> None:
    fields = {name: mask for name, mask in FILINGS.grant.fields.items() if name != "uscc"}
    blind = replace(FILINGS, grant=replace(FILINGS.grant, fields=fields))
    with pytest.raises(Refused) as caught:
        ask(gateways, Statistic((COUNT,)), Threshold(10), blind)
    assert caught.value.detail == "subject"


def test_noise_covers_one_person_and_leaves_the_many(gateways: dict[str, MemoryGateway], tmp_path: Path) -> None:
    budgets = FileBudgets(tmp_path / "budgets")
    figures = ask(gateways, Statistic((COUNT, STAFF), ("district",)), Privacy(8, 100), budgets=budgets)
    assert [row[0] for row in figures.rows] == list(DISTRICTS)
    for district, count, _staff in figures.rows[:4]:
        exact = sum(row["district"] == district for row in firms(gateways))
        assert abs(int(count or 0) - exact) <= 12
    assert figures.left == 92


def test_groups_are_those_of_the_contract(gateways: dict[str, MemoryGateway], tmp_path: Path) -> None:
    for field in ("name", "kind", "founded", "phone"):
        with pytest.raises(Refused):
            ask(gateways, Statistic((COUNT,), (field,)), Privacy(1, 10), budgets=FileBudgets(tmp_path / "b"))


def test_the_same_question_gets_the_same_answer_for_nothing(gateways: dict[str, MemoryGateway], tmp_path: Path) -> None:
    budgets = FileBudgets(tmp_path / "budgets")
    first = ask(gateways, Statistic((COUNT,)), Privacy(0.5, 1), budgets=budgets)
    again = [ask(gateways, Statistic((COUNT,)), Privacy(0.5, 1), budgets=FileBudgets(budgets.path)) for _ in range(5)]
    assert {each.rows for each in again} == {first.rows}
    assert all(each.again for each in again)
    assert len(gateways["market"].asked) == 1


def test_a_budget_is_spent_once_and_then_it_is_over(gateways: dict[str, MemoryGateway], tmp_path: Path) -> None:
    budgets = FileBudgets(tmp_path / "budgets")
    for number in range(4):
        where = Compare("staff", ">", number)
        assert ask(gateways, Statistic((COUNT,), (), where), Privacy(0.25, 1), budgets=budgets).epsilon == 0.25
    with pytest.raises(Refused) as caught:
        ask(gateways, Statistic((COUNT,), (), Compare("staff", ">", 9)), Privacy(0.25, 1), budgets=budgets)
    assert caught.value.code == "budget_spent"
    # Another department has its own.
    other = replace(ASKER, department="audit")
    assert ask(gateways, Statistic((COUNT,)), Privacy(0.25, 1), budgets=budgets, asker=other).left == 0.75


def test_nothing_is_paid_while_a_department_is_away(gateways: dict[str, MemoryGateway], tmp_path: Path) -> None:
    budgets = FileBudgets(tmp_path / "budgets")
    gateways["market"].offline = True
    with pytest.raises(Offline):
        ask(gateways, Statistic((COUNT,)), Privacy(1, 1), budgets=budgets)
    gateways["market"].offline = False
    assert ask(gateways, Statistic((COUNT,)), Privacy(1, 1), budgets=budgets).left == 0


def test_a_ledger_that_a_crash_cut_short_is_read_on(tmp_path: Path) -> None:
    budgets, account = FileBudgets(tmp_path / "budgets"), Account("statistics", "market.enterprises@1")
    budgets.spend(account, MILLION, limit=3 * MILLION)
    with budgets.path.open("a") as file:
        file.write('{"consumer": "statistics", "prod')
    assert budgets.spend(account, MILLION, limit=3 * MILLION) == MILLION
    with pytest.raises(Refused):
        FileBudgets(budgets.path).spend(account, 2 * MILLION, limit=3 * MILLION)


def test_one_person_counts_with_few_rows_and_clamped_values(gateways: dict[str, MemoryGateway], tmp_path: Path) -> None:
    tax = gateways["tax"]
    tax.rows = [row | {"uscc": "91310100MA00000001", "amount": 10**9} for row in tax.rows[:200]]
    figures = ask(
        gateways,
        Statistic((COUNT, Measure("sum", "amount", 0, 1_000))),
        Privacy(100, 100, rows_each=2),
        FILINGS,
        budgets=FileBudgets(tmp_path / "b"),
    )
    ((count, total),) = figures.rows
    assert int(count or 0) <= 4
    assert int(total or 0) <= 2_500


def test_sums_need_bounds_that_are_stated_beforehand(gateways: dict[str, MemoryGateway], tmp_path: Path) -> None:
    with pytest.raises(Refused):
        ask(gateways, Statistic((Measure("sum", "staff"),)), Privacy(1, 1), budgets=FileBudgets(tmp_path / "b"))


def test_noise_is_as_wide_as_it_has_to_be() -> None:
    spread = plain.pstdev(noise([0] * 4_000, sensitivity=5, epsilon=0.5))
    assert 10 * 2**0.5 * 0.8 < spread < 10 * 2**0.5 * 1.2


@pytest.mark.parametrize(
    "statistic",
    [
        Statistic(()),
        Statistic((COUNT, COUNT)),
        Statistic((Measure("max", "staff"),)),
        Statistic((Measure("sum", "name"),)),
        Statistic((Measure("sum", "informant"),)),
        Statistic((COUNT,), ("informant",)),
        Statistic((COUNT,), (), Compare("informant", "=", "x")),
        Statistic((Measure("count", "staff"),)),
    ],
)
def test_what_is_no_statistic_is_refused(gateways: dict[str, MemoryGateway], statistic: Statistic) -> None:
    with pytest.raises(Refused):
        ask(gateways, statistic, Threshold(10))
    assert not gateways["market"].asked


def test_a_statistic_is_asked_in_sql() -> None:
    product, statistic = statistic_of(
        "select e.district, count(*) as n, avg(staff) from market.enterprises e where active and staff > 3 group by 1",
        Shelf([MARKET]),
    )
    assert product.grant.statistics_only
    assert statistic.by == ("district",)
    assert statistic.measures == (COUNT, Measure("mean", "staff"))
    assert statistic.where is not None


@pytest.mark.parametrize(
    "sql",
    [
        "select name from market.enterprises",
        "select max(name) from market.enterprises",
        "select count(*) from market.enterprises e join market.enterprises f using (uscc)",
        "select count(*) from market.enterprises where length(name) = 3",
        "select count(*) from market.enterprises group by district",
        "select district, count(*) from market.enterprises group by district having count(*) = 1",
        "select count(*) from market.enterprises limit 1",
        "select count(*) from (select * from market.enterprises) e",
        "select count(distinct name) from market.enterprises",
        "select count(*) from market.enterprises where uscc in (select uscc from market.enterprises)",
        "select district, count(*) from market.enterprises group by rollup (district)",
        "select informant, count(*) from market.enterprises group by informant",
    ],
)
def test_what_is_no_statistic_in_sql_is_refused(sql: str) -> None:
    with pytest.raises(Refused):
        _, statistic = statistic_of(sql, Shelf([MARKET]))
        assert statistic.measures, "rows were asked for"
        raise AssertionError(statistic)
