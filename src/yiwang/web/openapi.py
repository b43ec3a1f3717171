"""The API's description as a file, so that a change of it shows in review."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from yiwang.web.api import api


def description() -> str:
    """The OpenAPI 3.1 document as the server gives it, in a form that a reviewer can compare line by line."""
    return json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), ensure_ascii=False, indent=1) + "\n"


def run(options: argparse.Namespace) -> int:
    """Print the description, or write it to a file."""
    if options.write is None:
        sys.stdout.write(description())
    else:
        Path(options.write).write_text(description())
    return 0
