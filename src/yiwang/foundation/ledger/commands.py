"""`yiwang ledger replay`: rebuild every row from events and compare."""

import argparse
from typing import Any


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    ledger = subparsers.add_parser("ledger", help="the record of everything that happened")
    verbs = ledger.add_subparsers(required=True, metavar="VERB")
    replay = verbs.add_parser("replay", help="rebuild every row from the events and compare")
    replay.add_argument("--write", action="store_true", help="make differing rows what the events say")
    replay.set_defaults(run=_replay)
    parked = verbs.add_parser("parked", help="list what consumers could not follow")
    parked.set_defaults(run=_parked)


def _replay(options: Any) -> int:
    from yiwang.foundation.ledger.replay import replay

    result = replay(write=options.write)
    for difference in result.differences:
        print(difference)
    for gone in result.erased:
        print(gone)
    told = f"{result.streams} histories, {result.events} events, {len(result.differences)} differences"
    print(f"{told}, {len(result.erased)} erased" if result.erased else told)
    return 1 if result.differences and not options.write else 0


def _parked(options: Any) -> int:
    from yiwang.foundation.ledger.models import Parked

    rows = Parked.objects.order_by("next_try")[:500]
    for row in rows:
        last_line = row.error.strip().splitlines()[-1] if row.error.strip() else ""
        print(f"{row.consumer}: {row.stream} {row.stream_id} at {row.position}, {row.attempts} attempts: {last_line}")
    print(f"{len(rows)} parked")
    return 1 if rows else 0
