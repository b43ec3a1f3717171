"""The privacy budget: how much may be told about the people in one product to one consumer, and what was told already.

Counted in millionths of epsilon, as whole numbers. A question that was asked before gets the answer it got before, for
nothing: averaging the noise away by asking again is not possible.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from yiwang.library.reading.refused import Refused

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Account:
    """One consumer's budget for one product: `consumer` is a department, so that its posts cannot add up theirs."""

    consumer: str
    product: str


class BudgetStore(Protocol):
    """Where budgets are kept. What `spend` took stays spent, whatever happens afterwards."""

    def kept(self, account: Account, question: str) -> str | None:
        """The answer that this question (a digest) got before."""

    def spend(self, account: Account, millionths: int, *, limit: int) -> int:
        """Take from the budget, durably and at once, and return what is left. Raises Refused("budget_spent")."""

    def keep(self, account: Account, question: str, answer: str) -> None:
        """Remember an answer durably, before it is shown."""


class FileBudgets:
    """A ledger in one file, a JSON line for each entry; safe among processes of one machine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def kept(self, account: Account, question: str) -> str | None:
        with self._open() as file:
            for entry in _entries(file, account):
                if entry.get("question") == question:
                    return str(entry["answer"])
        return None

    def spend(self, account: Account, millionths: int, *, limit: int) -> int:
        if millionths <= 0:
            raise ValueError("nothing is told for nothing")
        with self._open() as file:
            spent = sum(int(str(entry.get("spent", 0))) for entry in _entries(file, account))
            if spent + millionths > limit:
                raise Refused("budget_spent", account.product)
            _write(file, account, {"spent": millionths})
        return limit - spent - millionths

    def keep(self, account: Account, question: str, answer: str) -> None:
        with self._open() as file:
            _write(file, account, {"question": question, "answer": answer})

    @contextmanager
    def _open(self) -> Iterator[IO[str]]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            yield file


def _entries(file: IO[str], account: Account) -> Iterator[dict[str, object]]:
    for line in file:
        # A line that a crash cut short was acknowledged to nobody; the next entry begins on a line of its own.
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("consumer") == account.consumer and entry.get("product") == account.product:
            yield entry


def _write(file: IO[str], account: Account, content: dict[str, object]) -> None:
    file.seek(0, os.SEEK_END)
    line = json.dumps({"consumer": account.consumer, "product": account.product, **content}, ensure_ascii=False)
    file.write("\n" + line + "\n")
    file.flush()
    os.fsync(file.fileno())
