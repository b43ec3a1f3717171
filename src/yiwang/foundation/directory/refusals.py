"""Why something in the directory did not happen, in words for whoever tried."""

from __future__ import annotations

from yiwang.foundation.kernel.text import Words


class NotPermitted(Exception):
    """The actor has no right to do this."""


class NotPossible(Exception):
    """It cannot be done as things stand. `code` is for programs, `field` names what to correct, `words` say how."""

    def __init__(self, code: str, words: Words, field: str = "") -> None:
        self.code, self.words, self.field = code, words, field
        super().__init__(f"{code}: {words.en}")
