from dataclasses import replace
from pathlib import Path

import pytest

from tests.library.centre import city
from yiwang.foundation.kernel.findings import Refused
from yiwang.library.centre import actions, loading, promises, queries
from yiwang.library.centre.refusals import NotPossible

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

WITHOUT_AREA = replace(city.SHOPS, minor=1, fields=city.SHOPS.fields[:-1])


def test_a_contract_that_breaks_its_readers_is_not_published_and_the_finding_says_where_and_what_to_do(
    folder: Path,
) -> None:
    loading.load(folder, city.PRODUCTS)
    file = folder / "products" / "market" / "shops.yaml"
    file.parent.mkdir(parents=True)
    file.write_text('# The directory.\nversion: "1.1"\n')
    with pytest.raises(Refused) as refused:
        loading.load(folder, (city.RESIDENTS, WITHOUT_AREA, city.WITHHELD))
    (finding,) = refused.value.findings
    assert (finding.file, finding.line) == (file, 2)
    assert "field area is gone" in finding.message
    assert 'version: "2.0"' in finding.remedy
    assert queries.product("market.shops") == city.SHOPS


def test_a_new_major_may_break_and_the_old_one_is_served_beside_it(folder: Path) -> None:
    loading.load(folder, city.PRODUCTS)
    second = replace(WITHOUT_AREA, major=2, minor=0)
    assert promises.check(folder, (city.SHOPS, second)) == []
    loading.load(folder, (city.RESIDENTS, city.SHOPS, second))
    assert queries.product("market.shops") == second
    assert queries.product("market.shops@1") == city.SHOPS


def test_an_older_version_does_not_replace_a_newer_one(folder: Path) -> None:
    loading.load(folder, (city.RESIDENTS, replace(city.SHOPS, minor=1)))
    (finding,) = promises.check(folder, (city.SHOPS,))
    assert "version 1.0 is older than 1.1" in finding.message


@pytest.mark.usefixtures("folder")
def test_publishing_itself_refuses_whoever_calls_it() -> None:
    actions.publish([city.SHOPS])
    with pytest.raises(NotPossible, match="new major version: field area is gone"):
        actions.publish([WITHOUT_AREA])
    assert actions.publish([replace(city.SHOPS, minor=1)]) == ("market.shops",)
