"""Filters: words, dates, days and money in the page's language and the city's zone."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from yiwang.foundation.kernel.money import Fen
from yiwang.foundation.kernel.money import yuan as yuan_words
from yiwang.foundation.kernel.time import city_date as day_of
from yiwang.foundation.kernel.time import now
from yiwang.foundation.ui import wording
from yiwang.foundation.ui.language import language

register = template.Library()


@register.filter
def words(value: Any) -> str:
    """Words in the page's language; text stays text; nothing becomes an empty string."""
    if value is None:
        return ""
    if hasattr(value, "in_language"):
        return str(value.in_language(language()))
    if hasattr(value, "words"):
        return words(value.words() if callable(value.words) else value.words)
    return str(value)


@register.filter
def city_date(value: date | datetime | None) -> str:
    """3月9日 / 9 Mar, in the city's zone; with the year when it is another one."""
    return "" if not value else wording.day_text(wording.moment_day(value), language())


@register.filter
def city_time(value: datetime | None) -> str:
    """3月9日 14:05 / 9 Mar, 14:05, in the city's zone."""
    return "" if not value else wording.moment_text(value, language())


@register.filter
def last_day(value: datetime | None) -> str:
    """The last day of a period that ends at this moment (due moments are midnights after the last day)."""
    return "" if not value else wording.day_text(wording.last_day(value), language())


@register.filter
def days_left(value: datetime | None) -> int | None:
    """Calendar days from today to the last day before `value`; 0: today; negative: past."""
    return None if value is None else (wording.last_day(value) - day_of(now())).days


@register.filter
def yuan(value: int | None) -> str:
    """Fen as yuan."""
    return "" if value is None else yuan_words(Fen(value))


@register.filter
def get(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """The value of a key that a template cannot write with a dot; None where there is none."""
    return mapping.get(key) if mapping else None


@register.simple_tag
def break_code(value: str) -> SafeString:
    """A long code that may break after each group."""
    return mark_safe("<wbr>".join(str(conditional_escape(part)) + "-" for part in value.split("-"))[:-1])  # noqa: S308
