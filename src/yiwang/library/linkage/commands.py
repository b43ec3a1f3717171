"""`yiwang library link FILE...`: one person, one enterprise, across any CSV or Parquet files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verb = verbs.add_parser(
        "link",
        help="find which records of files are about the same person or enterprise",
        description="Links the records of several CSV or Parquet files, or finds the doubles in one; needs no truth.",
    )
    verb.add_argument("files", type=Path, nargs="+", metavar="FILE", help="CSV or Parquet")
    verb.add_argument(
        "--map",
        type=Path,
        metavar="COLUMNS.yaml",
        help="`column: element` on each line, such as `dob: person.birth_date`; "
        "without it columns are recognised by their names",
    )
    verb.add_argument("--out", type=Path, required=True, metavar="CLUSTERS.csv", help="a line for each record")
    verb.add_argument("--pairs", type=Path, metavar="PAIRS.csv", help="also the pairs that were weighed")
    verb.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb", help="where pairs are weighed")
    verb.add_argument(
        "--state",
        type=Path,
        metavar="FOLDER",
        help="keep what was linked there; files given later are added to it, and only their records are linked",
    )
    verb.add_argument(
        "--verdicts",
        type=Path,
        metavar="VERDICTS.csv",
        help="pairs that people have looked at, as --pairs writes them, with yes or no in the column same; "
        "with --state they hold for good",
    )
    verb.set_defaults(run=_link, database=False)


def _link(options: Any) -> int:
    from yiwang.library.linkage import commands_link

    return commands_link.run(options)
