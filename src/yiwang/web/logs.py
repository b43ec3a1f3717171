"""Logs that give nobody away: what looks like a personal number or a secret is hidden before a line is written."""

from __future__ import annotations

import logging
import re

_HIDDEN: tuple[tuple[re.Pattern[str], str], ...] = (
    # Bearer tokens, and whatever is called a password, in any notation.
    (re.compile(r"yw_[A-Za-z0-9_-]{20,}"), "yw_***"),
    (
        re.compile(
            r"(?i)((?:password|passwd|token|authorization|cookie|sessionid)\w*['\"]?\s*[:=]\s*)(?:bearer\s+)?\S+"
        ),
        r"\1***",
    ),
    # GB 11643: 17 digits and a digit or X.
    (re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])"), "<resident id>"),
    (re.compile(r"(?<![0-9])(?:\+?86[- ]?)?1[3-9]\d{9}(?![0-9])"), "<phone>"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"), "<e-mail>"),
    # Tracking codes: 26 characters of Crockford's base 32 in groups.
    (
        re.compile(r"(?<![0-9A-Za-z-])[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{5,6}){4}(?![0-9A-Za-z-])"),
        "<tracking code>",
    ),
)


def discreet(text: str) -> str:
    """The text with identity numbers, phones, e-mail addresses, tracking codes, tokens and passwords hidden."""
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return text


class DiscreetFormatter(logging.Formatter):
    """Hides personal data in the finished line, its arguments and tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))
