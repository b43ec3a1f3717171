"""Households on low income, accounts to which benefits are paid, and marriages."""

from __future__ import annotations

from collections.abc import Sequence

from yiwang_testcity.people import Person
from yiwang_testcity.registers.shard import Shard, compact
from yiwang_testcity.tables import BENEFIT_ACCOUNTS, LOW_INCOME, MARRIAGES

BANKS = ("锦澜农村商业银行", "锦澜银行", "邮政储蓄")


def low_income(shard: Shard, household: Sequence[Person]) -> None:
    """Every member of a household on low income has a row."""
    draw = shard.chance.random
    kind = "1" if draw() < 0.6 else "2"
    amount = (650 + int(draw() * 500)) * 100
    since = shard.ago(2500)
    for person in household:
        if shard.knows(person, "low_income"):
            continue
        for row in shard.records(person, "low_income"):
            shard.add(
                LOW_INCOME,
                (
                    shard.key("D"),
                    row.name,
                    row.resident_id or None,
                    row.born.isoformat(),
                    row.address,
                    row.phone or None,
                    kind,
                    len(household),
                    amount,
                    since.isoformat(),
                    "1" if person.exact or draw() < 0.93 else "0",
                    shard.changed(since),
                ),
                person=person,
                errors=row.errors,
            )


def benefit_account(shard: Shard, person: Person) -> None:
    draw = shard.chance.random
    since = shard.ago(2000)
    card = f"620000{int(draw() * 10**13):013d}"
    bank = BANKS[int(draw() * len(BANKS))]
    if shard.knows(person, "benefit_accounts"):
        return
    for row in shard.records(person, "benefit_accounts"):
        shard.add(
            BENEFIT_ACCOUNTS,
            (
                shard.key("C"),
                row.name,
                row.resident_id or None,
                card,
                bank,
                row.phone or None,
                "1",
                shard.changed(since),
            ),
            person=person,
            errors=row.errors,
        )


def marriage(shard: Shard, one: Person, other: Person) -> None:
    """A row for each of the two, for the wedding and for the divorce after it."""
    married = one.married
    if married is None or (married.year < 1990 and shard.chance.random() < 0.6):
        return  # older books were never typed in
    events = [("1", married)] + ([("2", one.divorced)] if one.divorced else [])
    for kind, day in events:
        certificate = f"J{one.home.street.district}-{day.year}-{one.order % 1_000_000:06d}"
        rows = {person.order: next(shard.records(person, "marriages")) for person in (one, other)}
        for person, spouse in ((one, other), (other, one)):
            row, beside = rows[person.order], rows[spouse.order]
            shard.add(
                MARRIAGES,
                (
                    shard.key("M"),
                    certificate,
                    row.name,
                    row.resident_id or None,
                    compact(row.born),
                    beside.name,
                    beside.resident_id or None,
                    kind,
                    compact(day),
                    shard.changed(day),
                ),
                person=person,
                errors=row.errors,
            )
