"""Compare two things on one machine: alternating, so that both meet the same weather, and by their medians."""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True)
class Comparison:
    """Seconds a round of each took."""

    ours: Sequence[float]
    peer: Sequence[float]

    @property
    def speed_ratio(self) -> float:
        """Our speed over the peer's: above 1 we are the faster."""
        return statistics.median(self.peer) / statistics.median(self.ours)


def compare(ours: Callable[[], object], peer: Callable[[], object], *, rounds: int = ROUNDS) -> Comparison:
    """Time both, taking turns at going first. Does one round of each beforehand that is not counted."""
    ours()
    peer()
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        for which in (0, 1) if number % 2 == 0 else (1, 0):
            times[which].append(timed((ours, peer)[which]))
    return Comparison(*times)


def timed(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which the share of values lies (nearest rank). Raises ValueError for no values."""
    if not values:
        raise ValueError("no values to take a percentile of")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
