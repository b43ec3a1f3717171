"""`yiwang check` and `yiwang catalogue`."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

Options = Any


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = subparsers.add_parser("check", help="check a city's files; names file, line and remedy")
    check.add_argument("city", type=Path, help="the city's folder, such as city/")
    check.set_defaults(run=_check)

    catalogue = subparsers.add_parser("catalogue", help="import, export and search matters")
    verbs = catalogue.add_subparsers(title="verbs", required=True, metavar="VERB")

    taken_in = verbs.add_parser(
        "import", help="take in matters of another catalogue (national field names) as guidance"
    )
    taken_in.add_argument("file", type=Path, help="a CSV file")
    taken_in.add_argument("--replace", action="store_true", help="offer no longer what earlier files brought")
    taken_in.set_defaults(run=_import)

    written = verbs.add_parser("export", help="write everything on offer under the national field names")
    written.add_argument("file", type=Path, help="the CSV file to write")
    written.set_defaults(run=_export)

    search = verbs.add_parser("search", help="find matters in everyday words")
    search.add_argument("text")
    search.add_argument("--limit", type=int, default=10, help="at most so many (100 at most)")
    search.add_argument("--json", action="store_true", help="print a list of code, name and score")
    search.set_defaults(run=_search)


def _check(options: Options) -> int:
    from yiwang.foundation.kernel.findings import errors
    from yiwang.foundation.standards import vocabulary
    from yiwang.library.centre import promises
    from yiwang.library.gateways import contracts
    from yiwang.service.catalogue import check

    products = contracts.read(options.city, vocabulary.read(options.city)[0])[0]
    further = check.further(options.city)
    findings = sorted({*check.check(options.city), *promises.check(options.city, products), *further})
    for finding in findings:
        print(finding)
    wrong = len(errors(findings))
    if wrong:
        print(f"{wrong} to mend in {options.city}.")
        return 1
    print(f"{options.city}: nothing wrong" + (f", {len(findings)} to consider." if findings else "."))
    return 0


def _import(options: Options) -> int:
    from yiwang.service.catalogue import exchange, loading

    imported = exchange.read(options.file)
    for finding in imported.findings:
        print(finding, file=sys.stderr)
    if imported.errors:
        print("Nothing was taken in.", file=sys.stderr)
        return 1
    changed = loading.take_in(imported.matters, replace=options.replace)
    print(f"{len(imported.matters)} matters read, {len(changed)} of them new or changed.")
    return 0


def _export(options: Options) -> int:
    from yiwang.service.catalogue import exchange, queries

    matters = queries.national()
    try:
        exchange.save(options.file, matters)
    except OSError as error:
        print(f"{options.file} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"{len(matters)} matters written to {options.file}.")
    return 0


def _search(options: Options) -> int:
    from yiwang.service.catalogue import queries

    found = queries.search(options.text, max(1, options.limit))
    if options.json:
        answer = [{"code": hit.code, "name": hit.name.zh, "score": hit.score} for hit in found]
        print(json.dumps(answer, ensure_ascii=False, indent=1))
        return 0
    for hit in found:
        print(f"{hit.score:8.3f}  {hit.code:<50}  {hit.name.zh}  ({hit.department.zh})")
    if not found:
        print("Nothing found. Try other words.")
    return 0
