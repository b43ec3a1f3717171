"""The clock line: where everything stands on it, and what it says to those who do not see it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.clock_line import ClockLine, Segment, draw

START = datetime(2026, 3, 2, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def midnight_after(number: int) -> datetime:
    """The exclusive end of the city's day, `number` days after the start."""
    return datetime(2026, 3, 2, 16, tzinfo=UTC) + timedelta(days=number)


def line(**changes: object) -> ClockLine:
    held: dict[str, object] = {
        "start": START,
        "now": day(10),
        "segments": (Segment(START, day(7), "used"), Segment(day(7), day(10), "stopped")),
        "promise": midnight_after(22),
        "statute": midnight_after(37),
        "stops": (Words("水质检测", "water test"),),
    }
    return ClockLine(**{**held, **changes})  # type: ignore[arg-type]


def percent(text: str) -> float:
    return float(text.removesuffix("%"))


def test_time_used_and_time_stopped_lie_end_to_end_up_to_today() -> None:
    drawing = draw(line(), "zh-hans")
    used, stopped = drawing.bars
    assert (used.look, stopped.look) == ("used", "stopped")
    assert percent(used.x) + percent(used.width) == pytest.approx(percent(stopped.x), abs=0.02)
    ring = next(mark for mark in drawing.marks if mark.look == "today")
    assert percent(stopped.x) + percent(stopped.width) == pytest.approx(percent(ring.x), abs=0.02)


def test_promise_comes_before_statute_and_both_stay_on_the_line() -> None:
    marks = {mark.look: percent(mark.x) for mark in draw(line(), "en").marks}
    assert marks["today"] < marks["promise"] < marks["statute"] < 100


def test_a_due_moment_is_named_by_its_last_day() -> None:
    items = draw(line(), "zh-hans").items
    assert ("3月24日", "承诺办好") in [(item.date, item.text) for item in items]


def test_the_list_tells_the_same_story_in_both_languages() -> None:
    chinese = [f"{item.date} {item.text}" for item in draw(line(), "zh-hans").items]
    english = [f"{item.date} {item.text}" for item in draw(line(), "en").items]
    assert chinese == [
        "3月2日 受理",
        "3月9日 停：水质检测",
        "3月12日 今天",
        "3月24日 承诺办好",
        "4月8日 法定期限",
    ]
    assert english == [
        "2 Mar Accepted",
        "9 Mar Stopped: water test",
        "12 Mar Today",
        "24 Mar Promised by",
        "8 Apr Legal limit",
    ]


def test_an_open_stop_makes_the_promise_the_earliest_possible_one() -> None:
    texts = [item.text for item in draw(line(at_least=True), "zh-hans").items]
    assert "承诺办好（最早）" in texts
    texts = [item.text for item in draw(line(at_least=True, provisional=True), "en").items]
    assert "Promised by (at the earliest, provisional)" in texts


def test_time_after_the_promise_is_drawn_late() -> None:
    drawing = draw(line(now=day(25), segments=(Segment(START, day(25), "used"),), stops=()), "zh-hans")
    assert [bar.look for bar in drawing.bars] == ["used", "late"]
    assert line(now=day(25), segments=()).late


def test_a_finished_case_has_a_dot_instead_of_the_ring() -> None:
    done = line(ended=day(8), segments=(Segment(START, day(8), "used"),), stops=())
    drawing = draw(done, "en")
    assert [mark.look for mark in drawing.marks] == ["promise", "statute", "ended"]
    assert not any(item.look == "today" for item in drawing.items)


def test_a_clock_that_runs_again_says_when() -> None:
    segments = (
        Segment(START, day(3), "used"),
        Segment(day(3), day(5), "stopped"),
        Segment(day(5), day(10), "used"),
    )
    looks = [item.look for item in draw(line(segments=segments), "zh-hans").items]
    assert looks == ["start", "stopped", "used", "today", "promise", "statute"]


def test_a_year_that_is_not_this_one_is_written_out() -> None:
    items = draw(line(statute=datetime(2027, 1, 6, 16, tzinfo=UTC)), "zh-hans").items
    assert items[-1].date == "2027年1月6日"


def test_on_the_first_day_today_is_not_written_over_the_beginning() -> None:
    drawing = draw(line(now=START, segments=(), stops=()), "zh-hans")
    assert [label.look for label in drawing.labels] == ["start", "promise", "statute"]
    assert "today" in [item.look for item in drawing.items]


def test_a_line_that_just_began_can_be_drawn() -> None:
    drawing = draw(ClockLine(start=START, now=START), "zh-hans")
    assert drawing.bars == ()
    assert [mark.look for mark in drawing.marks] == ["today"]


@given(
    lengths=st.lists(st.integers(0, 40 * 24), min_size=1, max_size=8),
    promise=st.integers(0, 80),
    statute=st.integers(0, 120),
    language=st.sampled_from(["zh-hans", "en"]),
    size=st.sampled_from(["full", "pane"]),
)
def test_nothing_leaves_the_line_and_no_labels_overlap(
    lengths: list[int], promise: int, statute: int, language: str, size: str
) -> None:
    segments, moment = [], START
    for index, hours in enumerate(lengths):
        until = moment + timedelta(hours=hours)
        segments.append(Segment(moment, until, "stopped" if index % 2 else "used"))
        moment = until
    drawn = line(now=moment, segments=tuple(segments), promise=midnight_after(promise), statute=midnight_after(statute))
    drawing = draw(drawn, language, size)
    for bar in drawing.bars:
        assert percent(bar.x) >= 0
        assert percent(bar.x) + percent(bar.width) <= 100.05
    assert all(0 <= percent(mark.x) <= 100 for mark in drawing.marks)
    length = {"full": 42.0, "pane": 27.0}[size]
    for row in (0, 1, 2):
        spans = []
        for label in (label for label in drawing.labels if label.row == row):
            width = sum(0.56 if ord(character) < 0x2E80 else 1.0 for character in label.text) / length * 100
            x = percent(label.x)
            left = {"start": x, "middle": x - width / 2, "end": x - width}[label.anchor]
            spans.append((left, left + width))
        assert all(a[1] <= b[0] for a, b in zip(sorted(spans), sorted(spans)[1:], strict=False))
