"""`yiwang exchange`: what an operator does for departments' own systems."""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Options = Any


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    exchange = subparsers.add_parser("exchange", help="departments' own systems: open, tables, tokens, reconciling")
    verbs = exchange.add_subparsers(title="verbs", required=True, metavar="VERB")
    for verb, run, said in (
        ("open", _open, "let the department's system take part, and put out what it has to do"),
        ("close", _close, "put nothing out and take nothing in from now on"),
        ("token", _token, "a new bearer token for the department's system, shown once; older ones end"),
        ("work", _work, "write and read the exchange tables once, now"),
    ):
        parser = verbs.add_parser(verb, help=said)
        parser.add_argument("department")
        parser.set_defaults(run=run)
    tables = verbs.add_parser("tables", help="make the exchange tables where they are not, or print what makes them")
    tables.add_argument("department", nargs="?", help="whose tables; left out with --print")
    tables.add_argument(
        "--url", help="there instead of where the department's file says: sqlite:PATH, postgresql://..."
    )
    tables.add_argument("--print", choices=("sqlite", "postgres", "mysql"), dest="printed", help="print the SQL only")
    tables.set_defaults(run=_tables)
    compared = verbs.add_parser("reconcile", help="compare a day's counts now; prints the files that differ")
    compared.add_argument("department")
    compared.add_argument("--day", type=date.fromisoformat, metavar="DATE", help="default: yesterday")
    compared.set_defaults(run=_reconcile)


def _open(options: Options) -> int:
    from yiwang.service.exchange import actions
    from yiwang.service.exchange.refusals import NotArranged

    try:
        row = actions.open_exchange(options.department)
    except NotArranged as refused:
        print(refused.words.en, file=sys.stderr)
        return 1
    row.refresh_from_db()
    print(f"The exchange with {row.name_en} is open: {row.last_sheet} sheets so far.")
    return 0


def _close(options: Options) -> int:
    from yiwang.service.exchange import actions
    from yiwang.service.exchange.refusals import NoSuchSystem

    try:
        actions.close_exchange(options.department)
    except NoSuchSystem:
        return _unknown(options.department)
    print(f"The exchange with {options.department} is closed. What is there stays.")
    return 0


def _token(options: Options) -> int:
    from yiwang.foundation.directory import actions as directory

    row = _row(options.department)
    if row is None or row.account is None:
        return _unknown(options.department)
    directory.revoke_tokens(row.account)
    issued = directory.issue_token(row.account, "exchange")
    print(issued.token)
    print(f"It works until {issued.expires_at:%Y-%m-%d}. Earlier ones work no longer.", file=sys.stderr)
    return 0


def _work(options: Options) -> int:
    from yiwang.service.exchange import polling

    row = _row(options.department)
    if row is None or row.tables is None or not row.is_open:
        return _unknown(options.department)
    moved = polling.work(row)
    row.refresh_from_db()
    if row.trouble:
        print(f"The exchange tables cannot be reached: {row.trouble}", file=sys.stderr)
        return 1
    print(f"{moved} rows went either way.")
    return 0


def _tables(options: Options) -> int:
    from django.conf import settings

    from yiwang.service.exchange import tables
    from yiwang.service.exchange.arrangement import TablesAt

    if options.printed:
        print(";\n\n".join(tables.definition(options.printed)) + ";")
        return 0
    row = _row(options.department or "")
    if row is None or (row.tables is None and not options.url):
        return _unknown(options.department or "")
    try:
        at = TablesAt.of_url(options.url) if options.url else TablesAt.from_json(row.tables)
        with tables.opened(at, Path(settings.YIWANG_DATA_DIR)) as open_tables:
            open_tables.create()
    except (ValueError, tables.Unreached) as problem:
        print(f"The exchange tables cannot be made: {problem}", file=sys.stderr)
        return 1
    print(f"The exchange tables are there ({', '.join(table.name for table in tables.TABLES)}).")
    return 0


def _reconcile(options: Options) -> int:
    from yiwang.foundation.kernel.time import city_date, now
    from yiwang.service.exchange import polling, reconciling
    from yiwang.service.exchange.tables import Unreached

    row = _row(options.department)
    if row is None:
        return _unknown(options.department)
    day = options.day or city_date(now()) - timedelta(days=1)
    try:
        if row.tables is not None:
            polling.take_counts(row, day)
    except Unreached as problem:
        print(f"The exchange tables cannot be reached: {problem}", file=sys.stderr)
        return 1
    different = reconciling.reconcile(row, day)
    for project in different:
        print(project)
    print(f"{day}: {len(different)} files differ.", file=sys.stderr)
    return 0


def _row(department: str) -> Any:
    from yiwang.service.exchange.models import System

    return System.objects.filter(department=department).select_related("account").first()


def _unknown(department: str) -> int:
    print(
        f"No such exchange with “{department}” is arranged, or it is not open. Write exchange/{department}.yaml in the"
        " city's folder, then: yiwang load CITY; yiwang exchange open DEPARTMENT.",
        file=sys.stderr,
    )
    return 1
