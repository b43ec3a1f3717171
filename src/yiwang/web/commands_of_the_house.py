"""Commands that compose several packages: loading a city, running the worker, describing the API."""

import argparse
from pathlib import Path
from typing import Any


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    load = subparsers.add_parser("load", help="publish a city's files: places, departments, people, services")
    load.add_argument("city", type=Path)
    load.set_defaults(run=_load)
    worker = subparsers.add_parser("worker", help="seal events, tell those who hear them, do background work")
    worker.set_defaults(run=_worker)
    openapi = subparsers.add_parser("openapi", help="print the API's description (OpenAPI 3.1)")
    openapi.add_argument("--write", type=Path, metavar="FILE", help="write it there, as docs/openapi.json")
    openapi.set_defaults(run=_openapi)


def _load(options: Any) -> int:
    from yiwang.web import loading

    return loading.load(options.city)


def _worker(options: Any) -> int:
    from yiwang.web import worker

    return worker.run()


def _openapi(options: Any) -> int:
    from yiwang.web import openapi

    return openapi.run(options)
