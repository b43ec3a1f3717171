"""Who may see nobody's rows still learns how many, and nothing of a single person."""

import statistics as plain
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.library.gateways.police import Police, police_of
from tests.library.gateways.registers import RESIDENTS, InMemory, asker, grant
from yiwang.library.gateways.contract import Privacy, Product, Statistics
from yiwang.library.gateways.figures import above_threshold, noise
from yiwang.library.gateways.fragment import Compare, OneOf
from yiwang.library.gateways.gateway import NotGranted, Offline
from yiwang.library.gateways.grant import CLEAR, Mask, MaskKind
from yiwang.library.gateways.policy import check_grant
from yiwang.library.gateways.statistic import Figures, Measure, Statistic, off_by
from yiwang.library.gateways.stopping import Stop

COUNT, ROOMS, INCOME = Measure("count"), Measure("sum", "rooms"), Measure("mean", "income")
ALL = {each.name: CLEAR for each in RESIDENTS.fields}
NOISE = Privacy(Decimal("0.5"), Decimal(1), bounds={"rooms": (0, 10), "income": (0, 1_000)})
HOUSEHOLDS = replace(RESIDENTS, key=("name",))
"""many rows may be about one person"""


def person(number: int, **values: Any) -> dict[str, Any]:
    return {
        "id": f"{number:018d}",
        "name": f"n{number}",
        "district": "north" if number % 3 else "south",
        "born": date(1950 + number % 60, 1, 1),
        "rooms": number % 6,
        "area": Decimal(number),
        "retired": number % 4 == 0,
        "income": number * 100,
    } | values


def people(number: int, **values: Any) -> list[dict[str, Any]]:
    return [person(each, **values) for each in range(number)]


@contextmanager
def police(
    folder: Path, rows: list[dict[str, Any]], how: Statistics | None = None, product: Product = RESIDENTS
) -> Iterator[Police]:
    with police_of(folder, replace(product, statistics=how)) as department:
        department.rows.table = InMemory(rows).table
        yield department


def ask(owner: Police, *measures: Measure, by: tuple[str, ...] = (), where: Any = None, **changes: Any) -> Figures:
    who = changes.pop("who", asker())
    signed = owner.granted(**{"fields": ALL, "statistics_only": True} | changes)
    return owner.gateway.figures(Statistic(RESIDENTS.reference, measures, by, where), signed, who)


def refused(owner: Police, *measures: Measure, **changes: Any) -> tuple[str, str]:
    with pytest.raises(NotGranted) as refusal:
        ask(owner, *measures, **changes)
    return refusal.value.code, refusal.value.detail


def test_large_groups_are_told_exactly(tmp_path: Path, clock: Any) -> None:
    rows = people(90)
    with police(tmp_path, rows) as department:
        told = ask(department, COUNT, ROOMS, INCOME, by=("district",))
    assert (told.people, told.withheld) == (10, 0)
    assert [row[0] for row in told.rows] == ["north", "south"]
    for district, count, rooms, income in told.rows:
        own = [row for row in rows if row["district"] == district]
        assert (count, rooms) == (len(own), sum(row["rooms"] for row in own))
        assert income == pytest.approx(plain.mean(row["income"] for row in own))


def test_a_statistic_asks_what_fits_its_condition(tmp_path: Path, clock: Any) -> None:
    with police(tmp_path, people(90)) as department:
        assert ask(department, COUNT, where=Compare("rooms", ">", 2)).rows == ((45,),)
        masked = ALL | {"born": Mask(MaskKind.GENERALISE, unit="year")}
        told = ask(department, COUNT, by=("born",), fields=masked, where=OneOf("district", ("north",)))
        assert told.rows == ()
        row_rule = ask(department, COUNT, rows='district = "south"')
        assert row_rule.rows == ((30,),)


def test_a_small_group_is_withheld_and_the_next_one_covers_it(tmp_path: Path, clock: Any) -> None:
    rows = [person(n, name="few" if n < 3 else "some" if n < 40 else "many") for n in range(120)]
    with police(tmp_path, rows) as department:
        told = ask(department, COUNT, by=("name",))
    assert told.rows == (("many", 80),)
    assert told.withheld == 2


def test_that_few_fit_is_not_told_from_that_none_do(tmp_path: Path, clock: Any) -> None:
    with police(tmp_path, people(60)) as department:
        few = ask(department, COUNT, by=("district",), where=Compare("income", "<", 300))
        none = ask(department, COUNT, by=("district",), where=Compare("income", "<", 0))
        alone = ask(department, COUNT, where=Compare("income", "<", 300))
    assert (few.rows, few.withheld) == (none.rows, none.withheld) == (alone.rows, alone.withheld) == ((), 0)


