"""Attempts to read of a named person or enterprise what is not granted: the owner's log keeps them, too (ADR 0136).

Nothing was released, so the log need not keep up with them, and a flood must not fill it: of each department's attempts
so many a minute are written, the others are counted, and the next record says of how many it is the last.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.contract import Product, Sharing
from yiwang.library.gateways.log import AccessLog, Entry
from yiwang.library.gateways.log_file import LogDamaged
from yiwang.library.gateways.rates import Rates
from yiwang.library.gateways.refusals import NotGranted

log = logging.getLogger(__name__)

WRITTEN = frozenset(
    {
        "no_grant",
        "expired",
        "wrong_purpose",
        "case_needed",
        "field",
        "statistics_only",
        "withheld",
        "consent",
        "signature",
    }
)
"""Codes of what is refused for what it is, before a source is read; not for how often, how much or in which form."""
PER_MINUTE = 10
"""records of one department's attempts"""
PER_MINUTE_OF_ALL = 60
MOST_NAMED = 100
"""persons or enterprises that one record names"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody asks of those that are `named` by their identifiers. `fields` may be anything."""

    asker: Asker
    product: Product
    fields: Sequence[str]
    named: Sequence[str]


class Attempts:
    """Writes what is refused into the log. For any thread; processes count what they leave out each for itself."""

    def __init__(self, access_log: AccessLog, rates: Path) -> None:
        self._log = access_log
        self._rates = Rates(rates)
        self._lock = threading.Lock()
        self._counted: dict[str, Entry] = {}
        """by department: the last attempt that was not written, and how many it stands for"""

    def close(self) -> None:
        for entry in self._taken(at_once=True):
            self._write(entry)
        self._rates.close()

    @contextmanager
    def watching(self, attempt: Callable[[], Attempt | None]) -> Iterator[None]:
        """What is refused within it is written down. `attempt` is asked only then; None: of nobody by name."""
        try:
            yield
        except NotGranted as refused:
            if refused.code in WRITTEN and (made := attempt()) is not None:
                self._keep(self._entry(made, refused.code))
            raise

    def settle(self) -> None:
        """Write down what was only counted, as far as there is room for it."""
        for entry in self._taken():
            self._write(entry)

    def _entry(self, attempt: Attempt, code: str) -> Entry:
        product = attempt.product
        # Whoever may not know that they stand in a register learns nothing of attempts to read it either.
        told = () if product.sharing is Sharing.WITHHELD else attempt.named[:MOST_NAMED]
        wanted = set(attempt.fields)
        return Entry(
            asker=attempt.asker,
            grant="",
            product=product.reference,
            fields=tuple(each.name for each in product.fields if each.name in wanted),
            rows=0,
            subjects=self._log.digests(told),
            refused=code,
        )

    def _keep(self, entry: Entry) -> None:
        with self._lock:
            before = self._counted.pop(entry.asker.department, None)
            entry = replace(entry, times=1 + (before.times if before is not None else 0))
            if not self._room(entry):
                self._counted[entry.asker.department] = entry
                return
        self._write(entry)

    def _taken(self, *, at_once: bool = False) -> list[Entry]:
        with self._lock:
            found = [each for each in self._counted.values() if at_once or self._room(each)]
            for each in found:
                del self._counted[each.asker.department]
        return found

    def _room(self, entry: Entry) -> bool:
        return self._rates.take(entry.asker.department, PER_MINUTE) and self._rates.take("*", PER_MINUTE_OF_ALL)

    def _write(self, entry: Entry) -> None:
        try:
            self._log.append(entry)
        except (LogDamaged, OSError):
            log.exception("A refused attempt at %s could not be written into the access log", entry.product)
