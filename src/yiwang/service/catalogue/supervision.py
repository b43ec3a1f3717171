"""Who hears of failed attempts (办不成事), as the city says it: `city/supervision.yaml`.

failed_attempts:
  heard_by: [supervision/failed-attempts, data-office/head]
  answered_within: 5 working days
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from yiwang.foundation.kernel.calendar import Limit
from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.standards.reading import near, read_file

FILE = "supervision.yaml"


@dataclass(frozen=True, slots=True)
class Supervision:
    """`heard_by` are posts of at least two departments, in order; `within` is the clock of each failed attempt."""

    heard_by: tuple[str, ...]
    within: Limit

    def post_for(self, concerned: Collection[str]) -> str:
        """The first post whose department is not among those concerned; the last where all are."""
        apart = [post for post in self.heard_by if post.partition("/")[0] not in concerned]
        return apart[0] if apart else self.heard_by[-1]


def read(city: Path, posts: Collection[str]) -> tuple[Supervision | None, list[Finding]]:
    """What the city says, and what is wrong with it; a city without the file hears no failed attempts."""
    findings: list[Finding] = []
    path = city / FILE
    root = read_file(path, findings) if path.exists() else None
    section = root.section("failed_attempts", required=True) if root is not None else None
    if root is None or section is None:
        return None, findings
    named = section.texts("heard_by", max_length=81)
    for index, post in enumerate(named):
        if post not in posts:
            section.report(f"There is no post “{post}”.", near(post, sorted(posts), "Posts are"), "heard_by", index)
    if len({post.partition("/")[0] for post in named}) < 2:
        section.report(
            "One department alone would hear of what it did itself.",
            "Name posts of two departments, the first choice first.",
            "heard_by",
        )
    within = section.limit("answered_within")
    section.finish()
    root.finish()
    known = tuple(post for post in named if post in posts)
    return (Supervision(known, within) if known and within is not None else None), findings
