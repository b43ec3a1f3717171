"""The demonstration city's departments through their own bindings: every product reads real rows of its registers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.testcity.conftest import CITY, DAY
from yiwang.foundation.kernel import time
from yiwang.foundation.standards import vocabulary
from yiwang.library.gateways import bindings, contracts
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.fragment import Compare, Keys
from yiwang.library.gateways.sources import Sources
from yiwang_testcity import departments, population

RESIDENTS = 1_500
WANG, CHEN, LUO = "110000199003070220", "110000195106120130", "110000198609210449"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("departments")
    departments.make(population.plan(RESIDENTS, 3, DAY, CITY), folder, processes=1)
    return folder


@pytest.fixture(scope="module")
def products() -> Mapping[str, Product]:
    found, findings = contracts.read(CITY, vocabulary.read(CITY)[0])
    assert findings == []
    return {product.code: product for product in found}


@pytest.fixture(scope="module")
def sources(data: Path, products: Mapping[str, Product]) -> Mapping[str, Sources]:
    found = {}
    for path in sorted((CITY / "gateways").glob("*.yaml")):
        bound, findings = bindings.read(path, data=data, environment={})
        assert findings == []
        assert bindings.check(bound, [each for each in products.values() if each.department == path.stem]) == []
        found[path.stem] = Sources(bound)
    return found


def rows(sources: Mapping[str, Sources], product: Product, *names: str, **asked: Any) -> list[dict[str, Any]]:
    batches = sources[product.department].scan(product, names or [each.name for each in product.fields], **asked)
    return [row for batch in batches for row in batch.to_pylist()]


def test_every_product_has_rows_and_every_value_is_of_its_kind(
    sources: Mapping[str, Sources], products: Mapping[str, Product]
) -> None:
    for product in products.values():
        tally = Counter[str]()
        found = rows(sources, product, tally=tally)
        assert found, product.code
        assert not any(tally.values()), (product.code, tally)
        for field in product.fields:
            values = [row[field.name] for row in found]
            assert any(value is not None for value in values) or field.name == "former_name", (product.code, field.name)
            if field.required:
                assert None not in values, (product.code, field.name)
            if field.choices:
                assert {value for value in values if value} <= {choice.code for choice in field.choices}


def test_what_is_promised_to_be_one_of_few_or_unique_mostly_is(
    sources: Mapping[str, Sources], products: Mapping[str, Product]
) -> None:
    for product in products.values():
        keys = [tuple(row.values()) for row in rows(sources, product, *product.key)]
        assert len(set(keys)) == len(keys), product.code


def test_data_is_as_fresh_as_the_contract_says_on_the_day_it_was_made(
    sources: Mapping[str, Sources], products: Mapping[str, Product]
) -> None:
    for product in products.values():
        changes = [row[product.cursor] for row in rows(sources, product, product.cursor or product.key[0])]
        if product.fresh_within is None or len(changes) < 100:  # in a hamlet too little happens
            continue
        newest = max(changes)
        noon = dt.datetime.combine(DAY, dt.time(12), tzinfo=time.city_zone())
        assert dt.timedelta() < noon - newest < product.fresh_within, product.code


def test_who_opens_a_restaurant_finds_her_shop_and_her_certificate(
    sources: Mapping[str, Sources], products: Mapping[str, Product]
) -> None:
    wanted = ("address", "floor_area", "floor", "tenure", "use", "in_force", "plan_filed")
    (shop,) = rows(sources, products["natural-resources.property"], *wanted, keys=Keys("owner_id", (WANG,)))
    assert shop.pop("floor_area") == 320
    assert shop == {
        "address": "望江区滨江路88号",
        "floor": "ground",
        "tenure": "own",
        "use": "shop",
        "in_force": True,
        "plan_filed": True,
    }
    (certificate,) = rows(
        sources, products["health.certificates"], "issued", "valid_until", keys=Keys("resident_id", (WANG,))
    )
    assert certificate["issued"] < DAY < certificate["valid_until"]


def test_who_is_old_and_poor_is_known_to_be_so(sources: Mapping[str, Sources], products: Mapping[str, Product]) -> None:
    (poor,) = rows(sources, products["civil-affairs.low-income"], "low_income", keys=Keys("resident_id", (CHEN,)))
    assert poor == {"low_income": True}
    (account,) = rows(
        sources, products["civil-affairs.benefit-accounts"], "bank_account", keys=Keys("resident_id", (CHEN,))
    )
    assert account["bank_account"].startswith("620000")
    (person,) = rows(
        sources,
        products["public-security.residents"],
        *("name", "birth_date", "household_here", "lives_here"),
        keys=Keys("resident_id", (CHEN,)),
    )
    assert person == {
        "name": "陈建国",
        "birth_date": dt.date(1951, 6, 12),
        "household_here": True,
        "lives_here": True,
    }
    assert rows(sources, products["transport.senior-cards"], keys=Keys("resident_id", (CHEN,))) == []


def test_who_came_from_elsewhere_has_a_lease_on_file(
    sources: Mapping[str, Sources], products: Mapping[str, Product]
) -> None:
    leases = rows(
        sources, products["natural-resources.leases"], "use", "tenure", "ends", keys=Keys("tenant_id", (LUO,))
    )
    assert any(each["use"] == "dwelling" and each["tenure"] == "rent" and each["ends"] > DAY for each in leases)
    (person,) = rows(
        sources,
        products["public-security.residents"],
        "household_here",
        "photographed",
        keys=Keys("resident_id", (LUO,)),
    )
    assert person["household_here"] is False
    assert DAY - person["photographed"] < dt.timedelta(days=180)


def test_codes_of_an_office_are_asked_for_in_the_words_of_the_contract(
    sources: Mapping[str, Sources], products: Mapping[str, Product]
) -> None:
    closed = rows(sources, products["market.enterprises"], "uscc", where=Compare("status", "=", "closed"))
    trading = rows(sources, products["market.enterprises"], "uscc", where=Compare("status", "=", "open"))
    everything = rows(sources, products["market.enterprises"], "uscc")
    assert 0 < len(closed) < len(trading) < len(everything) == RESIDENTS * 6 // 100
    capital = {row["capital"] for row in rows(sources, products["market.enterprises"], "capital")}
    assert capital <= {yuan * 1_000_000 for yuan in (1, 3, 5, 10, 50, 100, 200, 500)}
