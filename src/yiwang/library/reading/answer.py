"""What comes back: the rows, what is missing from them, and what was asked of whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from yiwang.library.gateways.fragment import Fragment

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one answer may cost. `seconds` counts where no `Stop` is given; `most_bytes` bounds what departments send
    for it, `memory` what DuckDB may hold."""

    most_rows: int = 10_000
    seconds: float = 30.0
    most_bytes: int = 2_000_000_000
    memory: str = "1GB"
    threads: int = 2


class Where(StrEnum):
    """Which engine joins what the departments sent."""

    AUTO = "auto"
    """DuckDB; Spark for many rows and what does not fit here, where the operator named a cluster"""
    DUCKDB = "duckdb"
    SPARK = "spark"
    """wherever the question means the same there"""


@dataclass(frozen=True, slots=True)
class Missing:
    """A product that did not answer. `why` is what its gateway said, for the log and the steward."""

    product: str
    department: str
    why: str


@dataclass(frozen=True, slots=True)
class Step:
    """What was asked of one department. `keys_from` names the product whose keys were shipped, `keys` how many.

    `rows` is what came; `record` the position in the owner's log, None where nothing was asked: no key, so no row.
    """

    product: str
    department: str
    grant: str
    fragment: Fragment
    keys_from: str = ""
    keys: int = 0
    rows: int = 0
    seconds: float = 0.0
    record: int | None = None
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """How an owner made figures of what may not be read row by row; as `gateways.statistic.Figures` has it.

    `people` is 0 where there is noise; amounts of epsilon are plain decimals; `within` by name of the column. `subject`
    is what a group is counted in (person, enterprise, or rows where it is empty).
    """

    subject: str
    people: int
    withheld: int
    epsilon: str
    left: str
    budget: str
    renewed: str
    again: bool
    within: Mapping[str, float | None]


@dataclass(frozen=True)
class Answer:
    """`truncated`: there are more rows than `Bounds.most_rows`. `steps` are in the question's order.

    `method` is there where the rows are an owner's figures.
    `engine` joined the rows, empty where figures came instead; `stayed` names what kept from Spark a question that was
    meant for it.
    """

    table: pa.Table
    truncated: bool
    missing: tuple[Missing, ...]
    steps: tuple[Step, ...]
    seconds: float
    method: Method | None = None
    engine: str = ""
    stayed: str = ""

    @property
    def complete(self) -> bool:
        return not self.truncated and not self.missing


@dataclass(frozen=True, slots=True)
class Progress:
    """Told whenever a department is asked or has answered, and when the rows are joined (`product` is empty)."""

    product: str
    department: str
    state: str
    """asked, answered, missing, joining"""
    rows: int = 0


Tell = Callable[[Progress], None]
