"""The one Protocol behind which a department stands, in this process or in its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from yiwang.foundation.kernel.readable import readable
from yiwang.library.gateways.access import AccessRecord, Asker, Receipt, TreeHead
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.fragment import Fragment
from yiwang.library.gateways.grant import SignedGrant
from yiwang.library.gateways.refusals import Cancelled, NotGranted, Offline
from yiwang.library.gateways.statistic import Figures, Statistic

if TYPE_CHECKING:
    import pyarrow as pa

    from yiwang.library.gateways.stopping import Stop

__all__ = ["Cancelled", "Figures", "Gateway", "NotGranted", "Offline", "Quality", "Reading", "RuleScore"]


@dataclass(frozen=True)
class Reading:
    """An answer: the log's record stands before the first batch is handed out.

    `batches` have the fragment's fields in order, masked, with the Arrow types of `types.arrow_type`. `as_of` is when
    the source last changed, as far as it tells.
    """

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]
    record: int
    """position in the owner's log"""
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class RuleScore:
    """How many rows a quality rule looked at and how many it found wanting."""

    rule: str
    rows: int
    bad: int


@dataclass(frozen=True, slots=True)
class Quality:
    product: str
    at: datetime
    rows: int
    latest: datetime | None
    """newest cursor value, where the cursor is a moment or a date"""
    scores: tuple[RuleScore, ...]


class Gateway(Protocol):
    """Raises NotGranted, Offline, Cancelled from every reading method."""

    department: str

    def products(self) -> Sequence[Product]:
        """The contracts in force, every major that is still served."""

    def read(
        self, fragment: Fragment, grant: SignedGrant, asker: Asker, *, seconds: float = 30.0, stop: Stop | None = None
    ) -> Reading:
        """Rows of one product under one grant. The record is in the log before this returns.

        It ends after `seconds`, or when `stop` ends, where one is given instead.
        """

    def figures(
        self, statistic: Statistic, grant: SignedGrant, asker: Asker, *, seconds: float = 30.0, stop: Stop | None = None
    ) -> Figures:
        """Figures about many, as the contract gives them: worked out and made safe here, no row leaves.

        What they cost is paid and the record is in the log before this returns.
        """

    def quality(self, product: str) -> Quality:
        """Run the contract's rules at the source; no row leaves."""

    def accesses_of(self, subject: str, *, after: int = 0, limit: int = 100) -> Sequence[AccessRecord]:
        """What the log holds on one person or enterprise, newest first, without what may not be disclosed yet.

        Of a record's subjects only this one is named. `after`: the position of the last record that is known already;
        older ones follow (0: from the newest).
        """

    def accesses(self, *, after: int = 0, limit: int = 1000) -> Sequence[AccessRecord]:
        """The log in its order, for the owner's steward and for watching over unusual access.

        `after` records are known already: the first has that position.
        """

    def receipt(self, position: int) -> Receipt:
        """Raises LookupError."""

    def head(self) -> TreeHead: ...

    def consistency(self, old: int, new: int) -> Sequence[bytes]:
        """RFC 6962 consistency proof between two sizes of the log. Raises LookupError."""


readable(Quality)
