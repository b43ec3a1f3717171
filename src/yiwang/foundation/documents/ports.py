"""Who may read a document is known to the package that it was uploaded for: it says so here at start-up."""

from typing import Protocol
from uuid import UUID

from yiwang.foundation.directory.models import User


class MayRead(Protocol):
    """Answers whether this user has a right to read this document; one small query."""

    def __call__(self, user: User, document_id: UUID, /) -> bool: ...


_readers: list[MayRead] = []


def register(may_read: MayRead) -> None:
    """Let a package say who may read documents besides their owner; call it in an `AppConfig.ready`."""
    if may_read not in _readers:
        _readers.append(may_read)


def granted(user: User, document_id: UUID) -> bool:
    """Whether any package grants this user the reading of this document."""
    return any(may_read(user, document_id) for may_read in _readers)


_withholders: list[MayRead] = []


def register_withholder(withholds: MayRead) -> None:
    """Let a package say which documents not even who uploaded them may read any longer as their own."""
    if withholds not in _withholders:
        _withholders.append(withholds)


def withheld(user: User, document_id: UUID) -> bool:
    """Whether the document counts as this user's own no longer."""
    return any(withholds(user, document_id) for withholds in _withholders)