def test_a_sum_that_one_person_makes_up_is_withheld(tmp_path: Path, clock: Any) -> None:
    with police(tmp_path, [person(n, rooms=100_000 if n == 0 else 1) for n in range(60)]) as department:
        assert ask(department, ROOMS).rows == ()
        assert ask(department, COUNT).rows == ((60,),)


def test_a_mean_of_what_few_have_is_withheld(tmp_path: Path, clock: Any) -> None:
    with police(tmp_path, [person(n, income=0 if n < 2 else None) for n in range(60)]) as department:
        assert ask(department, INCOME).rows == ()


def test_ten_rows_of_one_person_are_one_person(tmp_path: Path, clock: Any) -> None:
    rows = [person(n, id=f"{1:018d}") for n in range(60)]
    with police(tmp_path, rows, product=HOUSEHOLDS) as department:
        assert ask(department, COUNT).rows == ()
        fields = {name: mask for name, mask in ALL.items() if name != "id"}
        assert refused(department, COUNT, fields=fields) == ("statistic_subject", "id")
        hashed = ALL | {"id": Mask(MaskKind.HASH)}
        assert ask(department, COUNT, fields=hashed).rows == ()


def test_a_grant_for_statistics_lets_persons_be_told_apart() -> None:
    fields = {"name": CLEAR}
    given_ = grant(statistics_only=True, fields=fields)
    assert check_grant(RESIDENTS, given_) == []
    assert check_grant(HOUSEHOLDS, given_) == ["statistics need the field id, hashed is enough"]
    assert check_grant(HOUSEHOLDS, replace(given_, fields=fields | {"id": Mask(MaskKind.HASH)})) == []


def test_the_contract_says_how_many_are_enough(tmp_path: Path, clock: Any) -> None:
    with police(tmp_path, people(24), Statistics(people=20)) as department:
        assert ask(department, COUNT).rows == ((24,),)
        assert ask(department, COUNT, by=("district",)).rows == ()


def test_figures_stand_in_the_owners_log_as_a_statistic_about_everyone(tmp_path: Path, clock: Any) -> None:
    with police(tmp_path, people(40)) as department:
        told = ask(department, ROOMS, by=("district",), where=Compare("retired", "=", True))
        (record,) = department.local.accesses()
        assert record.position == told.record
        assert (record.statistics, record.everyone, record.rows, record.subjects) == (True, True, 0, ())
        assert set(record.fields) == {"rooms", "district", "retired"}
        # Whoever is in the register is told, whether the condition met them or not.
        assert department.local.accesses_of("110000199003070220")[0].position == told.record


def test_no_row_is_read_under_a_grant_for_statistics(tmp_path: Path, clock: Any) -> None:
    with police(tmp_path, people(40)) as department:
        given_ = department.granted(statistics_only=True)
        assert department.refused(given=given_) == "statistics_only"
        assert not department.rows.asked


def test_where_persons_must_agree_only_the_contract_opens_figures(tmp_path: Path, clock: Any) -> None:
    closed = replace(RESIDENTS, consent=True)
    with police(tmp_path / "a", people(40), product=closed) as department:
        assert refused(department, COUNT)[0] == "consent"
    with police(tmp_path / "b", people(40), Statistics(), closed) as department:
        assert ask(department, COUNT).rows == ((40,),)
        assert department.refused(keys=None) == "consent"


@pytest.mark.parametrize(
    ("measures", "changes", "code"),
    [
        ((), {}, "statistic"),
        ((COUNT, COUNT), {}, "statistic"),
        ((Measure("max", "rooms"),), {}, "statistic"),
        ((Measure("sum", "name"),), {}, "statistic"),
        ((Measure("count", "rooms"),), {}, "statistic"),
        ((Measure("sum", "secret"),), {}, "field"),
        ((COUNT,), {"by": ("secret",)}, "field"),
        ((COUNT,), {"where": Compare("secret", "=", "x")}, "field"),
        ((COUNT,), {"fields": {"name": CLEAR}, "by": ("district",)}, "field"),
        ((ROOMS,), {"fields": ALL | {"rooms": Mask(MaskKind.NULL)}}, "statistic"),
        ((COUNT,), {"who": asker(purpose="analysis")}, "wrong_purpose"),
        ((COUNT,), {"who": asker(case="")}, "case_needed"),
    ],
)
def test_what_is_no_statistic_is_refused(
    tmp_path: Path, clock: Any, measures: Any, changes: dict[str, Any], code: str
) -> None:
    with police(tmp_path, people(40)) as department:
        assert refused(department, *measures, **changes)[0] == code
        assert not department.rows.asked
        assert not department.local.accesses()


