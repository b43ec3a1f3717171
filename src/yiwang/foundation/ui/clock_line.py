"""The clock line: one line that shows how far a case has come, where its clock stood still and when it must be done.

Jade is time used, azurite hatching is where the clock stands still, a solid tick is the promise, a dashed tick the
statute, a ring is today. Pure: from moments to places on a line (percent of its length) and to words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date
from yiwang.foundation.ui.wording import day_text, last_day

ACCEPTED = Words("受理", "Accepted")
PROMISE = Words("承诺办好", "Promised by")
STATUTE = Words("法定期限", "Legal limit")
BRING = Words("补交截止", "Bring by")
TODAY = Words("今天", "Today")
ENDED = Words("已办好", "Finished")
STOP = Words("停", "Stopped")
WAIT = Words("不计时", "Not counted")
RESUME = Words("接着计时", "Running again")
AT_LEAST = Words("最早", "at the earliest")
PROVISIONAL = Words("暂定", "provisional")

LINE_LENGTH = {"full": 42.0, "pane": 27.0}
"""Shortest line, in widths of a Chinese character, for which labels are laid out; below it a list is shown."""
EDGE = 1.4
"""Room at both ends, in percent, so that ring and ticks stay inside."""


class Segment(NamedTuple):
    """A stretch of the clock's life; `kind` says whether time ran, stood still by law ("stopped"), or was the
    applicant's own before the materials were complete ("waiting"): that stops nothing, it is not counted."""

    since: datetime
    until: datetime
    kind: Literal["used", "stopped", "waiting"]


@dataclass(frozen=True, slots=True)
class ClockLine:
    """What a clock line shows. All moments are aware.

    `promise` and `statute` are exclusive ends as `calendar.due` gives them (the midnight after the last day). While a
    stop is open they are the earliest possible; set `at_least`. `provisional`: a year without a published calendar.
    `stops` names each segment that is not used in order ("water test"); missing names fall back to "Stopped".
    """

    start: datetime
    now: datetime
    segments: tuple[Segment | tuple[datetime, datetime, str], ...] = ()
    promise: datetime | None = None
    statute: datetime | None = None
    ended: datetime | None = None
    started: Words = ACCEPTED
    finished: Words = ENDED
    stops: tuple[Words, ...] = ()
    at_least: bool = False
    provisional: bool = False
    bring: datetime | None = None
    """until when deferred materials must have come"""

    @property
    def late(self) -> bool:
        """Whether the promise has passed and nothing was decided in time."""
        return self.promise is not None and (self.ended or self.now) >= self.promise

    @property
    def stopped(self) -> bool:
        """Whether the clock stands still now."""
        return self.ended is None and bool(self.segments) and _segment(self.segments[-1]).kind != "used"


class Bar(NamedTuple):
    """A stretch of the drawn line; `look` is used, late or stopped."""

    x: str
    width: str
    look: str


class Mark(NamedTuple):
    """Something at one place of the line; `look` is promise, statute, today or ended."""

    x: str
    look: str


class Label(NamedTuple):
    """Words under the line. `anchor` is start, middle or end; `row` counts from 0."""

    x: str
    anchor: str
    row: int
    text: str
    look: str


