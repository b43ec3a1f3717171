"""The `yiwang-testcity` command."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from yiwang.foundation.kernel.time import city_date, now
from yiwang_testcity import departments, population

DESCRIPTION = """\
The invented city around Yiwang, for demonstrations and tests. Nobody in it is real.

  yiwang-testcity population                            20,000 residents in six departments' databases
  yiwang-testcity population --residents 1000000        a city of a million
  yiwang-testcity old-system --exchange sqlite:var/departments/water-exchange.sqlite3 \\
                             --own sqlite:var/departments/water-old.sqlite3
  yiwang-testcity population --postgres postgresql://user@host/database --mysql mysql://user:password@host/database
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 failed, 2 wrong usage)."""
    options = _parser().parse_args(arguments)
    code: int = options.run(options)
    return code


def _old_system(options: argparse.Namespace) -> int:
    from yiwang_testcity.old_system import running

    try:
        return running.run(
            running.Options(
                exchange=options.exchange,
                own=options.own,
                every=options.every,
                paces=options.paces,
                at=options.at,
                worked_at=options.worked_at,
                rounds=options.rounds,
            )
        )
    except (OSError, ValueError) as problem:
        print(f"yiwang-testcity: {problem}", file=sys.stderr)
        return 1


def _cashier(options: argparse.Namespace) -> int:
    from yiwang_testcity.cashier import Cashier, serve

    secret = os.environ.get("YIWANG_PAYMENT_SECRET", "")
    if len(secret) < 16:
        print("yiwang-testcity: YIWANG_PAYMENT_SECRET must hold 16 characters or more", file=sys.stderr)
        return 2
    with serve(Cashier(options.books, secret, options.notify), options.port) as server:
        print(f"cashier at http://127.0.0.1:{options.port}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def _population(options: argparse.Namespace) -> int:
    try:
        plan = population.plan(options.residents, options.seed, options.as_of, options.city)
        started = time.monotonic()
        made = departments.make(
            plan, options.data, postgres=options.postgres, mysql=options.mysql, processes=options.processes
        )
    except (OSError, ValueError, departments.NotReached) as problem:
        print(f"yiwang-testcity: {problem}", file=sys.stderr)
        return 1
    for place, rows in made.items():
        print(f"  {rows:>10,}  {place}")
    print(
        f"{plan.residents:,} residents, seed {plan.seed}, as of {plan.today}, in {time.monotonic() - started:.1f} s."
        f" The truth stands in {departments.truth_path(options.data)}."
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yiwang-testcity", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    command = commands.add_parser(
        "population",
        help="people, businesses and building units in the registers of six departments",
        description="Write an invented population into the departments' databases, replacing what an earlier run wrote."
        " The same residents, seed and day give the same rows. The registers disagree as real ones do; which row is"
        " whose is kept apart, for tests.",
    )
    command.add_argument("--residents", type=int, default=20_000, metavar="N", help="default: 20000")
    command.add_argument("--seed", type=int, default=1, metavar="S", help="another number, another city; default: 1")
    command.add_argument(
        "--as-of", type=date.fromisoformat, default=city_date(now()), metavar="DATE", help="default: today"
    )
    command.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("YIWANG_DATA_DIR", "var")),
        metavar="DIR",
        help="the city's data directory; the departments' go to DIR/departments (default: $YIWANG_DATA_DIR, or var)",
    )
    command.add_argument(
        "--city",
        type=Path,
        default=Path(os.environ.get("YIWANG_CITY_DIR", "city")),
        metavar="DIR",
        help="the city's folder, for its places and sign-ins (default: $YIWANG_CITY_DIR, or city)",
    )
    command.add_argument("--postgres", metavar="URL", help="a PostgreSQL database for the register of residents")
    command.add_argument("--mysql", metavar="URL", help="a MySQL or MariaDB database for the register of businesses")
    command.add_argument("--processes", type=int, metavar="N", help="default: one for each processor")
    command.set_defaults(run=_population)
    _add_old_system(commands)
    return parser


def _add_old_system(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("cashier", help="a cashier that takes fees; nothing is charged to anybody")
    command.add_argument("--port", type=int, default=8070)
    command.add_argument("--books", type=Path, default=Path("var/cashier.sqlite3"), metavar="FILE")
    command.add_argument("--notify", type=int, default=1, choices=range(4), help="how often a payment is told")
    command.set_defaults(run=_cashier)
    command = commands.add_parser(
        "old-system",
        help="a department's own old system, for drainage permits over exchange tables",
        description="A process of its own with its own tables. It copies files out of the exchange tables, works on"
        " them by its own rules, and writes back what was done. Stop it for a day and let it write down later what"
        " was done on paper: --worked-at says when.",
    )
    moment = datetime.fromisoformat
    command.add_argument("--exchange", required=True, metavar="URL", help="the exchange tables, such as sqlite:PATH")
    command.add_argument("--own", required=True, metavar="URL", help="its own database, such as mysql://...")
    command.add_argument("--every", type=float, default=5.0, metavar="SECONDS", help="between two rounds; default: 5")
    command.add_argument("--paces", type=int, default=1, metavar="N", help="things done to a file a round; default: 1")
    command.add_argument("--rounds", type=int, metavar="N", help="stop after so many; default: work until stopped")
    command.add_argument("--at", type=moment, metavar="MOMENT", help="what its clock says; default: the real time")
    command.add_argument("--worked-at", type=moment, metavar="MOMENT", help="when it was done, written down only now")
    command.set_defaults(run=_old_system)


if __name__ == "__main__":
    sys.exit(main())
