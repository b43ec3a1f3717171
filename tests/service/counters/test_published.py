"""What `counters.yaml` may say: names, file and line of what is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yiwang.service.counters import published

POSTS = frozenset({"service-hall/clerk", "water/permits"})
GOOD = """halls:
  wangjiang:
    name: {zh: 望江区政务服务中心, en: Wangjiang Service Hall}
    place: "319901"
    address: {zh: 滨江路 1 号, en: 1 Binjiang Road}
    hours: {zh: 每天, en: Every day}
    windows: 12
    post: service-hall/clerk
    appointments: {from: "09:00", to: "17:00", minutes: 30, each: 4, days_ahead: 14}
"""


def findings(text: str, folder: Path) -> list[str]:
    (folder / published.FILE).write_text(text, "utf-8")
    found = published.read(folder, POSTS, frozenset({"water/permits"}), frozenset({"319901"}))[1]
    return [f"{each.line}: {each.message}" for each in found]


def test_a_hall_is_read(tmp_path: Path) -> None:
    assert findings(GOOD, tmp_path) == []
    (hall,) = published.read(tmp_path, POSTS, frozenset(), frozenset({"319901"}))[0]
    assert (hall.code, hall.channel, hall.windows, hall.post) == ("wangjiang", "counter", 12, "service-hall/clerk")
    assert hall.appointments is not None
    assert len(hall.appointments.slots(date(2025, 3, 12))) == 16


def test_a_hall_may_make_no_appointments_and_a_line_makes_none(tmp_path: Path) -> None:
    without = GOOD[: GOOD.index("    appointments")]
    assert findings(without, tmp_path) == []
    line = GOOD.replace("halls:", "lines:").replace('    place: "319901"\n', "")
    line = line.replace("    address: {zh: 滨江路 1 号, en: 1 Binjiang Road}\n", "")
    assert findings(line, tmp_path) == ["7: “appointments” is not a field here."]


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("post: service-hall/clerk", "post: water/permits", "8: “water/permits” works on matters."),
        ("post: service-hall/clerk", "post: service-hall/clrk", "8: There is no post “service-hall/clrk”."),
        ('"319901"', '"319909"', "4: There is no place “319909”."),
        ("windows: 12", "windows: 0", "7: “windows” must be a whole number from 1 to 200."),
        ('"09:00"', "9", "9: “from” must be text, not 9."),
        ('"09:00"', '"25:00"', "9: “25:00” is no time of day."),
        ('"17:00"', '"09:20"', "9: No appointment fits between “from” and “to”."),
        ("minutes: 30", "minutes: 0", "9: “minutes” must be a whole number from 5 to 240."),
        ("each: 4, ", "", "9: “each” is missing."),
        ("each: 4", "each: 4, ech: 5", "9: “ech” is not a field here."),
        ("wangjiang:", "Wangjiang:", "2: “Wangjiang” cannot name a hall."),
    ],
)
def test_what_is_wrong_is_named_with_its_line(good: str, bad: str, said: str, tmp_path: Path) -> None:
    assert said in findings(GOOD.replace(good, bad), tmp_path)