def test_more_groups_than_anybody_reads_are_refused(tmp_path: Path, clock: Any) -> None:
    with police(tmp_path, people(1_001)) as department:
        assert refused(department, COUNT, by=("name",)) == ("statistic_groups", "1000")


# --- a threshold never tells of a few


ROWS = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.sampled_from(["a", "b", "c", None]),
        st.sampled_from(["north", "south"]),
        st.none() | st.integers(-3, 500),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    ROWS,
    st.integers(2, 5),
    st.sampled_from([(), ("name",), ("district",), ("name", "district")]),
    st.sampled_from([RESIDENTS, HOUSEHOLDS]),
)
def test_neither_a_group_nor_what_is_left_of_the_total_is_about_a_few(
    rows: list[tuple[int, str | None, str, int | None]], enough: int, by: tuple[str, ...], product: Product
) -> None:
    records = [
        person(who if product is HOUSEHOLDS else place, name=name, district=where, income=income)
        for place, (who, name, where, income) in enumerate(rows)
    ]
    table = InMemory(records).table
    told, withheld = above_threshold(table, Statistic("", (COUNT, INCOME), by), product, enough, Stop())
    groups = {tuple(row[: len(by)]) for row in told}
    parts: dict[Any, list[dict[str, Any]]] = {group: [] for group in groups}
    rest: list[dict[str, Any]] = []
    for record in records:
        parts.get(tuple(record[name] for name in by), rest).append(record)
    for part in [*parts.values(), *([rest] if groups and rest else [])]:
        incomes: dict[str, int] = {}
        for record in part:
            if record["income"] is not None:
                incomes[record["id"]] = incomes.get(record["id"], 0) + record["income"]
        assert len({record["id"] for record in part}) >= enough
        assert not incomes or len(incomes) >= enough
        if part is not rest:
            shares = [abs(income) for income in incomes.values()]
            assert max(shares, default=0) <= 0.8 * sum(shares)
    assert not withheld or len({record["id"] for record in rest}) >= enough
    assert [(row[: len(by)], row[len(by)]) for row in told] == [
        (row[: len(by)], len(parts[row[: len(by)]])) for row in told
    ]


# --- noise that is paid for


def test_noise_covers_one_person_and_leaves_the_many(tmp_path: Path, clock: Any) -> None:
    privacy = replace(NOISE, epsilon=Decimal(8), budget=Decimal(100))
    with police(tmp_path, people(300), Statistics(privacy=privacy)) as department:
        told = ask(department, COUNT, ROOMS, by=("district", "retired"))
    assert [row[:2] for row in told.rows] == [("north", False), ("north", True), ("south", False), ("south", True)]
    assert (told.people, told.epsilon, told.left, told.budget) == (0, 8, 92, 100)
    assert told.within == (1, 8)
    for district, retired, count, _rooms in told.rows:
        exact = sum(row["district"] == district and row["retired"] == retired for row in people(300))
        assert abs(int(str(count)) - exact) <= 12


def test_what_is_said_of_the_noise_holds_in_95_of_100_cases() -> None:
    off = [abs(each) > off_by(3, 0.5) for each in noise([0] * 4_000, sensitivity=3, epsilon=0.5)]
    assert 0.03 < sum(off) / len(off) < 0.065


def test_a_mean_is_as_near_as_is_said_of_it_or_not_told(tmp_path: Path, clock: Any) -> None:
    rows = [person(n, income=n % 1_000, retired=False) for n in range(2_000)]
    privacy = replace(NOISE, epsilon=Decimal(4), budget=Decimal(1_000))
    exact = plain.mean(row["income"] for row in rows)
    far = 0
    with police(tmp_path, rows, Statistics(privacy=privacy)) as department:
        for number in range(12):
            # Each time another question, that everybody fits.
            told = ask(department, INCOME, by=("retired",), where=Compare("area", ">", Decimal(-1 - number)))
            (_, mean), (_, of_nobody) = told.rows
            assert of_nobody is None
            (most,) = told.within
            assert most is not None
            assert 0 < most <= 2
            far += abs(float(str(mean)) - exact) > most
        few = ask(department, INCOME, where=Compare("retired", "=", True))
    assert far <= 4
    assert (few.rows, few.within) == (((None,),), (None,))


def test_groups_are_those_of_the_contract(tmp_path: Path, clock: Any) -> None:
    with police(tmp_path, people(40), Statistics(privacy=NOISE)) as department:
        for field in ("name", "born", "rooms"):
            assert refused(department, COUNT, by=(field,)) == ("statistic_group", field)
        assert refused(department, Measure("sum", "area"))[0] == "statistic"
    unbound = replace(NOISE, bounds={})
    with police(tmp_path, people(40), Statistics(privacy=unbound)) as department:
        assert refused(department, ROOMS) == ("statistic_bounds", "rooms")


