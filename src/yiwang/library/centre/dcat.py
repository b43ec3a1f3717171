"""The catalogue as DCAT-AP 3 (JSON-LD), for other catalogues to harvest.

Mandatory there: a catalogue's title, description and publisher; a dataset's title and description; a distribution's
access URL. Recommended and given: theme, contact (the publisher), access rights, version, licence of open data, and
the applicable legislation (DCAT-AP 3.0, SEMIC).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yiwang.foundation.kernel.text import Words
from yiwang.library.centre.contract_words import statistics_words
from yiwang.library.gateways.contract import Product, Sharing

CONTEXT: Mapping[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "dcatap": "http://data.europa.eu/r5r/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"
_FILES = "http://publications.europa.eu/resource/authority/file-type/"
_FORMATS = {"csv": ("CSV", "text/csv"), "json": ("JSON", "application/json"), "parquet": ("PARQUET", "")}
CC0 = "http://publications.europa.eu/resource/authority/licence/CC0"


def catalogue(
    products: Sequence[Product],
    namespace: str,
    *,
    departments: Mapping[str, Words] | None = None,
    base: str = "",
) -> dict[str, Any]:
    """Products as one dcat:Catalog. `base` is the site's address, under which open data is downloaded."""
    names = departments or {}
    return {
        "@context": dict(CONTEXT),
        "@id": f"urn:{namespace}:catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _words(Words("数据产品目录", "Catalogue of data products")),
        "dct:description": _words(
            Words("各部门共享和开放的数据产品。", "Data products that the city's departments share and open.")
        ),
        "dct:publisher": _agent(namespace, "city", Words("本市", "The city")),
        "dct:language": [
            {"@id": f"http://publications.europa.eu/resource/authority/language/{code}"} for code in ("ZHO", "ENG")
        ],
        "dcat:dataset": [_dataset(product, namespace, names, base) for product in products],
    }


def _dataset(product: Product, namespace: str, names: Mapping[str, Words], base: str) -> dict[str, Any]:
    office = names.get(product.department, Words(product.department, product.department))
    rights = "PUBLIC" if product.open else "RESTRICTED" if product.sharing is not Sharing.WITHHELD else "NON_PUBLIC"
    body: dict[str, Any] = {
        "@id": f"urn:{namespace}:product:{product.reference}",
        "@type": "dcat:Dataset",
        "dct:identifier": product.reference,
        "dct:title": _words(product.title),
        "dct:description": _words(product.summary),
        "dct:publisher": _agent(namespace, product.department, office),
        "dct:accessRights": {"@id": f"{_RIGHTS}{rights}", "@type": "dct:RightsStatement"},
        "dcat:version": product.version,
        "dcat:keyword": [
            {"@value": said, "@language": language}
            for field in product.fields
            for language, said in (("zh", field.words.zh), ("en", field.words.en))
        ],
        "dcatap:applicableLegislation": [
            {"@type": "dct:Standard", "dct:title": {"@value": law, "@language": "zh"}} for law in product.basis
        ],
    }
    if product.statistics is not None:
        # DCAT has no word for it; a rights statement is what may be done with a dataset, in prose.
        said = statistics_words(product)
        statement = Words(f"统计：{said.zh}", f"Statistics: {said.en}")
        body["dct:rights"] = {"@type": "dct:RightsStatement", "dct:description": _words(statement)}
    if product.fresh_within is not None:
        body["dct:accrualPeriodicity"] = {
            "@id": "http://publications.europa.eu/resource/authority/frequency/"
            + ("DAILY" if product.fresh_within.days <= 1 else "WEEKLY" if product.fresh_within.days <= 7 else "OTHER")
        }
    if product.open:
        body["dcat:distribution"] = [_distribution(product, namespace, form, base) for form in _FORMATS]
    return body


def _distribution(product: Product, namespace: str, form: str, base: str) -> dict[str, Any]:
    address = f"{base}/open/{product.code}.{form}"
    kind, media = _FORMATS[form]
    return {
        "@id": f"urn:{namespace}:distribution:{product.reference}:{form}",
        "@type": "dcat:Distribution",
        "dct:title": _words(Words(f"{product.title.zh}（{kind}）", f"{product.title.en} ({kind})")),
        "dcat:accessURL": {"@id": f"{base}/open/{product.code}/"},
        "dcat:downloadURL": {"@id": address},
        "dct:format": {"@id": f"{_FILES}{kind}"},
        "dct:license": {"@id": CC0},
        **({"dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media}"}} if media else {}),
    }


def _agent(namespace: str, code: str, name: Words) -> dict[str, Any]:
    return {"@id": f"urn:{namespace}:agent:{code}", "@type": "foaf:Organization", "foaf:name": _words(name)}


def _words(words: Words) -> list[dict[str, str]]:
    return [{"@value": words.zh, "@language": "zh"}, {"@value": words.en, "@language": "en"}]
