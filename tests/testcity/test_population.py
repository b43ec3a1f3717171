"""An invented city is the same for the same seed, its numbers are right, and its registers disagree as was said."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.testcity.conftest import CITY, DAY, Made
from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_phone, check_resident_id, check_uscc
from yiwang_testcity import departments, population
from yiwang_testcity.noise import POLICE, PROPERTY, RATES
from yiwang_testcity.population import SHARDS
from yiwang_testcity.tables import TABLES


def test_the_same_seed_and_day_make_the_same_city_however_many_processes_make_it() -> None:
    plan = population.plan(6_000, 7, DAY, CITY)
    alone = [rows.tables for rows in population.shards(plan, 1)]
    assert alone == [rows.tables for rows in population.shards(plan, 2)]
    other = [rows.tables for rows in population.shards(population.plan(6_000, 8, DAY, CITY), 1)]
    assert alone != other


@pytest.mark.parametrize("residents", [1, 3, 17, 250])
def test_a_hamlet_has_as_many_people_as_were_asked_for(residents: int) -> None:
    rows = list(population.shards(population.plan(residents, 1, DAY, CITY), 1))
    people = {person for shard in rows for table, _row, person, _, _ in shard.truth if table == "t_rk_jbxx"}
    assert len(people) == residents


@pytest.mark.parametrize("residents", [0, -1, 5_000_001])
def test_a_city_of_nobody_or_of_a_nation_is_refused(residents: int) -> None:
    with pytest.raises(ValueError, match="residents"):
        population.plan(residents, 1, DAY, CITY)


def test_every_resident_has_an_identity_number_of_their_own_that_is_right(made: Made) -> None:
    found = made.rows("public-security", "SELECT gmsfhm, xbdm, csrq, rybh FROM t_rk_jbxx")
    person = {row["row"]: row["person"] for row in made.truth() if row["table"] == "t_rk_jbxx"}
    holders: dict[str, set[int]] = {}
    for number, sex, _born, row in found:
        assert check_resident_id(number) == number
        assert int(number[16]) % 2 == (sex == "1")
        holders.setdefault(number, set()).add(person[row])
    assert all(len(people) == 1 for people in holders.values())
    assert len(holders) == 20_000


def test_nobody_is_registered_where_the_numbers_begin(made: Made) -> None:
    districts = {row[0] for row in made.rows("public-security", "SELECT DISTINCT xzqhdm FROM t_rk_jbxx")}
    for (place,) in made.rows("public-security", "SELECT DISTINCT substr(gmsfhm, 1, 6) FROM t_rk_jbxx"):
        assert place in districts or place.endswith("0000")


def test_every_business_has_a_credit_code_of_its_own_that_is_right(made: Made) -> None:
    codes = [row[0] for row in made.rows("market", "SELECT tyshxydm FROM scztxx")]
    assert all(check_uscc(code) == code for code in codes)
    assert len(set(codes)) == len(codes) == 1_200


def test_telephones_come_from_a_range_that_is_not_given_out(made: Made) -> None:
    phones = [row[0] for row in made.rows("public-security", "SELECT lxdh FROM t_rk_jbxx WHERE lxdh IS NOT NULL")]
    assert all(check_phone(phone) == phone and phone.startswith(("154", "1990000000")) for phone in phones)


def test_who_can_sign_in_is_in_the_registers_as_their_story_wants(made: Made) -> None:
    wang, chen, luo = "110000199003070220", "110000195106120130", "110000198609210449"
    shop = "SELECT zl, jzmj, lclb, ghyt, fcfht, qszt FROM bdc_fdcq WHERE qlrzjhm = '{}'"
    assert made.rows("natural-resources", shop.format(wang)) == [("望江区滨江路88号", "320.00", "1", "21", "1", "1")]
    (certificate,) = (row for row in made.certificates() if row["sfzh"] == wang)
    assert certificate["fzrq"] < DAY < certificate["yxqz"]
    assert made.rows("civil-affairs", f"SELECT xm, zt FROM shjz_dx WHERE sfzh = '{chen}'") == [("陈建国", "1")]
    assert made.rows("civil-affairs", f"SELECT count(*) FROM hmck WHERE sfzh = '{chen}'") == [(1,)]
    living = "SELECT xm, rklb, rkzt FROM t_rk_jbxx WHERE gmsfhm = '{}'"
    assert made.rows("public-security", living.format(wang)) == [("王晓兰", "1", "0")]
    assert made.rows("public-security", living.format(luo)) == [("罗文静", "2", "0")]
    assert made.rows("natural-resources", f"SELECT zl FROM fwzl_ba WHERE czrzjhm = '{luo}'") != []


def test_the_truth_names_every_row_once(made: Made) -> None:
    truth = [(row["table"], row["row"]) for row in made.truth()]
    assert len(set(truth)) == len(truth)
    wanted = {name.partition(" ")[2]: rows for name, rows in made.counts.items()} | {"gjzd": 0}
    assert Counter(table for table, _row in truth) == Counter(wanted)
    assert sum(made.counts.values()) == len(truth) + made.counts["transport gjzd"]


def test_rows_without_errors_say_what_the_register_of_residents_says(made: Made) -> None:
    truth = {(row["table"], row["row"]): row for row in made.truth()}
    names: dict[int, set[str]] = {}
    for key, name, former in made.rows("public-security", "SELECT rybh, xm, cym FROM t_rk_jbxx"):
        row = truth["t_rk_jbxx", key]
        if not row["errors"]:
            names.setdefault(row["person"], set()).add(name)
        assert former is None or former
    assert all(len(each) == 1 for each in names.values())
    for key, name in made.rows("civil-affairs", "SELECT djxh, xm FROM hydj"):
        row = truth["hydj", key]
        if not row["errors"] and row["person"] in names:
            assert {name} == names[row["person"]]


def test_registers_disagree_about_as_often_as_their_rates_say(made: Made) -> None:
    errors = Counter[str]()
    rows = 0
    for row in made.truth():
        if row["table"] == "bdc_fdcq" and row["person"] is not None:
            rows += 1
            errors.update(row["errors"].split())
    for kind in ("id_missing", "phone_missing", "homophone", "traditional", "id_wrong"):
        rate = getattr(PROPERTY, kind)
        assert rate * 0.4 < errors[kind] / rows < rate * 1.4, kind
    assert 0.03 < errors["id_old"] / rows < PROPERTY.id_old
    police = Counter(word for row in made.truth() if row["table"] == "t_rk_jbxx" for word in row["errors"].split())
    assert police["homophone"] < 20_000 * POLICE.homophone * 2
    assert police["id_wrong"] == police["id_missing"] == 0


def test_wrong_numbers_are_wrong_and_old_ones_have_fifteen_digits(made: Made) -> None:
    errors = {row["row"]: row["errors"].split() for row in made.truth() if row["table"] == "jkz"}
    seen = Counter[str]()
    for row in made.certificates():
        said = errors[row["zsbh"]]
        if "id_old" in said:
            assert len(row["sfzh"]) == 15
            seen["old"] += 1
        elif "id_missing" in said:
            assert row["sfzh"] is None
            seen["missing"] += 1
        elif "id_wrong" in said:
            with pytest.raises(InvalidIdentifier):
                check_resident_id(row["sfzh"])
            seen["wrong"] += 1
        else:
            assert check_resident_id(row["sfzh"])
    assert min(seen["old"], seen["missing"], seen["wrong"]) > 3


def test_every_register_has_rates() -> None:
    assert len(RATES) + 1 == len(TABLES)  # bus stops are nobody's
    for rates in RATES.values():
        assert 0 <= rates.stale <= 1


def test_dead_and_departed_people_stay_in_registers_that_have_not_heard(made: Made) -> None:
    states = Counter(row[0] for row in made.rows("public-security", "SELECT rkzt FROM t_rk_jbxx"))
    assert 0.95 < states["0"] / 20_024 < 0.99
    assert states["1"] > 100
    assert states["2"] > 30
    assert any("stale" in row["errors"] for row in made.truth())


def test_a_city_without_places_is_refused(tmp_path: Path) -> None:
    (tmp_path / "places.yaml").write_text('"319900": {zh: 锦澜市, en: Jinlan}\n')
    with pytest.raises(ValueError, match="no street"):
        population.plan(100, 1, DAY, tmp_path)


def test_a_city_that_fails_half_way_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = population.plan(100, 1, DAY, CITY)
    departments.make(plan, tmp_path, processes=1)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    real = population.made

    def fails(plan: population.Plan, number: int) -> object:
        if number == SHARDS - 1:
            raise OSError("the disk is full")
        return real(plan, number)

    monkeypatch.setattr(population, "made", fails)
    with pytest.raises(OSError, match="full"):
        departments.make(population.plan(200, 2, DAY, CITY), tmp_path, processes=1)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
