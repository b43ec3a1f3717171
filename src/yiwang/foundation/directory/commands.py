"""`yiwang accounts`: what an operator does for people who cannot sign in, and for a city's first administrator."""

from __future__ import annotations

import argparse
import getpass
import sys
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
