"""The register of building units, a row for each owner, and the filing of leases."""

from __future__ import annotations

from yiwang_testcity import numbers
from yiwang_testcity.businesses import Business, Unit
from yiwang_testcity.noise import RATES
from yiwang_testcity.people import Person
from yiwang_testcity.registers.shard import Shard, compact
from yiwang_testcity.tables import LEASES, PROPERTY

LEVELS = {"ground": "1", "upper": "2", "basement": "3"}
USES = {"dwelling": "10", "shop": "21", "office": "22", "workshop": "31"}


def fill(shard: Shard, unit: Unit) -> None:
    together = len(unit.owners) > 1
    exact = any(isinstance(owner, Person) and owner.exact for owner in unit.owners)
    for owner in unit.owners:
        for name, number, phone, errors in _holders(shard, owner, "property"):
            shard.add(
                PROPERTY,
                (
                    shard.key("Y"),
                    unit.number,
                    unit.certificate,
                    name,
                    "1" if isinstance(owner, Person) else "2",
                    number,
                    phone,
                    "共同共有" if together else "单独所有",
                    unit.address,
                    f"{unit.area:.2f}",
                    str(unit.storey),
                    LEVELS[unit.level],
                    USES[unit.use],
                    "4",
                    "1" if exact or shard.chance.random() < 0.85 else "0",
                    unit.registered.isoformat(),
                    "1" if unit.current else "0",
                    shard.changed(unit.registered),
                ),
                person=owner if isinstance(owner, Person) else None,
                business=owner if isinstance(owner, Business) else None,
                errors=errors,
            )
    if unit.tenant is not None and unit.rented is not None:
        _lease(shard, unit, unit.tenant)


def _lease(shard: Shard, unit: Unit, tenant: Person | Business) -> None:
    assert unit.rented is not None
    landlord = unit.owners[0].name if unit.owners else None
    until = unit.rented.replace(year=unit.rented.year + 3, day=min(unit.rented.day, 28))
    for name, number, _phone, errors in _holders(shard, tenant, "leases"):
        shard.add(
            LEASES,
            (
                shard.key("B"),
                name,
                "1" if isinstance(tenant, Person) else "2",
                number,
                landlord,
                "1",
                unit.address,
                f"{unit.area:.2f}",
                LEVELS[unit.level],
                USES[unit.use],
                compact(unit.rented),
                compact(until),
                shard.changed(unit.rented),
            ),
            person=tenant if isinstance(tenant, Person) else None,
            business=tenant if isinstance(tenant, Business) else None,
            errors=errors,
        )


def _holders(
    shard: Shard, holder: Person | Business, register: str
) -> list[tuple[str, str | None, str | None, list[str]]]:
    """Name, number, telephone and errors as the register has them."""
    if isinstance(holder, Person):
        return [
            (row.name, row.resident_id or None, row.phone or None, row.errors)
            for row in shard.records(holder, register)
        ]
    draw = shard.chance.random
    rates = RATES[register]
    name, number, errors = holder.name, holder.uscc, []
    if draw() < 0.04:
        name = name.replace("有限责任公司", "有限公司") if "责任" in name else name.replace("有限公司", "有限责任公司")
        if name != holder.name:
            errors.append("name_form")
    if draw() < rates.id_old:
        number = numbers.old_registration(holder.uscc)
        errors.append("id_old")
    elif draw() < rates.id_missing:
        number = ""
        errors.append("id_missing")
    return [(name, number or None, holder.phone or None, errors)]
