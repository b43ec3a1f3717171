"""Where a city serves people at windows and on the telephone: `counters.yaml`. Pure.

    halls:
      wangjiang:
        name: {zh: 望江区办事大厅, en: Wangjiang Service Hall}
        place: "319901"
        address: {zh: 望江区滨江路 1 号, en: 1 Binjiang Road}
        hours: {zh: 周一至周五 9:00–17:00, en: "Monday to Friday, 9:00–17:00"}
        windows: 12
        post: service-hall/clerk
        appointments: {from: "09:00", to: "17:00", minutes: 30, each: 4, days_ahead: 14}
    lines:
      hotline: {name: ..., hours: ..., windows: 20, post: service-hall/operator}

Nobody decides by a post that serves here. A hall without `appointments` makes none; `each` is how many people a slot
has place for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.reading import SLUG, Section, near, read_file

FILE = "counters.yaml"
MOST_WINDOWS = 200
SHORTEST, LONGEST = 5, 240
"""Minutes of a slot."""
MOST_DAYS_AHEAD = 60
HALLS, LINES = "halls", "lines"
NOWHERE = Words("", "")


@dataclass(frozen=True, slots=True)
class Appointments:
    """When appointments are made in a hall, by the city's clock: slots of `minutes` with `each` places, as many as fit
    between opening and closing, for today and `days_ahead` calendar days."""

    opens: time
    closes: time
    minutes: int
    each: int
    days_ahead: int

    def slots(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Beginnings and ends, without a zone."""
        start, close, length = datetime.combine(day, self.opens), datetime.combine(day, self.closes), self.length
        return tuple((start + n * length, start + (n + 1) * length) for n in range((close - start) // length))

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)


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
    appointments: Appointments | None = None


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
    appointments = _appointments(entry) if channel == "counter" else None
    entry.finish()
    if name is None or hours is None or windows is None or post is None:
        return None
    return PublishedHall(code, channel, name, place, address, hours, windows, post, appointments)


def _appointments(entry: Section) -> Appointments | None:
    section = entry.section("appointments")
    if section is None:
        return None
    opens, closes = _time(section, "from", "09:00"), _time(section, "to", "17:00")
    minutes = section.integer("minutes", minimum=SHORTEST, maximum=LONGEST)
    each = section.integer("each", minimum=1, maximum=MOST_WINDOWS)
    days_ahead = section.integer("days_ahead", minimum=1, maximum=MOST_DAYS_AHEAD)
    section.finish()
    if opens is None or closes is None or minutes is None or each is None or days_ahead is None:
        return None
    found = Appointments(opens, closes, minutes, each, days_ahead)
    if closes <= opens or not found.slots(date.min):
        section.report("No appointment fits between “from” and “to”.", "Write a later “to” or fewer “minutes”.", "to")
        return None
    return found


def _time(section: Section, key: str, example: str) -> time | None:
    text = section.text(key, example=f'"{example}"', max_length=5)
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError:
        section.report(f"“{text}” is no time of day.", f'Write “{key}: "{example}"”.', key)
        return None
