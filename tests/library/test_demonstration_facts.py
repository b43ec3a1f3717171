"""What the demonstration city's offices learn of its people: through grants, gateways, bindings and registers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.testcity.conftest import CITY, DAY
from yiwang.foundation.directory import loading as directory
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.standards import vocabulary
from yiwang.library.centre import consents, facts, gateways, loading, queries, signing_key
from yiwang.library.centre.facts import Facts, Wanted
from yiwang.library.gateways import bindings, contracts
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.fragment import Fragment, Keys
from yiwang.library.gateways.local import LocalGateway
from yiwang.library.gateways.sources import Sources
from yiwang.library.reading import reader
from yiwang.library.reading.granted import Granted, Shelf
from yiwang.library.reading.refused import Refused
from yiwang_testcity import departments, population

pytestmark = pytest.mark.django_db

WANG, CHEN, LUO = "110000199003070220", "110000195106120130", "110000198609210449"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("departments")
    departments.make(population.plan(300, 1, DAY, CITY), folder, processes=1)
    return folder


@pytest.fixture
def city(db: None, clock: FrozenClock, data: Path, tmp_path: Path) -> Iterator[Mapping[str, LocalGateway]]:
    """The city loaded, its departments' databases filled, a gateway before each."""
    directory.load(CITY)
    loading.load(CITY, contracts.read(CITY, vocabulary.read(CITY)[0])[0])
    opened = {}
    for path in sorted((CITY / "gateways").glob("*.yaml")):
        bound, findings = bindings.read(path, data=data, environment={})
        assert findings == []
        opened[path.stem] = LocalGateway(
            path.stem,
            [product for product in queries.products() if product.department == path.stem],
            Sources(bound),
            folder=tmp_path / "gateways" / path.stem,
            trust=signing_key.key().trust(),
            mask_secret=b"a secret of the gateways together",
        )
    with gateways.instead(opened):
        yield opened
    for each in opened.values():
        each.close()


def learn(person: str, elements: list[str], materials: list[str], *posts: str, agreed: tuple[str, ...] = ()) -> Facts:
    asker = Asker(
        actor="person:1",
        name="",
        department="",
        post="",
        purpose="application",
        case="draft:1",
        consents=consents.signed(person, agreed, "application"),
    )
    wanted = Wanted(dict.fromkeys(elements, posts), dict.fromkeys(materials, posts))
    return facts.facts_of(person, wanted, asker, consented=agreed)


def values(found: Facts) -> dict[str, Any]:
    return {each.element: facts.plain(each.value) for each in found.facts}


def test_who_opens_a_restaurant_need_not_tell_of_her_shop_nor_bring_its_papers(city: object) -> None:
    found = learn(
        WANG,
        ["premises.address", "premises.floor_area", "premises.floor", "premises.tenure"],
        ["identity_card", "property_certificate", "floor_plan"],
        *("market/registration", "market/food", "fire/permits", "water/permits", "city-appearance/signs"),
    )
    assert values(found) == {
        "premises.address": "望江区滨江路88号",
        "premises.floor_area": "320",
        "premises.floor": "ground",
        "premises.tenure": "own",
    }
    assert found.proved == {
        "property_certificate": "natural-resources",
        "floor_plan": "natural-resources",
        "identity_card": "public-security",
    }
    assert found.missing == ()


def test_without_her_consent_nobody_reads_her_health_certificate(city: Mapping[str, LocalGateway]) -> None:
    found = learn(WANG, [], ["health_certificates"], "market/food")
    assert [each.product.reference for each in found.unasked] == ["health.certificates@1"]
    assert city["health"].head().size == 0


def test_the_allowance_finds_the_income_of_who_is_on_low_income(city: object) -> None:
    found = learn(
        CHEN,
        ["person.household_here", "allowance.low_income"],
        ["identity_card", "income_statement"],
        *("civil-affairs/elderly", "civil-affairs/allowance"),
    )
    assert values(found) == {"person.household_here": True, "allowance.low_income": True}
    assert set(found.proved) == {"identity_card", "income_statement"}


def test_the_residence_permit_finds_home_photograph_and_how_long_one_is_here(city: object) -> None:
    found = learn(
        LUO,
        ["person.household_here", "residence.since", "person.address"],
        ["identity_card", "portrait", "proof_of_housing"],
        "public-security/residence",
    )
    assert values(found)["person.household_here"] is False
    assert values(found)["person.address"] == "松台区科创路9号3幢1204室"
    assert set(found.proved) == {"identity_card", "portrait", "proof_of_housing"}


@pytest.mark.parametrize(
    ("person", "product", "post", "field"),
    [
        (WANG, "health.certificates@1", "market/food", "valid_until"),
        (CHEN, "civil-affairs.benefit-accounts@1", "civil-affairs/allowance", "bank_account"),
    ],
)
def test_with_their_consent_a_gateway_shows_the_one_row(
    city: Mapping[str, LocalGateway], person: str, product: str, post: str, field: str
) -> None:
    (issued,) = queries.issued_for([post], "application", product)
    asker = Asker(
        actor="person:1",
        name="",
        department=post.partition("/")[0],
        post=post,
        purpose="application",
        case="draft:1",
        subject=person,
        consents=consents.signed(person, [product], "application"),
    )
    fragment = Fragment(product, ("resident_id", field), keys=Keys("resident_id", (person,)))
    answer = city[product.partition(".")[0]].read(fragment, issued.signed, asker)
    (row,) = (row for batch in answer.batches for row in batch.to_pylist())
    assert row["resident_id"] == person
    assert row[field]


def test_a_flat_is_no_place_of_business(city: object) -> None:
    """An office that licenses shops sees no dwelling: the grant's row rule leaves it out."""
    assert values(learn(CHEN, ["premises.address"], ["property_certificate"], "market/registration")) == {}


def test_every_look_up_stands_in_the_owners_log(city: Mapping[str, LocalGateway]) -> None:
    learn(WANG, ["premises.address"], [], "market/registration")
    (record,) = city["natural-resources"].accesses_of(WANG)
    assert (record.asker.post, record.asker.purpose, record.rows) == ("market/registration", "application", 1)
    assert set(record.fields) >= {"owner_id", "address"}
    assert city["natural-resources"].accesses_of(CHEN) == []


def test_an_analyst_joins_three_departments_without_seeing_a_name(city: Mapping[str, LocalGateway]) -> None:
    post = "data-office/analysis"
    published = {product.reference: product for product in queries.products()}
    shelf = Shelf(
        Granted(published[each.grant.product], each.grant, each.signed)
        for each in queries.issued_for([post], "analysis")
    )
    asker = Asker("officer:1", "苏晴", "data-office", post, "analysis")
    answer = reader.answer(
        """
        SELECT r.resident_id, r.birth_date, p.use, e.industry
        FROM "public-security".residents r
        JOIN "natural-resources".property p ON p.owner_id = r.resident_id
        LEFT JOIN market.enterprises e ON e.representative_id = r.resident_id
        WHERE r.lives_here
        """,
        shelf=shelf,
        gateways=city,
        asker=asker,
    )
    rows = answer.table.to_pylist()
    assert len(rows) > 50
    assert any(row["industry"] for row in rows), "hashes of a person are the same at every department"
    for row in rows:
        assert len(row["resident_id"]) == 32
        assert (row["birth_date"].month, row["birth_date"].day) == (1, 1)
    for name in ("name", "phone", "address"):
        with pytest.raises(Refused):
            reader.answer(f'SELECT {name} FROM "public-security".residents', shelf=shelf, gateways=city, asker=asker)
