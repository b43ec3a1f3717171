"""A gateway in a process of its own that reads at random, in several threads, and tells of every answer it gave.

`python -m tests.library.gateways.killed_gateway FOLDER SEED THREADS`: each line that is written is the case number of
an answer whose rows are with the client; it is written after `read` has returned, in one write of the system.
"""

import os
import random
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from tests.library.gateways.registers import LI, RESIDENTS, WANG, ZHAO, InMemory, asker, grant
from yiwang.library.gateways import signing
from yiwang.library.gateways.fragment import Fragment, Keys
from yiwang.library.gateways.local import LocalGateway
from yiwang.library.gateways.signing import SigningKey


def main(folder: Path, seed: int, threads: int) -> None:
    centre = SigningKey.kept_in(folder / "centre-key")
    gateway = LocalGateway(
        "police", [RESIDENTS], InMemory(), folder=folder / "police", trust=centre.trust(), mask_secret=b"m" * 32
    )
    given = signing.issue(grant(per_minute=10**9, expires=datetime(2099, 1, 1, tzinfo=UTC)), centre)

    def read(thread: int) -> None:
        chance = random.Random(f"{seed}-{thread}")
        for number in range(10**9):
            case = f"{seed}-{thread}-{number}"
            people = chance.sample([WANG, LI, ZHAO], chance.randint(1, 3))
            fields = tuple(chance.sample(["name", "rooms", "district"], chance.randint(1, 3)))
            reading = gateway.read(
                Fragment(RESIDENTS.reference, fields, keys=Keys("id", tuple(people))), given, asker(case=case)
            )
            rows = sum(batch.num_rows for batch in reading.batches)
            os.write(1, f"{case} {reading.record} {rows}\n".encode())
            if chance.random() < 0.02:
                gateway.head()

    readers = [threading.Thread(target=read, args=(n,)) for n in range(threads)]
    for each in readers:
        each.start()
    for each in readers:
        each.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
