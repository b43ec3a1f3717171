"""`yiwang library subjects`: find out anew which records are about the same person or enterprise."""

import argparse
from typing import Any


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verb = verbs.add_parser(
        "subjects",
        help="link the records of all products that are granted for linkage; ids stay",
        description="Reads products under grants of the purpose linkage and keeps ids and digests, never a value.",
    )
    verb.add_argument("--history", action="store_true", help="only list what was merged and split, newest first")
    verb.set_defaults(run=_subjects)


def _subjects(options: Any) -> int:
    from yiwang.library.gateways.contract import Subject
    from yiwang.library.subjects import actions, queries

    if options.history:
        for each in queries.history():
            print(f"{each.at:%Y-%m-%d %H:%M}  {each.change} {each.subject}: {', '.join(each.others)}")
        return 0
    offline = False
    for kind in (Subject.PERSON, Subject.ENTERPRISE):
        done = actions.relink(kind)
        print(f"{kind}: {done.records:,} records are about {done.subjects:,}; {done.merged} merged, {done.split} split")
        if done.unsure:
            print(f"  {done.unsure} pairs of records wait for a person at /library/review/")
        for product in done.missing:
            offline = True
            print(f"  {product} did not answer: its records stay as they were")
    for product, records in queries.records_by_product().items():
        print(f"  {product}: {records:,} records")
    return int(offline)
