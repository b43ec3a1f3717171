from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.library.centre import city
from tests.library.centre import rows as departments
from tests.library.centre.conftest import folder, people  # noqa: F401 - the little city of the centre's tests
from tests.library.centre.rows import MemoryRows
from yiwang.foundation.kernel.text import Words
from yiwang.library.centre import gateways as registry
from yiwang.library.centre import loading, signing_key
from yiwang.library.gateways.contract import Sharing, Subject
from yiwang.library.gateways.local import LocalGateway

CARDS = replace(
    city.RESIDENTS,
    department="market",
    name="cards",
    title=Words("会员卡", "Cards"),
    sharing=Sharing.CONDITIONAL,
    fields=(
        *(replace(field, authoritative=False, required=False) for field in city.RESIDENTS.fields),
        city.SHOPS.fields[0],
    ),
    key=("code",),
    subject=Subject.PERSON,
)

GRANTS = """
linkage-{name}:
  product: {product}@1
  to: office/analysis
  purpose: linkage
  basis: 政务数据共享条例
  until: 2030-12-31
  needs_case: false
  most_rows: 100000
  approved_by: [{steward}, {head}]
  fields: [{fields}]
"""


def card(code: str, name: str, born: date | None = None, number: str | None = None) -> dict[str, Any]:
    return {"code": code, "name": name, "born": born, "resident_id": number}


@pytest.fixture
def rows(folder: Path, tmp_path: Path) -> Iterator[dict[str, MemoryRows]]:  # noqa: F811
    """A city in which residents and holders of cards may be linked; the departments' rows, to be changed by tests."""
    city.rewrite(folder, "purposes.yaml", "  quality:", "  linkage: {zh: 核对, en: Linkage}\n  quality:")
    grants = GRANTS.format(
        name="residents", product="security.residents", steward="security.data", head="security.head",
        fields="resident_id, name, born",
    ) + GRANTS.format(
        name="cards", product="market.cards", steward="market.data", head="market.head",
        fields="code, resident_id, name, born",
    )  # fmt: skip
    (folder / "grants" / "linkage.yaml").write_text(grants)
    loading.load(folder, (*city.PRODUCTS, CARDS))
    held = {
        "security": MemoryRows({"residents": list(departments.RESIDENTS)}),
        "market": MemoryRows(
            {"cards": [card("K1", "羅文靜", date(1986, 9, 21)), card("K2", "孙一", date(1970, 1, 1))]}
        ),
    }
    trust = signing_key.key().trust()
    running = {
        department: LocalGateway(
            department,
            [product],
            held[department],
            folder=tmp_path / "gateways" / department,
            trust=trust,
            mask_secret=b"m" * 32,
        )
        for department, product in (("security", city.RESIDENTS), ("market", CARDS))
    }
    with registry.instead(running):
        yield held
    for each in running.values():
        each.close()
