"""The register of market entities and that of their owners."""

from __future__ import annotations

from yiwang_testcity.businesses import TRADES, TYPES, Business
from yiwang_testcity.registers.shard import Shard
from yiwang_testcity.tables import ENTERPRISES, SHAREHOLDERS

STATUS = {"open": "1", "suspended": "2", "closed": "3"}


def fill(shard: Shard, business: Business) -> None:
    changed = shard.changed(business.founded)
    (row,) = shard.records(business.representative, "enterprises")
    key = shard.key("Z")
    shard.add(
        ENTERPRISES,
        (
            key,
            business.uscc,
            business.name,
            TYPES[business.kind],
            row.name,
            row.resident_id or None,
            business.phone or None,
            f"{business.capital_yuan / 10_000:.6f}",
            business.founded.isoformat(),
            str(business.address),
            business.address.street.district,
            business.industry,
            TRADES[business.industry][0],
            STATUS[business.status],
            changed,
        ),
        person=business.representative,
        business=business,
        errors=row.errors,
    )
    if business.kind == "sole_trader":
        return
    for owner, share in business.shares:
        (row,) = shard.records(owner, "shareholders")
        shard.add(
            SHAREHOLDERS,
            (
                shard.key("G"),
                business.uscc,
                row.name,
                row.resident_id or None,
                f"{share:.2f}",
                business.founded.isoformat(),
                changed,
            ),
            person=owner,
            business=business,
            errors=row.errors,
        )
