"""The `yiwang` command: every package brings its own sub-commands in a `commands.py` with `register(subparsers)`.

The verbs of `yiwang library` come from the packages of that wing in the same way. A command that does without the
city's database sets the default `database=False`. `yiwang django ...` reaches Django's own management commands.
"""

import argparse
import importlib
import importlib.util
import os
import pkgutil
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
    if getattr(options, "database", True) and (obstacle := _obstacle()):
        sys.stderr.write(f"{obstacle}\n")
        return 1
    try:
        result = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough (`| head`); nothing more may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return int(result or 0)


def _obstacle() -> str:
    """Why nothing can be done with the database; empty when it is ready. An embedded one is made on the spot."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    from yiwang.web.durability import UnsafeDatabase, require_durable

    try:
        require_durable()
        if connection.vendor == "sqlite" and not connection.introspection.table_names():
            call_command("migrate", verbosity=0)
            sys.stderr.write(f"Made the embedded database {connection.settings_dict['NAME']}.\n")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "The database has no tables of this version yet. Run: yiwang django migrate"
    except DatabaseError as error:
        return f"The database does not answer: {str(error).splitlines()[0]}"
    except UnsafeDatabase as unsafe:
        return str(unsafe)
    return ""


def _parser() -> argparse.ArgumentParser:
    from django.apps import apps

    parser = argparse.ArgumentParser(prog="yiwang", description="Yiwang, the one network of a city.")
    subparsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for config in apps.get_app_configs():
        name = f"{config.name}.commands"
        if not config.name.startswith("yiwang.") or config.name.startswith(("yiwang.web", "yiwang.library.")):
            continue
        if importlib.util.find_spec(name):
            importlib.import_module(name).register(subparsers)
    _register_library(subparsers)
    from yiwang.web import commands_of_the_house

    commands_of_the_house.register(subparsers)
    return parser


def _register_library(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`yiwang library VERB`: some of the wing's packages are no Django applications, but all may bring verbs."""
    from yiwang import library

    parser = subparsers.add_parser("library", help="share data between departments: gateways, queries, links")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")
    for package in pkgutil.iter_modules(library.__path__, f"{library.__name__}."):
        for name in (f"{package.name}.commands", f"{package.name}.commands_of_contracts"):
            if package.ispkg and importlib.util.find_spec(name):
                importlib.import_module(name).register(verbs)
