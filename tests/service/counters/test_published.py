"""What `counters.yaml` may say: names, file and line of what is wrong."""

from __future__ import annotations

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
"""


def findings(text: str, folder: Path) -> list[str]:
    (folder / published.FILE).write_text(text, "utf-8")
    found = published.read(folder, POSTS, frozenset({"water/permits"}), frozenset({"319901"}))[1]
    return [f"{each.line}: {each.message}" for each in found]


def test_a_hall_is_read(tmp_path: Path) -> None:
    assert findings(GOOD, tmp_path) == []
    (hall,) = published.read(tmp_path, POSTS, frozenset(), frozenset({"319901"}))[0]
    assert (hall.code, hall.channel, hall.windows, hall.post) == ("wangjiang", "counter", 12, "service-hall/clerk")


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("post: service-hall/clerk", "post: water/permits", "8: “water/permits” works on matters."),
        ("post: service-hall/clerk", "post: service-hall/clrk", "8: There is no post “service-hall/clrk”."),
        ('"319901"', '"319909"', "4: There is no place “319909”."),
        ("windows: 12", "windows: 0", "7: “windows” must be a whole number from 1 to 200."),
        ("wangjiang:", "Wangjiang:", "2: “Wangjiang” cannot name a hall."),
    ],
)
def test_what_is_wrong_is_named_with_its_line(good: str, bad: str, said: str, tmp_path: Path) -> None:
    assert said in findings(GOOD.replace(good, bad), tmp_path)
