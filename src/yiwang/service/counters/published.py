"""Where a city serves people at windows and on the telephone: `counters.yaml`. Pure.

    halls:
      wangjiang:
        name: {zh: 望江区办事大厅, en: Wangjiang Service Hall}
        place: "319901"
        address: {zh: 望江区滨江路 1 号, en: 1 Binjiang Road}
        hours: {zh: 周一至周五 9:00–17:00, en: "Monday to Friday, 9:00–17:00"}
        windows: 12
        post: service-hall/clerk
    lines:
      hotline: {name: ..., hours: ..., windows: 20, post: service-hall/operator}

Nobody decides by a post that serves here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.reading import SLUG, Section, near, read_file

FILE = "counters.yaml"
MOST_WINDOWS = 200
HALLS, LINES = "halls", "lines"
NOWHERE = Words("", "")


@dataclass(frozen=True, slots=True)
class PublishedHall:
    """`channel` is counter or phone; a telephone line has neither place nor address."""

    code: str
    channel: str
    name: Words
    place: str
    address: Words
    hours: Words
    windows: int
    post: str


def read(
    city: Path, posts: frozenset[str], deciding: frozenset[str], places: frozenset[str]
) -> tuple[tuple[PublishedHall, ...], list[Finding]]:
    """The halls and lines of a city that has these posts and places, some of which work on matters (`deciding`)."""
    findings: list[Finding] = []
    path = city / FILE
    root = read_file(path, findings) if path.exists() else None
    if root is None:
        return (), findings
    found: dict[str, PublishedHall] = {}
    for key, channel in ((HALLS, "counter"), (LINES, "phone")):
        for code, entry in root.entries(key, shorthand="name"):
            hall = _hall(code, channel, entry, posts, deciding, places)
            if code in found:
                entry.report(f"There is another “{code}”.", "Give it a name of its own.")
            elif hall is not None:
                found[code] = hall
    root.finish()
    return tuple(found.values()), findings


def _hall(
    code: str, channel: str, entry: Section, posts: frozenset[str], deciding: frozenset[str], places: frozenset[str]
) -> PublishedHall | None:
    if not SLUG.match(code):
        entry.report(f"“{code}” cannot name a hall.", "Use small letters, digits and hyphens.")
    name = entry.words("name", max_length=80)
    hours = entry.words("hours", max_length=120)
    windows = entry.integer("windows", minimum=1, maximum=MOST_WINDOWS)
    post = entry.text("post", example="service-hall/clerk", max_length=80)
    if post is not None and post not in posts:
        entry.report(f"There is no post “{post}”.", near(post, sorted(posts), "Posts are"), "post")
    if post in deciding:
        remedy = "Give windows a post of their own: who receives does not decide."
        entry.report(f"“{post}” works on matters.", remedy, "post")
    place, address = "", NOWHERE
    if channel == "counter":
        place = entry.text("place", example='"319901"', max_length=12) or ""
        address = entry.words("address", max_length=120) or NOWHERE
        if place and place not in places:
            entry.report(f"There is no place “{place}”.", near(place, sorted(places), "Places are"), "place")
    entry.finish()
    if name is None or hours is None or windows is None or post is None:
        return None
    return PublishedHall(code, channel, name, place, address, hours, windows, post)
