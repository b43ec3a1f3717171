"""The `yiwang` command: every package brings its own sub-commands in a `commands.py` with `register(subparsers)`.

`yiwang django ...` reaches Django's own management commands.
"""

import argparse
import importlib
import importlib.util
import os
import sys


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 refused or failed, 2 wrong usage)."""
    arguments = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.web.settings")
    if arguments[:1] == ["django"]:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["yiwang django", *arguments[1:]])
        return 0
    import django

    django.setup()
    options = _parser().parse_args(arguments)
    result = options.run(options)
    return int(result or 0)


def _parser() -> argparse.ArgumentParser:
    from django.apps import apps

    parser = argparse.ArgumentParser(prog="yiwang", description="Yiwang, the one network of a city.")
    subparsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for config in apps.get_app_configs():
        name = f"{config.name}.commands"
        if config.name.startswith("yiwang.") and config.name != "yiwang.web" and importlib.util.find_spec(name):
            importlib.import_module(name).register(subparsers)
    from yiwang.web import commands_of_the_house

    commands_of_the_house.register(subparsers)
    return parser
