"""A gateway in a process of its own that tells noisy figures, a new question each time, in several threads.

`python -m tests.library.gateways.killed_figures FOLDER SEED THREADS`: each line that is written is a number that only
one question asks with; it is written after `figures` has returned, in one write of the system.
"""

import os
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from tests.library.gateways.registers import RESIDENTS, InMemory, asker, grant
from yiwang.library.gateways import signing
from yiwang.library.gateways.contract import Privacy, Statistics
from yiwang.library.gateways.fragment import Compare
from yiwang.library.gateways.local import LocalGateway
from yiwang.library.gateways.signing import SigningKey
from yiwang.library.gateways.statistic import Measure, Statistic

EPSILON = Decimal("0.000100")


def main(folder: Path, seed: int, threads: int) -> None:
    centre = SigningKey.kept_in(folder / "centre-key")
    product = replace(RESIDENTS, statistics=Statistics(privacy=Privacy(EPSILON, Decimal(1_000))))
    gateway = LocalGateway(
        "police", [product], InMemory(), folder=folder / "police", trust=centre.trust(), mask_secret=b"m" * 32
    )
    expires = datetime(2099, 1, 1, tzinfo=UTC)
    given = signing.issue(grant(per_minute=10**9, expires=expires, statistics_only=True), centre)

    def tell(thread: int) -> None:
        for number in range(10**6):
            asked = seed * 10**8 + thread * 10**6 + number
            statistic = Statistic(product.reference, (Measure("count"),), (), Compare("rooms", "<", asked))
            gateway.figures(statistic, given, asker(case=str(asked)))
            os.write(1, f"{asked}\n".encode())

    tellers = [threading.Thread(target=tell, args=(n,)) for n in range(threads)]
    for each in tellers:
        each.start()
    for each in tellers:
        each.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
