"""What cases do by themselves as time passes."""

from datetime import timedelta

from yiwang.casework.cases import handing_on
from yiwang.casework.cases import sweep as sweeping
from yiwang.foundation.jobs import schedule


@schedule("cases.sweep", every=timedelta(seconds=30))
def sweep() -> None:
    while sweeping.sweep() >= 500:
        pass


@schedule("cases.hand_on", every=timedelta(minutes=1))
def hand_on() -> None:
    """Terms end by themselves, too, and a task may be given to somebody at the moment when they go."""
    handing_on.hand_on_all()


@schedule("cases.rederive", at="03:10")
def rederive() -> None:
    """Open parts that count on an unpublished year; a new calendar comes with an update of the software."""
    last = 0
    while True:
        done, last = sweeping.rederive(after=last)
        if done < 1000:
            return
