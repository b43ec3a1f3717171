import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from django.test import Client

from tests.library.centre import city
from tests.library.centre.conftest import Library
from yiwang.library.centre import api, loading, open_data
from yiwang.library.centre.models import Grant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ROWS = "/api/v1/open/products/market.shops/rows"


def test_anybody_takes_an_open_product_along_in_three_forms(library: Library, client: Client) -> None:
    assert "小店7" in client.get("/open/market.shops/").content.decode()
    text = client.get("/open/market.shops.csv").getvalue().decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0] == ["code", "name", "district", "area"]
    assert (len(lines), lines[7]) == (26, ["S007", "小店7", "999902", "7"])
    assert len(json.loads(client.get("/open/market.shops.json").getvalue())) == 25
    table = parquet.read_table(pa.BufferReader(client.get("/open/market.shops.parquet").getvalue()))
    assert table.num_rows == 25


def test_what_is_read_for_the_public_stands_in_the_owners_log_once_an_hour(library: Library, client: Client) -> None:
    for _time in range(3):
        assert client.get("/open/market.shops.csv").status_code == 200
    (record,) = library.gateways["market"].accesses()
    assert (record.asker.post, record.asker.purpose, record.rows) == ("public/everybody", "open", 25)


def test_a_program_pages_through_all_rows_by_the_key(library: Library, client: Client) -> None:
    codes, after = [], ""
    for _page in range(10):
        answer = client.get(ROWS, {"limit": 7, "after": after}).json()
        codes += [row["code"] for row in answer["rows"]]
        after = answer["next"]
        if not after:
            break
    assert codes == [f"S{number:03}" for number in range(1, 26)]
    assert [item["code"] for item in client.get("/api/v1/open/products").json()] == ["market.shops"]
    assert client.get(ROWS, {"after": "nonsense"}).status_code == 422
    assert client.get(ROWS, {"limit": 100_000}).status_code == 422


def test_what_is_not_open_is_not_there(library: Library, client: Client) -> None:
    for address in ("/open/security.residents/", "/open/security.residents.csv", "/open/security.watchlist.json"):
        assert client.get(address).status_code == 404
    assert client.get("/api/v1/open/products/security.residents/rows").status_code == 404


def test_a_department_that_is_away_is_said_so_and_older_rows_are_given_meanwhile(
    library: Library, client: Client, clock: object
) -> None:
    shops = library.rows["market"].tables.pop("shops")
    assert client.get("/open/market.shops.csv").status_code == 503
    assert client.get(ROWS).status_code == 503
    assert (
        "does not answer now" in client.get("/open/market.shops/", headers={"accept-language": "en"}).content.decode()
    )
    library.rows["market"].tables["shops"] = shops
    assert client.get("/open/market.shops.csv").status_code == 200
    del library.rows["market"].tables["shops"]
    clock.advance(open_data.FRESH * 2)  # type: ignore[attr-defined]
    assert client.get("/open/market.shops.csv").status_code == 200


def test_who_asks_too_often_waits_a_minute(library: Library, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "TURNSTILE", api.Turnstile(2))
    assert [client.get(ROWS).status_code for _time in range(3)] == [200, 200, 429]


def test_a_product_that_is_open_no_longer_loses_its_grant(library: Library, folder: object) -> None:
    assert Grant.objects.filter(post="public/everybody", state="issued").count() == 1
    from dataclasses import replace

    loading.load(folder, (city.RESIDENTS, replace(city.SHOPS, major=2, open=False), city.WITHHELD))  # type: ignore[arg-type]
    assert Grant.objects.filter(post="public/everybody", state="issued").count() == 0
    with pytest.raises(open_data.NotOpen):
        open_data.product("market.shops")
