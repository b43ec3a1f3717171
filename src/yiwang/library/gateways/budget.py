"""The privacy budget: how much was told about the people in one product to one consumer, and what it was.

Counted in millionths of epsilon, as whole numbers. A question that was asked before gets the answer it got before, for
nothing: averaging the noise away by asking again is not possible.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from yiwang.foundation.kernel import folders

MILLION = 1_000_000


class BudgetSpent(Exception):
    """What is left does not pay for the question."""


@dataclass(frozen=True, slots=True)
class Account:
    """One consumer's budget for one product: `consumer` is a department, so that its posts cannot add up theirs, and
    `product` a code without a major, so that two contracts over the same people do not. `period`: 2025, or empty."""

    consumer: str
    product: str
    period: str = ""


class Budgets:
    """A ledger in one file of the owner's, a JSON line for each entry; safe among processes of one machine.

    What `spend` took stays spent, whatever happens afterwards. Raises OSError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def kept(self, account: Account, question: str) -> str | None:
        """The answer that this question (a digest) got before."""
        with self._open() as file:
            for entry in _entries(file, account):
                if entry.get("question") == question:
                    return str(entry["answer"])
        return None

    def spent(self, account: Account) -> int:
        """Millionths."""
        with self._open() as file:
            return _spent(file, account)

    def spend(self, account: Account, millionths: int, *, limit: int) -> int:
        """Take from the budget, durably and at once, and return what is left. Raises BudgetSpent."""
        if millionths <= 0:
            raise ValueError("nothing is told for nothing")
        with self._open() as file:
            spent = _spent(file, account)
            if spent + millionths > limit:
                raise BudgetSpent(account.product)
            _write(file, account, {"spent": millionths})
        return limit - spent - millionths

    def keep(self, account: Account, question: str, answer: str) -> None:
        """Remember an answer durably, before it is told."""
        with self._open() as file:
            _write(file, account, {"question": question, "answer": answer})

    @contextmanager
    def _open(self) -> Iterator[IO[str]]:
        fresh = not self.path.exists()
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if fresh:
            folders.make_durable(self.path.parent)
        with os.fdopen(descriptor, "r+", encoding="utf-8", errors="replace") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file


def _spent(file: IO[str], account: Account) -> int:
    return sum(int(str(entry.get("spent", 0))) for entry in _entries(file, account))


def _entries(file: IO[str], account: Account) -> Iterator[dict[str, object]]:
    own = asdict(account)
    file.seek(0)
    for line in file:
        # A line that a crash cut short was acknowledged to nobody; the next entry begins on a line of its own.
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and own.items() <= entry.items():
            yield entry


def _write(file: IO[str], account: Account, content: dict[str, object]) -> None:
    line = json.dumps({**asdict(account), **content}, ensure_ascii=False)
    file.seek(0, os.SEEK_END)
    file.write("\n" + line + "\n")
    file.flush()
    os.fsync(file.fileno())
