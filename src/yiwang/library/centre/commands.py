"""`yiwang library grants`, `revoke`, `query`, `unused`: what is shared with whom, on the command line."""

import argparse
import getpass
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The verbs of the centre, under the city's one `yiwang library`."""
    grants = verbs.add_parser("grants", help="list who may read which product, why and until when")
    grants.add_argument("--json", action="store_true", help="for programs")
    grants.add_argument("--all", action="store_true", help="also those that are over")
    grants.set_defaults(run=_grants)
    revoke = verbs.add_parser("revoke", help="take a grant back at once")
    revoke.add_argument("grant", help="its code, as `yiwang library grants` lists it")
    revoke.add_argument("--by", required=True, metavar="USER", help="the user name of the owner's data steward or head")
    revoke.add_argument("--because", required=True, metavar="WORDS", help="the reason, which the consumer reads")
    revoke.set_defaults(run=_revoke)
    query = verbs.add_parser("query", help="ask a question in SQL over the products that a post may read")
    query.add_argument("sql", metavar="SQL", help="one SELECT, or - to read it from standard input")
    query.add_argument("--as", dest="post", required=True, metavar="POST", help="in whose name, such as market/food")
    query.add_argument("--purpose", required=True, metavar="CODE", help="why, as city/purposes.yaml calls it")
    query.add_argument("--case", default="", metavar="NUMBER", help="for which case, where the grant wants one")
    query.add_argument("--explain", action="store_true", help="say what each department would be asked; ask nobody")
    query.add_argument(
        "--engine",
        choices=("auto", "duckdb", "spark"),
        default="auto",
        help="what joins the rows: Spark for very many where YIWANG_SPARK_MASTER names a cluster, or one of them",
    )
    query.add_argument("--seconds", type=float, default=60.0, metavar="N", help="give up after so long (%(default)s)")
    form = query.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the rows as JSON, with what was asked and what is missing")
    form.add_argument("--csv", action="store_true", help="the rows as CSV")
    query.set_defaults(run=_query)
    unused = verbs.add_parser("unused", help="granted fields that nobody has read (minimisation)")
    unused.set_defaults(run=_unused)
    exported = verbs.add_parser("export", help="write the catalogue as DCAT-AP and each contract as Open Data Contract")
    exported.add_argument("folder", type=Path)
    exported.set_defaults(run=_export)


def _grants(options: Any) -> int:
    from yiwang.library.centre import given

    lines = [line for line in given.every() if options.all or line.state == "in_force"]
    if options.json:
        listed = [
            {
                "grant": line.code,
                "product": line.product,
                "owner": line.owner,
                "consumer": line.consumer.to_json(),
                "purpose": line.purpose.to_json(),
                "expires": line.expires.isoformat(),
                "state": line.state,
            }
            for line in lines
        ]
        print(json.dumps(listed, ensure_ascii=False, indent=1))
        return 0
    for line in lines:
        state = "" if line.state == "in_force" else f" ({line.state})"
        print(f"{line.code}: {line.consumer.en} reads {line.product} for {line.purpose.en}", end="")
        print(f" until {line.expires:%Y-%m-%d}{state}")
    print(f"{len(lines)} grants")
    return 0


def _revoke(options: Any) -> int:
    from yiwang.foundation.directory.actor import actor_of
    from yiwang.foundation.directory.models import User
    from yiwang.library.centre import actions, queries
    from yiwang.library.centre.refusals import NotPermitted, NotPossible

    user = User.objects.filter(username=options.by.lower()).first()
    try:
        actions.revoke(options.grant, options.because.strip(), by=actor_of(user))
    except queries.NoSuchGrant:
        sys.stderr.write(f"There is no grant {options.grant}. `yiwang library grants` lists them.\n")
        return 1
    except NotPermitted:
        sys.stderr.write(f"{options.by} is neither data steward nor head of the department that gave it.\n")
        return 1
    except NotPossible as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    print(f"{options.grant} is revoked.")
    return 0


