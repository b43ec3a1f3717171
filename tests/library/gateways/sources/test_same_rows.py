"""Whatever holds the register, the same question gets the same rows: those that a plain reading of it gives."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.library.gateways.sources import oracle
from tests.library.gateways.sources.register import (
    PRODUCT,
    SEXES,
    Row,
    in_api,
    in_csv,
    in_mysql,
    in_parquet,
    in_postgres,
    in_sqlite,
)
from tests.library.gateways.sources.servers import Api, mariadb_database, postgres_database
from yiwang.library.gateways.bindings import Bindings
from yiwang.library.gateways.fragment import (
    OPERATORS,
    AllOf,
    AnyOf,
    Compare,
    IsNull,
    Keys,
    Not,
    OneOf,
    Order,
    Predicate,
    StartsWith,
)
from yiwang.library.gateways.sources import Sources, read_all

FIELDS = tuple(each.name for each in PRODUCT.fields)

names = st.sampled_from(
    [
        "王",
        "王小明",
        "王小",
        "A",
        "a",
        "a b",
        "B",
        "Ａ",
        "é",
        "e",
        "𠮷",
        "%",
        "_",
        "'",
        '"',
        "\\",
        "",
        "NULL",
        "{A,B}",
        "A\x1fB",
    ]
)
days = st.sampled_from([date(1949, 10, 1), date(1999, 12, 31), date(2000, 1, 1), date(2024, 2, 29)])
areas = st.sampled_from([Decimal("0"), Decimal("0.000001"), Decimal("12.5"), Decimal("-3"), Decimal("99999.999999")])
money = st.sampled_from([0, 1, -1, 100, 2**62, -(2**62)])
moments = st.sampled_from(
    [
        datetime(1990, 7, 1, 0, 30, tzinfo=UTC),
        datetime(2025, 1, 1, tzinfo=UTC),
        datetime(2025, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        datetime(2025, 6, 30, 23, 59, 59, tzinfo=UTC),
    ]
)
codes = st.sampled_from([*SEXES, "9", None])

registers = st.lists(
    st.builds(
        Row,
        number=st.integers(-3, 30),
        name=names | st.none(),
        sex_code=codes,
        born=days | st.none(),
        area=areas | st.none(),
        owes=money | st.none(),
        lives_here=st.booleans() | st.none(),
        changed=moments | st.none(),
    ),
    max_size=12,
)

VALUES = {
    "number": st.integers(-3, 30),
    "name": names,
    "sex": st.sampled_from([*SEXES.values(), "other"]),
    "born": days,
    "area": areas,
    "owes": money,
    "lives_here": st.booleans(),
    "changed": moments,
}
ORDERED = [name for name in FIELDS if name != "lives_here"]


@st.composite
def leaves(draw: st.DrawFn) -> Predicate:
    name = draw(st.sampled_from(FIELDS))
    shape = draw(st.sampled_from(["compare", "one of", "null", "starts"]))
    if shape == "null":
        return IsNull(name)
    if shape == "starts":
        return StartsWith("name", draw(names))
    if shape == "one of":
        return OneOf(name, tuple(draw(st.lists(VALUES[name], max_size=4, unique=True))))
    operators = OPERATORS if name in ORDERED else ("=", "!=")
    return Compare(name, draw(st.sampled_from(operators)), draw(VALUES[name]))


predicates = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, max_size=3).map(lambda items: AllOf(tuple(items))),
        st.lists(inner, max_size=3).map(lambda items: AnyOf(tuple(items))),
    ),
    max_leaves=6,
)

Place = Callable[[Sequence[Row]], Bindings]


@pytest.fixture(scope="module", params=["sqlite", "postgres", "mysql", "parquet", "csv", "http"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp(request.param)
    match request.param:
        case "sqlite":
            yield lambda rows: in_sqlite(folder / "register.sqlite3", rows)
        case "postgres":
            with postgres_database() as url:
                yield lambda rows: in_postgres(url, rows)
        case "mysql":
            with mariadb_database() as url:
                yield lambda rows: in_mysql(url, rows)
        case "parquet":
            yield lambda rows: in_parquet(folder, rows)
        case "csv":
            yield lambda rows: in_csv(folder, rows)
        case _:
            with Api().running() as api:
                yield lambda rows: in_api(api, rows)


def plain(rows: Sequence[dict[str, object]]) -> list[str]:
    """Comparable: numbers without their trailing zeros, moments in one zone."""

    def form(value: object) -> object:
        if isinstance(value, Decimal):
            return value.normalize() + 0
        return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value

    return sorted(repr([(name, form(value)) for name, value in sorted(row.items())]) for row in rows)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=registers, wheres=st.lists(predicates, min_size=1, max_size=16))
def test_every_kind_of_source_gives_the_same_rows(place: Place, rows: list[Row], wheres: list[Predicate]) -> None:
    sources = Sources(place(rows))
    try:
        meant = [row.meant() for row in rows]
        for where in wheres:
            found = read_all(sources.scan(PRODUCT, FIELDS, where=where), PRODUCT, FIELDS).to_pylist()
            assert plain(found) == plain([row for row in meant if oracle.truth(where, row) is True])
    finally:
        sources.close()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    rows=registers,
    name=st.sampled_from(ORDERED),
    chosen=st.data(),
    descending=st.booleans(),
    limit=st.integers(0, 5) | st.none(),
)
def test_keys_cursor_order_and_limit_mean_the_same_everywhere(
    place: Place, rows: list[Row], name: str, chosen: st.DataObject, descending: bool, limit: int | None
) -> None:
    keys = Keys(name, tuple(chosen.draw(st.lists(VALUES[name], unique=True, max_size=5))))
    after = chosen.draw(moments | st.none())
    sources = Sources(place(rows))
    try:
        found = read_all(
            sources.scan(
                PRODUCT, (name, "number"), keys=keys, after=after, order=[Order(name, descending)], limit=limit
            ),
            PRODUCT,
            (name, "number"),
        ).to_pylist()
    finally:
        sources.close()
    meant = [row.meant() for row in rows]
    kept = [
        row
        for row in meant
        if row[name] in keys.values
        and row[name] is not None
        and (after is None or (row["changed"] is not None and row["changed"] > after))  # type: ignore[operator]
    ]
    values = sorted((row[name] for row in kept), reverse=descending)  # type: ignore[type-var]
    assert [row[name] for row in found] == values[:limit]