class Item(NamedTuple):
    """A line of the list that says the same in words; `look` as of a bar or mark."""

    look: str
    date: str
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A clock line ready for the template."""

    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    items: tuple[Item, ...]

    @property
    def rows(self) -> int:
        return max((label.row for label in self.labels), default=0) + 1


def _segment(value: Segment | tuple[datetime, datetime, str]) -> Segment:
    since, until, kind = value
    return Segment(since, until, "stopped" if kind == "stopped" else "waiting" if kind == "waiting" else "used")


def _percent(value: float) -> str:
    return f"{round(value, 2):g}%"


def draw(line: ClockLine, language: str, size: str = "full") -> Drawing:
    """Where everything stands on the line and what is said of it, in `language`. `size`: a key of LINE_LENGTH."""
    segments = [_segment(value) for value in line.segments]
    known = [
        line.start,
        line.ended or line.now,
        line.promise,
        line.statute,
        line.bring,
        *(segment.until for segment in segments),
    ]
    end = max(moment for moment in known if moment is not None)
    length = max((end - line.start) / timedelta(seconds=1), 1.0)

    def place(moment: datetime) -> float:
        share = (moment - line.start) / timedelta(seconds=1) / length
        return EDGE + min(max(share, 0.0), 1.0) * (100 - 2 * EDGE)

    bars: list[Bar] = []
    for segment in segments:
        look = "used" if segment.kind == "used" else "stopped"
        stretches: list[tuple[datetime, datetime, str]] = [(segment.since, segment.until, look)]
        if segment.kind == "used" and line.promise is not None and segment.since < line.promise < segment.until:
            stretches = [(segment.since, line.promise, "used"), (line.promise, segment.until, "late")]
        elif segment.kind == "used" and line.promise is not None and segment.since >= line.promise:
            stretches = [(segment.since, segment.until, "late")]
        bars += [Bar(_percent(place(a)), _percent(place(b) - place(a)), look) for a, b, look in stretches if b > a]

    marks = [
        Mark(_percent(place(moment)), look)
        for moment, look in ((line.promise, "promise"), (line.statute, "statute"))
        if moment is not None
    ]
    marks.append(Mark(_percent(place(line.ended or line.now)), "ended" if line.ended else "today"))
    items = _items(line, segments, language)
    labels = _labels(items, place, LINE_LENGTH.get(size, 42.0))
    return Drawing(tuple(bars), tuple(marks), labels, tuple(item for _, item in items))


def _items(line: ClockLine, segments: Sequence[Segment], language: str) -> list[tuple[datetime, Item]]:
    """What is said of each moment, in order of time."""
    today = city_date(line.now)

    def day(moment: datetime) -> str:
        return day_text(city_date(moment), language, today=today)

    def due(moment: datetime, words: Words, look: str) -> tuple[datetime, Item]:
        doubts = [AT_LEAST] if line.at_least else []
        doubts += [PROVISIONAL] if line.provisional else []
        said = [word.in_language(language) for word in doubts]
        text = words.in_language(language)
        if said and language.startswith("en"):
            text += f" ({', '.join(said)})"
        elif said:
            text += f"（{'、'.join(said)}）"
        return (moment, Item(look, day_text(last_day(moment), language, today=today), text))

    found = [(line.start, Item("start", day(line.start), line.started.in_language(language)))]
    names = iter(line.stops)
    for index, segment in enumerate(segments):
        if segment.kind == "used":
            continue
        name = next(names, None)
        text = (WAIT if segment.kind == "waiting" else STOP).in_language(language)
        if name is not None:
            said = name.in_language(language)
            text = f"{text}: {said}" if language.startswith("en") else f"{text}：{said}"
        found.append((segment.since, Item("stopped", day(segment.since), text)))
        if index + 1 < len(segments):
            found.append((segment.until, Item("used", day(segment.until), RESUME.in_language(language))))
    if line.ended is not None:
        found.append((line.ended, Item("ended", day(line.ended), line.finished.in_language(language))))
    else:
        found.append((line.now, Item("today", day(line.now), TODAY.in_language(language))))
    if line.promise is not None:
        found.append(due(line.promise, PROMISE, "promise"))
    if line.statute is not None:
        found.append(due(line.statute, STATUTE, "statute"))
    return sorted([*found, *_bring(line, language)], key=lambda one: one[0])


def _bring(line: ClockLine, language: str) -> list[tuple[datetime, Item]]:
    """Until when deferred materials must have come."""
    if line.bring is None:
        return []
    day = day_text(last_day(line.bring), language, today=city_date(line.now))
    return [(line.bring, Item("stopped", day, BRING.in_language(language)))]


def _width(text: str) -> float:
    """The width of a text in widths of a Chinese character."""
    return sum(0.56 if ord(character) < 0x2E80 else 1.0 for character in text)


_RANK = {"promise": 0, "start": 1, "ended": 2, "today": 3, "stopped": 4, "statute": 5, "used": 9}


def _labels(
    items: Sequence[tuple[datetime, Item]], place: Callable[[datetime], float], length: float
) -> tuple[Label, ...]:
    """Labels under the line, at most three rows, none over another. What finds no room stays in the list."""
    taken: list[list[tuple[float, float]]] = [[], [], []]
    labels: list[tuple[float, Label]] = []
    first = items[0][1].date
    for moment, item in sorted(items, key=lambda one: (_RANK[one[1].look], one[0])):
        if item.look == "used" or (item.look == "today" and item.date == first):
            continue
        x = place(moment)
        text = f"{item.date} {item.text}"
        half = _width(text) / length * 50
        if x - half < 0:
            anchor, left, right = "start", x, x + 2 * half
        elif x + half > 100:
            anchor, left, right = "end", x - 2 * half, x
        else:
            anchor, left, right = "middle", x - half, x + half
        for row, spans in enumerate(taken):
            if all(right + 2 < a or left - 2 > b for a, b in spans):
                spans.append((left, right))
                labels.append((x, Label(_percent(x), anchor, row, text, item.look)))
                break
    return tuple(label for _, label in sorted(labels))
