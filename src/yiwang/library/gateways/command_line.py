"""`yiwang library ...`: the one command under which every package of the library puts its verbs."""

from __future__ import annotations

import argparse


def library_verbs(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    """The verbs of `yiwang library`; the first package that asks creates the command."""
    known = subparsers.choices.get("library")
    if known is not None:
        verbs: argparse._SubParsersAction[argparse.ArgumentParser] = known.get_default("library_verbs")
        return verbs
    library = subparsers.add_parser("library", help="data that departments share: products, grants, questions")
    verbs = library.add_subparsers(required=True, metavar="VERB")
    library.set_defaults(library_verbs=verbs)
    return verbs
