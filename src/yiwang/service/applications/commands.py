"""`yiwang applications`."""

import argparse
import json
from typing import Any

Options = Any


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    applications = subparsers.add_parser("applications", help="what services ask of people")
    verbs = applications.add_subparsers(title="verbs", required=True, metavar="VERB")
    once = verbs.add_parser(
        "ask-once", help="for each service: asked, told, worked out, typed, uploaded; and what would spare most"
    )
    once.add_argument("--json", action="store_true", help="print all of it as JSON")
    once.add_argument("--most", type=int, default=10, help="show at most so many gaps (100 at most)")
    once.set_defaults(run=_ask_once)


def _ask_once(options: Options) -> int:
    import msgspec

    from yiwang.service.applications import ask_once

    found = ask_once.report()
    if options.json:
        print(json.dumps(msgspec.to_builtins(found), ensure_ascii=False, indent=1))
        return 0
    _table("Published services (what any situation may ask)", found.published)
    if found.real:
        _table("Applications sent (means)", found.real)
    print("\nWhat would spare most")
    missing = {"product": "no product has it", "grant": "a grant is missing on"}
    for gap in found.gaps[: min(max(options.most, 1), 100)]:
        where = f"{missing[gap.why]} {', '.join(gap.products)}".strip()
        print(f"  {gap.asks:>6}  {gap.kind:<8}  {gap.key:<28}  {gap.name.en} ({where})")
    return 0


def _table(title: str, rows: Any) -> None:
    columns = {
        "sent": "applications",
        "asked": "asked",
        "account": "from_account",
        "library": "prefilled",
        "worked out": "suggested",
        "typed": "typed",
        "chosen": "chosen",
        "exempt": "exempt",
        "adopted": "adopted",
        "uploaded": "uploaded",
    }
    rows = list(rows)
    wide = max([len(each.code) for each in rows] + [len("service")])
    print(f"\n{title}")
    print(f"  {'service':<{wide}}" + "".join(f"{heading:>{len(heading) + 2}}" for heading in columns))
    for each in rows:
        numbers = ((heading, getattr(each, field)) for heading, field in columns.items())
        print(f"  {each.code:<{wide}}" + "".join(f"{number:>{len(heading) + 2}}" for heading, number in numbers))
