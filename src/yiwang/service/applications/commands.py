"""`yiwang applications`."""

import argparse
import json
from typing import Any

Options = Any


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    applications = subparsers.add_parser("applications", help="what services ask of people")
    verbs = applications.add_subparsers(title="verbs", required=True, metavar="VERB")
    once = verbs.add_parser(
        "ask-once", help="for each service: asked, told by the library, spared; and what would spare most"
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
    print(f"\n{title}")
    print(
        f"  {'service':<32}{'sent':>6}{'asked':>8}{'account':>9}{'library':>9}{'brought':>9}{'proved':>8}{'spared':>8}"
    )
    for each in rows:
        print(
            f"  {each.code:<32}{each.applications:>6}{each.asked:>8}{each.from_account:>9}{each.prefilled:>9}"
            f"{each.brought:>9}{each.proved:>8}{each.spared:>8}"
        )
