import json
from typing import Any

import pytest
import yaml
from django.test import Client

from tests.library.centre import city
from tests.library.centre.conftest import Library
from yiwang.foundation.kernel.text import Words
from yiwang.library.centre import dcat, odcs


def nodes(value: Any, kind: str) -> list[dict[str, Any]]:
    """Every node of a type, wherever it stands in the document."""
    if isinstance(value, list):
        return [found for item in value for found in nodes(item, kind)]
    if not isinstance(value, dict):
        return []
    here = [value] if value.get("@type") == kind else []
    return here + [found for item in value.values() for found in nodes(item, kind)]


MANDATORY = {
    "dcat:Catalog": {"dct:title", "dct:description", "dct:publisher", "dcat:dataset"},
    "dcat:Dataset": {"dct:title", "dct:description"},
    "dcat:Distribution": {"dcat:accessURL"},
    "foaf:Organization": {"foaf:name"},
}
"""What DCAT-AP 3 demands of each class."""


def test_the_catalogue_has_what_dcat_ap_demands() -> None:
    body = dcat.catalogue(city.PRODUCTS, "yiwang-999900", departments={"market": Words("市场局", "Market Bureau")})
    for kind, wanted in MANDATORY.items():
        found = nodes(body, kind)
        assert found
        for node in found:
            assert wanted <= set(node), f"{kind} {node.get('@id')}"
            assert node["@id"].startswith("urn:yiwang-999900:")
    identifiers = [node["@id"] for kind in ("dcat:Dataset", "dcat:Distribution") for node in nodes(body, kind)]
    assert len(set(identifiers)) == len(identifiers)
    prefixes = {key.split(":")[0] for key in _keys(body) if not key.startswith("@")}
    assert prefixes <= set(body["@context"])
    rights = {
        node["dct:identifier"]: node["dct:accessRights"]["@id"].rpartition("/")[2]
        for node in nodes(body, "dcat:Dataset")
    }
    assert rights == {
        "security.residents@1": "RESTRICTED",
        "market.shops@1": "PUBLIC",
        "security.watchlist@1": "NON_PUBLIC",
    }


def test_only_what_is_open_has_a_distribution() -> None:
    datasets = nodes(dcat.catalogue(city.PRODUCTS, "yiwang", base="https://city.example"), "dcat:Dataset")
    assert [node["dct:identifier"] for node in datasets if "dcat:distribution" in node] == ["market.shops@1"]
    (shops,) = (node for node in datasets if "dcat:distribution" in node)
    assert {node["dcat:downloadURL"]["@id"] for node in shops["dcat:distribution"]} == {
        f"https://city.example/open/market.shops.{form}" for form in ("csv", "json", "parquet")
    }


def test_a_contract_has_what_the_open_data_contract_standard_demands() -> None:
    for product in city.PRODUCTS:
        body = yaml.safe_load(odcs.contract(product))
        assert {"apiVersion", "kind", "id", "version", "status"} <= set(body)
        assert (body["kind"], body["apiVersion"][:2]) == ("DataContract", "v3")
        (table,) = body["schema"]
        assert {"name", "logicalType", "properties"} <= set(table)
        types = {each["logicalType"] for each in table["properties"]}
        assert types <= {"string", "date", "number", "integer", "object", "array", "boolean"}
        keys = sorted(
            (each["primaryKeyPosition"], each["name"]) for each in table["properties"] if each.get("primaryKey")
        )
        assert tuple(name for _place, name in keys) == product.key


@pytest.mark.django_db
def test_other_catalogues_harvest_what_is_open(library: Library, client: Client) -> None:
    answer = client.get("/open/catalogue.jsonld")
    assert answer.headers["Content-Type"].startswith("application/ld+json")
    body = json.loads(answer.content)
    assert [node["dct:identifier"] for node in nodes(body, "dcat:Dataset")] == ["market.shops@1"]


def _keys(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_keys, value)) if value else set()
    if not isinstance(value, dict) or "@value" in value:
        return set()
    own = {key for key in value if key != "@context"}
    return own.union(*(_keys(item) for key, item in value.items() if key != "@context"))
