from dataclasses import replace
from pathlib import Path

import pytest

from tests.library.centre import city
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.findings import Refused
from yiwang.foundation.ledger.replay import replay
from yiwang.library.centre import loading, queries
from yiwang.library.centre.models import Grant
from yiwang.library.gateways.grant import MaskKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_city_shares_its_products_under_standing_grants_that_two_officers_approved(folder: Path) -> None:
    loaded = loading.load(folder, city.PRODUCTS)
    assert set(loaded.products) == {"security.residents", "market.shops", "security.watchlist"}
    assert loaded.issued == 3  # one of them for the open product
    assert queries.product("security.residents@1") == city.RESIDENTS
    (found,) = queries.issued_for(["market/food"], "application", "security.residents@1")
    assert found.grant.rows == 'district = "999901"'
    assert found.grant.fields["born"].kind is MaskKind.GENERALISE
    steward, head = User.objects.get(username="security.data"), User.objects.get(username="security.head")
    assert found.grant.approved_by == (f"officer:{steward.pk}", f"officer:{head.pk}")
    assert queries.grants_for("market/food", "application", "security.residents@1") == (found.signed,)
    assert queries.grants_for("market/food", "analysis", "security.residents@1") == ()
    assert queries.grants_for("market/registration", "application", "security.residents@1") == ()
    assert replay().differences == ()


def test_loading_again_signs_nothing_anew(folder: Path) -> None:
    loading.load(folder, city.PRODUCTS)
    before = list(Grant.objects.values_list("pk", "signature"))
    again = loading.load(folder, city.PRODUCTS)
    assert again == loading.Loaded()
    assert list(Grant.objects.values_list("pk", "signature")) == before


def test_a_standing_grant_with_a_new_wording_replaces_the_old_one_and_one_that_leaves_ends(folder: Path) -> None:
    loading.load(folder, city.PRODUCTS)
    city.rewrite(folder, "grants/standing.yaml", "most_rows: 100", "most_rows: 50")
    assert loading.load(folder, city.PRODUCTS).revoked == 1
    (found,) = queries.issued_for(["market/food"], "application")
    assert (found.grant.id, found.grant.most_rows) == ("food-residents~2", 50)
    (folder / "grants" / "standing.yaml").unlink()
    assert loading.load(folder, city.PRODUCTS).revoked == 2
    assert queries.issued_for(["market/food"]) == ()
    assert replay().differences == ()


def test_a_new_wording_of_a_contract_stands_beside_the_old_one(folder: Path) -> None:
    loading.load(folder, city.PRODUCTS)
    newer = replace(city.SHOPS, minor=1, summary=replace(city.SHOPS.summary, en="All registered shops."))
    assert loading.load(folder, (city.RESIDENTS, newer, city.WITHHELD)).products == ("market.shops",)
    assert [version.product.version for version in queries.versions("market.shops")] == ["1.1", "1.0"]
    assert loading.load(folder, (city.RESIDENTS, newer)).taken_back == ("security.watchlist",)
    with pytest.raises(queries.NoSuchProduct):
        queries.product("security.watchlist")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[security.data, security.head]", "[both, both]", "Two different people"),
        ("[security.data, security.head]", "[security.head, security.data]", "does not hold the post security/data"),
        ("[security.data, security.head]", "[market.data, market.head]", "does not hold the post security/data"),
        ("to: market/food", "to: market/fod", "There is no post"),
        ("purpose: application", "purpose: curiosity", "is not known as purpose"),
        ("security.residents@1", "security.residents@2", "There is no product"),
        ("security.residents@1", "security.watchlist@1", "is shared with nobody by law"),
        ("    - name\n", "    - income\n", "The product has no field “income”"),
        ("    - name\n", "    - name: null\n", "Nothing says how “name” is masked"),
        ("{mask: generalise, unit: year}", "generalise", "Nothing says how this field is generalised"),
        ("until: 2030-12-31", "until: for ever", "is not a date"),
    ],
)
def test_one_mistake_in_a_grant_and_nothing_is_loaded(folder: Path, old: str, new: str, said: str) -> None:
    city.rewrite(folder, "grants/standing.yaml", old, new)
    with pytest.raises(Refused, match=said):
        loading.load(folder, city.PRODUCTS)
    assert Grant.objects.count() == 0
    assert queries.products() == ()
