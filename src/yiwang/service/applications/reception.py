"""Applications that a clerk fills in for whoever stands at a window or is on the telephone: what they need besides, and
where their pages lead. The windows lie above this package and register at start-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from yiwang.foundation.kernel.text import Words

SIGNATURE = "own.signature"
"""The paper that holds the applicant's own signature; no material has a dot in its name."""
CONFIRMED = "own.confirmed"
"""The promise under which stands when the applicant confirmed by a code what was read out to them."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """The applicant's own yes to what a clerk filled in: signatures (document and the SHA-256 of its bytes), or the
    moment at which they confirmed it; and the place of the window, where there was one."""

    signatures: tuple[tuple[UUID, str], ...] = ()
    confirmed: Mapping[str, str] = field(default_factory=dict)
    place: str = ""


class Reception(Protocol):
    """Where clerks receive applications for others."""

    def place(self, draft: UUID) -> Words | None:
        """Where the draft is filled in, as the page says it."""

    def visit(self, draft: UUID) -> str:
        """The address of the visit in which it was begun."""

    def signing(self, draft: UUID) -> str:
        """The address at which the applicant says their own yes."""

    def received(self, number: str) -> str:
        """The address of the receipt that the clerk hands over."""


_reception: Reception | None = None


def register_reception(reception: Reception) -> None:
    """Tell the draft pages where a clerk's lead."""
    global _reception
    _reception = reception


def reception() -> Reception | None:
    return _reception
