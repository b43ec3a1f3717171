"""Which days China works: announced years from `chinesecalendar`, the others from the statutory holidays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import chinese_calendar.constants as announced
import holidays


class ChineseYears:
    """The years of the People's Republic, as `calendar.YearSource` wants them."""

    def published(self, year: int) -> Collection[date] | None:
        """`chinesecalendar`'s own rule, read from its tables: its functions search all of them for every single day."""
        if not min(announced.holidays).year <= year <= max(announced.holidays).year:
            return None
        return [
            day
            for day in days_of(year)
            if day in announced.workdays or (day.weekday() < 5 and day not in announced.holidays)
        ]

    def expected(self, year: int) -> Collection[date]:
        """Weekdays without the statutory holidays and the weekdays given for holidays that fall on a weekend.

        (全国年节及纪念日放假办法; the moved working days around them are not known before the announcement.)
        """
        free = set(holidays.country_holidays("CN", years=year, observed=True))
        return [day for day in days_of(year) if day.weekday() < 5 and day not in free]


def days_of(year: int) -> list[date]:
    """Every day of a year, in order."""
    first = date(year, 1, 1)
    return [first + timedelta(days=i) for i in range((date(year, 12, 31) - first).days + 1)]
