"""What is unusual in a day's looks at one department's personal data. Pure.

A log names nobody whose record was read: it holds digests under a key of the owner's. So what can be known of “a
neighbour, a namesake” without a new look at personal data is: that the officer's own record was read, or that of an
enterprise they represent (the owner is asked with an identifier that the directory holds already), and that one person
was looked at again and again outside one case (the same digest). Who lives next door the centre does not know, and it
does not find out. Nothing here says that a look was wrong; it says that the owner's data steward should ask.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date, to_city

OPENS, CLOSES = time(7, 30), time(19, 0)
"""Offices of the city, on working days: an hour of grace on either side of 8:30 to 18:00."""
AGAIN = 4
"""Looks of one officer at one person in a day; those for one case count as one."""
BURST, LEAST = 5, 30
"""Times what the post's officers look at in a day by habit, and never fewer than so many looks."""
FEWEST_DAYS = 5
"""Days after which a post has a habit."""


class Reason(StrEnum):
    NO_CASE = "no-case"
    ONESELF = "oneself"
    SAME_PERSON = "same-person"
    OUT_OF_HOURS = "out-of-hours"
    BURST = "burst"

    @property
    def words(self) -> Words:
        return _WORDS[self]

    @property
    def question(self) -> Words:
        """What the data steward should find out."""
        return _QUESTIONS[self]


_WORDS = {
    Reason.NO_CASE: Words("没有对应的办件", "Without a case"),
    Reason.ONESELF: Words("查了本人或本人的企业", "The officer's own record"),
    Reason.SAME_PERSON: Words("反复查同一个人", "One person again and again"),
    Reason.OUT_OF_HOURS: Words("非工作时间", "Out of office hours"),
    Reason.BURST: Words("远多于平时", "Far more than usual"),
}
_QUESTIONS = {
    Reason.NO_CASE: Words(
        "这个用途应当对应一件办件，但没有写明，或者没有这件。请问清楚为什么要查。",
        "This purpose wants a case; none was named, or there is none of that number. Ask why it was read.",
    ),
    Reason.ONESELF: Words(
        "查的是工作人员本人，或者其代表的企业。请核实是否应当回避。",
        "The record is the officer's own, or of an enterprise they represent. Ask whether somebody else should do it.",
    ),
    Reason.SAME_PERSON: Words(
        "同一位工作人员一天内多次查同一个人，而且不是为了同一件事。请问清楚原因。",
        "One officer looked at one person several times in a day, not for one case. Ask why.",
    ),
    Reason.OUT_OF_HOURS: Words(
        "在休息日或者下班以后查的。请核实是否确有工作需要。",
        "It was read on a day off or after hours. Ask whether the work wanted it.",
    ),
    Reason.BURST: Words(
        "当天查的次数远多于这个岗位平时的次数。请核实原因。",
        "It was read far more often than this post does by habit. Ask why.",
    ),
}


@dataclass(frozen=True, slots=True)
class Look:
    """An officer's look at personal data, as the log has it. `subject`: the digest, where it was about one only."""

    position: int
    at: datetime
    actor: str
    post: str
    purpose: str
    case: str
    subject: bytes = b""
    own: bool = False
    """the officer's own record"""

    @property
    def day(self) -> date:
        return city_date(self.at)


@dataclass(frozen=True, slots=True)
class Cluster:
    """The looks of one officer on one day that are unusual for one reason; opened as one case."""

    actor: str
    post: str
    day: date
    reason: Reason
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Habit:
    """How many looks an officer of a post took on a day, on the average of so many days before."""

    days: int
    looks: float


def clusters(
    looks: Iterable[Look],
    *,
    wants_case: Collection[str],
    unknown_cases: Collection[str],
    habits: Mapping[str, Habit],
) -> tuple[Cluster, ...]:
    """By day, officer and reason. `wants_case` are purposes, `unknown_cases` numbers that no case has."""
    days: defaultdict[tuple[date, str], list[Look]] = defaultdict(list)
    for look in looks:
        days[look.day, look.actor].append(look)
    found: list[Cluster] = []
    for (day, actor), own in sorted(days.items()):
        by_reason = {
            Reason.NO_CASE: [each for each in own if _without_case(each, wants_case, unknown_cases)],
            Reason.ONESELF: [each for each in own if each.own],
            Reason.SAME_PERSON: _again(own),
            Reason.OUT_OF_HOURS: [each for each in own if out_of_hours(each.at)],
            Reason.BURST: _burst(own, habits),
        }
        for reason, unusual in by_reason.items():
            if unusual:
                positions = tuple(sorted(each.position for each in unusual))
                found.append(Cluster(actor, unusual[0].post, day, reason, positions))
    return tuple(found)


def out_of_hours(at: datetime) -> bool:
    local = to_city(at)
    return not (CHINA.is_working(local.date()) and OPENS <= local.time() < CLOSES)


def _without_case(look: Look, wants_case: Collection[str], unknown_cases: Collection[str]) -> bool:
    return look.purpose in wants_case if not look.case else look.case in unknown_cases


def _again(looks: list[Look]) -> list[Look]:
    by_subject: defaultdict[bytes, list[Look]] = defaultdict(list)
    for look in looks:
        if look.subject:
            by_subject[look.subject].append(look)
    found: list[Look] = []
    for own in by_subject.values():
        times = len({each.case for each in own if each.case}) + sum(1 for each in own if not each.case)
        if times >= AGAIN:
            found += own
    return found


def _burst(looks: list[Look], habits: Mapping[str, Habit]) -> list[Look]:
    by_post: defaultdict[str, list[Look]] = defaultdict(list)
    for look in looks:
        by_post[look.post].append(look)
    found: list[Look] = []
    for post, own in by_post.items():
        habit = habits.get(post)
        if habit is not None and habit.days >= FEWEST_DAYS and len(own) > max(LEAST, BURST * habit.looks):
            found += own
    return found
