"""Dates and remaining time in the words of both languages, in the city's zone."""

from datetime import UTC, date, datetime

import pytest

from yiwang.foundation.ui import wording
from yiwang.foundation.ui.wording import Pace, TimeLeft

TODAY = date(2026, 3, 12)


def test_a_day_of_this_year_needs_no_year() -> None:
    assert wording.day_text(date(2026, 3, 9), "zh-hans", today=TODAY) == "3月9日"
    assert wording.day_text(date(2026, 3, 9), "en", today=TODAY) == "9 Mar"


def test_a_day_of_another_year_says_which() -> None:
    assert wording.day_text(date(2027, 1, 4), "zh-hans", today=TODAY) == "2027年1月4日"
    assert wording.day_text(date(2027, 1, 4), "en-gb", today=TODAY) == "4 Jan 2027"


def test_a_moment_is_told_in_the_citys_zone() -> None:
    late_evening = datetime(2026, 3, 8, 17, 5, tzinfo=UTC)
    assert wording.moment_text(late_evening, "zh-hans", today=TODAY) == "3月9日 01:05"
    assert wording.moment_text(late_evening, "en", today=TODAY) == "9 Mar, 01:05"


def test_the_midnight_that_ends_a_period_belongs_to_the_day_before() -> None:
    assert wording.last_day(datetime(2026, 3, 24, 16, tzinfo=UTC)) == date(2026, 3, 24)


@pytest.mark.parametrize(
    ("left", "pace", "chinese", "english"),
    [
        (TimeLeft(4), Pace.RUNNING, "剩 4 天", "4 days left"),
        (TimeLeft(2), Pace.NEAR, "剩 2 天", "2 days left"),
        (TimeLeft(1), Pace.NEAR, "剩 1 天", "1 day left"),
        (TimeLeft(0), Pace.NEAR, "今天到期", "Due today"),
        (TimeLeft(-1), Pace.LATE, "超 1 天", "1 day late"),
        (TimeLeft(-3, "hour"), Pace.LATE, "超 3 小时", "3 hours late"),
        (TimeLeft(0, "hour"), Pace.NEAR, "不到1小时", "Due within the hour"),
        (TimeLeft(9, stopped=True), Pace.STOPPED, "停着", "Stopped"),
        (TimeLeft(None, done=True), Pace.DONE, "已办好", "Done"),
        (TimeLeft(None), Pace.RUNNING, "无期限", "No limit"),
    ],
)
def test_what_is_left_is_said_in_words_not_by_colour_alone(
    left: TimeLeft, pace: Pace, chinese: str, english: str
) -> None:
    assert (left.pace, left.text("zh-hans"), left.text("en")) == (pace, chinese, english)


def test_a_date_on_record_has_its_year_always() -> None:
    assert wording.date_text(date(2026, 12, 16), "zh-hans") == "2026年12月16日"
    assert wording.date_text(date(2026, 12, 16), "en") == "16 Dec 2026"
