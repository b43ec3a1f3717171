"""Why a verb did not happen, in words for the person who tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiwang.foundation.kernel.text import Words


class NoSuchCase(LookupError):
    """No case, part or task has this name, or none that this actor may know of."""


class NotPermitted(PermissionError):
    """The actor does not hold the right; nothing happened."""


class NotPossible(Exception):
    """The law or the plan does not allow it now. `code` is for programs, `words` for people."""

    def __init__(self, code: str, words: Words) -> None:
        super().__init__(words.en)
        self.code = code
        self.words = words


@dataclass(frozen=True, slots=True)
class Change:
    type: str
    at: datetime
    actor: str


class Changed(Exception):
    """Somebody else changed the part since this person looked (HTTP 409). `changes`: what happened meanwhile."""

    def __init__(self, changes: tuple[Change, ...], revision: int) -> None:
        super().__init__(f"{len(changes)} changes since")
        self.changes = changes
        self.revision = revision
