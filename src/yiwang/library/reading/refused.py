"""How a question is turned down, by code: the words for people are made where they are shown."""

from __future__ import annotations

CODES = (
    "empty",
    "too_long",
    "too_deep",
    "too_many",
    "syntax",
    "several_statements",
    "not_a_select",
    "construct",
    "function",
    "name",
    "unknown_product",
    "unknown_field",
    "statistics_only",
    "statistics_where",
    "growth",
    "meaning",
    "value",
    "memory",
    "engine",
    "engine_lost",
)
"""Stable. `detail` names the word of the question that is meant, or the bound; never a value from a department."""


class Refused(Exception):
    """The question is not answered. `code` is one of CODES, `detail` the part of the asker's own text that is meant."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail[:200]