def _query(options: Any) -> int:
    from yiwang.library import reading
    from yiwang.library.centre import cells, questions
    from yiwang.library.centre.question_words import why
    from yiwang.library.centre.questions import Standing
    from yiwang.library.gateways.access import Asker
    from yiwang.library.gateways.stopping import Stop

    text = sys.stdin.read(questions.LONGEST_TEXT + 1) if options.sql == "-" else options.sql
    shelf = questions.shelf_of(Standing(options.post, options.purpose))
    if not shelf.items:
        sys.stderr.write(f"{options.post} holds no grant for {options.purpose}. `yiwang library grants` lists them.\n")
        return 1
    department = options.post.partition("/")[0]
    asker = Asker(
        "command-line", f"{getpass.getuser()} (command line)", department, options.post, options.purpose, options.case
    )
    try:
        if options.explain:
            _say_steps(reading.explain(text, shelf=shelf))
            return 0
        known = questions.gateways_of(shelf)
        bounds = replace(questions.BOUNDS, seconds=options.seconds)
        answer = reading.answer(
            text,
            shelf=shelf,
            gateways=known,
            asker=asker,
            bounds=bounds,
            stop=Stop(bounds.seconds),
            where=reading.Where(options.engine),
        )
    except questions.NO_ANSWER as error:
        code, detail = questions.code_of(error)
        said = why(code).en
        at = f" {detail}" if said.endswith(":") else f" ({detail})" if detail else ""
        sys.stderr.write(f"{said}{at}\n")
        return 1
    if answer.stayed:
        sys.stderr.write(f"Not on Spark: “{answer.stayed}” is not known to mean the same there.\n")
    if options.json:
        _say_json(answer)
    elif options.csv:
        for line in cells.csv_lines(answer.table, mark=False):
            sys.stdout.write(line.decode())
    else:
        _say_table(answer)
    return 0


def _say_json(answer: Any) -> None:
    from yiwang.library.centre import cells, lineage

    body = {
        "columns": answer.table.column_names,
        "rows": [[cells.plain(value) for value in row.values()] for row in answer.table.to_pylist()],
        "truncated": answer.truncated,
        "missing": [{"product": each.product, "department": each.department} for each in answer.missing],
        "steps": [lineage.step_body(step) for step in answer.steps],
        "engine": answer.engine,
        "seconds": round(answer.seconds, 3),
        "method": asdict(answer.method) if answer.method is not None else None,
    }
    print(json.dumps(body, ensure_ascii=False))


def _say_table(answer: Any) -> None:
    from yiwang.library.centre import cells
    from yiwang.library.centre.question_words import method_words

    print("\t".join(answer.table.column_names))
    for row in answer.table.to_pylist():
        print("\t".join(cells.text(value) for value in row.values()))
    joined = f", joined by {answer.engine}" if answer.engine else ""
    sys.stderr.write(f"{answer.table.num_rows} rows in {answer.seconds:.3f} s{joined}\n")
    if answer.method is not None:
        for sentence in method_words(asdict(answer.method), answer.table.num_rows):
            sys.stderr.write(f"{sentence.en}\n")
    _say_steps(answer.steps)
    for each in answer.missing:
        sys.stderr.write(f"MISSING: {each.product} of {each.department} does not answer; its part is not there.\n")
    if answer.truncated:
        sys.stderr.write("There are more rows than one answer may hold. Narrow the question.\n")


def _say_steps(steps: Any) -> None:
    for step in steps:
        keys = f", {step.keys} keys from {step.keys_from}" if step.keys_from else ""
        rows = "" if step.record is None else f": {step.rows} rows, record {step.record} in its log"
        sys.stderr.write(f"{step.product} ({', '.join(step.fragment.fields)}{keys}){rows}\n")


def _unused(options: Any) -> int:
    from yiwang.library.centre import following, minimisation

    following.follow_all()
    lines = minimisation.report_of_the_city()
    for line in lines:
        unread = ", ".join(field.name for field in line.unread)
        print(f"{line.code}: {line.consumer.en} has not read {unread} ({len(line.unread)} of {line.granted} fields)")
    print(f"{len(lines)} grants with unread fields")
    return 0


def _export(options: Any) -> int:
    from yiwang.library.centre import dcat, lineage, odcs, queries

    products = queries.products()
    options.folder.mkdir(parents=True, exist_ok=True)
    catalogue = options.folder / "catalogue.jsonld"
    body = dcat.catalogue(products, lineage.namespace())
    catalogue.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n")
    for product in products:
        (options.folder / f"{product.reference}.odcs.yaml").write_text(odcs.contract(product))
    print(f"{len(products)} products are written to {options.folder}.")
    return 0
