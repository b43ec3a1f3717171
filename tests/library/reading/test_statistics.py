"""Who may see nobody's rows asks for figures in the SQL that everybody writes."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.library.gateways.police import CENTRE
from tests.library.gateways.registers import RESIDENTS, InMemory, asker, grant
from tests.library.gateways.test_figures import person
from tests.library.reading import adversarial, benign, world
from yiwang.library import reading
from yiwang.library.gateways import signing
from yiwang.library.gateways.contract import Privacy, Statistics
from yiwang.library.gateways.fragment import AllOf, Compare
from yiwang.library.gateways.gateway import Cancelled, Gateway, NotGranted, Offline
from yiwang.library.gateways.grant import CLEAR, Mask, MaskKind
from yiwang.library.gateways.local import LocalGateway
from yiwang.library.gateways.statistic import Measure
from yiwang.library.gateways.stopping import Stop
from yiwang.library.reading import Answer, Granted, Refused, Shelf
from yiwang.library.reading.statistics import understand

ASKER = asker()
MASKS = {"born": Mask(MaskKind.GENERALISE, unit="year"), "id": Mask(MaskKind.HASH)}
OPEN = replace(RESIDENTS, department="market", name="places")


def granted(product: Any = RESIDENTS, **changes: Any) -> Granted:
    fields = {each.name: CLEAR for each in RESIDENTS.fields} | MASKS
    given = grant(**{"fields": fields, "product": product.reference, "statistics_only": True} | changes)
    return Granted(product, given, signing.issue(given, CENTRE))


class Town:
    """A department that tells figures only, and what was asked of it; `places` gives rows."""

    def __init__(self, folder: Path, how: Statistics | None) -> None:
        product = replace(RESIDENTS, statistics=how)
        self.rows = InMemory([person(number) for number in range(90)])
        self.local = LocalGateway(
            "police", [product], self.rows, folder=folder, trust=CENTRE.trust(), mask_secret=b"m" * 32
        )
        self.shelf = Shelf([granted(product), granted(OPEN, statistics_only=False)])
        self.gateways: dict[str, Gateway] = {"police": self.local}

    def ask(self, sql: str, **options: Any) -> Answer:
        return reading.answer(sql, **({"shelf": self.shelf, "gateways": self.gateways, "asker": ASKER} | options))

    def refused(self, sql: str) -> tuple[str, str]:
        with pytest.raises(Refused) as refusal:
            self.ask(sql)
        return refusal.value.code, refusal.value.detail


@pytest.fixture
def town(tmp_path: Path, clock: Any) -> Iterator[Town]:
    made = Town(tmp_path, None)
    yield made
    made.local.close()


def test_figures_come_in_the_order_and_under_the_names_of_the_question(town: Town) -> None:
    found = town.ask(
        "select count(*) as n, e.District as d, avg(income), sum(rooms) from police.residents e "
        "where not retired and income >= 100 group by district order by n desc, 2"
    )
    assert found.table.column_names == ["n", "d", "avg(income)", "sum(rooms)"]
    rows = [person(number) for number in range(1, 90) if number % 4]
    north, south = ([row for row in rows if row["district"] == name] for name in ("north", "south"))
    assert found.table.to_pylist() == [
        {
            "n": len(own),
            "d": name,
            "avg(income)": pytest.approx(sum(row["income"] for row in own) / len(own)),
            "sum(rooms)": sum(row["rooms"] for row in own),
        }
        for name, own in (("north", north), ("south", south))
    ]
    (step,) = found.steps
    assert (step.product, step.rows, step.record, step.keys_from) == (RESIDENTS.reference, 2, 0, "")
    assert found.method is not None
    assert (found.method.people, found.method.withheld) == (10, 0)
    assert town.local.accesses()[0].statistics


@pytest.mark.parametrize(
    ("order", "first"),
    [("district", "north"), ("2 desc", "south"), ("sum(rooms)", "south"), ("count(*) desc", "north")],
)
def test_figures_are_put_in_any_order(town: Town, order: str, first: str) -> None:
    sql = f"select sum(rooms), district from police.residents group by all order by {order}"
    assert town.ask(sql).table.column("district").to_pylist()[0] == first


def test_masked_fields_are_spoken_of_as_they_are_shown(town: Town) -> None:
    found = town.ask("select born, count(*) from police.residents where born < date '1960-01-01' group by born")
    assert found.table.num_rows == 0
    found = town.ask("select count(*) from police.residents where born = date '1960-06-01'")
    assert found.table.num_rows == 0
    found = town.ask("select count(*) as born from police.residents where born < date '1980-01-01'")
    assert found.table.to_pylist() == [{"born": 60}]


def test_the_same_question_in_other_words_is_the_same(town: Town) -> None:
    one = (
        "select district, retired, count(*), sum(rooms) from police.residents where rooms > 1 and retired group by all"
    )
    other = (
        "select sum(rooms) s, count(*) c, r.retired, r.district from police.residents r "
        "where r.retired and 1 < rooms group by 3, district order by s"
    )
    first, second = (understand(each, town.shelf).statistic for each in (one, other))
    assert first == second
    assert first.measures == (Measure("count"), Measure("sum", "rooms"))
    assert first.where == AllOf((Compare("retired", "=", True), Compare("rooms", ">", 1)))


@pytest.mark.parametrize(
    ("sql", "meant"),
    [
        ("select name from police.residents", "group by"),
        ("select name from police.residents group by name", "select"),
        ("select * from police.residents", "*"),
        ("select max(rooms) from police.residents", "MAX(rooms)"),
        ("select count(name) from police.residents", "COUNT(name)"),
        ("select count(distinct name) from police.residents", "COUNT(DISTINCT name)"),
        ("select sum(rooms + 1) from police.residents", "SUM(rooms + 1)"),
        ("select count(*) + 1 from police.residents", "COUNT(*) + 1"),
        ("select count(*) filter (where retired) from police.residents", "COUNT(*) FILTER(WHERE retired)"),
        ("select distinct district, count(*) from police.residents group by district", "distinct"),
        ("select count(*) from police.residents limit 1", "limit"),
        ("select count(*) from police.residents r join police.residents s using (id)", "joins"),
        ("select count(*) from police.residents r, market.places p", "joins"),
        ("select count(*) from market.places p join police.residents r using (id)", "joins"),
        ("select count(*) from police.residents group by district", "group by"),
        ("select district, count(*) from police.residents", "group by"),
        ("select district, count(*) from police.residents group by rollup (district)", "ROLLUP (district)"),
        ("select district, count(*) from police.residents group by district having count(*) = 1", "having"),
        ("select count(*) from (select * from police.residents) e", "from"),
        ("with e as (select * from police.residents) select count(*) from e", "with"),
        ("select count(*) from police.residents union select count(*) from police.residents", "union"),
        ("select count(*) over () from police.residents", "COUNT(*) OVER ()"),
        ("select count(*) from police.residents order by name", "order by"),
        ("select count(*) from market.places where id in (select id from police.residents)", "from"),
    ],
)
def test_whatever_is_no_statistic_is_refused_and_says_which_part(town: Town, sql: str, meant: str) -> None:
    code, detail = town.refused(sql)
    assert code in ("statistics_only", "statistics_where")
    if code == "statistics_only":
        assert detail == meant
    assert not town.rows.asked


@pytest.mark.parametrize("where", ["length(name) = 3", "name = district", "rooms + 1 > 2", "name like '%x'"])
def test_a_condition_compares_a_field_with_a_value(town: Town, where: str) -> None:
    code, detail = town.refused(f"select count(*) from police.residents where retired and {where}")
    assert code == "statistics_where"
    assert detail
    assert not town.rows.asked


def test_a_field_that_is_not_granted_is_unknown(town: Town) -> None:
    for sql in ("select sum(secret) from police.residents", "select count(*) from police.residents where secret = 1"):
        assert town.refused(sql) == ("unknown_field", "secret")


def test_what_would_be_asked_is_explained_without_asking(town: Town) -> None:
    sql = "select district, avg(rooms) from police.residents where retired group by district"
    (step,) = reading.explain(sql, shelf=town.shelf)
    assert (step.product, step.fragment.fields, step.record) == (RESIDENTS.reference, ("district", "rooms"), None)
    assert not town.rows.asked


def test_noise_is_said_and_the_same_costs_nothing(tmp_path: Path, clock: Any) -> None:
    privacy = Privacy(Decimal("0.5"), Decimal(1), "yearly", bounds={"rooms": (0, 10)})
    town = Town(tmp_path, Statistics(privacy=privacy))
    sql = "select district, count(*) as people, sum(rooms), avg(rooms) from police.residents group by district"
    found, again = town.ask(sql), town.ask(sql + " order by people")
    assert found.method is not None
    assert (found.method.epsilon, found.method.left, found.method.budget) == ("0.5", "0.5", "1")
    assert found.method.within == {"people": 18, "sum(rooms)": 180, "avg(rooms)": None}
    assert again.method == replace(found.method, epsilon="0", again=True)
    assert sorted(map(str, again.table.to_pylist())) == sorted(map(str, found.table.to_pylist()))
    assert len(town.rows.asked) == 1
    assert town.ask("select count(*) from police.residents").method.left == "0"  # type: ignore[union-attr]
    with pytest.raises(NotGranted, match="budget_spent"):
        town.ask("select count(*) from police.residents where retired")
    town.local.close()


def test_a_silent_owner_and_an_impatient_asker_get_no_figures(town: Town) -> None:
    sql = "select count(*) from police.residents"
    town.rows.fault = Offline("police", "police.residents@1", "away")
    with pytest.raises(Offline):
        town.ask(sql)
    with pytest.raises(Offline):
        town.ask(sql, gateways={})
    town.rows.fault = None
    gone = Stop()
    gone.cancel()
    with pytest.raises(Cancelled):
        town.ask(sql, stop=gone)
    assert not town.local.accesses()


def test_whoever_tries_to_get_more_out_of_figures_is_refused_or_asks_a_plain_statistic() -> None:
    """The questions of the corpora, of products that give statistics only: nothing but figures, never a fault."""
    shelf = Shelf([world.granted(each, statistics_only=True) for each in world.PRODUCTS])
    plain = 0
    for sql in [*sorted({sql for _, sql in adversarial.questions()}), *benign.questions()]:
        try:
            asked = understand(sql, shelf)
        except Refused:
            continue
        plain += 1
        named = {*asked.statistic.by, *(each.field for each in asked.statistic.measures if each.field)}
        assert named <= set(asked.granted.grant.fields)
        assert {each.kind for each in asked.statistic.measures} <= {"count", "sum", "mean"}
    assert plain > 10
