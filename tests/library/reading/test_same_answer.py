"""Whatever is joined with whatever: what the sources leave out and which keys are shipped never changes the answer."""

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.library.reading.world import World, make
from yiwang.library.reading import Refused

CONDITIONS = {
    "e": ("e.district = 'east'", "e.district is null", "e.staff > 150", "not (e.kind = 'branch' or e.staff < 20)"),
    "f": ("f.overdue", "f.overdue is null", "f.amount < 20000000", "f.period in ('2024-01-01', '2024-05-01')"),
    "i": ("i.result = 'failed'", "i.score is null or i.score < 60", "i.day >= '2024-09-01'", "i.remark is not null"),
}
TABLES = {"e": "market.enterprises", "f": "tax.filings", "i": "health.inspections"}
NARROW = "e.uscc in ('91310100MA00000003', '91310100MA00000007', '91310100MA00000011')"
JOINS = ("join", "left join", "right join", "full join", "semi join", "anti join")
WRAPPED = (
    "(select uscc, staff, district, kind from market.enterprises where staff < 180)",
    "(select uscc, max(staff) staff, min(district) district, any_value(kind) kind from market.enterprises group by 1)",
    "(select distinct uscc, staff, district, kind from market.enterprises)",
    "(select * from market.enterprises order by uscc limit 40)",
)


@st.composite
def questions(draw: st.DrawFn) -> str:
    names = draw(st.permutations(["e", "f", "i"]))[: draw(st.integers(2, 3))]
    shown, parts = [names[0]], []
    wrapped = draw(st.sampled_from(("", *WRAPPED)))
    begin = wrapped if wrapped and names[0] == "e" else TABLES[names[0]]
    for number, name in enumerate(names[1:], 1):
        kind = draw(st.sampled_from(JOINS))
        other = draw(st.sampled_from(shown))
        on = [f"{name}.uscc = {other}.uscc", *draw(st.lists(st.sampled_from(CONDITIONS[name]), max_size=1))]
        on += draw(st.lists(st.sampled_from(CONDITIONS[other]), max_size=1)) if number == 1 else []
        source = wrapped if wrapped and name == "e" else TABLES[name]
        parts.append(f"{kind} {source} {name} on {' and '.join(on)}")
        if kind not in ("semi join", "anti join"):
            shown.append(name)
    pool = [each for name in shown for each in CONDITIONS[name]] + ([NARROW] * 3 if "e" in shown else [])
    where = draw(st.lists(st.sampled_from(pool), max_size=2, unique=True))
    last = shown[0]
    inner = draw(st.sampled_from(("", *TABLES)))
    if inner and inner not in names:
        word = draw(st.sampled_from(("exists", "not exists", "in", "not in")))
        held = f"{TABLES[inner]} {inner} where {draw(st.sampled_from(CONDITIONS[inner]))}"
        if word.endswith("exists"):
            where.append(f"{word} (select 1 from {held} and {inner}.uscc = {last}.uscc)")
        else:
            where.append(f"{last}.uscc {word} (select {inner}.uscc from {held} and {inner}.uscc is not null)")
    columns = ", ".join(f"{name}.uscc" for name in shown)
    counted = draw(st.booleans())
    select = f"select {columns}, count(*)" if counted else f"select {columns}"
    tail = f" group by {columns}" if counted else ""
    condition = f" where {' and '.join(where)}" if where else ""
    return f"{select} from {begin} {names[0]} {' '.join(parts)}{condition}{tail}"


WORLD: World = make(enterprises=60)


@pytest.fixture(scope="module")
def views() -> Iterator[duckdb.DuckDBPyConnection]:
    with WORLD.masked_views() as connection:
        yield connection


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(sql=questions())
def test_a_joined_answer_is_that_of_a_plain_database(views: duckdb.DuckDBPyConnection, sql: str) -> None:
    try:
        answered = WORLD.ask(sql).table
    except Refused as refusal:
        pytest.fail(f"{refusal}: {sql}")
    expected = sorted(map(repr, views.execute(sql).fetchall()))
    assert sorted(repr(tuple(row.values())) for row in _rows(answered)) == expected, sql


def _rows(table: object) -> list[dict[str, object]]:
    names = [f"c{place}" for place in range(len(table.schema))]  # type: ignore[attr-defined]
    return list(table.rename_columns(names).to_pylist())  # type: ignore[attr-defined]
