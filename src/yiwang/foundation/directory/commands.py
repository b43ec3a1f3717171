"""`yiwang accounts`: what an operator does for people who cannot sign in, and for a city's first administrator;
`yiwang officers`: many who join at once."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

Options = Any


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    accounts = subparsers.add_parser("accounts", help="set passwords, switch accounts off and on")
    verbs = accounts.add_subparsers(title="verbs", required=True, metavar="VERB")
    for verb, run, said in (
        ("set-password", _set_password, "set a new password (asked for, or the first line of the input)"),
        ("switch-off", _switch_off, "end all sessions and tokens of an account, and let nobody sign in to it"),
        ("switch-on", _switch_on, "let an account sign in again"),
    ):
        parser = verbs.add_parser(verb, help=said)
        parser.add_argument("username")
        parser.set_defaults(run=run)
    officers = subparsers.add_parser("officers", help="officers who join, from a file")
    of_officers = officers.add_subparsers(title="verbs", required=True, metavar="VERB")
    joining = of_officers.add_parser("join", help="open accounts from a CSV file: username, name, posts")
    joining.add_argument("file", type=Path)
    joining.add_argument("--check", action="store_true", help="only say what is wrong with the file")
    joining.set_defaults(run=_join)


def _join(options: Options) -> int:
    """All or nobody; the first passwords come out as CSV, once."""
    from django.db import transaction

    from yiwang.foundation.directory import queries
    from yiwang.foundation.directory.actor import MACHINE
    from yiwang.foundation.directory.officers import actions, joiners
    from yiwang.foundation.directory.refusals import NotPossible

    found, findings = joiners.read(options.file, [card.code for card in queries.posts()])
    for finding in findings:
        print(finding, file=sys.stderr)
    if findings:
        print("Nobody has joined.", file=sys.stderr)
        return 1
    if options.check:
        print(f"{len(found)} can join.")
        return 0
    joined = []
    try:
        with transaction.atomic():
            for each in found:
                joined.append(actions.join(each, by=MACHINE))
    except NotPossible as refused:
        print(f"{each.username}: {refused.words.en}. Nobody has joined.", file=sys.stderr)
        return 1
    print("username,first password")
    for account in joined:
        print(f"{account.username},{account.password}")
    return 0


def _set_password(options: Options) -> int:
    from django.core.exceptions import ValidationError

    from yiwang.foundation.directory import actions
    from yiwang.foundation.kernel.text import UnacceptableText, canonical

    user = _user(options.username)
    if user is None:
        return 1
    typed = getpass.getpass("New password: ") if sys.stdin.isatty() else sys.stdin.readline()
    try:
        # The same form in which the border hands over what is typed into a page.
        actions.change_password(user, canonical(typed, max_length=256))
    except UnacceptableText as refused:
        print(refused.words.en, file=sys.stderr)
        return 1
    except ValidationError as refused:
        print("\n".join(refused.messages), file=sys.stderr)
        return 1
    print(f"{user.username} has a new password and is signed out everywhere.")
    return 0


def _switch_off(options: Options) -> int:
    return _switch(options.username, False)


def _switch_on(options: Options) -> int:
    return _switch(options.username, True)


def _switch(username: str, active: bool) -> int:
    from yiwang.foundation.directory import actions

    user = _user(username)
    if user is None:
        return 1
    actions.switch(user, active)
    print(f"{user.username} is switched {'on' if active else 'off'}.")
    return 0


def _user(username: str) -> Any:
    from yiwang.foundation.directory.models import User

    user = User.objects.filter(username=username.lower()).first()
    if user is None:
        print(f"There is no account {username}. Give the user name, not the phone.", file=sys.stderr)
    return user
