"""Health certificates of people who handle food or serve others, each valid for a year."""

from __future__ import annotations

from datetime import timedelta

from yiwang_testcity.people import Person
from yiwang_testcity.registers.shard import Shard
from yiwang_testcity.tables import CERTIFICATES

KINDS = ("食品从业", "食品从业", "食品从业", "公共场所", "公共场所", "饮用水")


def fill(shard: Shard, person: Person) -> None:
    draw = shard.chance.random
    if not person.exact and shard.knows(person, "certificates"):
        return
    for row in shard.records(person, "certificates"):
        issued = shard.today - timedelta(days=90) if person.exact else shard.ago(520)
        shard.add(
            CERTIFICATES,
            (
                shard.key("J"),
                row.name,
                row.resident_id or None,
                "男" if row.sex == "male" else "女",
                row.born,
                "食品从业" if person.exact else KINDS[int(draw() * len(KINDS))],
                row.phone or None,
                row.address,
                issued,
                issued + timedelta(days=364),
                shard.changed(issued),
            ),
            person=person,
            errors=row.errors,
        )
