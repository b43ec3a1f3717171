"""Why the centre does not do something, in words for the person who tried."""

from __future__ import annotations

from yiwang.foundation.kernel.text import Words


class NotPermitted(Exception):
    """The actor's posts do not include this."""


class NotPossible(Exception):
    """It cannot be done as things stand; `code` is stable, `words` say what to do."""

    def __init__(self, code: str, words: Words) -> None:
        super().__init__(words.en)
        self.code = code
        self.words = words
