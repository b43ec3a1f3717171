"""The register of residents: the one that is nearly right."""

from __future__ import annotations

from datetime import timedelta

from yiwang_testcity.people import Person
from yiwang_testcity.registers.shard import Shard, compact
from yiwang_testcity.tables import RESIDENTS

MOST_DAYS = timedelta(days=2500)
RELATIONS = {"head": "户主", "spouse": "配偶", "child": "子女", "parent": "父母", "": "非亲属"}


def fill(shard: Shard, person: Person) -> None:
    draw = shard.chance.random
    for row in shard.records(person, "residents"):
        errors = row.errors
        state = "0" if person.here else "2" if person.died else "1"
        if state != "0" and not shard.knows(person, "residents"):
            state = "0"
            errors.append("stale")
        shard.add(
            RESIDENTS,
            (
                shard.key("R"),
                row.resident_id,
                row.name,
                person.former_name if person.former_name and draw() < 0.7 else None,
                "1" if row.sex == "male" else "2",
                compact(row.born),
                person.home.street.district if person.local else person.resident_id[:6],
                "1" if person.local else "2",
                person.home.street.district,
                row.address,
                f"H{person.household:08d}",
                RELATIONS[person.relation],
                row.phone or None,
                compact(person.since),
                compact(shard.ago(60 if person.exact else 3000)) if person.born.year < shard.today.year - 15 else None,
                state,
                shard.changed(max(person.since, shard.today - MOST_DAYS)),
            ),
            person=person,
            errors=errors,
        )