def test_the_same_question_gets_the_same_answer_for_nothing(tmp_path: Path, clock: Any) -> None:
    with police(tmp_path, people(40), Statistics(privacy=NOISE)) as department:
        first = ask(department, COUNT, INCOME, by=("district",))
        read = len(department.rows.asked)
    with police(tmp_path, people(80), Statistics(privacy=NOISE)) as department:
        for post in ("market/food", "market/permits"):
            again = ask(department, COUNT, INCOME, by=("district",), post="market/*", who=asker(post=post))
            assert again.rows == first.rows
            assert (again.again, again.epsilon, again.left) == (True, 0, first.left)
        assert read == 1
        assert not department.rows.asked
        # That it was told again is on record, too.
        assert [each.statistics for each in department.local.accesses()] == [True, True, True]


def test_a_budget_is_spent_once_and_then_it_is_over(tmp_path: Path, clock: Any) -> None:
    with police(tmp_path, people(40), Statistics(privacy=NOISE)) as department:
        assert ask(department, COUNT, where=Compare("rooms", ">", 1)).left == Decimal("0.5")
        assert ask(department, COUNT, where=Compare("rooms", ">", 2)).left == 0
        read = len(department.rows.asked)
        assert refused(department, COUNT) == ("budget_spent", RESIDENTS.reference)
        assert len(department.rows.asked) == read
        assert ask(department, COUNT, where=Compare("rooms", ">", 2)).again
        # Another department has its own.
        other = ask(
            department, COUNT, department="audit", post="audit/a", who=asker(department="audit", post="audit/a")
        )
        assert other.left == Decimal("0.5")


def test_two_majors_of_a_product_are_about_the_same_people(tmp_path: Path, clock: Any) -> None:
    with police(tmp_path, people(40), Statistics(privacy=NOISE)) as department:
        ask(department, COUNT)
        ask(department, COUNT, where=Compare("rooms", ">", 2))
    later = replace(RESIDENTS, major=2)
    with police(tmp_path, people(40), Statistics(privacy=NOISE), later) as department:
        signed = department.granted(fields=ALL, product=later.reference)
        with pytest.raises(NotGranted, match="budget_spent"):
            department.gateway.figures(Statistic(later.reference, (COUNT,)), signed, asker())


def test_a_budget_that_is_renewed_yearly_is_full_in_january(tmp_path: Path, clock: Any) -> None:
    yearly = replace(NOISE, budget=Decimal("0.5"), renewed="yearly")
    forever = {"expires": clock.now() + timedelta(days=2_000)}
    with police(tmp_path, people(40), Statistics(privacy=yearly)) as department:
        ask(department, COUNT, **forever)
        assert refused(department, ROOMS, **forever)[0] == "budget_spent"
        clock.advance(timedelta(days=366))
        told = ask(department, COUNT, **forever)
        assert (told.again, told.left) == (False, 0)


def test_nothing_is_paid_while_the_source_is_away(tmp_path: Path, clock: Any) -> None:
    with police(tmp_path, people(40), Statistics(privacy=NOISE)) as department:
        department.rows.fault = Offline("police", "", "away")
        with pytest.raises(Offline):
            ask(department, COUNT)
        assert not department.local.accesses()
        department.rows.fault = None
        assert ask(department, COUNT).left == Decimal("0.5")


def test_a_budget_that_cannot_be_written_tells_nothing(tmp_path: Path, clock: Any) -> None:
    with police(tmp_path, people(40), Statistics(privacy=NOISE)) as department:
        (tmp_path / "police" / "budgets").mkdir()
        with pytest.raises(Offline, match="budget cannot be written"):
            ask(department, COUNT)


def test_one_person_counts_with_few_rows_and_clamped_values(tmp_path: Path, clock: Any) -> None:
    rows = [person(n, id=f"{1:018d}", income=10**9) for n in range(200)]
    privacy = replace(NOISE, epsilon=Decimal(100), budget=Decimal(100), rows_each=2)
    with police(tmp_path, rows, Statistics(privacy=privacy), HOUSEHOLDS) as department:
        ((count, total),) = ask(department, COUNT, Measure("sum", "income")).rows
    assert int(str(count)) <= 4
    assert int(str(total)) <= 2_500


def test_noise_is_as_wide_as_it_has_to_be() -> None:
    spread = plain.pstdev(noise([0] * 4_000, sensitivity=5, epsilon=0.5))
    assert 10 * 2**0.5 * 0.8 < spread < 10 * 2**0.5 * 1.2
